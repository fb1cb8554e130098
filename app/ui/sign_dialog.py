"""Signing: what is still open, the doctor's name, and the promise that the letter was read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.checks.finding import Finding
from app.ui import wording
from app.ui.widgets import button, label

_LEAST_WIDTH = 520
_MARGIN = 20
_HIGHEST_LIST = 240  # of open findings, before they scroll


class SignDialog(QDialog):
    """Asks for a signature; accepted only with a name, the promise, and nothing that blocks.

    Args:
        author: Name to propose.
        findings: All findings of the draft.
        decided: Places in `findings` of those that the doctor settled.
        open_sections: Titles of sections that are not complete.
        parent: The window.
    """

    def __init__(
        self,
        author: str,
        findings: Sequence[Finding],
        decided: Collection[int],
        open_sections: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        left = [one for place, one in enumerate(findings) if place not in decided]
        self._blocking = [one for one in left if one.blocking]
        self._kept = [one for place, one in enumerate(findings) if one.blocking and place in decided]
        self._warnings = sum(not one.blocking and one.severity == "warning" for one in left)
        self._sections = list(open_sections)
        self.name = QLineEdit(author)
        self.has_read = QCheckBox(self.tr("I have read this letter and checked it against the notes"))
        self.reason = label("muted")
        self.reason.setWordWrap(True)
        self.cancel, self.sign = button(), button("primary")
        self.setWindowTitle(self.tr("Sign the letter"))
        self._scrolls: list[QScrollArea] = []
        self._lay_out()
        self.name.textChanged.connect(self._refresh)
        self.has_read.toggled.connect(self._refresh)
        self.cancel.clicked.connect(self.reject)
        self.sign.clicked.connect(self.accept)
        self.sign.setDefault(True)
        (self.has_read if self.author else self.name).setFocus()
        self._refresh()

    @property
    def author(self) -> str:
        """The name that signs, without space around it."""
        return " ".join(self.name.text().split())

    def showEvent(self, event: QShowEvent) -> None:
        """Grow to what the wrapped lines need: a layout alone gives a dialog too little height for them."""
        self.setMinimumWidth(max(_LEAST_WIDTH, self.has_read.sizeHint().width() + 2 * _MARGIN))
        self.resize(self.minimumWidth(), 0)
        for scroll in self._scrolls:
            inside = scroll.widget()
            height = inside.heightForWidth(self.width() - 4 * _MARGIN) if inside is not None else 0
            scroll.setMinimumHeight(min(height, _HIGHEST_LIST // len(self._scrolls)))
        self.resize(self.width(), self.heightForWidth(self.width()))
        super().showEvent(event)

    def _lay_out(self) -> None:
        title = label("title", self.tr("Sign the letter"))
        promise = label("muted", self.tr("Signing freezes this version under your name. It is not sent anywhere."))
        promise.setWordWrap(True)
        self.cancel.setText(self.tr("Cancel"))
        self.sign.setText(self.tr("Sign"))
        form = QFormLayout()
        form.addRow(self.tr("Your name"), self.name)
        self.name.setAccessibleName(self.tr("Your name"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.sign)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(promise)
        if self._blocking:
            words = self.tr("To be settled before signing: {n}").format(n=len(self._blocking))
            column.addWidget(self._listed(words, self._blocking, "failed"), 1)
        if self._kept:
            words = self.tr("You sign these as you decided: {n}").format(n=len(self._kept))
            column.addWidget(self._listed(words, self._kept, "incomplete"), 1)
        for line in self._open_lines():
            column.addWidget(_plain(line))
        column.addLayout(form)
        column.addWidget(self.has_read)
        column.addWidget(self.reason)
        column.addLayout(buttons)

    def _listed(self, title: str, findings: Sequence[Finding], origin: str) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        for one in findings:
            column.addWidget(_plain("■ " + wording.sentence(one.message)))
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        scroll.setAccessibleName(title)
        self._scrolls.append(scroll)
        card = QFrame()
        card.setProperty("role", "card")
        card.setProperty("origin", origin)
        around = QVBoxLayout(card)
        around.addWidget(label("heading", title))
        around.addWidget(scroll, 1)
        return card

    def _open_lines(self) -> list[str]:
        lines = []
        if self._warnings:
            lines.append(self.tr("▲ Warnings that nobody has looked at: {n}").format(n=self._warnings))
        if self._sections:
            names = self.tr(", ").join(self._sections)
            lines.append(self.tr("▲ Sections that are not complete: {names}").format(names=names))
        if not self._blocking and not lines:
            lines.append(self.tr("✓ Nothing is open."))
        return lines

    def _refresh(self) -> None:
        reason = self._why_not()
        self.reason.setText(reason)
        self.sign.setEnabled(not reason)
        self.sign.setToolTip(reason)
        self.sign.setAccessibleDescription(reason)

    def _why_not(self) -> str:
        if self._blocking:
            return self.tr("Settle the findings marked ■ first: correct the text, or decide on each of them.")
        if not self.author:
            return self.tr("Your name is missing.")
        if not self.has_read.isChecked():
            return self.tr("Say that you have read it.")
        return ""


def _plain(text: str) -> QLabel:
    """A label that never takes the words of a note for markup."""
    one = QLabel(text, wordWrap=True)
    one.setTextFormat(Qt.TextFormat.PlainText)
    return one
