"""One run of a draft: for each section what it reads, what the model writes of it, and what stands there in the end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from app.checks import repair
from app.drafts.assemble import assemble, copied, first_sentences, is_full, join, not_documented, tidy
from app.drafts.coverage import Reading
from app.drafts.draft import Section, SectionState
from app.errors import EpicrisisError, InstructionTooLong, ModelError, NothingWritten
from app.events import Condensing, Event, ModelLoaded, SectionDone, SectionStarted, SectionText
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


@dataclass(slots=True)
class _Part:
    """What the model writes of a section in one answer: all of it, or what one document says.

    Attributes:
        label: Which document it is; empty for all of them.
        spans: What it is written from.
        source: The text of those, condensed where it is too long.
        reading: The same for the coverage; None before it was read.
        text: What the model wrote so far.
        told: Characters of it that events told.
        has_all: Whether all the sentences it may have are there, so that the model was stopped.
        finished: How it ended.
        error: Why it failed.
        made: The part as it will stand; None until that is known.
    """

    label: str
    spans: tuple[Span, ...]
    source: str = ""
    reading: Reading | None = None
    text: str = ""
    told: int = 0
    has_all: bool = False
    finished: Finished | None = None
    error: EpicrisisError | None = None
    made: Section | None = None

    @property
    def is_over(self) -> bool:
        return self.finished is not None or self.error is not None


@dataclass(slots=True)
class _Asked:
    """A section that the model writes, in parts."""

    section: SectionTask
    parts: list[_Part]
    is_kept: bool = False


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

    def write(self, wanted: Sequence[SectionTask]) -> Iterator[Event]:
        """Write sections: first those that need no model, then all others side by side.

        An error ends a section, not the draft. After a stop, those not begun are said to be so.
        """
        asked: list[_Asked] = []
        for index, section in enumerate(wanted):
            if self.is_stopped:
                yield self._keep(_not_begun(section))
                continue
            yield SectionStarted(section.key, section.title, index, len(wanted))
            spans = select(self._note, self._task, section)
            if not spans:
                yield self._keep(not_documented(section))
            elif section.by == "copy" or is_known_topic(section):
                self.readings.append(Reading(spans, is_condensed=False))
                yield self._keep(copied(section, self._note, spans))
            else:
                is_split = section.per_document and len(self._note.documents) > 1
                groups = by_document(self._note, spans) if is_split else [("", spans)]
                asked.append(_Asked(section, [_Part(label, group) for label, group in groups]))
        for one in asked:
            for part in one.parts:
                yield from self._prepare(one.section, part)
        yield from self._stream([(one, part) for one in asked for part in one.parts if part.reading])
        for one in asked:
            if not one.is_kept:
                yield self._done(one)
        places = {section.key: place for place, section in enumerate(wanted)}
        self.sections.sort(key=lambda section: places[section.key])

    def _prepare(self, section: SectionTask, part: _Part) -> Iterator[Event]:
        """Have the model loaded, and what it reads fit its window."""
        try:
            if not self.is_stopped:
                yield from self._load()
            if not self.is_stopped:
                yield from self._fit(section, part)
        except EpicrisisError as error:
            part.error = error

    def _stream(self, asked: Sequence[tuple[_Asked, _Part]]) -> Iterator[Event]:
        """Let the model write parts side by side, and tell of each section once all of it is there."""
        if not asked or self.is_stopped:
            return
        lost: EpicrisisError | None = None
        try:
            yield from self._load()  # again, if its worker was lost
            yield from self._replies(asked)
        except EpicrisisError as error:
            lost = error
        left = [(one, part) for one, part in asked if not part.is_over]
        for one, part in left if lost else ():
            if len(asked) > 1 and not self.is_stopped:  # one of them may have ended the worker: each by itself
                part.text, part.has_all = "", False  # the same text comes again
                yield from self._stream([(one, part)])
            else:
                part.error = lost

    def _replies(self, asked: Sequence[tuple[_Asked, _Part]]) -> Iterator[Event]:
        asks = [(self._conversation(one.section, part.source), _limits(one.section)) for one, part in asked]
        is_cancelled = False
        for index, reply in self._client.generate_many(asks):
            one, part = asked[index]
            if isinstance(reply, Piece):
                part.text += reply.text
                if not part.has_all and is_full(tidy(part.text, one.section.title), one.section.sentences):
                    part.has_all = True
                    self._client.cancel(index)
            elif isinstance(reply, Finished):
                self.device = reply.device_note or self.device
                part.finished = replace(reply, reason="stop") if part.has_all and not self.is_stopped else reply
            else:
                part.error = reply
            if self.is_stopped and not is_cancelled:  # also where somebody stopped just before all this was asked
                is_cancelled = True
                self._client.cancel()
            yield from _tell(one)
            if all(each.is_over for each in one.parts) and all(self._make(one.section, each) for each in one.parts):
                yield self._done(one)

    def _done(self, one: _Asked) -> SectionDone:
        """Keep a section; a sentence that the notes do not bear out is written anew if need be."""
        one.is_kept = True
        errors = [part.error for part in one.parts if part.error is not None]
        if self.is_stopped and not errors and not any(part.text for part in one.parts):
            return self._keep(_not_begun(one.section))
        self.readings += [part.reading for part in one.parts if part.reading]
        parts = [(part.label, self._make(one.section, part) or self._mended(one.section, part)) for part in one.parts]
        ends = [part.finished for part in one.parts if part.finished is not None]
        return self._keep(join(one.section, parts), ends[-1] if ends else None, errors[0] if errors else None)

    def _make(self, section: SectionTask, part: _Part) -> Section | None:
        """Make a part of what was written; None where the model must be asked anew for some sentences."""
        if part.made is not None:
            return part.made
        if part.error is not None:
            text = tidy(part.text, section.title)
            state: SectionState = "incomplete" if text else "failed"
            part.made = Section(section.key, section.title, text, state, part.spans, problem=str(part.error))
            return part.made
        written = self._assembled(section, part)
        if section.quotes and not self.is_stopped:
            quote = copied(section, self._note, part.spans)
            is_whole = written.state == "written" and not repair.blocking(self._note, written)
            if not is_whole and len(quote.text) <= _LONGEST_QUOTE:
                written = replace(quote, tokens=written.tokens, seconds=written.seconds, problem=_QUOTED)
            elif not is_whole and written.state == "written":
                return None
        part.made = written
        return written

    def _assembled(self, section: SectionTask, part: _Part) -> Section:
        finished = part.finished
        return assemble(
            section,
            part.text,
            finished.reason if finished else "cancelled",
            part.spans,
            tokens=finished.tokens if finished else 0,
            seconds=finished.seconds if finished else 0.0,
        )

    def _mended(self, section: SectionTask, part: _Part) -> Section:
        """Repair what the model wrote: the quote would be too long."""
        written = self._assembled(section, part)
        return repair.mend(self._note, written, lambda passage: self._redrafted(section, passage))

    def _redrafted(self, section: SectionTask, passage: str) -> str:
        """What the model makes of one passage alone; nothing where it cannot."""
        pieces: list[str] = []
        if not self.is_stopped:
            with contextlib.suppress(ModelError):
                replies = self._client.generate(self._conversation(section, passage), _limits(section))
                pieces = [reply.text for reply in replies if isinstance(reply, Piece)]
        return first_sentences(tidy("".join(pieces), section.title), 1)

    def _conversation(self, section: SectionTask, source: str) -> Conversation:
        return render(self._task, section, source, self._model.prefix)

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

    def _fit(self, section: SectionTask, part: _Part) -> Iterator[Event]:
        """Give the part its source text, condensed if the model's window is too small for it."""
        part.source, is_condensed = text_of(self._note, part.spans), False
        room = self._room(self._task, section)
        if self._tokens(self._task, section, part.source) > room:
            if part.spans not in self._condensed:
                room -= self._tokens(self._task, section, "")
                self._condensed[part.spans] = yield from self._shorten(part.source, room)
            part.source, is_condensed = self._condensed[part.spans], True
        part.reading = Reading(part.spans, is_condensed)

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
        for reply in self._client.generate(conversation, _limits(section)):
            if isinstance(reply, Piece):
                pieces.append(reply.text)
        text = "".join(pieces).strip()
        if not text and not self.is_stopped:
            raise NothingWritten
        return text


def _limits(section: SectionTask) -> Limits:
    return Limits(section.new_tokens, section.no_repeat_tokens)


def _not_begun(section: SectionTask) -> Section:
    return Section(section.key, section.title, "", "incomplete", problem=_NOT_BEGUN)


def _tell(one: _Asked) -> Iterator[Event]:
    """The text that came, part after part: of a later one only once those before it are over."""
    for part in one.parts:
        if part.label and not part.told and part.text:
            yield SectionText(one.section.key, f"{'' if part is one.parts[0] else chr(10)}{part.label}: ")
        if new := part.text[part.told :]:
            part.told = len(part.text)
            yield SectionText(one.section.key, new)
        if not part.is_over:
            return
