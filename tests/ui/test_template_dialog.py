"""A department's template of the letter, edited in the window as a person does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app import paths
from app.drafts import standards
from app.errors import EpicrisisError
from app.ui import i18n, style
from app.ui.letter_dialog import LetterDialog
from app.ui.settings_dialog import SettingsDialog
from app.ui.template_dialog import TemplateDialog
from app.ui.window import Window
from tests.fakes import scripted_core
from tests.ui.conftest import NOTE, Desktop
from tests.ui.test_every_control import unnamed
from tests.ui.test_journeys import in_dialog
from tests.ui.test_translations import untranslated

Open = Callable[..., TemplateDialog]


@pytest.fixture
def window(desktop: Desktop) -> Window:
    """A window without a case."""
    return desktop.window()


@pytest.fixture
def editor(desktop: Desktop, window: Window, qtbot: QtBot) -> Open:
    """Opens the editor over the window, without waiting for its end."""

    def opened(name: str = "prsb") -> TemplateDialog:
        dialog = window.offices.template_dialog(name)
        assert dialog is not None
        dialog.show()
        desktop.until(lambda: bool(dialog.preview.page.toPlainText()))
        return dialog

    return opened


def drafted(desktop: Desktop, window: Window) -> None:
    desktop.paste(window, NOTE)
    desktop.write(window)


def row_of(dialog: TemplateDialog, title: str) -> int:
    return next(
        index for index, row in enumerate(dialog.template.rows) if title in (row.heading.title["en"], row.heading.key)
    )


def choose(dialog: TemplateDialog, title: str) -> int:
    index = row_of(dialog, title)
    dialog.headings.list.setCurrentRow(index)
    return index


def untick(qtbot: QtBot, dialog: TemplateDialog, title: str) -> None:
    """Press the space bar on a heading."""
    choose(dialog, title)
    dialog.headings.list.setFocus()
    qtbot.keyClick(dialog.headings.list, Qt.Key.Key_Space)


def retype(qtbot: QtBot, edit: object, text: str) -> None:
    edit.setFocus()  # type: ignore[attr-defined]
    edit.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(edit, text)


def commit(edit: object, text: str) -> None:
    """Type what no key has, as an input method does."""
    edit.setFocus()  # type: ignore[attr-defined]
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(edit, event)


def press(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_from_the_letter_to_a_template_that_letters_checks_and_drafts_follow(
    desktop: Desktop, window: Window, qtbot: QtBot
) -> None:
    drafted(desktop, window)

    def edit(dialog: TemplateDialog) -> None:
        qtbot.keyClicks(dialog.name, "Ward 7")
        retype(qtbot, dialog.titles["en"], "Letter of ward 7")
        choose(dialog, "Diagnoses")
        for _ in range(row_of(dialog, "Diagnoses")):
            press(qtbot, dialog.headings.up)
        choose(dialog, "Clinical summary")
        retype(qtbot, dialog.form.titles["en"], "What happened")
        qtbot.keyClicks(dialog.form.instruction, "[[say: He came with chest pain.]]")
        dialog.form.most.setValue(2)
        desktop.until(lambda: "What happened" in dialog.preview.page.toPlainText())
        assert "Letter of ward 7" in dialog.preview.page.toPlainText()
        assert "words" in dialog.preview.length.text()
        press(qtbot, dialog.save)
        assert "Saved as ward-7" in dialog.message.text
        press(qtbot, dialog.leave)

    def letter(dialog: LetterDialog) -> None:
        assert dialog.standard.currentData() == "prsb"
        in_dialog(TemplateDialog, edit)
        press(qtbot, dialog.edit)
        assert dialog.standard.currentData() == "ward-7"
        assert "Letter of ward 7" in dialog.preview.toPlainText()
        press(qtbot, dialog.leave)

    in_dialog(LetterDialog, letter)
    window.commands["export"].trigger()
    kept = standards.load("ward-7")
    assert kept.headings[0].key == "diagnoses"
    assert kept.base == "prsb"
    assert standards.load("prsb").title["en"] == "Discharge summary"  # the standard itself is as it was
    assert not (paths.user_standards() / "prsb.toml").exists()
    assert window.desk.standard == "ward-7"
    desktop.write(window)
    draft = window.desk.current
    assert draft is not None
    course = draft.section("course")
    assert course is not None
    assert "He came with chest pain." in course.text
    assert draft.draft.stamp.prompt
    messages = [str(one.message) for one in window.desk.case.findings] if window.desk.case else []
    assert any(one.startswith("What happened: ") and "at most 2" in one for one in messages)


def test_a_heading_of_ones_own_is_written_from_the_words_it_names(
    desktop: Desktop, window: Window, editor: Open, qtbot: QtBot
) -> None:
    drafted(desktop, window)
    dialog = editor()
    commit(dialog.name, "心内科")
    choose(dialog, "Diagnoses")
    press(qtbot, dialog.headings.add)
    assert dialog.index == row_of(dialog, "Diagnoses") + 1
    qtbot.keyClicks(dialog.form.titles["en"], "Heart")
    qtbot.keyClicks(dialog.form.instruction, "[[say: Troponin 12 ng/L.]]")
    press(qtbot, dialog.save)
    assert "Give the words" in dialog.message.text  # the model reads only what speaks of a heading
    assert dialog.form.words.hasFocus()
    qtbot.keyClicks(dialog.form.words, "troponin, ST (elevation)")
    press(qtbot, dialog.save)
    assert "Saved as 心内科" in dialog.message.text
    own = next(one for one in standards.load("心内科").headings if one.key == "own_heart")
    assert own.cues == ("troponin", "ST\\ \\(elevation\\)")
    choose(dialog, "Heart")
    assert dialog.form.words.text() == "troponin, ST (elevation)"
    press(qtbot, dialog.leave)
    assert not dialog.isVisible()
    desktop.write(window)
    draft = window.desk.current
    assert draft is not None
    section = draft.section("own_heart")
    assert section is not None
    assert "Troponin 12 ng/L" in section.text
    assert "Heart" in {card.heading.text() for card in window.draft.cards.values()}


def test_what_the_standard_demands_stays_and_the_reason_is_shown(editor: Open, qtbot: QtBot) -> None:
    dialog = editor()
    before = dialog.template
    for title, reason in (("Allergies and adverse reactions", "demands"), ("Legal information", "asks for")):
        untick(qtbot, dialog, title)
        assert reason in dialog.headings.reason.text()
    assert dialog.template == before
    choose(dialog, "Allergies and adverse reactions")
    assert [dialog.form.need.itemData(row) for row in range(dialog.form.need.count())] == ["mandatory"]
    assert not dialog.form.need.isEnabled()


def test_text_under_a_heading_left_out_is_named_in_the_preview_and_before_signing(
    desktop: Desktop, window: Window, editor: Open, qtbot: QtBot
) -> None:
    drafted(desktop, window)
    dialog = editor()
    untick(qtbot, dialog, "Investigation results")
    assert "left out" in dialog.headings.list.currentItem().text()
    desktop.until(lambda: "Investigation results" in dialog.preview.missing.text())
    qtbot.keyClicks(dialog.name, "short")
    qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "Saved" in dialog.message.text
    desktop.settle(window)
    found = [one for one in window.desk.case.findings if one.section == "results"] if window.desk.case else []
    assert any("not in the letter" in one.message for one in found)
    untick(qtbot, dialog, "Investigation results")  # and back
    press(qtbot, dialog.save)
    desktop.settle(window)
    left = window.desk.case.findings if window.desk.case else ()
    assert not any("not in the letter" in one.message for one in left)


def test_the_model_is_instructed_only_where_it_writes(editor: Open) -> None:
    dialog = editor()
    choose(dialog, "Medications and medical devices")
    assert not dialog.form.instruction.isVisible()
    assert "word for word" in dialog.form.filled.text()
    choose(dialog, "Clinical summary")
    assert dialog.form.instruction.isVisible()
    assert "Hospital course" in dialog.form.filled.text()
    assert "2 sentences" in dialog.form.limit.text()
    assert not dialog.form.words.isVisible()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give the template a name"),
        ("…", "Give the template a name"),
        ("PRSB", "has this name"),
        ("eu", "has this"),
    ],
)
def test_a_name_that_will_not_do_is_said_and_nothing_is_lost(editor: Open, qtbot: QtBot, name: str, said: str) -> None:
    dialog = editor()
    choose(dialog, "Clinical summary")
    retype(qtbot, dialog.form.titles["en"], "Course")
    commit(dialog.name, name)
    press(qtbot, dialog.save)
    assert said in dialog.message.text
    assert dialog.name.hasFocus()
    assert "Course" in {row.heading.title["en"] for row in dialog.template.rows}
    assert not paths.user_standards().exists()


def test_titles_and_instructions_that_will_not_do_are_said_at_their_field(editor: Open, qtbot: QtBot) -> None:
    dialog = editor()
    qtbot.keyClicks(dialog.name, "ward")
    index = choose(dialog, "Clinical summary")
    for edit in dialog.form.titles.values():
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClick(edit, Qt.Key.Key_Delete)
    dialog.headings.list.setCurrentRow(0)
    press(qtbot, dialog.save)
    assert "no title" in dialog.message.text
    assert dialog.index == index
    assert dialog.form.titles["en"].hasFocus()
    commit(dialog.form.titles["zh-CN"], "经过")
    dialog.form.instruction.setPlainText("x" * 601)
    press(qtbot, dialog.save)
    assert "600" in dialog.message.text
    dialog.form.instruction.setPlainText("Briefly.")
    press(qtbot, dialog.save)
    assert "Saved" in dialog.message.text
    assert standards.load("ward").headings[index].title == {"en": "经过", "zh-CN": "经过"}


def test_closing_asks_only_where_something_is_not_saved(editor: Open, qtbot: QtBot) -> None:
    dialog = editor()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    dialog = editor()
    choose(dialog, "Clinical summary")
    dialog.form.most.setValue(99)
    for _ in range(2):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        assert "not saved" in dialog.message.text
    press(qtbot, dialog.message._act)
    assert not dialog.isVisible()
    assert not paths.user_standards().exists()


def test_back_to_the_standard_and_that_undone(editor: Open, qtbot: QtBot) -> None:
    dialog = editor()
    assert not dialog.revert.isEnabled()
    choose(dialog, "Diagnoses")
    dialog.headings.list.setFocus()
    qtbot.keyClick(dialog.headings.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    changed = dialog.template
    press(qtbot, dialog.revert)
    assert [row.heading for row in dialog.template.rows] == list(standards.load("prsb").headings)
    press(qtbot, dialog.message._act)
    assert dialog.template == changed
    assert dialog.isVisible()


def test_a_deleted_template_gives_the_standard_back_and_can_be_saved_again(
    window: Window, editor: Open, qtbot: QtBot
) -> None:
    dialog = editor()
    assert not dialog.delete.isVisible()
    qtbot.keyClicks(dialog.name, "Ward 7")
    press(qtbot, dialog.save)
    assert window.desk.standard == "ward-7"
    press(qtbot, dialog.delete)
    assert "ward-7" not in standards.known()
    assert window.desk.standard == "prsb"
    assert "prsb" in dialog.message.text
    press(qtbot, dialog.save)
    assert "ward-7" in standards.known()
    press(qtbot, dialog.delete)
    press(qtbot, dialog.leave)
    assert not dialog.isVisible()


@pytest.mark.parametrize("damage", ["removed", "broken"])
def test_a_template_that_went_away_gives_way_to_the_programs_own(
    desktop: Desktop, window: Window, editor: Open, qtbot: QtBot, damage: str
) -> None:
    dialog = editor()
    qtbot.keyClicks(dialog.name, "Ward 7")
    press(qtbot, dialog.save)
    press(qtbot, dialog.leave)
    file = paths.user_standards() / "ward-7.toml"
    file.unlink() if damage == "removed" else file.write_text("broken [", encoding="utf-8")
    told: list[EpicrisisError] = []
    window.desk.trouble.connect(told.append)
    drafted(desktop, window)
    assert [one.code for one in told] == ["template_lost"]
    assert "ward-7" in str(told[0])
    assert window.desk.current is not None
    assert {one.state for one in window.desk.current.draft.sections} <= {"written", "copied", "not documented"}
    assert [one for one in window.desk.case.findings if one.kind == "completeness"]  # type: ignore[union-attr]


def test_dragging_changes_the_order(desktop: Desktop, editor: Open) -> None:
    dialog = editor()
    index = row_of(dialog, "Diagnoses")
    dialog.headings.list.model().moveRow(QModelIndex(), index, QModelIndex(), 0)
    desktop.until(lambda: dialog.template.rows[0].heading.key == "diagnoses")
    assert dialog.headings.list.item(0).text().startswith("Diagnoses")
    assert len(dialog.template.rows) == dialog.headings.list.count()


def test_what_it_fixed_can_be_looked_at_only(desktop: Desktop, qtbot: QtBot) -> None:
    policy = paths.machine_policy()
    policy.parent.mkdir(parents=True, exist_ok=True)
    policy.write_text('letter_standard = "prsb"\n', encoding="utf-8")
    window = desktop.window(scripted_core())
    dialog = window.offices.template_dialog("prsb")
    assert dialog is not None
    dialog.show()
    assert dialog.is_fixed
    assert not dialog.save.isVisible()
    assert not dialog.revert.isVisible()
    before = dialog.template
    choose(dialog, "Clinical summary")
    qtbot.keyClicks(dialog.form.titles["en"], "x")
    qtbot.keyClicks(dialog.form.instruction, "x")
    qtbot.keyClicks(dialog.name, "x")
    qtbot.keyClick(dialog.form.most, Qt.Key.Key_Up)
    untick(qtbot, dialog, "Procedures")
    qtbot.keyClick(dialog.headings.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert dialog.template == before
    assert not any(one.isEnabled() for one in (dialog.headings.up, dialog.headings.down, dialog.headings.add))
    press(qtbot, dialog.leave)
    assert not dialog.isVisible()
    assert not paths.user_standards().exists()


def test_locking_hides_the_letter_at_once_and_keeps_what_was_not_saved(
    desktop: Desktop, window: Window, editor: Open, qtbot: QtBot
) -> None:
    drafted(desktop, window)
    dialog = editor()
    qtbot.keyClicks(dialog.name, "Ward 7")
    choose(dialog, "Clinical summary")
    retype(qtbot, dialog.form.titles["en"], "What happened")
    window.lock()
    assert not dialog.isVisible()
    assert not dialog.preview.page.toPlainText()
    desktop.until(lambda: not window.desk.is_open)
    window.unlock(None)
    desktop.until(lambda: window.desk.is_open)
    again = editor()
    assert again.name.text() == "Ward 7"
    assert "not saved" in again.message.text
    assert "What happened" in {row.heading.title["en"] for row in again.template.rows}
    press(qtbot, again.save)
    assert "Saved" in again.message.text
    press(qtbot, again.leave)
    assert editor().name.text() == ""  # asked for once only


@pytest.mark.skipif(os.name != "posix", reason="another kind of failure elsewhere")
def test_a_folder_that_may_not_be_written_is_said_and_nothing_is_lost(editor: Open, qtbot: QtBot) -> None:
    dialog = editor()
    paths.user_standards().parent.mkdir(parents=True, exist_ok=True)
    paths.user_standards().write_text("in the way", encoding="utf-8")
    qtbot.keyClicks(dialog.name, "ward")
    press(qtbot, dialog.save)
    assert "cannot be written" in dialog.message.text
    assert dialog.is_changed
    paths.user_standards().unlink()
    press(qtbot, dialog.save)
    assert "Saved" in dialog.message.text


def test_a_broken_file_of_the_department_is_told_and_closes_nothing(window: Window) -> None:
    folder = paths.user_standards()
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("nonsense", encoding="utf-8")
    assert window.offices.template_dialog("prsb") is None
    assert "broken.toml" in window.message.text


def test_without_a_case_the_sample_stay_is_shown(editor: Open) -> None:
    dialog = editor()
    assert "sample" in dialog.preview.what.text()
    assert "Margaret Ellison" in dialog.preview.page.toPlainText()


def test_from_the_settings(desktop: Desktop, window: Window, qtbot: QtBot) -> None:
    def edit(dialog: TemplateDialog) -> None:
        qtbot.keyClicks(dialog.name, "Ward 7")
        press(qtbot, dialog.save)
        press(qtbot, dialog.leave)

    def act(dialog: SettingsDialog) -> None:
        in_dialog(TemplateDialog, edit)
        press(qtbot, dialog.template)
        chosen = dialog.rows["letter_standard"].editor
        assert isinstance(chosen, QComboBox)
        assert chosen.currentData() == "ward-7"
        assert dialog.changes == {}
        chosen.setCurrentIndex(chosen.findData("eu"))
        press(qtbot, dialog.ok)

    in_dialog(SettingsDialog, act)
    window.commands["settings"].trigger()
    assert window.desk.standard == "eu"


def test_a_template_not_for_all_letters_changes_no_setting(window: Window, editor: Open, qtbot: QtBot) -> None:
    dialog = editor("eu")
    dialog.is_for_all.click()
    qtbot.keyClicks(dialog.name, "trial")
    press(qtbot, dialog.save)
    assert "Choose it" in dialog.message.text
    assert window.desk.standard == "prsb"
    assert standards.load("trial").base == "eu"


def test_every_control_has_a_name(editor: Open, desktop: Desktop, window: Window) -> None:
    drafted(desktop, window)
    dialog = editor()
    choose(dialog, "Clinical summary")
    dialog.headings.add.click()
    dialog.message.tell("Something happened.")
    assert unnamed(dialog) == []
    letter = window.offices.letter_dialog()
    assert letter is not None
    letter.show()
    assert unnamed(letter) == []


@pytest.mark.parametrize("scale", [80, 200])
def test_it_fits_a_small_screen_at_every_size(desktop: Desktop, editor: Open, scale: int) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, "contrast", scale)
    dialog = editor()
    dialog.resize(1366, 700)
    desktop.until(lambda: dialog.minimumSizeHint().width() <= 1366 and dialog.minimumSizeHint().height() <= 700)
    inside = dialog.headings
    assert inside.width() <= dialog.width() // 2 + 200


def test_in_chinese(desktop: Desktop, editor: Open) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    i18n.install(app, "zh_CN")
    dialog = editor()
    choose(dialog, "Clinical summary")
    dialog.headings.add.click()
    assert untranslated(dialog) == []
    assert dialog.headings.list.item(0).text() == "患者信息 · 必填"


def test_the_same_letter_has_as_many_pages_at_every_size_of_the_window_s_text(
    desktop: Desktop, editor: Open, tmp_path: Path
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    said = set()
    for scale in (100, 200):
        style.apply(app, "light", scale)
        dialog = editor()
        desktop.until(lambda dialog=dialog: bool(dialog.preview.length.text()))
        said.add(dialog.preview.length.text())
        dialog.reject()
    assert len(said) == 1
