"""What a doctor does in the window, from the first start to a signed, exported letter."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.history.entry import Query
from app.ui.first_run import FirstRun
from app.ui.letter_dialog import LetterDialog
from app.ui.sign_dialog import SignDialog
from app.ui.versions_dialog import VersionsDialog
from app.ui.window import Window
from tests.fakes import scripted_core
from tests.ui.conftest import NOTE, Desktop

SLOW = NOTE.replace("fever.", "fever. [[slow]] " + "He walked further today. " * 40)


def in_dialog(kind: type[QDialog], act: Callable[[Any], None]) -> None:
    """Act in the next modal dialog of a kind, as soon as it is there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            act(dialog)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(0, look)


def sign(desktop: Desktop, window: Window, author: str = "Dr A. Okafor") -> None:
    """Decide on what is open, then sign with a name."""
    draft = window.desk.current
    assert draft is not None
    for finding in draft.open_findings(window.desk.case.findings if window.desk.case else ()):
        window.desk.decide(finding, "accepted")

    def act(dialog: SignDialog) -> None:
        dialog.name.setText(author)
        dialog.has_read.setChecked(True)
        dialog.sign.click()

    in_dialog(SignDialog, act)
    window.commands["sign"].trigger()
    desktop.until(lambda: window.desk.current is not None and window.desk.current.is_signed)


def key_with(window: Window, words: str) -> str:
    """Key of the section whose text holds some words."""
    assert window.desk.current is not None
    return next(one.key for one in window.desk.current.draft.sections if words in one.text)


def type_at_end(qtbot: QtBot, window: Window, key: str, text: str) -> None:
    """Type into a section as a person does."""
    edit = window.draft.cards[key].edit
    edit.setFocus()
    cursor = edit.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    edit.setTextCursor(cursor)
    qtbot.keyClicks(edit, text)


