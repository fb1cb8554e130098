"""A change of the documents that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QUndoCommand

from app.notes.note import DocumentText
from app.ui.desk import Desk


class DocumentsChange(QUndoCommand):
    """Documents before and after a change of their order, number or bounds."""

    def __init__(self, words: str, desk: Desk, before: Sequence[DocumentText], after: Sequence[DocumentText]) -> None:
        super().__init__(words)
        self._desk, self._before, self._after = desk, tuple(before), tuple(after)

    def redo(self) -> None:
        """Do it, the first time and again."""
        self._desk.put_documents(self._after)
        self._desk.notes_typed()

    def undo(self) -> None:
        """Take it back."""
        self._desk.put_documents(self._before)
        self._desk.notes_typed()
