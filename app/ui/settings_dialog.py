"""Every setting: its value, where it comes from, and a lock where IT fixed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.settings.file import Settings
from app.settings.options import Options
from app.ui.setting_row import SettingRow
from app.ui.widgets import button, label

_SIZE = QSize(760, 640)
_FRAME = 60  # of the dialog and of the desktop around it
_GROUPS = {
    "window": ("language", "theme", "text_scale"),
    "privacy": ("idle_lock_minutes", "clipboard_clear_s", "retention_days", "recovery_code", "training_pairs"),
    "model": (
        *("model", "allowed_models", "adapter", "allowed_adapters", "device"),
        *("threads", "read_ahead", "least_words", "most_characters", "cancel_wait_s"),
    ),
    "letter": (
        *("author", "letter_language", "letter_standard", "allowed_standards"),
        *("template_pack", "export_formats"),
    ),
}
# What is for IT to decide: shown, not edited.
_ONLY_IT = frozenset(
    {
        *("training_pairs", "allowed_models", "allowed_adapters", "allowed_standards"),
        *("template_pack", "export_formats", "recovery_code"),
    }
)


class SettingsDialog(QDialog):
    """Shows and changes the settings. It writes nothing itself.

    Args:
        settings: Values in force, and who set them.
        choices: For settings that are a word, what may be chosen, and what people call it.
        parent: The window.

    Attributes:
        changed: OK was pressed: new values by name, None to go back to the default. Not sent where nothing changed.
        template_asked: The template behind the chosen standard of the letter is to be edited: its name.
    """

    changed = Signal(dict)
    template_asked = Signal(str)

    def __init__(
        self, settings: Settings, choices: Mapping[str, Mapping[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._choices = settings, choices
        self.rows = {field.name: self._row(field.name) for field in fields(Options)}
        self.cancel, self.ok = button(), button("primary")
        self.template = button()
        self.setWindowTitle(self.tr("Settings"))
        self.resize(_SIZE)
        self._lay_out()
        self.cancel.clicked.connect(self.reject)
        self.ok.clicked.connect(self.accept)
        self.template.clicked.connect(lambda: self.template_asked.emit(str(self.rows["letter_standard"].value)))
        self.ok.setDefault(True)

    @property
    def changes(self) -> dict[str, Any]:
        """What OK would send."""
        return {name: value for row in self.rows.values() for name, value in row.change.items()}

    def accept(self) -> None:
        """Send what changed and close."""
        changes = self.changes
        super().accept()
        if changes:
            self.changed.emit(changes)

    def take_standards(self, known: Mapping[str, str], now: str) -> None:
        """Offer templates that were made meanwhile; the one in force was chosen and saved with them."""
        self.rows["letter_standard"].take(list(known.items()), now)

    def showEvent(self, event: QShowEvent) -> None:
        """Be as wide as the rows need, where the screen is; the style's sizes are known only now."""
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        room = self.screen().availableSize().width() - _FRAME
        self._scroll.setMinimumWidth(min(self._inside.minimumSizeHint().width() + bar, room))
        super().showEvent(event)

    def _row(self, name: str) -> SettingRow:
        value, default = getattr(self._settings.options, name), getattr(Options(), name)
        offered = get_args(get_type_hints(Options)[name]) or tuple(self._choices.get(name, ()))
        if offered:  # a value that nobody offers holds all the same
            offered = tuple(dict.fromkeys((*offered, value, default)))
        if isinstance(value, bool):
            offered = (False, True)
        if isinstance(value, tuple):  # a list of a policy: read here, written by IT
            value, default, offered = ", ".join(value), "", ()
        words = self._value_words(name)
        row = SettingRow(
            name,
            self._titles().get(name, name),
            value,
            default,
            self._settings.sources.get(name, "default"),
            [(one, words.get(one, str(one))) for one in offered],
            self._units().get(name, ""),
            self,
        )
        row.default.setAutoDefault(False)
        row.editor.setEnabled(row.editor.isEnabled() and name not in _ONLY_IT)
        return row

    def _lay_out(self) -> None:
        self._widest = [
            max(widget.sizeHint().width() for widget in widgets)
            for widgets in ([row.chip for row in self.rows.values()], [row.default for row in self.rows.values()])
        ]
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 12, 4)
        column.setSpacing(16)
        left = [name for name in self.rows if not any(name in group for group in _GROUPS.values())]
        for key, title in self._group_titles().items():
            names = (*_GROUPS[key], *(left if key == "model" else ()))
            column.addWidget(self._group(title, [name for name in names if name in self.rows]))
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        scroll.setAccessibleName(self.tr("All settings"))
        self._scroll, self._inside = scroll, inside
        self.template.setText(self.tr("Edit template…"))
        self.template.setAutoDefault(False)
        self.cancel.setText(self.tr("Cancel"))
        self.ok.setText(self.tr("OK"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.ok)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addWidget(scroll, 1)
        outer.addLayout(buttons)

    def _group(self, title: str, names: Sequence[str]) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(label("heading", title), 0, 0, 1, 4)
        for place, name in enumerate(names, 1):
            row = self.rows[name]
            for across, widget in enumerate((row.title, row.editor, row.chip, row.default)):
                grid.addWidget(widget, place, across)
        if "letter_standard" in names:
            grid.addWidget(self.template, grid.rowCount(), 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for across, widest in enumerate(self._widest, 2):  # so that the columns of all groups stand in line
            grid.setColumnMinimumWidth(across, widest)
        return card

    def _group_titles(self) -> dict[str, str]:
        return {
            "window": self.tr("Window"),
            "privacy": self.tr("Privacy"),
            "model": self.tr("Model"),
            "letter": self.tr("Letter"),
        }

    def _titles(self) -> dict[str, str]:
        return {
            "language": self.tr("Language of the window"),
            "theme": self.tr("Colours"),
            "text_scale": self.tr("Size of the text"),
            "idle_lock_minutes": self.tr("Lock when nobody types for"),
            "clipboard_clear_s": self.tr("Clear copied text after"),
            "retention_days": self.tr("Remove the content of cases after (0: never)"),
            "training_pairs": self.tr("Signed drafts may be exported for training, without names (only IT allows it)"),
            "model": self.tr("Language model"),
            "adapter": self.tr("Adapter of the model"),
            "device": self.tr("Where the model runs"),
            "threads": self.tr("Processor threads of the model (0: chosen here)"),
            "read_ahead": self.tr("Let the model read notes ahead, except on battery"),
            "least_words": self.tr("Shortest note to draft from"),
            "most_characters": self.tr("Longest case"),
            "cancel_wait_s": self.tr("Wait for the model to stop"),
            "author": self.tr("Your name, as it signs"),
            "letter_language": self.tr("Language of the letter"),
            "letter_standard": self.tr("Standard of the letter"),
            "allowed_models": self.tr("Models that may be used (empty: all)"),
            "allowed_adapters": self.tr("Adapters that may be used (empty: all)"),
            "allowed_standards": self.tr("Standards that may be used (empty: all)"),
            "template_pack": self.tr("Folder of templates for everybody"),
            "export_formats": self.tr("Formats for saving (empty: all)"),
            "recovery_code": self.tr("Recovery code"),
        }

    def _units(self) -> dict[str, str]:
        return {
            "text_scale": self.tr("%"),
            "idle_lock_minutes": self.tr("minutes"),
            "clipboard_clear_s": self.tr("seconds"),
            "retention_days": self.tr("days"),
            "least_words": self.tr("words"),
            "most_characters": self.tr("characters"),
            "cancel_wait_s": self.tr("seconds"),
        }

    def _value_words(self, name: str) -> dict[Any, str]:
        languages = {"system": self.tr("As the system"), "en": "English", "zh_CN": "简体中文"}
        words: dict[str, dict[Any, str]] = {
            "training_pairs": {False: self.tr("No"), True: self.tr("Yes")},
            "read_ahead": {False: self.tr("No"), True: self.tr("Yes")},
            "language": languages,
            "letter_language": languages,
            "theme": {
                "system": self.tr("As the system"),
                "light": self.tr("Light"),
                "dark": self.tr("Dark"),
                "contrast": self.tr("High contrast"),
            },
            "device": {
                "auto": self.tr("Graphics card if it fits, else processor"),
                "cpu": self.tr("Processor only"),
                "cuda": self.tr("Graphics card (NVIDIA)"),
            },
            "adapter": {"auto": self.tr("The one that fits"), "none": self.tr("None"), "": self.tr("None")},
            "recovery_code": {
                "any": self.tr("The program's, or one of your own"),
                "random": self.tr("The program's only"),
            },
        }
        return {**self._choices.get(name, {}), **words.get(name, {})}
