"""One run of a draft: for each section what it reads, what the model writes of it, and what stands there in the end."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from app.checks import repair
from app.drafts.assemble import assemble, copied, first_sentences, is_full, join, not_documented, tidy
from app.drafts.coverage import Reading
from app.drafts.draft import Section, SectionState
from app.errors import EpicrisisError, InstructionTooLong, NothingWritten
from app.events import Condensing, Event, ModelLoaded, SectionDone, SectionText
from app.model.client import ModelClient
from app.model.messages import Finished, Limits, Piece, Ready
from app.notes import segments
from app.notes.note import Note, Span
from app.prompts import window
from app.prompts.chat import Conversation
from app.prompts.render import render
from app.prompts.select import by_document, is_known_topic, select, text_of
from app.prompts.tasks import SectionTask, Task

_MARGIN = 0.9  # a part's tokens per character may differ from the average of the whole
_LEAST_ROOM_TOKENS = 64
_LEAST_CONDENSED_TOKENS = 48
_LONGEST_QUOTE = 1200  # characters; a longer one is no letter any more, and findings mark the model's text instead
_QUOTED = "The model's wording was not supported by the notes or did not end, so they are quoted."
_NO_MODEL = "No model was needed."
_NOT_BEGUN = "Stopped before this section was begun."


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


class Writer:
    """One run of `NoteFlow.draft`: writes sections, remembers what was read and condensed.

    Args:
        client: The model's worker.
        model: What the prompt and the events need to know of it.
        condense: The internal task that shortens notes too long for the model.
        note: The notes.
        task: What to write.
        stopping: Set by another thread to stop.

    Attributes:
        device: Where the model ran, in words.
        readings: What was read, for the coverage.
        sections: What was written so far.
    """

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
