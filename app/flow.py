"""NoteFlow walks a note past its stops: paste -> prompt -> model -> draft -> checks. No Qt, no torch.

`draft` is an iterator of plain events: the command line prints them, the window turns them into
signals. Whoever stops iterating stops the model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from app.checks import all as checks
from app.checks import identity, repair
from app.drafts.assemble import assemble, copied, first_sentences, is_full, join, not_documented, tidy
from app.drafts.coverage import Reading, cover
from app.drafts.draft import Draft, Section, SectionState, Stamp
from app.errors import EpicrisisError, InstructionTooLong, NothingWritten
from app.events import Condensing, DraftDone, Event, ModelLoaded, SectionDone, SectionStarted, SectionText
from app.model.client import ModelClient
from app.model.messages import Finished, Limits, Piece, Ready
from app.notes import files as documents
from app.notes import intake, segments
from app.notes.note import DocumentText, Note, Span
from app.prompts import window
from app.prompts.chat import Conversation
from app.prompts.render import prompt_hash, render
from app.prompts.select import by_document, is_known_topic, labels, select, text_of
from app.prompts.tasks import SectionTask, Task

_MARGIN = 0.9  # a part's tokens per character may differ from the average of the whole
_LEAST_ROOM_TOKENS = 64
_LEAST_CONDENSED_TOKENS = 48
_LONGEST_QUOTE = 1200  # characters; a longer one is no letter any more, and findings mark the model's text instead
_QUOTED = "The model's wording was not supported by the notes or did not end, so they are quoted."
_NOT_ASKED = "no section of this task is written from it"
_NO_MODEL = "No model was needed."
_NOT_BEGUN = "Stopped before this section was begun."
_NOT_REACHED = "stopped before the section that reads it"


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """What the flow must know of the model.

    Attributes:
        name: Name and revision, for people.
        sha256: Hash of its manifest, with the adapter's where there is one.
        prefix: Prompt word of an encoder-decoder model; empty for chat models.
        adapter: Name and revision of the adapter; empty for none.
    """

    name: str
    sha256: str
    prefix: str = ""
    adapter: str = ""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How the model's last answer for a section ended."""

    finished: Finished | None = None
    error: EpicrisisError | None = None


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
        """Write a draft, section by section.

        The model is loaded when the first section needs it: copied lists are there at once, and stay where
        the model cannot be loaded.

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
        writer = _Writer(self._client, self._model, self._condense, note, task, self._stopping)
        for index, section in enumerate(wanted):
            if not writer.is_stopped:
                yield SectionStarted(section.key, section.title, index, len(wanted))
            yield from writer.write(section)
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


class _Writer:
    """One run of `NoteFlow.draft`: writes sections, remembers what was read and condensed."""

    def __init__(
        self,
        client: ModelClient,
        model: ModelInUse,
        condense: Task,
        note: Note,
        task: Task,
        stopping: threading.Event,
    ) -> None:
        self._client = client
        self._model = model
        self._condense_task = condense
        self._note = note
        self._task = task
        self._context_tokens = 0
        self._condensed: dict[tuple[Span, ...], str] = {}
        self.device = _NO_MODEL
        self.readings: list[Reading] = []
        self.sections: list[Section] = []
        self._stopping = stopping

    @property
    def is_stopped(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopping.is_set()

    def write(self, section: SectionTask) -> Iterator[Event]:
        """Write one section; an error ends the section, not the draft. After a stop, say that it was not begun."""
        if self.is_stopped:
            not_begun = Section(section.key, section.title, "", "incomplete", problem=_NOT_BEGUN)
            yield self._keep(not_begun)
            return
        spans = select(self._note, self._task, section)
        if not spans:
            yield self._keep(not_documented(section))
            return
        if section.by == "copy" or is_known_topic(section):
            self.readings.append(Reading(spans, is_condensed=False))
            yield self._keep(copied(section, self._note, spans))
            return
        is_split = section.per_document and len(self._note.documents) > 1
        groups = by_document(self._note, spans) if is_split else [("", spans)]
        parts: list[tuple[str, Section]] = []
        last = _Ended()
        for label, group in groups:
            if label:
                yield SectionText(section.key, f"{label}: " if not parts else f"\n{label}: ")
            part, last = yield from self._write_part(section, group)
            parts.append((label, part))
            if self.is_stopped or last.error:
                break
        yield self._keep(join(section, parts), last.finished, last.error)

    def _write_part(
        self, section: SectionTask, spans: tuple[Span, ...]
    ) -> Generator[Event, None, tuple[Section, _Ended]]:
        streamed: list[str] = []
        try:
            yield from self._load()
            source, finished = "", None
            if not self.is_stopped:
                source = yield from self._fit(section, spans)
            if not self.is_stopped:
                finished = yield from self._stream(section, source, streamed)
        except EpicrisisError as error:
            text = tidy("".join(streamed), section.title)
            state: SectionState = "incomplete" if text else "failed"
            return Section(section.key, section.title, text, state, spans, problem=str(error)), _Ended(error=error)
        written = assemble(
            section,
            "".join(streamed),
            finished.reason if finished else "cancelled",
            spans,
            tokens=finished.tokens if finished else 0,
            seconds=finished.seconds if finished else 0.0,
        )
        if section.quotes and not self.is_stopped:
            written = self._borne_out(section, written, spans)
        return written, _Ended(finished)

    def _borne_out(self, section: SectionTask, written: Section, spans: tuple[Span, ...]) -> Section:
        """Quote the notes, or repair what the model wrote, where the notes do not bear it out."""
        is_whole = written.state == "written" and not repair.blocking(self._note, written)
        quote = copied(section, self._note, spans)
        if not is_whole and len(quote.text) <= _LONGEST_QUOTE:
            return replace(quote, tokens=written.tokens, seconds=written.seconds, problem=_QUOTED)
        return repair.mend(self._note, written, lambda passage: self._redrafted(section, passage))

    def _redrafted(self, section: SectionTask, passage: str) -> str:
        """What the model makes of one passage alone."""
        conversation = render(self._task, section, passage, self._model.prefix)
        limits = Limits(section.new_tokens, section.no_repeat_tokens)
        pieces = [reply.text for reply in self._client.generate(conversation, limits) if isinstance(reply, Piece)]
        return first_sentences(tidy("".join(pieces), section.title), 1)

    def _load(self) -> Iterator[Event]:
        """Load the model, the first time and again after its worker was lost."""
        for reply in self._client.starting():
            if isinstance(reply, Ready):
                if self._context_tokens == 0:
                    self.device = reply.why_this_device
                    yield ModelLoaded(reply, self._model.adapter)
                self._context_tokens = reply.context_tokens
            else:
                yield reply

    def _keep(
        self, section: Section, finished: Finished | None = None, error: EpicrisisError | None = None
    ) -> SectionDone:
        self.sections.append(section)
        return SectionDone(section, finished, error)

    def _stream(
        self, section: SectionTask, source: str, streamed: list[str]
    ) -> Generator[Event, None, Finished | None]:
        """Let the model write; end it early once it has written all the sentences the section may have."""
        conversation = render(self._task, section, source, self._model.prefix)
        has_all = False
        for reply in self._client.generate(conversation, Limits(section.new_tokens, section.no_repeat_tokens)):
            if isinstance(reply, Piece):
                streamed.append(reply.text)
                yield SectionText(section.key, reply.text)
                if not has_all and is_full(tidy("".join(streamed), section.title), section.sentences):
                    has_all = True
                    self._client.cancel()
                continue
            self.device = reply.device_note or self.device
            return replace(reply, reason="stop") if has_all and not self.is_stopped else reply
        return None

    def _fit(self, section: SectionTask, spans: tuple[Span, ...]) -> Generator[Event, None, str]:
        """Give the section's source text, condensed if the model's window is too small for it."""
        source = text_of(self._note, spans)
        room = self._room(self._task, section)
        if self._tokens(self._task, section, source) <= room:
            self.readings.append(Reading(spans, is_condensed=False))
            return source
        if spans not in self._condensed:
            self._condensed[spans] = yield from self._shorten(source, room - self._tokens(self._task, section, ""))
        self.readings.append(Reading(spans, is_condensed=True))
        return self._condensed[spans]

    def _room(self, task: Task, section: SectionTask) -> int:
        """Tokens a whole prompt may take: the window, less the answer where both share it."""
        room = self._context_tokens - (0 if self._model.prefix else section.new_tokens)
        if room - self._tokens(task, section, "") < _LEAST_ROOM_TOKENS:
            raise InstructionTooLong(model=task.name, window=self._context_tokens)
        return room

    def _tokens(self, task: Task, section: SectionTask, source: str) -> int:
        conversation: Conversation = render(task, section, source, self._model.prefix)
        return self._client.count([conversation])[0]

    def _shorten(self, source: str, room: int) -> Generator[Event, None, str]:
        """Condense part by part, in rounds, until the text takes at most `room` tokens."""
        task = self._condense_task
        section = task.sections[0]
        empty = self._tokens(task, section, "")
        part_room = self._room(task, section) - empty
        tokens = self._tokens(task, section, source) - empty
        while tokens > room and not self.is_stopped:
            characters = max(1, int(part_room * _MARGIN * len(source) / tokens))
            spans = window.parts(source, segments.sentences(source), characters)
            each = max(_LEAST_CONDENSED_TOKENS, int(room * _MARGIN / len(spans)))
            limited = replace(section, new_tokens=min(section.new_tokens, each))
            shorter: list[str] = []
            for index, span in enumerate(spans):
                yield Condensing(index + 1, len(spans))
                shorter.append(self._condensed_part(limited, span.of(source)))
                if self.is_stopped:
                    break
            source = "\n".join(shorter)
            tokens = self._tokens(task, section, source) - empty
        return source

    def _condensed_part(self, section: SectionTask, source: str) -> str:
        conversation = render(self._condense_task, section, source, self._model.prefix)
        pieces = []
        for reply in self._client.generate(conversation, Limits(section.new_tokens, section.no_repeat_tokens)):
            if isinstance(reply, Piece):
                pieces.append(reply.text)
        text = "".join(pieces).strip()
        if not text and not self.is_stopped:
            raise NothingWritten
        return text
