"""All commands on one key: type some letters of a name, press Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.ui import style

_WIDTH, _HEIGHT = 560, 480


class CommandList(QDialog):
    """The list of commands with their keys.

    Args:
        actions: What can be chosen.
        parent: Owner.
    """

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Commands"))
        self.resize(_WIDTH, _HEIGHT)
        self._actions = list(actions)
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText(self.tr("Type a command"))
        self.search.setAccessibleName(self.tr("Type a command"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Commands"))
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.itemActivated.connect(self._choose)
        self._fill("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and Enter work while the caret stays in the line."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.event(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for index, action in enumerate(self._actions):
            name = action.text().replace("&", "")
            if not _matches(typed, name):
                continue
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(f"{name}    {keys}" if keys else name)
            item.setData(Qt.ItemDataRole.UserRole, index)
            if not action.isEnabled():
                item.setForeground(style.tokens().muted)
                item.setToolTip(self.tr("Not possible at the moment."))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _choose(self, item: QListWidgetItem | None) -> None:
        action = self._actions[item.data(Qt.ItemDataRole.UserRole)] if item is not None else None
        if action is not None and action.isEnabled():
            self.accept()
            action.trigger()


def _matches(typed: str, name: str) -> bool:
    """Whether the letters typed stand in the name in that order."""
    letters = iter(name.casefold())
    return all(letter in letters for letter in typed.casefold() if not letter.isspace())
