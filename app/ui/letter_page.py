"""The letter on the screen as on paper: always dark on white, as it would be printed."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QTextBrowser

from app.drafts.labels import Language
from app.ui.clipboard import secret_mime

# Each language under its own name.
LANGUAGES: dict[Language, str] = {"en": "English", "zh-CN": "简体中文"}


class LetterPage(QTextBrowser):
    """Shows a letter's HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setStyleSheet("QTextBrowser { background: white; color: black; }")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copied text is marked secret for clipboard managers."""
        return secret_mime(self.textCursor().selection().toPlainText())

    def show_page(self, page: str) -> None:
        """Show another page at the place where the reader is."""
        bar = self.verticalScrollBar()
        at = bar.value()
        self.setHtml(page)
        bar.setValue(at)
