"""Requests to the model: they queue, stream into their own draft, and never touch what a doctor edited or accepted."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.drafts import standards
from app.drafts.draft import Section
from app.drafts.standards import Standard
from app.errors import EmptyInput, EpicrisisError, PolicyForbids, SetupError, TemplateLost
from app.events import DraftDone, Event, ModelLoaded, SectionDone, SectionStarted, SectionText
from app.model.messages import Loading
from app.notes.note import DocumentText
from app.prompts.tasks import Task
from app.ui.checking import LETTER
from app.ui.desk import Desk
from app.ui.model_bridge import ModelBridge
from app.ui.state import AI, OpenCase, OpenDraft, begun, to_write

_NOT_BEGUN = "Stopped before this section was begun."


@dataclass(slots=True)
class Request:
    """One thing the model is asked for."""

    case: OpenCase
    draft: OpenDraft
    task: Task
    keys: tuple[str, ...]
    documents: tuple[DocumentText, ...]


@dataclass(frozen=True, slots=True)
class ModelState:
    """What the status line says of the model.

    Attributes:
        name: Name of the model; empty until it is loaded.
        why: Where it runs and why there.
        loading: What is being loaded, from 0 to 1; None when nothing is.
        tokens_per_s: Of the last section; 0 if unknown.
        memory_mb: Peak memory of the worker.
        adapter: Name and revision of the adapter; empty for none.
        section: One more than the sections that are written, and how many there are; None while nothing is written.
    """

    name: str = ""
    why: str = ""
    loading: float | None = None
    tokens_per_s: float = 0.0
    memory_mb: int = 0
    adapter: str = ""
    section: tuple[int, int] | None = None


class Writing(QObject):
    """The window's side of the model.

    Args:
        desk: What is open.
        bridge: The model's thread.
        parent: Owner.

    Attributes:
        busy_changed: A request began, ended or waits.
        nothing_to_write: A draft was asked for of which the doctor edited or accepted everything.
        model_changed: What `state` says changed.
        text_came: More text of a section of the shown draft: key and text.
    """

    busy_changed = Signal()
    nothing_to_write = Signal()
    model_changed = Signal()
    text_came = Signal(str, str)

    def __init__(self, desk: Desk, bridge: ModelBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._bridge = bridge
        self._queue: deque[Request] = deque()
        self._now: Request | None = None
        self._is_kept = False
        self._is_stopping = False
        self._written = 0
        self.state = ModelState()
        bridge.came.connect(self._on_event)
        bridge.ended.connect(self._on_end)
        desk.case_removed.connect(self._drop_removed)
        desk.checked.connect(self._read_ahead)
        self._read_last: tuple[DocumentText, ...] = ()

    @property
    def is_busy(self) -> bool:
        """Whether the model writes."""
        return self._now is not None

    @property
    def waiting(self) -> int:
        """Requests that wait their turn."""
        return len(self._queue)

    def preload(self) -> None:
        """Load the model in the background, so that the first words come at once."""
        self._bridge.preload(self._loaded)

    def generate(self, name: str, keys: Sequence[str] = ()) -> bool:
        """Ask for a draft of the open case, or for some sections of it.

        Args:
            name: Name of the task.
            keys: Only these sections; empty for all. Protected ones are left as they are.

        Returns:
            Whether there is anything to write.
        """
        case, task = self._desk.case, self._desk.core.tasks[name]
        try:
            if name == LETTER:
                task = standards.instruct(self._standard(), task)
        except EpicrisisError as error:  # policy forbids the standard
            self._desk.trouble.emit(error)
            return False
        if case is None or not case.has_notes:
            self._desk.trouble.emit(EmptyInput())
            return False
        draft = case.current
        if draft is None or draft.task != name or draft.is_signed:
            draft = OpenDraft("", name, begun(name, task.title))
            case.drafts.append(draft)
            case.current = draft
        else:
            self._desk.kept.version(case, draft)
        documents = tuple(case.documents)
        asked = {key for one in self._asked if one.draft is draft and one.documents == documents for key in one.keys}
        wanted = tuple(key for key in to_write(task, draft) if not keys or key in keys)
        if wanted and not keys and asked.issuperset(wanted):
            return True  # the key was pressed twice: all of it is being written from these very notes
        to_come = asked & (draft.waiting | set(draft.streaming))
        wanted = tuple(key for key in wanted if key not in to_come)
        if not wanted:
            if not self.is_busy:
                self.nothing_to_write.emit()
            return False
        for section in task.sections:
            if draft.section(section.key) is None:
                draft.put(Section(section.key, section.title, "", "incomplete", problem=_NOT_BEGUN))
        draft.waiting.update(wanted)
        self._desk.held[case.case.id] = case
        self._queue.append(Request(case, draft, task, wanted, documents))
        self._desk.draft_changed.emit()
        self._next()
        return True

    def _read_ahead(self) -> None:
        """The notes were read after a pause in typing: let the model read them too, once, where it has no work."""
        case = self._desk.case
        documents = tuple(case.documents) if case is not None and case.has_notes else ()
        if self._now is None and documents not in ((), self._read_last):
            self._read_last = documents
            self._bridge.read_ahead(documents, self._desk.core.tasks[LETTER])

    def stop(self) -> None:
        """Stop: the text so far stays, marked incomplete; what waits is dropped."""
        for request in self._queue:
            request.draft.waiting.difference_update(request.keys)
        self._queue.clear()
        self._is_stopping = True
        self._bridge.stop()
        self._desk.draft_changed.emit()
        self.busy_changed.emit()

    def lock(self) -> None:
        """Stop, and end the worker: it has read notes."""
        self.stop()
        self._bridge.unload()
        self._read_last = ()
        self._set(replace(self.state, loading=None))

    def _standard(self) -> Standard:
        """The standard chosen; the program's own, and a word about it, where its file went away meanwhile."""
        name, library = self._desk.standard, self._desk.core.standards
        try:
            return library.load(name)
        except PolicyForbids:
            raise
        except SetupError:
            own = library.load_or_own(name)
            self._desk.trouble.emit(TemplateLost(name=name, other=own.name))
            return own

    @property
    def _asked(self) -> list[Request]:
        now = [self._now] if self._now is not None and not self._is_stopping else []
        return [*now, *self._queue]

    def _drop_removed(self) -> None:
        """Nobody waits for what is written into a case that is removed."""
        self._queue = deque(one for one in self._queue if not one.case.is_removed)
        if self._now is not None and self._now.case.is_removed:
            self._bridge.stop()
        self.busy_changed.emit()

    def _next(self) -> None:
        if self._now is None and self._queue:
            self._now = self._queue.popleft()
            self._is_kept = self._is_stopping = False
            self._written = 0
            self._bridge.draft(self._now.documents, self._now.task, self._now.keys)
        self.busy_changed.emit()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Loading):
            self._set(replace(self.state, loading=event.fraction))
        elif isinstance(event, ModelLoaded):
            ready = event.ready
            self._set(
                ModelState(
                    ready.model,
                    ready.why_this_device,
                    memory_mb=ready.memory_mb,
                    adapter=event.adapter,
                    section=self.state.section,
                )
            )
        elif self._now is None:
            return
        elif isinstance(event, SectionStarted):
            self._now.draft.waiting.discard(event.key)
            self._now.draft.streaming[event.key] = ""
            self._set(replace(self.state, section=(self._written + 1, event.count)))
            self._tell(event.key)
        elif isinstance(event, SectionText):
            streaming = self._now.draft.streaming
            streaming[event.key] = streaming.get(event.key, "") + event.text
            if self._is_shown:
                self.text_came.emit(event.key, event.text)
        elif isinstance(event, SectionDone):
            self._section_done(self._now, event)
        elif isinstance(event, DraftDone):
            self._draft_done(self._now, event)

    def _section_done(self, request: Request, event: SectionDone) -> None:
        draft, key = request.draft, event.section.key
        self._written += 1
        if self.state.section is not None:
            count = self.state.section[1]
            self._set(replace(self.state, section=(min(self._written + 1, count), count)))
        draft.streaming.pop(key, None)
        draft.waiting.discard(key)
        if not draft.is_protected(key):
            draft.put(event.section)
            draft.touched()
        if not draft.id and not self._is_kept and event.section.state != "incomplete":
            self._is_kept = True
            self._desk.kept.written(request.case, draft, (), AI)
        else:
            self._desk.kept.keep(request.case)
        if event.finished is not None and event.finished.seconds > 0:
            speed = event.finished.tokens / event.finished.seconds
            self._set(replace(self.state, loading=None, tokens_per_s=speed, memory_mb=self._bridge.memory_mb()))
        if event.error is not None:
            self._desk.trouble.emit(event.error)
        self._tell(key)
        if self._is_shown:
            self._desk.checking.soon()

    def _draft_done(self, request: Request, event: DraftDone) -> None:
        draft, done = request.draft, event.draft
        is_whole = len(request.keys) == len(request.task.sections)
        coverage = done.coverage if is_whole or not draft.draft.coverage else draft.draft.coverage
        draft.draft = replace(
            draft.draft,
            coverage=coverage,
            stamp=done.stamp,
            device=done.device,
            warnings=done.warnings,
            seconds=done.seconds,
        )
        if draft.id or self._is_kept or any(one.text for one in draft.draft.sections):
            draft.touched()
            self._desk.kept.written(request.case, draft, event.findings, AI)

    def _on_end(self, error: EpicrisisError | None) -> None:
        request, self._now = self._now, None
        if request is not None:
            for key in request.keys:
                request.draft.waiting.discard(key)
                request.draft.streaming.pop(key, None)
            if not request.draft.id and not any(one.text for one in request.draft.draft.sections):
                self._drop(request)
            if all(one.case is not request.case for one in self._queue):
                self._desk.held.pop(request.case.case.id, None)
        if error is not None:
            self._desk.trouble.emit(error)
        self._set(replace(self.state, loading=None, section=None))
        self._desk.draft_changed.emit()
        self._desk.load_cases()
        self._desk.checking.soon()
        self._next()

    def _drop(self, request: Request) -> None:
        """Forget a draft of which nothing was written."""
        if not self._is_kept and request.draft in request.case.drafts:
            request.case.drafts.remove(request.draft)
            if request.case.current is request.draft:
                request.case.current = request.case.drafts[-1] if request.case.drafts else None

    @property
    def _is_shown(self) -> bool:
        return self._now is not None and self._desk.current is self._now.draft

    def _tell(self, key: str) -> None:
        if self._is_shown:
            self._desk.section_changed.emit(key)

    def _loaded(self, error: EpicrisisError | None) -> None:
        if error is not None:
            self._desk.trouble.emit(error)
        self._set(replace(self.state, loading=None))

    def _set(self, state: ModelState) -> None:
        self.state = state
        self.model_changed.emit()
