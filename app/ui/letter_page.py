"""The letter on the screen as on paper: always dark on white, as it would be printed."""

from __future__ import annotations

import re

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QTextBrowser

from app.drafts.labels import Language
from app.export import html
from app.ui import style
from app.ui.clipboard import secret_mime

_POINTS = re.compile(r"([\d.]+)pt")
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
        font = self.document().defaultFont()
        font.setPointSizeF(html.POINTS * style.text_scale())
        self.document().setDefaultFont(font)
        self.setHtml(_scaled(page, style.text_scale()))
        bar.setValue(at)


def _scaled(page: str, scale: float) -> str:
    """The page with its sizes of text, which stand in its style, as large as the window's text."""
    head, end, body = page.partition("</style>")
    return _POINTS.sub(lambda found: f"{float(found[1]) * scale:.1f}pt", head) + end + body
