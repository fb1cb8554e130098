"""Verbs that draft: `summarise`, `letter`, `draft`, `demo`."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from app import paths
from app.cli import letters, opening
from app.cli.common import add_model_options, add_verb, read_files
from app.core import Core, Session
from app.errors import ModelError, UnknownTask
from app.events import Condensing, DraftDone, Event, ModelLoaded, SectionDone, SectionStarted, SectionText
from app.export import files, formats, json_format, text
from app.flow import NoteFlow
from app.model.messages import Loading
from app.notes.note import Note
from app.prompts import tasks
from app.prompts.tasks import Task


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verbs of this module."""
    summarise = add_verb(verbs, "summarise", "Summarise notes in one or two sentences.", _one("brief-summary"))
    letter = add_verb(verbs, "letter", "Draft a discharge letter from the notes of a stay.", _letter)
    draft = add_verb(verbs, "draft", "Draft any task of resources/tasks.", _chosen)
    draft.add_argument("task", help="name of the task, e.g. problem-summary")
    for parser in (summarise, letter, draft):
        parser.add_argument(
            "notes", nargs="+", metavar="NOTE", help="text, Word, PDF, RTF or HTML file, folder of them, or - for stdin"
        )
        parser.add_argument("--section", action="append", default=[], help="only this section; may be repeated")
        parser.add_argument("--output", "-o", help="write to this file instead of standard output")
        parser.add_argument("--save", metavar="TITLE", help="keep notes and draft in the encrypted history")
        parser.add_argument("--code-file", help="file with the recovery code, where the keyring cannot help")
        parser.add_argument("--stream", action="store_true", help="show the words on stderr as they come, unchecked")
        add_model_options(parser)
    letters.add_options(letter)
    demo = add_verb(verbs, "demo", "Summarise the sample stay and draft its letter.", _demo)
    demo.add_argument("--output", default="demo-output", help="folder for the results")
    add_model_options(demo)


def _one(name: str) -> Any:  # noqa: ANN401
    def handler(args: argparse.Namespace, core: Core) -> int:
        return _draft(args, core, tasks.find(core.tasks, name))

    return handler


def _chosen(args: argparse.Namespace, core: Core) -> int:
    return _draft(args, core, tasks.find(core.tasks, args.task))


def _letter(args: argparse.Namespace, core: Core) -> int:
    task = tasks.find(core.tasks, "discharge-letter")
    if not letters.is_asked(args, core):
        return _draft(args, core, task)
    note, done, worst = _drafted(args, core, letters.instructed(args, core, task))
    letters.put_out(args, letters.lay_out(args, core, note, done.draft))
    return worst or letters.exit_code(done.findings)


def _draft(args: argparse.Namespace, core: Core, task: Task) -> int:
    if args.output:  # said before the model writes
        formats.refuse_forbidden("json" if args.json else "txt", core.settings.options.export_formats)
    _, done, worst = _drafted(args, core, task)
    output = json_format.render(done.draft, done.findings) if args.json else text.render(done.draft, done.findings)
    if args.output:
        files.write(Path(args.output), output.encode("utf-8"))
    else:
        sys.stdout.write(output)
    return worst


def _drafted(args: argparse.Namespace, core: Core, task: Task) -> tuple[Note, DraftDone, int]:
    if task.needs_topic and not args.section:
        raise UnknownTask(name=f"{task.name} without --section", known=", ".join(core.tasks))
    contents = read_files(args.notes)
    with contextlib.ExitStack() as stack:
        # Opened before the work, so that a history that does not open is said at once.
        kept = stack.enter_context(opening.opened(core, args.code_file))[1] if args.save else None
        session = stack.enter_context(_session(core))
        note = session.flow.read(contents)
        done, worst = watch(session.flow, note, task, args.section, tell="words" if args.stream else "steps")
        if kept is not None:
            case = kept.add_case(args.save, note)
            kept.add_draft(case.id, done.draft, done.findings)
            _say(f"Saved in the history as case {case.id}")
    return note, done, worst


