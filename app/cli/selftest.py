"""The verb `self-test`: one verdict line per check, so that IT can see what holds on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from app import offline, paths
from app.cli import proofs
from app.cli.common import add_model_options, add_verb, read_files
from app.core import Core, Session
from app.drafts.draft import Draft
from app.errors import EpicrisisError
from app.events import DraftDone
from app.flow import NoteFlow
from app.model import adapters, cache, catalogue, fit
from app.notes.note import Note


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one check: its name, whether it passed, and what was seen, in words."""

    check: str
    passed: bool
    seen: str


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verb of this module."""
    parser = add_verb(
        verbs, "self-test", "Prove on this machine: offline, model intact, able to draft, keep and export.", run
    )
    parser.add_argument("--quick", action="store_true", help="only: offline, and the files of the models intact")
    add_model_options(parser)


def run(args: argparse.Namespace, core: Core) -> int:
    """Run the checks in order; a failed one does not stop the next.

    Args:
        args: The parsed arguments.
        core: The core.

    Returns:
        0 if all passed, else 4.
    """
    verdicts = [_try("app is offline", lambda: _refused(offline.probe()))]
    verdicts.append(_try("model files", lambda: _intact(core)))
    verdicts.append(_try("second reader", _reads))
    session: Session | None = None
    try:
        session = None if args.quick else core.open_session()
        verdicts += [] if session is None else _with_model(core, session)
    except EpicrisisError as error:
        verdicts.append(Verdict("worker", passed=False, seen=str(error)))
    finally:
        if session is not None:
            session.client.close()
    for verdict in verdicts:
        line = f"{'PASS' if verdict.passed else 'FAIL'}  {verdict.check}: {verdict.seen}"
        print(line, file=sys.stderr if args.json else sys.stdout)
    passed = all(verdict.passed for verdict in verdicts)
    if args.json:
        print(json.dumps({"passed": passed, "checks": [asdict(one) for one in verdicts]}, ensure_ascii=False))
    return 0 if passed else 4


def _with_model(core: Core, session: Session) -> list[Verdict]:
    drafted: list[tuple[Note, Draft]] = []
    verdicts = [_try("worker is offline", lambda: _refused(session.client.probe()))]
    verdicts.append(_try("sample draft", lambda: _sample(core, session.flow, drafted)))
    if drafted:
        note, draft = drafted[0]
        verdicts.append(_try("history", lambda: proofs.history(note, draft)))
        verdicts.append(_try("letter", lambda: proofs.letter(note, draft)))
        verdicts.append(_try("worker killed", lambda: proofs.worker(core, session, note)))
    return verdicts


def _try(check: str, look: Callable[[], tuple[bool, str]]) -> Verdict:
    try:
        return Verdict(check, *look())
    except EpicrisisError as error:
        return Verdict(check, passed=False, seen=str(error))


def _refused(attempts: tuple[tuple[str, str], ...]) -> tuple[bool, str]:
    return all(outcome == "refused" for _, outcome in attempts), ", ".join(f"{name} {how}" for name, how in attempts)


def _intact(core: Core) -> tuple[bool, str]:
    options = core.settings.options
    entry = catalogue.find(core.catalogue, options.model)
    folder = cache.locate(entry, cache.folders())
    manifest = cache.verify(folder)
    adapter = adapters.choose(options.adapter, entry.name, *adapters.folders(), allowed=options.allowed_adapters)
    fit.refuse_model(entry.name, folder, adapter.folder if adapter else None)  # as on a processor without AVX2
    return True, f"{entry.name}, {len(manifest.files)} files, hash {manifest.sha256[:12]}"


def _reads() -> tuple[bool, str]:
    from app.checks import entailment  # loads numpy, which no other verb needs so early

    true, false = entailment.Encoder(entailment.read(entailment.folder())).judge(
        [("There is no fever.", "No fever."), ("There is a fever.", "No fever.")]
    )
    return (
        true.agreement > false.agreement,
        f"tells a denial from its opposite ({true.agreement:.1f}, {false.agreement:.1f})",
    )


def _sample(core: Core, flow: NoteFlow, drafted: list[tuple[Note, Draft]]) -> tuple[bool, str]:
    note = flow.read(read_files([str(paths.resources() / "samples" / "chest-pain.txt")]))
    done = next(event for event in flow.draft(note, core.tasks["brief-summary"]) if isinstance(event, DraftDone))
    drafted.append((note, done.draft))
    section = done.draft.sections[0]
    return done.draft.is_complete and bool(section.text), f"{section.tokens} tokens in {section.seconds:.1f} s"
