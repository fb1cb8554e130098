"""NoteFlow walks a note past its stops: paste -> prompt -> model -> draft -> checks. No Qt, no torch.

`draft` is an iterator of plain events: the command line prints them, the window turns them into
signals. Whoever stops iterating stops the model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

from app.checks import all as checks
from app.checks import identity
from app.drafts.coverage import cover
from app.drafts.draft import Draft, Stamp
from app.events import DraftDone, Event
from app.model.client import ModelClient
from app.notes import files as documents
from app.notes import intake, segments
from app.notes.note import DocumentText, Note
from app.prompts.render import prompt_hash, render
from app.prompts.select import by_document, labels, select, text_of
from app.prompts.tasks import Task
from app.writer import ModelInUse, Writer

_NOT_ASKED = "no section of this task is written from it"
_NOT_REACHED = "stopped before the section that reads it"


class NoteFlow:
    """The product's main job.

    Args:
        client: The model's worker.
        model: What the stamp and the prompt need to know of it.
        condense: The internal task that shortens notes too long for the model.
        least_words: Fewest words a note must have.
        most_characters: Most characters of one case.
        reads_ahead: Whether `read_ahead` does anything.
    """

    def __init__(
        self,
        client: ModelClient,
        model: ModelInUse,
        condense: Task,
        *,
        least_words: int,
        most_characters: int,
        reads_ahead: bool = False,
    ) -> None:
        self._client = client
        self._model = model
        self._condense = condense
        self._least_words = least_words
        self._most_characters = most_characters
        self._reads_ahead = reads_ahead
        self._note_in_worker = ""
        self._stopping = threading.Event()

    @property
    def adapter(self) -> str:
        """Name and revision of the adapter in use; empty for none."""
        return self._model.adapter

    def read(self, files: Sequence[tuple[str, str | bytes]]) -> Note:
        """Take pasted text or files in: decode, clean, divide, refuse two patients.

        Args:
            files: Names and contents.

        Returns:
            The note; its warnings tell what cleaning changed.

        Raises:
            InputError: It cannot be used.
            TwoPatients: It holds identifiers of different patients.
        """
        # A character takes up to four bytes, a web page several times its text: only what cannot fit goes first.
        intake.refuse_too_long(sum(_surely(content) for _, content in files) // 16, self._most_characters)
        cleaned = [(name, _cleaned(name, content)) for name, content in files]
        intake.refuse_too_long(sum(len(one.text) for _, one in cleaned), self._most_characters)
        note = segments.gather(cleaned)
        intake.refuse_unusable(note, self._least_words)
        identity.refuse_two_patients(note)
        return note

    def take(self, documents: Sequence[DocumentText]) -> Note:
        """Take documents that were read before and corrected by a person.

        Args:
            documents: The documents of one case, in order.

        Returns:
            The note.

        Raises:
            InputError: It cannot be used.
            TwoPatients: It holds identifiers of different patients.
        """
        intake.refuse_too_long(sum(len(one.text) for one in documents), self._most_characters)
        note = segments.rebuild(documents)
        intake.refuse_unusable(note, self._least_words)
        identity.refuse_two_patients(note)
        return note

    def draft(self, note: Note, task: Task, keys: Sequence[str] = ()) -> Iterator[Event]:
        """Write a draft: first the sections that need no model, then all others side by side.

        The model is loaded when a section needs it: copied lists are there at once, and stay where the model cannot
        be loaded. Events of sections that are written side by side come mixed; each has a start and an end.

        Args:
            note: What `read` gave.
            task: What to write.
            keys: Only these sections; empty for all of the task.

        Yields:
            Events; the last is `DraftDone`, also where sections failed or were stopped.

        Raises:
            UnknownTask: The task has no such section.
        """
        started = time.perf_counter()
        self._stopping.clear()
        self._forget_other_notes(note)
        wanted = [task.section(key) for key in keys] or list(task.sections)
        writer = Writer(self._client, self._model, self._condense, note, task, self._stopping)
        yield from writer.write(wanted)
        draft = Draft(
            task=task.name,
            title=task.title,
            sections=tuple(writer.sections),
            coverage=cover(note, writer.readings, labels(note), _NOT_REACHED if writer.is_stopped else _NOT_ASKED),
            stamp=Stamp(
                self._model.sha256,
                prompt_hash(task, self._condense),
                note.sha256,
                self._model.name,
                self._model.adapter,
            ),
            device=writer.device,
            warnings=note.warnings,
            seconds=time.perf_counter() - started,
        )
        yield DraftDone(draft, checks.run(note, draft))

    def read_ahead(self, note: Note, task: Task) -> None:
        """Let an idle model read what the first section will be written from, so that its words come at once.

        Does nothing where the settings say so, on battery, and while the model is busy; ends as soon as anything is
        asked.

        Args:
            note: The note.
            task: What will probably be asked for.

        Raises:
            ModelError: The model cannot be loaded.
        """
        if not self._reads_ahead or _is_on_battery():
            return
        chosen = ((one, select(note, task, one)) for one in task.sections if one.by == "model")
        section, spans = next(((one, spans) for one, spans in chosen if spans), (None, ()))
        if section is None:
            return
        if section.per_document and len(note.documents) > 1:
            spans = by_document(note, spans)[0][1]
        self._forget_other_notes(note)
        self._client.read_ahead(render(task, section, text_of(note, spans), self._model.prefix))

    def _forget_other_notes(self, note: Note) -> None:
        """What the worker keeps of a note goes when another one comes, or the same one changed."""
        if self._note_in_worker not in ("", note.sha256):
            self._client.forget()
        self._note_in_worker = note.sha256

    def stop(self) -> None:
        """Stop the draft: text so far stays, marked incomplete, as are sections not begun. From any thread."""
        self._stopping.set()
        self._client.cancel()


def _cleaned(name: str, content: str | bytes) -> intake.Cleaned:
    return intake.clean(content) if isinstance(content, str) else documents.read(name, content)


def _surely(content: str | bytes) -> int:
    """Length of text; documents hold pictures and fonts too and have limits of their own."""
    return 0 if isinstance(content, bytes) and documents.is_packed(content) else len(content)


def _is_on_battery() -> bool:
    import psutil  # most commands never ask

    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return battery is not None and battery.power_plugged is False
