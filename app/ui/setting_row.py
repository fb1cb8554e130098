"""One setting in the settings dialog: its name in words, an editor that fits its type, and where its value is from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSizePolicy, QSpinBox, QWidget

from app.settings.file import Source
from app.settings.options import BOUNDS
from app.ui.widgets import button, label, restyle

Editor = QComboBox | QSpinBox | QDoubleSpinBox | QLineEdit
_LEAST_LETTERS = 14  # of a list; long names are cut, not the window made wide


class SettingRow(QObject):
    """The four widgets of one row. The dialog lays them out.

    Args:
        name: Name of the setting.
        title: Its name in words.
        value: Its value now.
        default: Its default.
        source: Who set it.
        choices: What may be chosen, as value and words, the value and its default among them; empty for a
            number or free text.
        unit: Shown behind a number.
        parent: The dialog.

    Attributes:
        edited: The value was changed, here or by `reset`.
    """

    edited = Signal()

    def __init__(
        self,
        name: str,
        title: str,
        value: Any,  # noqa: ANN401 - any type that a setting may have
        default: Any,  # noqa: ANN401
        source: Source,
        choices: Sequence[tuple[Any, str]],
        unit: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.name, self._default, self._source = name, default, source
        self._before = value
        self._is_reset = False
        self.editor = _editor(name, value, choices, unit)
        self.title = QLabel(title, wordWrap=True)
        self.title.setBuddy(self.editor)
        self.chip = label("chip")
        self.chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.default = button("quiet")
        self.default.setText(self.tr("Default"))
        self.default.setAccessibleName(self.tr("Default for: {name}").format(name=title))
        self.editor.setAccessibleName(title)
        is_fixed = source == "IT"
        self.editor.setEnabled(not is_fixed)
        self.editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.editor.installEventFilter(self)
        self.default.setVisible(not is_fixed)
        if isinstance(self.editor, QComboBox):
            self.editor.view().setAccessibleName(title)
            self.editor.currentIndexChanged.connect(self._touched)
        elif isinstance(self.editor, QLineEdit):
            self.editor.textChanged.connect(self._touched)
        else:
            self.editor.valueChanged.connect(self._touched)
        self.default.clicked.connect(self.reset)
        self._refresh()

    @property
    def value(self) -> Any:  # noqa: ANN401
        """The value in the editor."""
        if isinstance(self.editor, QComboBox):
            return self.editor.currentData()
        if isinstance(self.editor, QLineEdit):
            return self.editor.text().strip()
        return self.editor.value()

    @property
    def source(self) -> Source:
        """Where the value in the editor would come from once it is saved."""
        if self._is_reset:
            return "default"
        return "you" if self.value != self._before else self._source

    @property
    def change(self) -> dict[str, Any]:
        """What to write: nothing, a new value, or None to take the user's own value back."""
        if self._source == "IT":
            return {}
        if self._is_reset:
            return {self.name: None} if self._source == "you" else {}
        return {self.name: self.value} if self.value != self._before else {}

    def reset(self) -> None:
        """Put the default into the editor."""
        if isinstance(self.editor, QComboBox):
            self.editor.setCurrentIndex(self.editor.findData(self._default))
        elif isinstance(self.editor, QLineEdit):
            self.editor.setText(self._default)
        else:
            self.editor.setValue(self._default)
        self._is_reset = True
        self._refresh()

    def take(self, choices: Sequence[tuple[Any, str]], value: Any) -> None:  # noqa: ANN401
        """Offer other choices, and show the value that is in force by now."""
        if not isinstance(self.editor, QComboBox):
            return
        words = {self.editor.itemData(index): self.editor.itemText(index) for index in range(self.editor.count())}
        with QSignalBlocker(self.editor):
            self.editor.clear()
            for one, plain in choices:
                self.editor.addItem(words.get(one, plain), one)
            self.editor.setCurrentIndex(self.editor.findData(value))
        if value != self._before:
            self._before, self._source = value, "you"
        self._touched()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scrolling the page must not change a value that the pointer happens to pass."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _touched(self) -> None:
        self._is_reset = False
        self._refresh()

    def _refresh(self) -> None:
        words = {"default": self.tr("default"), "you": self.tr("set by you"), "IT": self.tr("🔒 fixed by IT")}
        self.chip.setText(words[self.source])
        self.chip.setProperty("source", self.source)
        restyle(self.chip)
        self.default.setEnabled(self.source == "you")
        self.edited.emit()


def _editor(name: str, value: Any, choices: Sequence[tuple[Any, str]], unit: str) -> Editor:  # noqa: ANN401
    if choices:
        combo = QComboBox()
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(_LEAST_LETTERS)
        for one, words in choices:
            combo.addItem(words, one)
        combo.setCurrentIndex(combo.findData(value))
        return combo
    if isinstance(value, str):
        return QLineEdit(value)
    spin = QSpinBox() if isinstance(value, int) else QDoubleSpinBox(decimals=1)
    least, most = BOUNDS[name]
    spin.setRange(least, most)  # type: ignore[arg-type]  # whole numbers where the setting is one
    spin.setValue(value)
    if unit:
        spin.setSuffix(" " + unit)
    spin.setGroupSeparatorShown(True)
    return spin
