"""What a tired doctor must not be able to do by accident: each test is something that a reader once managed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.ui.sign_dialog import SignDialog
from app.ui.window import Window
from tests.ui.conftest import NOTE, Desktop
from tests.ui.test_journeys import in_dialog, sign

TWO_MINDS = (
    "Clerking 02/05/2026\nAllergies: penicillin (rash)\nHe has a cough.\n\n"
    "Ward round 03/05/2026\nAllergies: no known drug allergies\nHe is well."
)


def written(desktop: Desktop, note: str = NOTE) -> Window:
    window = desktop.window()
    desktop.paste(window, note)
    desktop.write(window)
    return window


def change(desktop: Desktop, window: Window, key: str, text: str) -> None:
    window.draft.cards[key].edit.setPlainText(text)
    desktop.settle(window)


def numbers(window: Window) -> list[str]:
    return [str(one.message) for one in window.findings.still_open if one.kind in ("number", "dose", "medicine")]


def test_a_wrong_number_typed_into_copied_text_is_found(desktop: Desktop) -> None:
    window = written(desktop)
    section = window.desk.current.section("results")  # type: ignore[union-attr]
    assert section is not None
    assert section.state == "copied"
    assert not numbers(window)
    change(desktop, window, "results", section.text.replace("80 mg/L", "800 mg/L"))
    assert window.desk.current.section("results").state == "written"  # type: ignore[union-attr]
    assert any("800" in one for one in numbers(window))


def test_a_mistake_made_again_is_asked_again(desktop: Desktop) -> None:
    window = written(desktop)
    right = window.desk.current.section("results").text  # type: ignore[union-attr]
    wrong = right.replace("80 mg/L", "800 mg/L")
    change(desktop, window, "results", wrong)
    found = next(one for one in window.findings.still_open if "800" in str(one.message))
    window.desk.decide(found, "accepted")
    desktop.settle(window)
    assert not any("800" in one for one in numbers(window))
    change(desktop, window, "results", right)
    change(desktop, window, "results", wrong)
    assert any("800" in one for one in numbers(window))


def test_what_was_kept_although_it_blocks_is_named_once_more_at_signing(desktop: Desktop) -> None:
    window = written(desktop)
    right = window.desk.current.section("results").text  # type: ignore[union-attr]
    change(desktop, window, "results", right.replace("80 mg/L", "800 mg/L"))
    for finding in window.findings.still_open:
        window.desk.decide(finding, "accepted")
    said: list[str] = []

    def act(dialog: SignDialog) -> None:
        said.extend(one.text() for one in dialog.findChildren(QLabel))
        dialog.reject()

    in_dialog(SignDialog, act)
    window.commands["sign"].trigger()
    desktop.until(lambda: bool(said))
    assert any(one.startswith("■") and "800" in one for one in said)


def test_notes_pasted_beside_a_signed_letter_begin_a_new_case(desktop: Desktop) -> None:
    window = written(desktop)
    sign(desktop, window)
    first = window.desk.case.case.id  # type: ignore[union-attr]
    QApplication.clipboard().setText("Ward round 09/06/2026\nAnother patient with a cough.")
    window.commands["paste"].trigger()
    desktop.until(lambda: window.desk.case is not None and window.desk.case.case.id != first)
    desktop.until(lambda: window.desk.case.has_notes)  # type: ignore[union-attr]
    desktop.settle(window)
    assert "Another patient" not in "".join(one.text for one in window.desk.history.call("documents", first))
    assert "began a new case" in window.message.text


def test_a_signed_letter_is_amended_in_a_draft_of_its_own(desktop: Desktop) -> None:
    window = written(desktop)
    change(desktop, window, "course", "He walked home.")
    sign(desktop, window)
    signed = window.desk.current
    window.draft.amend.click()
    desktop.until(lambda: window.desk.current is not signed and bool(window.desk.current.versions))  # type: ignore[union-attr]
    draft = window.desk.current
    assert draft is not None
    assert not draft.is_signed
    assert draft.section("course").text == "He walked home."  # type: ignore[union-attr]
    assert draft.is_protected("course")
    assert signed is not None
    assert signed.is_signed
    sign(desktop, window)
    assert len([one for one in window.desk.case.drafts if one.is_signed]) == 2  # type: ignore[union-attr]


def test_text_copied_with_the_keys_is_taken_off_the_clipboard_by_the_lock(desktop: Desktop, qtbot: QtBot) -> None:
    window = written(desktop)
    edit = window.draft.cards["allergies"].edit
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(edit, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "penicillin" in QApplication.clipboard().text()
    window.commands["lock"].trigger()
    desktop.until(lambda: not window.desk.is_open)
    assert "penicillin" not in QApplication.clipboard().text()


def test_text_of_another_program_stays_on_the_clipboard(desktop: Desktop) -> None:
    window = written(desktop)
    QApplication.clipboard().setText("somebody else's")
    window.commands["lock"].trigger()
    desktop.until(lambda: not window.desk.is_open)
    assert QApplication.clipboard().text() == "somebody else's"


def test_the_next_person_is_not_offered_the_last_ones_name(desktop: Desktop) -> None:
    window = written(desktop)
    sign(desktop, window, "Dr First")
    window.commands["lock"].trigger()
    desktop.until(lambda: not window.desk.is_open)
    assert window.desk.author != "Dr First"


def test_a_refusal_does_not_stand_over_another_case(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, "Patient name: Ann Example\nMRN: 123456\nWell.\n\nPatient name: Bob Other\nMRN: 654321\nIll.")
    window.draft.write.click()
    desktop.until(lambda: "different patients" in window.message.text)
    window.desk.new_case()
    desktop.until(lambda: window.desk.case is not None and not window.desk.case.has_notes)
    assert not window.message.isVisible()


def test_clinical_findings_come_before_headings_to_fill_and_keeping_goes_on_to_the_next(desktop: Desktop) -> None:
    window = written(desktop)
    right = window.desk.current.section("results").text  # type: ignore[union-attr]
    change(desktop, window, "results", right.replace("80 mg/L", "800 mg/L"))
    kinds = [one.kind for one in window.findings.still_open if one.blocking]
    assert "completeness" in kinds
    assert kinds == sorted(kinds, key=lambda kind: kind == "completeness")
    window.findings.choose_next()
    first = window.findings.chosen
    assert first is not None
    assert "800" in str(first.message)
    window.findings.accept.click()
    assert window.findings.chosen is not None
    assert window.findings.chosen is not first
    assert window.findings.chosen in window.findings.still_open


def test_a_contradiction_is_settled_by_choosing_a_quote_and_the_trail_tells_which(desktop: Desktop) -> None:
    window = written(desktop, TWO_MINDS)
    found = next(one for one in window.findings.still_open if one.kind == "contradiction")
    window.findings.list.setCurrentRow(window.findings.findings.index(found))
    assert not window.findings.accept.isVisibleTo(window.findings)
    window.findings.first.click()
    assert found not in window.findings.still_open
    rows = [window.findings.list.item(row).text() for row in range(window.findings.list.count())]
    assert any("the first is right" in one for one in rows)
    sign(desktop, window)
    trail: Any = window.desk.history.call("trail")
    assert any(one.event == "decided" and one.details.get("quote") == 1 for one in trail)


def test_the_head_of_the_letter_is_completed_and_kept(desktop: Desktop, qtbot: QtBot) -> None:
    window = written(desktop, "Patient name: Ann Example\n" + NOTE)
    missing = next(one for one in window.findings.still_open if one.section == "practice")
    window.findings.list.setCurrentRow(window.findings.findings.index(missing))
    window.findings.fill.click()
    assert window.below.currentWidget() is window.head
    field = window.head.fields["gp"]
    qtbot.keyClicks(field.lineEdit(), "Dr Green, The Surgery")
    qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)
    desktop.settle(window)
    assert not any(one.section == "practice" for one in window.findings.still_open)
    assert window.head.fields["name"].currentText() == "Ann Example"
    dialog = window.offices.letter_dialog()
    assert dialog is not None
    assert dialog.letter().value("gp") == "Dr Green, The Surgery"
    dialog.deleteLater()
    window.close()
    other = desktop.window()
    desktop.until(lambda: bool(other.desk.cases))
    other.desk.open_case(other.desk.cases[0].id)
    desktop.until(lambda: other.desk.current is not None)
    assert other.desk.current.facts == {"gp": "Dr Green, The Surgery"}  # type: ignore[union-attr]


def test_a_date_in_the_head_is_a_date_or_is_refused(desktop: Desktop, qtbot: QtBot) -> None:
    window = written(desktop)
    field = window.head.fields["discharged"]
    window.head.reveal("discharged")
    field.lineEdit().selectAll()  # type: ignore[union-attr]
    qtbot.keyClicks(field.lineEdit(), "tomorrow")
    qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)
    assert "discharged" not in window.desk.current.facts  # type: ignore[union-attr]
    assert "is no date" in window.message.text


def test_the_medicines_are_listed_with_what_became_of_them(desktop: Desktop) -> None:
    window = written(
        desktop,
        "Clerking 02/05/2026\nMedicines on admission:\nramipril 5 mg once daily\naspirin 75 mg once daily\n\n"
        "Discharge summary 05/05/2026\nDischarge medications:\nramipril 10 mg once daily\n"
        "bisoprolol 2.5 mg once daily\nAspirin stopped because of bleeding.",
    )
    states = {one.drug.lower(): one.status for one in window.medicines.rows}
    assert states == {"ramipril": "amended", "bisoprolol": "added", "aspirin": "stopped"}
    assert window.medicines.table.rowCount() == 3
    window.medicines.table.selectRow(0)


def test_a_search_hit_lights_the_words(desktop: Desktop) -> None:
    window = written(desktop)
    window.desk.new_case()
    desktop.until(lambda: window.desk.case is not None and not window.desk.case.has_notes)
    window.cases.search.setText("troponin")
    desktop.until(lambda: window.cases.list.count() > 0 and "Troponin" in window.cases.list.item(0).text())
    lit: list[Any] = []
    window.notes.light = lambda spans: lit.extend(spans)  # type: ignore[method-assign]
    window.cases.list.itemActivated.emit(window.cases.list.item(0))
    desktop.until(lambda: bool(lit))
    assert window.desk.case is not None
    assert window.desk.case.note is not None
    assert {one.of(window.desk.case.note.text) for one in lit} == {"Troponin"}


def test_a_case_gets_the_patients_name_when_it_comes(desktop: Desktop) -> None:
    window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.settle(window)
    assert window.desk.case.case.title == "Ward round 03/05/2026"  # type: ignore[union-attr]
    desktop.paste(window, "Clinic letter 04/06/2026\nPatient name: Ann Example\nAll is well today.")
    desktop.settle(window)
    assert window.desk.case.case.title == "Ann Example"  # type: ignore[union-attr]


def test_after_the_recovery_code_the_keyring_can_keep_the_key_again(desktop: Desktop) -> None:
    window = desktop.window()
    window.commands["lock"].trigger()
    desktop.until(lambda: not window.desk.is_open)
    window.unlock(desktop.code)
    desktop.until(lambda: window.desk.is_open)
    assert "Opened with the recovery code" in window.message.text
    assert not window.desk.opened.key_store
    window.message._act.click()
    desktop.until(lambda: "keeps the key again" in window.message.text)
    assert window.desk.opened.key_store
    window.commands["lock"].trigger()
    desktop.until(lambda: not window.desk.is_open)
    window.unlock(None)
    desktop.until(lambda: window.desk.is_open)
