"""One line above a document of the notes: its kind, date and name, which the doctor can correct."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.notes.documents import KINDS
from app.notes.note import DocumentText
from app.ui import wording

_SHORTEST_KIND = 5  # letters of a kind that must be readable
_INSIDE = 14  # of a field, on either side of its text, in pixels


class DocumentLine(QWidget):
    """What the program guessed of a document.

    Args:
        parent: Owner.

    Attributes:
        corrected: A field was changed.
    """

    corrected = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.date = QLineEdit()
        self.name = QLineEdit()
        for kind in ("", *KINDS):
            self.kind.addItem(kind, kind)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(_SHORTEST_KIND)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.kind, 1)
        line.addWidget(self.date, 1)
        line.addWidget(self.name, 2)
        self.kind.activated.connect(lambda _: self.corrected.emit())
        self.date.editingFinished.connect(self.corrected)
        self.name.editingFinished.connect(self.corrected)
        self.retranslate()

    def show_document(self, one: DocumentText) -> None:
        """Show what is known of a document."""
        with QSignalBlocker(self.kind), QSignalBlocker(self.date), QSignalBlocker(self.name):
            if one.kind and self.kind.findData(one.kind) < 0:
                self.kind.addItem(wording.words(one.kind), one.kind)
            self.kind.setCurrentIndex(self.kind.findData(one.kind))
            self.date.setText(one.date)
            self.name.setText(one.name)
            self.name.setCursorPosition(0)

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.kind.setAccessibleName(self.tr("Kind of document"))
        self.kind.setToolTip(self.tr("Kind of document, as the program guessed it. Correct it where it is wrong."))
        self.date.setAccessibleName(self.tr("Date of the document"))
        self.date.setPlaceholderText(self.tr("YYYY-MM-DD"))
        self.name.setAccessibleName(self.tr("Name of the document"))
        self.name.setPlaceholderText(self.tr("Name"))
        with QSignalBlocker(self.kind):
            for index in range(self.kind.count()):
                kind = str(self.kind.itemData(index))
                self.kind.setItemText(index, wording.words(kind) if kind else self.tr("Kind?"))

    def changeEvent(self, event: QEvent) -> None:
        """Another language, or another size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            # Wide enough for a whole date: half a date misleads.
            self.date.setMinimumWidth(self.date.fontMetrics().horizontalAdvance("0000-00-00") + 2 * _INSIDE)
