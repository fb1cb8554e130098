"""The lock: shown instead of everything else, with no word of any note."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.widgets import button, label

_WIDEST = 720


class LockPage(QWidget):
    """The page of a locked history.

    Attributes:
        keyring_asked: Open with the system's keyring.
        code_given: Open with this recovery code.
    """

    keyring_asked = Signal()
    code_given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_waiting = False
        self.title = label("title")
        self.words = label("muted")
        self.keyring = button("primary")
        self.code = QLineEdit()
        self.code.setEchoMode(QLineEdit.EchoMode.Password)
        self.code.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhHiddenText
        )
        self.show_code = QAction(self, checkable=True)
        self.unlock = button()
        self.error = label("banner")
        self.error.setProperty("severity", "warning")
        middle = QWidget()
        middle.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(middle)
        for one in (self.title, self.words, self.error, self.keyring, self.code, self.unlock):
            if one in (self.title, self.words, self.error):
                one.setWordWrap(True)
                one.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(one)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(middle, 3)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)
        self.code.addAction(self.show_code, QLineEdit.ActionPosition.TrailingPosition)
        self.show_code.toggled.connect(self._show)
        self.keyring.clicked.connect(self.keyring_asked)
        self.unlock.clicked.connect(self._give)
        self.code.returnPressed.connect(self._give)
        self.code.textChanged.connect(lambda text: self.unlock.setEnabled(bool(text.strip()) and not self._is_waiting))
        self.start(has_keyring=True)
        self.retranslate()

    def start(self, *, has_keyring: bool) -> None:
        """Begin anew, without code and message.

        Args:
            has_keyring: Whether the system's keyring may open it.
        """
        self.code.clear()
        self.show_code.setChecked(False)
        self.keyring.setVisible(has_keyring)
        self.error.hide()
        self.set_waiting(False)

    def show_error(self, sentence: str) -> None:
        """Say why it did not open, and let the code be typed."""
        self.error.setText("▲ " + sentence)
        self.error.show()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)
        self.code.selectAll()

    def set_waiting(self, is_waiting: bool) -> None:
        """Show that it is being opened or locked; nothing can be pressed meanwhile."""
        self._is_waiting = is_waiting
        for one in (self.keyring, self.code):
            one.setEnabled(not is_waiting)
        self.unlock.setEnabled(not is_waiting and bool(self.code.text().strip()))
        self.retranslate()
        if not is_waiting and self.isVisible():
            target = self.keyring if self.keyring.isVisible() else self.code
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.title.setText(self.tr("One moment…") if self._is_waiting else self.tr("Epicrisis is locked"))
        self.words.setText(
            self.tr("Your notes and drafts are encrypted. Everything you typed was saved before the lock.")
        )
        self.keyring.setText(self.tr("Unlock with this computer's keyring"))
        self.code.setPlaceholderText(self.tr("or type the recovery code"))
        self.code.setAccessibleName(self.tr("Recovery code"))
        self.show_code.setText(self.tr("Show the code"))
        self.show_code.setToolTip(self.tr("Show the code"))
        self.unlock.setText(self.tr("Unlock with the code"))

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _show(self, is_shown: bool) -> None:
        self.code.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)

    def _give(self) -> None:
        if self.code.text().strip() and not self._is_waiting:
            self.code_given.emit(self.code.text())