def _demo(args: argparse.Namespace, core: Core) -> int:
    started = time.perf_counter()
    stay = str(paths.resources() / "samples" / "stay")
    folder = Path(args.output)
    report: dict[str, Any] = {}
    worst = 0
    with _session(core) as session:
        note = session.flow.read(read_files([stay]))
        for name in ("brief-summary", "discharge-letter"):
            print(f"\n=== {core.tasks[name].title} of the sample stay ===", file=sys.stderr)
            done, code = watch(session.flow, note, core.tasks[name], (), tell="sections")
            worst = worst or code
            files.write(folder / f"{name}.txt", text.render(done.draft, done.findings).encode("utf-8"))
            files.write(folder / f"{name}.json", json_format.render(done.draft, done.findings).encode("utf-8"))
            report[name] = _figures(done)
        report["peak_memory_mb"] = session.client.memory_mb()
    report["seconds"] = round(time.perf_counter() - started, 1)
    files.write(folder / "report.json", (json.dumps(report, indent=2) + "\n").encode("utf-8"))
    print(json.dumps(report, indent=2) if args.json else f"Written to {folder}: {', '.join(_names(folder))}")
    return worst


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def _figures(done: DraftDone) -> dict[str, Any]:
    written = [one for one in done.draft.sections if one.tokens]
    seconds = sum(one.seconds for one in written)
    return {
        "sections": len(done.draft.sections),
        "written": len(written),
        "findings": len(done.findings),
        "seconds": round(done.draft.seconds, 2),
        "tokens": sum(one.tokens for one in written),
        "tokens_per_second_with_reading": round(sum(one.tokens for one in written) / seconds, 1) if seconds else 0.0,
    }


@contextlib.contextmanager
def _session(core: Core) -> Iterator[Session]:
    session = core.open_session()
    try:
        yield session
    finally:
        session.client.close()


Told = Literal["steps", "sections", "words"]
_ABSENT = ("not documented",)
_CAME_WHOLE = ("not documented", "copied")  # without a word of the model


@dataclass(slots=True)
class _Progress:
    """Words on stderr: what is being done, and as much of the text as is wanted."""

    tell: Told
    worst: int = 0
    _open: dict[str, list[Event]] = field(default_factory=dict)  # what came of the sections begun, in their order

    def show(self, event: Event) -> None:
        """Print one event; what comes of sections side by side is told one section after the other."""
        if not isinstance(event, SectionStarted | SectionText | SectionDone):
            self._print(event)
            return
        key = event.section.key if isinstance(event, SectionDone) else event.key
        self._open.setdefault(key, []).append(event)
        while self._open:
            first, events = next(iter(self._open.items()))
            while events:
                last = events.pop(0)
                self._print(last)
                if isinstance(last, SectionDone):
                    del self._open[first]
                    break
            else:
                return

    def _print(self, event: Event) -> None:
        match event:
            case Loading():
                _say(f"[{event.fraction:4.0%}] {event.what}")
            case ModelLoaded():
                _say(f"{event.ready.why_this_device} {event.ready.memory_mb} MB of weights in 8 bit.")
            case Condensing():
                _say(f"The notes exceed the model's window: condensing part {event.part} of {event.parts}")
            case SectionStarted():
                _say(f"\n({event.index + 1}/{event.count}) {event.title}")
            case SectionText() if self.tell == "words":
                print(event.text, end="", file=sys.stderr, flush=True)
            case SectionDone():
                self._done(event)

    def _done(self, event: SectionDone) -> None:
        finished = event.finished
        if self.tell == "words" and finished is not None:
            _say("")  # ends the line of the words
        if self.tell == "sections" or event.section.state in (_CAME_WHOLE if self.tell == "words" else _ABSENT):
            _say(event.section.text)
        if finished:
            _say(
                f"    {finished.prompt_tokens} tokens read, first word after {finished.first_token_s:.2f} s, "
                f"{finished.tokens} written in {finished.seconds:.1f} s"
            )
        if event.section.problem:
            _say(event.section.problem)
        if isinstance(event.error, ModelError):
            self.worst = event.error.exit_code


def watch(
    flow: NoteFlow, note: Note, task: Task, keys: Sequence[str], *, tell: Told = "steps", quiet: bool = False
) -> tuple[DraftDone, int]:
    """Run a draft to its end and show its progress. Ctrl-C stops the model and keeps the text so far.

    Args:
        flow: The flow.
        note: The notes.
        task: What to write.
        keys: Only these sections.
        tell: What to show of it: the steps, each section too once it was checked, or every word as it comes.
        quiet: Show nothing.

    Returns:
        The end of the draft, and the exit code: 0, 4 after a failure of the model, 130 after Ctrl-C.
    """
    progress = _Progress(tell)
    done: DraftDone | None = None
    stops: list[int] = []

    def on_interrupt(number: int, _frame: object) -> None:
        stops.append(number)
        if len(stops) > 1:
            raise KeyboardInterrupt
        _say("\nStopping; the text so far is kept.")
        flow.stop()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        for event in flow.draft(note, task, keys):
            if not quiet:
                progress.show(event)
            if isinstance(event, DraftDone):
                done = event
    finally:
        signal.signal(signal.SIGINT, before)
    assert done is not None  # noqa: S101 - the flow's promise: the last event is DraftDone
    return done, 130 if stops else progress.worst


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
