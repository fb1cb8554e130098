"""The flow on a thread of its own: requests in, events out as signals. Typing never waits for the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.core import Session
from app.errors import EpicrisisError
from app.events import ModelLoaded
from app.model.messages import Finished, Limits, Ready
from app.notes.note import DocumentText
from app.prompts.chat import ChatMessage
from app.prompts.tasks import Task
from app.ui.background import Background

_MEASURE = "Write down what a discharge letter is for."
_MEASURE_TOKENS = 48


class ModelBridge(QObject):
    """One model, asked one thing after the other.

    Args:
        open_session: Finds the model and builds the flow; raises ModelError.
        parent: Owner.

    Attributes:
        came: An event of the flow, or of loading the model.
        ended: A request is over; None, or the error that ended it.
    """

    came = Signal(object)
    ended = Signal(object)

    def __init__(self, open_session: Callable[[], Session], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_session = open_session
        self._session: Session | None = None
        self._work = Background(self)
        self._is_closing = False

    def preload(self, done: Callable[[EpicrisisError | None], None]) -> None:
        """Load the model before it is needed.

        Args:
            done: Told None, or why it could not be loaded.
        """

        def load() -> None:
            session = self._opened()
            for reply in session.client.starting():
                self.came.emit(ModelLoaded(reply, session.flow.adapter) if isinstance(reply, Ready) else reply)

        self._work.do(load, lambda _: done(None), done)

    def draft(self, documents: Sequence[DocumentText], task: Task, keys: Sequence[str] = ()) -> None:
        """Write a draft; waits its turn. Events come as `came`, then one `ended`.

        Args:
            documents: The notes as they stand now.
            task: What to write.
            keys: Only these sections; empty for all.
        """

        def write() -> None:
            flow = self._opened().flow
            note = flow.take(documents)
            for event in flow.draft(note, task, keys):
                if self._is_closing:
                    return
                self.came.emit(event)

        self._work.do(write, lambda _: self.ended.emit(None), self.ended.emit)

    def read_ahead(self, documents: Sequence[DocumentText], task: Task) -> None:
        """Let the model read notes that a draft will probably be asked of; nothing is told, and nothing waits for it.

        Args:
            documents: The notes as they stand now.
            task: What will probably be written.
        """

        def read() -> None:
            flow = self._opened().flow
            flow.read_ahead(flow.take(documents), task)

        self._work.do(read)

    def measure(self, done: Callable[[float], None]) -> None:
        """Measure how fast the model writes here, on a sentence of no patient.

        Args:
            done: Told tokens per second; 0 where it could not be measured.
        """

        def write() -> float:
            asked = (ChatMessage("user", _MEASURE),)
            replies = list(self._opened().client.generate(asked, Limits(_MEASURE_TOKENS)))
            last = replies[-1]
            return last.tokens / last.seconds if isinstance(last, Finished) and last.seconds else 0.0

        self._work.do(write, done, lambda _: done(0.0))

    def use(self, open_session: Callable[[], Session]) -> None:
        """Go on with another model, adapter or device."""
        self._work.do(self._unload)
        self._open_session = open_session

    def stop(self) -> None:
        """Stop the request that runs; its text so far comes as usual."""
        if self._session is not None:
            self._session.flow.stop()

    def memory_mb(self) -> int:
        """Peak memory of the worker in MiB; 0 where nobody tells."""
        return self._session.client.memory_mb() if self._session is not None else 0

    def unload(self) -> None:
        """End the worker, which has read notes; the next request starts a fresh one."""
        self._work.do(self._unload)

    def close(self, wait_ms: int = 8000) -> None:
        """Stop, end the worker and forget it.

        Args:
            wait_ms: Longest time to wait for a request to end.
        """
        self._is_closing = True
        self.stop()
        self._work.do(self._unload)
        self._work.finish(wait_ms)

    def _opened(self) -> Session:
        if self._session is None:
            self._session = self._open_session()
        return self._session

    def _unload(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.client.close()
