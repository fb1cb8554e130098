"""What stands in the middle before there are notes: how to bring them, and a sample case to try."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.ui.widgets import button, label


class EmptyNotes(QFrame):
    """The invitation.

    Args:
        parent: Owner.

    Attributes:
        paste: Take what is on the clipboard.
        open: Choose files.
        sample: Open the sample case.
        type: Begin an empty document.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._title, self._words = label("title"), label("muted")
        self.paste, self.open, self.sample, self.type = button("primary"), button(), button(), button("quiet")
        column = QVBoxLayout(self)
        column.addStretch(1)
        for text in (self._title, self._words):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            text.setWordWrap(True)
            column.addWidget(text)
        for one in (self.paste, self.open, self.sample, self.type):
            column.addWidget(one, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self._title.setText(self.tr("Paste the notes of one stay"))
        self._words.setText(
            self.tr("Several documents at once are fine: from the record, from Word, from a web page.\n"
                    "Or drop files here: text, Word, PDF, RTF. Nothing leaves this machine.")
        )  # fmt: skip
        self.paste.setText(self.tr("Paste"))
        self.open.setText(self.tr("Open files…"))
        self.sample.setText(self.tr("Try the sample case"))
        self.type.setText(self.tr("Type instead"))

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
