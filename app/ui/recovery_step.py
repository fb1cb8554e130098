"""The second step of the first run: a recovery code that is proved to be written down, before there is a history."""

from __future__ import annotations

import re
import secrets
import unicodedata

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.ui.widgets import button, label, restyle

_GROUPS, _LETTERS, _COLUMNS = 8, 4, 4
_HIDDEN = "•" * _LETTERS


def _plain(typed: str) -> str:
    """Forgive case, spaces, dashes, full-width letters, O for 0 and I or L for 1, as the history does."""
    letters = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()
    return letters.translate(str.maketrans("OIL", "011"))


class RecoveryStep(QWidget):
    """Shows a code, asks for one of its groups, and offers to make the history or to keep nothing.

    Attributes:
        print_asked, copy_asked, save_asked: The doctor wants the code on paper, in the clipboard, in a file.
        history_asked: The code is written down: make the history with it.
        ephemeral_asked: Work without a history.
        settled: There is a history, or the choice to have none.
    """

    print_asked = Signal()
    copy_asked = Signal()
    save_asked = Signal()
    history_asked = Signal()
    ephemeral_asked = Signal()
    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_settled = False
        self._groups: list[str] = []
        self._asked = 0
        self._is_waiting = False
        self._title, self._words = label("title"), label("muted")
        self._numbers = [label("muted", str(number + 1)) for number in range(_GROUPS)]
        self.cells = [label("code") for _ in range(_GROUPS)]
        self.print, self.copy, self.save = button(), button(), button()
        self._prompt, self._hint = label("heading"), label("muted")
        self.typed = QLineEdit()
        self.typed.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.make, self.nothing = button("primary"), button("quiet")
        self.answer = label("banner")
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.hide()
        for one in (self._title, self._words, self._hint, self.answer):
            one.setWordWrap(True)
        self._prompt.setBuddy(self.typed)
        self._lay_out()
        self._connect()
        self.retranslate()

    @property
    def asked(self) -> int:
        """Number of the group that is to be typed back, from 1."""
        return self._asked + 1

    def show_code(self, code: str) -> None:
        """Show a new code and ask for one of its groups.

        Args:
            code: Eight groups of four, joined by dashes.
        """
        self._groups = code.split("-")
        self._asked = secrets.randbelow(len(self._groups))
        self.typed.clear()
        self.retranslate()

    def show_history(self, ok: bool, sentence: str) -> None:
        """Show what became of the wish for a history, or for none.

        Args:
            ok: Whether the doctor may go on.
            sentence: In the window's language.
        """
        self._is_waiting = False
        self.is_settled = self.is_settled or ok
        self.answer.setText(sentence)
        self.answer.setProperty("severity", "good" if ok else "warning")
        restyle(self.answer)
        self.answer.show()
        self._body.setVisible(not self.is_settled)
        if self.is_settled:  # it is on paper now: the screen need not know it any more
            self._groups = []
            self.typed.clear()
            self.settled.emit()
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self._title.setText(self.tr("Your recovery code"))
        self._words.setText(
            self.tr("Your cases are kept encrypted on this machine. If the system's keyring is ever lost, only this "
                    "code opens them: write it down and keep it away from here. Nobody can make a new one for you.")
        )  # fmt: skip
        self.print.setText(self.tr("Print"))
        self.copy.setText(self.tr("Copy"))
        self.save.setText(self.tr("Save to a file"))
        for one, name in (
            (self.print, self.tr("Print the recovery code")),
            (self.copy, self.tr("Copy the recovery code")),
            (self.save, self.tr("Save the recovery code to a file")),
        ):
            one.setAccessibleName(name)
        self.nothing.setText(self.tr("Keep nothing in this session"))
        self.nothing.setToolTip(self.tr("You can work now; when you close the window, everything is gone."))
        self._prompt.setText(self.tr("Type group {number} of the code:").format(number=self._asked + 1))
        self.typed.setAccessibleName(self._prompt.text())
        self._refresh()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        for place, (number, cell) in enumerate(zip(self._numbers, self.cells, strict=True)):
            cell.setAlignment(Qt.AlignmentFlag.AlignCenter)
            number.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row, across = divmod(place, _COLUMNS)
            grid.addWidget(number, 2 * row, across)
            grid.addWidget(cell, 2 * row + 1, across)
        copies = _row(self.print, self.copy, self.save)
        question = _row(self._prompt, self.typed)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(12)
        for part in (grid, copies, question):
            body.addLayout(part)
        body.addWidget(self._hint)
        for one in (self.make, self.nothing):  # one below the other: side by side they are too wide at 200 %
            body.addLayout(_row(one))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self._title, self._words, self._body, self.answer):
            column.addWidget(widget)
        column.addStretch(1)

    def _connect(self) -> None:
        self.print.clicked.connect(self.print_asked)
        self.copy.clicked.connect(self.copy_asked)
        self.save.clicked.connect(self.save_asked)
        self.typed.textChanged.connect(self._refresh)
        self.typed.returnPressed.connect(self.make.click)
        for one, wish in ((self.make, self.history_asked), (self.nothing, self.ephemeral_asked)):
            one.clicked.connect(self._wait)
            one.clicked.connect(wish)

    def _wait(self) -> None:
        self._is_waiting = True
        self.answer.hide()
        self._refresh()

    def _refresh(self) -> None:
        typed = _plain(self.typed.text())
        is_right = bool(self._groups) and typed == _plain(self._groups[self._asked])
        for place, (cell, group) in enumerate(zip(self.cells, self._groups, strict=False)):
            cell.setText(_HIDDEN if typed else group)
            cell.setAccessibleName(
                self.tr("Group {number}, hidden").format(number=place + 1)
                if typed
                else self.tr("Group {number}: {letters}").format(number=place + 1, letters=" ".join(group))
            )
        if not self._groups:
            for cell in self.cells:
                cell.clear()
        self._hint.setText(self._advice(typed, is_right))
        self.make.setText(self.tr("Making it…") if self._is_waiting else self.tr("Make the encrypted history"))
        self.make.setEnabled(is_right and not self._is_waiting)
        for one in (self.typed, self.nothing):
            one.setEnabled(not self._is_waiting)

    def _advice(self, typed: str, is_right: bool) -> str:
        if is_right:
            return self.tr("✓ That is it.")
        if len(typed) >= _LETTERS:
            return self.tr("▲ This is not group {number}. Look at what you wrote down, and type it again.").format(
                number=self._asked + 1
            )
        return self.tr(
            "This proves that you have it. The code is hidden while you type; empty the field to see it again."
        )


def _row(*widgets: QWidget | QLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    for one in widgets:
        row.addWidget(one)
    row.addStretch(1)
    return row