def test_first_start_to_a_case_of_ones_own(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window(begin=False)
    window.begin()
    page = window.pages.currentWidget()
    assert isinstance(page, FirstRun)
    page.next.click()
    code = window.offices.code
    groups = code.split("-")
    qtbot.keyClicks(page.recovery.typed, groups[page.recovery.asked - 1])
    page.recovery.make.click()
    desktop.until(lambda: window.desk.is_open)
    page.next.click()
    desktop.until(lambda: page.sample.isEnabled() and page.sample.isVisible())
    page.sample.click()
    desktop.until(lambda: window.desk.case is not None and len(window.desk.case.documents) == 4)
    assert window.pages.currentWidget() is window.work
    assert window.desk.history.state == "open"
    assert [one.kind for one in window.desk.case.documents][:2] == ["clerking", "ward round"]  # type: ignore[union-attr]


def test_paste_draft_edit_sign_and_export(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    assert window.desk.case is not None
    assert (window.desk.case.documents[0].kind, window.desk.case.documents[0].date) == ("ward round", "2026-05-03")
    desktop.write(window)
    allergies = key_with(window, "penicillin")
    assert window.draft.cards[allergies].chip.text() == "Copied"
    assert window.draft.banner.text().startswith("DRAFT")
    type_at_end(qtbot, window, allergies, " Confirmed by me.")
    assert window.draft.cards[allergies].chip.text() == "Edited"
    desktop.settle(window)
    sign(desktop, window)
    assert "Signed by Dr A. Okafor" in window.draft.banner.text()
    assert all(card.edit.isReadOnly() for card in window.draft.cards.values())
    saved = desktop.home / "letter.docx"

    def export(dialog: LetterDialog) -> None:
        assert "Confirmed by me" in dialog.preview.toPlainText()
        assert dialog.export("docx", saved)
        dialog.accept()

    in_dialog(LetterDialog, export)
    window.commands["export"].trigger()
    desktop.settle(window)
    assert saved.read_bytes().startswith(b"PK")
    events = [one.event for one in window.desk.history.call("trail")]
    assert events[-2:] == ["signed", "exported"]


def test_what_was_typed_is_there_after_kill_9(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.write(window)
    course = key_with(window, "penicillin")
    type_at_end(qtbot, window, course, " Typed just now.")
    assert window.notes.editor is not None
    window.notes.editor.setFocus()
    qtbot.keyClicks(window.notes.editor, "Also typed. ")
    desktop.until(lambda: not window.desk.kept.has_unsaved, timeout=3000)
    process = window.desk.history._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)  # as a crash of the machine would: nothing is flushed any more
    other = desktop.window()
    desktop.until(lambda: bool(other.desk.cases))
    other.desk.open_case(other.desk.cases[0].id)
    desktop.until(lambda: other.desk.current is not None)
    assert other.desk.current is not None
    assert other.desk.case is not None
    assert "Typed just now." in "".join(one.text for one in other.desk.current.draft.sections)
    assert other.desk.case.documents[0].text.startswith("Also typed. ")


def test_typing_while_the_model_streams(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    desktop.paste(window, SLOW)
    window.draft.write.click()
    desktop.until(lambda: window.desk.current is not None and any(window.desk.current.streaming.values()))
    type_at_end(qtbot, window, "pending", " Mine.")
    assert window.writing.is_busy
    assert window.desk.current is not None
    assert window.desk.current.section("pending").text.endswith("Mine.")  # type: ignore[union-attr]
    desktop.until(lambda: not window.writing.is_busy)
    section = window.desk.current.section("pending")
    assert section is not None
    assert section.text.endswith("Mine.")
    assert section.review == "edited"


def test_rewriting_never_touches_what_was_edited_or_accepted(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.write(window)
    type_at_end(qtbot, window, "allergies", " Mine.")
    window.draft.cards["pending"].accept.click()
    assert not window.draft.cards["allergies"].rewrite.isEnabled()
    before = {key: window.desk.current.section(key) for key in ("allergies", "pending")}  # type: ignore[union-attr]
    desktop.write(window)
    after = {key: window.desk.current.section(key) for key in ("allergies", "pending")}  # type: ignore[union-attr]
    assert before == after


def test_stop_keeps_the_partial_text_and_says_so(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, "Ward round 03/05/2026\n[[slow]] " + "breathless today " * 80)
    window.draft.tasks.setCurrentIndex(window.draft.tasks.findData("brief-summary"))
    window.draft.write.click()
    desktop.until(lambda: any(len(text) > 30 for text in window.desk.current.streaming.values()))  # type: ignore[union-attr]
    assert window.draft.stop.isVisible()
    window.commands["stop"].trigger()
    desktop.until(lambda: not window.writing.is_busy)
    draft = window.desk.current
    assert draft is not None
    assert any(one.state == "incomplete" and one.text for one in draft.draft.sections)
    chips = {card.chip.text() for card in window.draft.cards.values()}
    assert "Incomplete" in chips


def test_stopped_before_the_first_word_leaves_no_empty_draft(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, "Ward round 03/05/2026\n[[slow]] He is breathless today and he walks far.")
    window.draft.tasks.setCurrentIndex(window.draft.tasks.findData("brief-summary"))
    window.draft.write.click()
    window.writing.stop()
    desktop.until(lambda: not window.writing.is_busy)
    desktop.settle(window)
    kept = window.desk.history.call("drafts", window.desk.case.case.id)  # type: ignore[union-attr]
    assert bool(kept) == bool(window.desk.current)
    assert all(any(one["text"] for one in draft.versions[-1].body["sections"]) for draft in kept)


def test_a_worker_that_dies_costs_only_the_section_at_hand(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, "Ward round 03/05/2026\nHe is breathless today. [[crash]] He walks far.")
    window.draft.tasks.setCurrentIndex(window.draft.tasks.findData("brief-summary"))
    window.draft.write.click()
    desktop.until(lambda: not window.writing.is_busy)
    assert "The process that runs the model stopped" in window.message.text
    assert window.desk.case is not None
    assert "breathless" in window.desk.case.documents[0].text


def test_locked_while_streaming_hides_all_text_and_keeps_it(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, SLOW)
    window.draft.write.click()
    desktop.until(lambda: window.desk.current is not None and any(window.desk.current.streaming.values()))
    assert window.writing.is_busy
    window.commands["lock"].trigger()
    assert window.pages.currentWidget() is window.lock_page
    assert not window.work.isVisible()
    desktop.until(lambda: not window.desk.is_open)
    assert window.desk.history.is_locked
    assert window.desk.case is None
    assert not window.draft.cards
    assert window.notes.editor is None
    window.lock_page.keyring.click()
    desktop.until(lambda: bool(window.desk.cases))
    window.desk.open_case(window.desk.cases[0].id)
    desktop.until(lambda: window.desk.current is not None)
    kept = window.desk.current
    assert "blood cultures" in kept.section("pending").text  # type: ignore[union-attr]
    assert kept.section("course").text  # type: ignore[union-attr]
    assert kept.origin("course") == "incomplete"  # type: ignore[union-attr]


def test_a_wrong_code_opens_nothing_and_the_right_one_does(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    window.commands["lock"].trigger()
    desktop.until(lambda: not window.desk.is_open)
    qtbot.keyClicks(window.lock_page.code, "not the code at all")
    qtbot.keyClick(window.lock_page.code, Qt.Key.Key_Return)
    desktop.until(lambda: window.lock_page.error.isVisible())
    assert "does not open the history" in window.lock_page.error.text()
    qtbot.wait(1200)  # the delay after a wrong code
    window.lock_page.code.setText(desktop.code)
    window.lock_page.unlock.click()
    desktop.until(lambda: window.desk.is_open)
    assert window.pages.currentWidget() is window.work


def test_closing_keeps_the_last_key(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    editor = window.notes.editor
    assert editor is not None
    editor.setFocus()
    qtbot.keyClicks(editor, "Last words. ")
    assert window.desk.kept.has_unsaved
    window.close()
    other = desktop.window()
    desktop.until(lambda: bool(other.desk.cases))
    other.desk.open_case(other.desk.cases[0].id)
    desktop.until(lambda: other.desk.case is not None)
    assert other.desk.case.documents[0].text.startswith("Last words.")  # type: ignore[union-attr]


def test_search_finds_words_of_notes_and_letters(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.write(window)
    desktop.settle(window)
    window.desk.new_case()
    desktop.until(lambda: window.desk.case is not None and not window.desk.case.has_notes)
    window.commands["find"].trigger()
    assert window.cases.search.hasFocus()
    qtbot.keyClicks(window.cases.search, "troponin")
    desktop.until(lambda: window.cases.list.count() > 0 and "Troponin" in window.cases.list.item(0).text())
    window.cases.list.itemActivated.emit(window.cases.list.item(0))
    desktop.until(lambda: window.desk.case is not None and window.desk.case.has_notes)
    assert window.desk.history.call("search", Query("troponin"))


def test_restore_a_version(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.write(window)
    before = window.desk.current.section("allergies").text  # type: ignore[union-attr]
    type_at_end(qtbot, window, "allergies", " A mistake.")
    window.commands["save"].trigger()
    desktop.settle(window)
    count = len(window.desk.current.versions)  # type: ignore[union-attr]

    def act(dialog: VersionsDialog) -> None:
        dialog.list.setCurrentRow(1)  # the newest comes first
        dialog.restore.click()
        dialog.accept()

    in_dialog(VersionsDialog, act)
    window.commands["versions"].trigger()
    desktop.settle(window)
    assert window.desk.current.section("allergies").text == before  # type: ignore[union-attr]
    assert len(window.desk.current.versions) > count  # type: ignore[union-attr]


def test_undo_brings_a_removed_document_back(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.paste(window, "Clinic letter 04/06/2026\nAll is well today.")
    assert len(window.desk.case.documents) == 2  # type: ignore[union-attr]
    window.notes.remove()
    assert len(window.desk.case.documents) == 1  # type: ignore[union-attr]
    window.cases.search.setFocus()
    window.commands["undo"].trigger()
    assert len(window.desk.case.documents) == 2  # type: ignore[union-attr]


def test_an_omission_is_inserted_with_one_click(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.write(window)
    window.draft.cards["allergies"].edit.setPlainText("None known.")
    desktop.settle(window)
    found = [one for one in window.findings.findings if one.insert and "penicillin" in one.insert]
    assert found
    window.findings.list.setCurrentRow(window.findings.findings.index(found[0]))
    window.findings.insert.click()
    assert "penicillin" in window.draft.cards["allergies"].edit.toPlainText()


def test_two_patients_in_one_paste_are_refused_in_words(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(
        window,
        "Patient name: Ann Example\nDate of birth: 01/02/1950\nMRN: 123456\nShe is well.\n\n"
        "Patient name: Bob Other\nDate of birth: 03/04/1960\nMRN: 654321\nHe is ill.",
    )
    window.draft.write.click()
    desktop.until(lambda: bool(window.message.text) and not window.writing.is_busy)
    assert "different patients" in window.message.text
    assert window.desk.current is None
    assert any(one.kind == "identity" for one in window.findings.findings)


@pytest.mark.parametrize("text", ["", "   \n", "\x00\x01"])
def test_nothing_useful_on_the_clipboard_is_said(desktop: Desktop, text: str) -> None:
    window = desktop.window()
    QApplication.clipboard().setText(text)
    window.commands["paste"].trigger()
    desktop.until(lambda: bool(window.message.text))
    assert window.desk.case is None or not window.desk.case.has_notes


def test_settings_change_while_the_window_is_open(desktop: Desktop) -> None:
    window = desktop.window(scripted_core())
    size = window.font().pointSizeF()
    window.commands["larger"].trigger()
    assert window.core.settings.options.text_scale == 110
    assert window.core.settings.sources["text_scale"] == "you"
    assert QApplication.font().pointSizeF() > size
    window.commands["plain_size"].trigger()
    assert window.core.settings.options.text_scale == 100
