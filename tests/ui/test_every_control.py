"""Every control can be named by a screen reader, and no word of a note stands where it must not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QWidget

from app.ui import style
from app.ui.command_list import CommandList
from app.ui.first_run import FirstRun
from app.ui.lock_page import LockPage
from app.ui.style import CONTRAST, DARK, LIGHT, Tokens
from tests.ui.conftest import NOTE, Desktop

_CONTROLS = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.RadioButton,
    QAccessible.Role.SpinBox,
    QAccessible.Role.ButtonMenu,
}


def tree(one: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """An object and all below it."""
    yield one
    for index in range(one.childCount()):
        child = one.child(index)
        if child is not None and child.isValid():
            yield from tree(child)


def unnamed(widget: QWidget) -> list[str]:
    """Controls of a widget without a name, by class."""
    root = QAccessible.queryAccessibleInterface(widget)
    found = []
    for one in tree(root):
        is_seen = not one.state().invisible
        # Parts that Qt makes of one control (the line of a combo box) speak for it.
        owner = one.object()
        is_part = owner is None or str(owner.objectName()).startswith("qt_") or owner.parent() is None
        if is_seen and not is_part and one.role() in _CONTROLS and not one.text(QAccessible.Text.Name):
            found.append(f"{type(owner).__name__} in {type(owner.parent()).__name__}")
    return found


def test_every_control_has_a_name(desktop: Desktop) -> None:
    window = desktop.window()
    assert unnamed(window) == []
    desktop.paste(window, NOTE)
    desktop.write(window)
    assert window.draft.cards
    window.message.tell("Something happened.")
    assert unnamed(window) == []
    assert unnamed(CommandList(window.commands.listed(), window)) == []
    for dialog in (window.offices.letter_dialog(), window.offices.template_dialog("prsb")):
        assert dialog is not None
        dialog.show()
        assert unnamed(dialog) == []
        dialog.close()
    for page in (FirstRun(), LockPage()):
        page.show()
        assert unnamed(page) == []
        page.close()


def test_no_word_of_a_note_stands_in_a_title(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.write(window)
    assert window.windowTitle() == "Epicrisis"
    assert all(one.windowTitle() in ("", "Epicrisis") for one in QApplication.topLevelWidgets())


def test_shortcuts_do_not_collide(desktop: Desktop) -> None:
    window = desktop.window()
    keys = [key.toString() for action in window.commands.actions.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def contrast(one: object, other: object) -> float:
    """Contrast ratio by WCAG 2.1, 1.4.3."""

    def light(color: object) -> float:
        parts = [color.redF(), color.greenF(), color.blueF()]  # type: ignore[attr-defined]
        line = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "least"), [(LIGHT, 4.5), (DARK, 4.5), (CONTRAST, 7.0)])
def test_text_can_be_read_in_every_theme(theme: Tokens, least: float) -> None:
    pairs = [
        (text, ground) for text in (theme.text, theme.muted, theme.accent) for ground in (theme.base, theme.window)
    ]
    pairs += [(theme.text, ground) for ground in (theme.evidence, theme.unused, theme.ai_tint, theme.hover)]
    pairs += [(theme.blocking, theme.blocking_tint), (theme.warning, theme.warning_tint), (theme.good, theme.good_tint)]
    pairs += [(theme.ai, theme.ai_tint), (theme.accent_text, theme.accent), (theme.blocking, theme.base)]
    for text, ground in pairs:
        assert contrast(text, ground) >= least, (text.name(), ground.name())


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("scale", [80, 200])
def test_the_window_fits_a_small_screen_at_every_size(desktop: Desktop, theme: str, scale: int) -> None:
    window = desktop.window()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, theme, scale)
    desktop.paste(window, NOTE)
    desktop.write(window)
    # Layouts settle in the event loop.
    desktop.until(lambda: window.minimumSizeHint().width() <= 1366 and window.minimumSizeHint().height() <= 768)


def test_a_line_without_room_ends_in_dots_and_keeps_its_text(desktop: Desktop) -> None:
    window = desktop.window()
    line = window.status.model
    line.setText("Embedded model + clinical · Using CPU: no NVIDIA driver found.")
    line.resize(120, line.height())
    assert line.shown().endswith("…")
    assert line.text().endswith("found.")
    line.resize(2000, line.height())
    assert line.shown() == line.text()
