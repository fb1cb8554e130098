"""Reading and checking off the window's thread: pasted text becomes documents, a pause in typing runs the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.errors import EmptyInput, EpicrisisError
from app.notes.note import DocumentText
from app.ui.background import Background

if TYPE_CHECKING:
    from app.notes.intake import Cleaned
    from app.ui.desk import Desk
    from app.ui.examining import Picture

CHECK_MS = 500
LETTER = "discharge-letter"  # the task whose drafts must answer the headings of a standard
Take = Callable[[list[DocumentText]], Any]


class Checking(QObject):
    """The desk's reader.

    Args:
        desk: The desk.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._work = Background(self)
        self._timer = QTimer(self, interval=CHECK_MS, singleShot=True)
        self._timer.timeout.connect(self._check)
        self._is_checking = False
        self._then: list[Callable[[], None]] = []

    def soon(self) -> None:
        """Let the checks run when the doctor pauses."""
        self._timer.start()

    def now(self, then: Callable[[], None] | None = None) -> None:
        """Run the checks on what stands there now.

        Args:
            then: Called afterwards, on the window's thread.
        """
        if then is not None:
            self._then.append(then)
        self._timer.stop()
        self._check()

    def finish(self) -> bool:
        """Wait until what runs has ended."""
        return self._work.finish()

    def read_pasted(self, formats: Mapping[str, bytes], then: Take) -> None:
        """Read what was on the clipboard.

        Args:
            formats: MIME types and their data.
            then: Gets the documents.
        """

        def read() -> list[tuple[str, Cleaned]]:
            from app.ui import examining

            return examining.pasted(formats)

        self._read(read, then)

    def read_files(self, names: Sequence[str], then: Take) -> None:
        """Read files; one that cannot be read stops all, with a sentence.

        Args:
            names: Paths.
            then: Gets the documents.
        """

        def read() -> list[tuple[str, Cleaned]]:
            from app.ui import examining

            return examining.opened(names)

        self._read(read, then)

    def _read(self, read: Callable[[], list[tuple[str, Cleaned]]], then: Take) -> None:
        limit = self._desk.core.settings.options.most_characters

        def work() -> tuple[list[DocumentText], tuple[str, ...]]:
            from app.ui import examining

            return examining.gather(read, limit)

        def done(result: tuple[list[DocumentText], tuple[str, ...]]) -> None:
            documents, warnings = result
            if not documents:
                self._desk.trouble.emit(EmptyInput())
            elif self._desk.is_open:
                then(documents)
                if warnings:
                    self._desk.remarks.emit(warnings)

        self._work.do(work, done, self._desk.trouble.emit)

    def _check(self) -> None:
        case, draft = self._desk.case, self._desk.current
        if case is None:
            return
        if self._is_checking:
            self._timer.start()
            return
        self._is_checking = True
        documents, plain = list(case.documents), draft.draft if draft is not None else None
        waiting, self._then = self._then, []
        standard = self._desk.standard if plain is not None and plain.task == LETTER else ""
        typed = dict(draft.facts) if draft is not None else {}
        library = self._desk.core.standards

        def work() -> Picture:
            from app.ui import examining

            return examining.examine(documents, plain, library.load_or_own(standard) if standard else None, typed)

        def done(picture: Picture) -> None:
            self._is_checking = False
            if case is self._desk.case and draft is self._desk.current:
                case.take(picture)
                if draft is not None and not draft.waiting and not draft.streaming:
                    draft.forget_settled(case.findings)
                self._desk.name(case, picture.title, picture.patient)
                self._desk.checked.emit()
            for then in waiting:
                then()

        def failed(error: EpicrisisError) -> None:
            self._is_checking = False
            self._desk.trouble.emit(error)

        self._work.do(work, done, failed)
