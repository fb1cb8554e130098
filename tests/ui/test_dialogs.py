"""First run, signing, versions and settings, used as a doctor uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTranslator
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from app.checks.finding import Finding
from app.history.entry import Version
from app.settings.file import Settings
from app.settings.options import Options
from app.ui import version_diff
from app.ui.first_run import FirstRun
from app.ui.settings_dialog import SettingsDialog
from app.ui.sign_dialog import SignDialog
from app.ui.versions_dialog import VersionsDialog

CODE = "7K2M-9QXD-4HTB-0VNE-J5RW-8CZA-P3GY-6S1F"
BLOCKING = Finding("number", "blocking", True, "The draft says <b>40 mg</b>, the notes say 20 mg.")
WARNING = Finding("omission", "warning", False, "The weight is not in the draft.")


def shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.show()


def texts(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def click(qtbot: QtBot, button: QWidget) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


# First run


@pytest.fixture
def page(qtbot: QtBot) -> FirstRun:
    one = FirstRun()
    shown(qtbot, one)
    one.show_code(CODE)
    return one


def asked_group(page: FirstRun) -> int:
    return next(number for number in range(8) if f"group {number + 1} " in texts(page))


def test_the_first_run_goes_from_the_welcome_to_the_sample_case(page: FirstRun, qtbot: QtBot) -> None:
    page.history_asked.connect(lambda: page.show_history(True, "Done."))
    assert "1 of 3" in texts(page)
    click(qtbot, page.next)
    assert not page.next.isEnabled()
    qtbot.keyClicks(page.recovery.typed, CODE.split("-")[asked_group(page)].lower().replace("0", "o"))
    qtbot.keyClick(page.recovery.typed, Qt.Key.Key_Return)
    assert "Done." in texts(page)
    click(qtbot, page.next)
    page.show_model("SmolLM2\nUsing CPU", True)
    assert "Using CPU" in texts(page)
    with qtbot.waitSignal(page.finished) as caught:
        click(qtbot, page.sample)
    assert caught.args == [True]


def test_a_wrong_group_makes_no_history_and_the_code_is_hidden_meanwhile(page: FirstRun, qtbot: QtBot) -> None:
    click(qtbot, page.next)
    assert "7K2M" in texts(page)
    with qtbot.assertNotEmitted(page.history_asked):
        qtbot.keyClicks(page.recovery.typed, "AAAA")
        qtbot.keyClick(page.recovery.typed, Qt.Key.Key_Return)
    assert "This is not group" in texts(page)
    assert not any(group in texts(page) for group in CODE.split("-"))
    page.recovery.typed.clear()
    assert all(group in texts(page) for group in CODE.split("-"))


def test_a_history_that_cannot_be_made_says_so_and_may_be_tried_again(page: FirstRun, qtbot: QtBot) -> None:
    click(qtbot, page.next)
    page.recovery.typed.setText(CODE.split("-")[asked_group(page)])
    with qtbot.waitSignal(page.history_asked):
        click(qtbot, page.recovery.make)
    assert not page.recovery.make.isEnabled()
    page.show_history(False, "The disk is full.")
    assert "The disk is full." in texts(page)
    assert not page.next.isEnabled()
    assert page.recovery.make.isEnabled()


def test_a_session_may_keep_nothing(page: FirstRun, qtbot: QtBot) -> None:
    click(qtbot, page.next)
    page.ephemeral_asked.connect(lambda: page.show_history(True, "Nothing will be kept."))
    click(qtbot, page.recovery.nothing)
    assert page.next.isEnabled()
    assert CODE[:4] not in "".join(one.text() for one in page.findChildren(QLabel))


@pytest.mark.parametrize("name", ["print", "copy", "save"])
def test_the_code_goes_to_paper_clipboard_or_file_when_asked(page: FirstRun, qtbot: QtBot, name: str) -> None:
    click(qtbot, page.next)
    with qtbot.waitSignal(getattr(page, f"{name}_asked")):
        click(qtbot, getattr(page.recovery, name))


class Shouting(QTranslator):
    def translate(self, context: str, text: str, *_: object) -> str:
        return text.upper() if "{" not in text else ""

    def isEmpty(self) -> bool:
        return False


def test_another_language_reaches_every_step(page: FirstRun, qtbot: QtBot) -> None:
    app, other = QApplication.instance(), Shouting()
    assert app is not None
    page.recovery.typed.setText("7")
    app.installTranslator(other)
    try:
        qtbot.waitUntil(lambda: page.next.text() == "NEXT")
        said = [one.text() for one in page.findChildren(QLabel)]
        assert {"WELCOME TO EPICRISIS", "YOUR RECOVERY CODE", "THE MODEL ON THIS MACHINE"} <= set(said)
        assert page.recovery.typed.text() == "7"
    finally:
        app.removeTranslator(other)


# Signing


def test_a_letter_is_signed_with_name_and_promise_only(qtbot: QtBot) -> None:
    dialog = SignDialog("", [BLOCKING, WARNING], {0}, [])
    shown(qtbot, dialog)
    assert "nobody has looked at: 1" in texts(dialog)
    assert not dialog.sign.isEnabled()
    qtbot.keyClicks(dialog.name, "  Dr  A. Example ")
    assert not dialog.sign.isEnabled()
    dialog.has_read.click()
    assert dialog.sign.isEnabled()
    click(qtbot, dialog.sign)
    assert dialog.result() == SignDialog.DialogCode.Accepted
    assert dialog.author == "Dr A. Example"


def test_an_open_blocking_finding_forbids_it_and_says_why(qtbot: QtBot) -> None:
    dialog = SignDialog("Dr A. Example", [BLOCKING, WARNING], {1}, ["Follow-up"])
    shown(qtbot, dialog)
    dialog.has_read.click()
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not dialog.sign.isEnabled()
    assert "Settle the findings" in dialog.sign.toolTip()
    assert "<b>40 mg</b>" in texts(dialog)
    quoted = [one for one in dialog.findChildren(QLabel) if "<b>" in one.text()]
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in quoted)
    assert "Follow-up" in texts(dialog)


# Versions


def version(number: int, **sections: str) -> Version:
    listed = [{"key": key, "title": key.title(), "text": text} for key, text in sections.items()]
    at = f"2026-03-03T10:0{number}:00+00:00"
    return Version(str(number), "d", number, "ai" if number == 1 else "edit", "Dr A", at, {"sections": listed}, "", "")


VERSIONS = [
    version(1, course="Given furosemide 40 mg daily.", plan="Weigh daily.", old="Gone."),
    version(2, course="Given furosemide 20 mg daily.", plan="Weigh daily.", allergies="None known."),
]


def test_a_version_shows_what_it_changed(qtbot: QtBot) -> None:
    dialog = VersionsDialog(VERSIONS, None, can_restore=True)
    shown(qtbot, dialog)
    text = dialog.text.toPlainText()
    assert "Course · changed" in text
    assert "40 20 mg" in text
    assert "Plan · unchanged" in text
    assert "Weigh daily" not in text
    assert "Allergies · new" in text
    assert "Old · removed" in text
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert "Weigh daily." in dialog.text.toPlainText()


def test_what_was_struck_out_is_not_copied(qtbot: QtBot) -> None:
    dialog = VersionsDialog(VERSIONS, None, can_restore=True)
    shown(qtbot, dialog)
    dialog.text.selectAll()
    copied: QMimeData = dialog.text.createMimeDataFromSelection()
    assert "furosemide 20 mg" in copied.text()
    assert "40" not in copied.text()


def test_an_older_version_is_restored(qtbot: QtBot) -> None:
    dialog = VersionsDialog(VERSIONS, None, can_restore=True)
    shown(qtbot, dialog)
    dialog.list.setCurrentRow(1)
    with qtbot.waitSignal(dialog.restore_asked) as caught:
        click(qtbot, dialog.restore)
    assert caught.args == [VERSIONS[0]]


def test_signed_and_removed_versions_are_not_restored(qtbot: QtBot) -> None:
    for versions, can_restore in ((VERSIONS, False), ([replace(VERSIONS[0], body=None)], True), ([], True)):
        dialog = VersionsDialog(versions, None, can_restore=can_restore)
        shown(qtbot, dialog)
        assert not dialog.restore.isEnabled()


WRITING = st.text(st.sampled_from("ab 1.5\n,心"), max_size=60)


@given(WRITING, WRITING)
def test_the_pieces_make_up_both_texts(old: str, new: str) -> None:
    found = version_diff.pieces(old, new)
    assert "".join(text for change, text in found if change != "added") == old
    assert "".join(text for change, text in found if change != "removed") == new


def test_numbers_are_compared_as_a_whole() -> None:
    found = version_diff.pieces("Ramipril 2.5 mg once a day", "Ramipril 7.5 mg once a day")
    assert ("removed", "2.5 ") in found
    assert ("added", "7.5 ") in found


# Settings


def settings(sources: Mapping[str, Any], **values: str) -> Settings:
    return Settings(replace(Options(), **values), {one.name: "default" for one in fields(Options)} | dict(sources))


def test_only_what_changed_is_sent(qtbot: QtBot) -> None:
    dialog = SettingsDialog(settings({"theme": "you"}, theme="dark"), {"model": {"one": "One", "two": "Two"}})
    shown(qtbot, dialog)
    scale, theme, author = (dialog.rows[name] for name in ("text_scale", "theme", "author"))
    assert isinstance(scale.editor, QSpinBox)
    scale.editor.setValue(500)
    click(qtbot, theme.default)
    assert isinstance(author.editor, QLineEdit)
    qtbot.keyClicks(author.editor, "Dr A. Example ")
    with qtbot.waitSignal(dialog.changed) as caught:
        click(qtbot, dialog.ok)
    assert caught.args == [{"text_scale": 200, "theme": None, "author": "Dr A. Example"}]


def test_nothing_is_sent_where_nothing_changed(qtbot: QtBot) -> None:
    dialog = SettingsDialog(settings({"model": "you"}, model="a-model-nobody-lists"), {"model": {"one": "One"}})
    shown(qtbot, dialog)
    with qtbot.assertNotEmitted(dialog.changed):
        click(qtbot, dialog.ok)


def test_a_change_taken_back_is_no_change(qtbot: QtBot) -> None:
    dialog = SettingsDialog(settings({}), {})
    shown(qtbot, dialog)
    row = dialog.rows["theme"]
    assert isinstance(row.editor, QComboBox)
    row.editor.setCurrentIndex(2)
    assert dialog.changes == {"theme": "dark"}
    click(qtbot, row.default)
    assert dialog.changes == {}


def test_what_it_fixed_is_shown_and_locked(qtbot: QtBot) -> None:
    dialog = SettingsDialog(settings({"device": "IT"}, device="cpu"), {})
    shown(qtbot, dialog)
    row = dialog.rows["device"]
    assert not row.editor.isEnabled()
    assert not row.default.isVisible()
    assert "fixed by IT" in row.chip.text()


def test_scrolling_past_a_value_does_not_change_it(qtbot: QtBot) -> None:
    dialog = SettingsDialog(settings({}), {})
    shown(qtbot, dialog)
    dialog.ok.setFocus()
    middle = QPointF(5, 5)
    for name in ("text_scale", "theme"):
        wheel = QWheelEvent(
            middle, middle, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(dialog.rows[name].editor, wheel)
    assert dialog.changes == {}


# All


def test_every_control_has_a_name(qtbot: QtBot, page: FirstRun) -> None:
    dialogs: list[QWidget] = [
        page,
        SignDialog("", [BLOCKING], set(), []),
        VersionsDialog(VERSIONS, None, can_restore=True),
        SettingsDialog(settings({}), {}),
    ]
    for dialog in dialogs:
        for one in dialog.findChildren(QWidget):
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not one.objectName().startswith("qt_"):
                is_named = one.accessibleName() or (isinstance(one, QAbstractButton) and one.text())
                assert is_named, f"{type(dialog).__name__}: {one}"
        qtbot.addWidget(dialog)
