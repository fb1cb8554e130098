"""An editor for one pasted document. Pasted and dropped things go through the program's own cleaning."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.notes.note import Span
from app.ui.clipboard import secret_mime
from app.ui.widgets import Mark, mark, qt_position, text_position


class NoteEdit(QPlainTextEdit):
    """One document.

    Args:
        text: Its text.
        parent: Owner.

    Attributes:
        typed: The text changed by a person.
        caret_moved: The caret moved to this character.
        pasted: Something to read came: a QMimeData, from the clipboard or dropped.
    """

    typed = Signal(str)
    caret_moved = Signal(int)
    pasted = Signal(object)

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setPlainText(text)
        self._linked: Sequence[Mark] = ()
        self._tints: Sequence[Mark] = ()
        self.textChanged.connect(lambda: self.typed.emit(self.toPlainText()))
        self.cursorPositionChanged.connect(self._moved)

    def show_tints(self, tints: Sequence[Mark]) -> None:
        """Tint places, e.g. what nothing rests on."""
        self._tints = tints
        self._mark()

    def show_linked(self, linked: Sequence[Mark]) -> None:
        """Light up places, and scroll to the first."""
        self._linked = linked
        self._mark()
        if linked:
            self.reveal(linked[0][0])

    def reveal(self, span: Span) -> None:
        """Scroll to a place without moving the caret."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(self.document().characterCount() - 1, qt_position(self.toPlainText(), span.start)))
        line = (
            cursor.block().firstLineNumber()
            + cursor.block().layout().lineForTextPosition(cursor.positionInBlock()).lineNumber()
        )
        first = self.verticalScrollBar().value()
        if not first <= line < first + self.verticalScrollBar().pageStep() - 1:
            self.verticalScrollBar().setValue(max(0, line - self.verticalScrollBar().pageStep() // 3))

    def caret(self) -> int:
        """The character at which the caret stands."""
        return text_position(self.toPlainText(), self.textCursor().position())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, web pages, RTF and files."""
        return source.hasText() or source.hasHtml() or source.hasUrls() or source.hasFormat("text/rtf")

    def insertFromMimeData(self, source: QMimeData) -> None:
        """A word into a line is typed as it is; anything larger is read as a document would be."""
        is_small = source.hasText() and "\n" not in source.text().strip() and not source.hasUrls()
        if is_small and self.toPlainText().strip():
            self.textCursor().insertText(source.text())
        else:
            self.pasted.emit(source)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copied text is marked secret for clipboard managers."""
        return secret_mime(self.textCursor().selection().toPlainText())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Files are welcome anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Dropped files are read."""
        if event.mimeData().hasUrls():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.pasted.emit(event.mimeData())
        else:
            super().dropEvent(event)

    def _moved(self) -> None:
        if self.hasFocus():
            self.caret_moved.emit(self.caret())

    def _mark(self) -> None:
        mark(self, self.toPlainText(), [*self._tints, *self._linked])
