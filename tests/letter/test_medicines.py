"""The table of medicines: every word of the draft, what became of each drug, and why."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks import medications
from app.letter import medicines
from app.letter.medicines import MedicineRow
from tests.checks.cases import PNEUMONIA, note_of
from tests.letter import cases


def rows_of(text: str, changes: str = "") -> list[tuple[str, str, str]]:
    """Drug, dose and status of each row, without any notes behind them."""
    return [(one.drug, one.how, one.status) for one in medicines.table(text, changes, ()).rows]


def test_the_sample_stay() -> None:
    note = cases.stay()
    draft = {one.key: one.text for one in cases.draft_of(note).sections}
    table = medicines.table(draft["medications"], draft["changes"], medications.reconcile(note))
    rows = {one.drug: one for one in table.rows}
    assert list(rows) == ["Apixaban", "Aspirin", "Atorvastatin", "Bisoprolol", "Furosemide", "Metformin", "Ramipril"]
    assert {name: one.status for name, one in rows.items()} == {
        "Apixaban": "added", "Aspirin": "stopped", "Atorvastatin": "continued", "Bisoprolol": "added",
        "Furosemide": "added", "Metformin": "stopped", "Ramipril": "continued",
    }  # fmt: skip
    assert rows["Bisoprolol"].how == "2.5 mg once daily"
    assert (rows["Aspirin"].how, rows["Aspirin"].before) == ("", "75 mg once daily")
    assert "because apixaban was started" in rows["Aspirin"].reason
    assert rows["Furosemide"].reason == ""
    assert rows["Furosemide"].is_changed
    assert not rows["Ramipril"].is_changed


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Ramipril 5 mg once daily", [("Ramipril", "5 mg once daily", "")]),
        ("- Ramipril 5 mg once daily (increased from 2.5 mg)", [("Ramipril", "5 mg once daily", "amended")]),
        ("Bisoprolol 2.5 mg OD (new)", [("Bisoprolol", "2.5 mg OD", "added")]),
        ("Tab. aspirin 75 mg OD", [("aspirin", "Tab. 75 mg OD", "")]),
        ("Aspirin 75 mg OD, ticagrelor 90 mg BD and atorvastatin 80 mg nocte",
         [("Aspirin", "75 mg OD", ""), ("atorvastatin", "80 mg nocte", ""), ("ticagrelor", "90 mg BD", "")]),
        ("Aspirin and clopidogrel 75 mg each", [("Aspirin", "and clopidogrel 75 mg each", "")]),
        ("| Drug | Dose | Frequency |\n|---|---|---|\n| Furosemide | 40 mg | once daily |",
         [("Furosemide", "40 mg once daily", "")]),
        ("Unheardofin 5 mg at night", [("Unheardofin", "5 mg at night", "")]),
        ("阿司匹林 100mg 每日一次\n替格瑞洛90mg 每日两次",
         [("替格瑞洛", "90mg 每日两次", ""), ("阿司匹林", "100mg 每日一次", "")]),
    ],
)  # fmt: skip
def test_ways_to_write_a_list(text: str, rows: list[tuple[str, str, str]]) -> None:
    assert rows_of(text) == rows


def test_a_sentence_that_is_no_medicine_stands_below_the_table() -> None:
    table = medicines.table("Ramipril 5 mg once daily\nShe manages her own tablets at home.", "GP informed.", ())
    assert (len(table.rows), table.others) == (1, "She manages her own tablets at home.")
    assert table.other_changes == "GP informed."


def test_what_was_stopped_has_a_row_and_its_words() -> None:
    table = medicines.table("Ramipril 5 mg once daily", "Aspirin stopped because of bleeding.", ())
    assert table.rows[0] == MedicineRow("Aspirin", "", "", "stopped", "Aspirin stopped because of bleeding.")


def test_the_draft_s_word_goes_before_the_notes() -> None:
    note = note_of("Drug history:\nRamipril 2.5 mg once daily\n\nDischarge medication:\nRamipril 5 mg once daily")
    known = medications.reconcile(note)
    (row,) = medicines.table("Ramipril 5 mg once daily", "", known).rows
    assert (row.status, row.before) == ("amended", "2.5 mg once daily")
    (row,) = medicines.table("Ramipril 5 mg once daily (unchanged)", "", known).rows
    assert (row.status, row.before) == ("continued", "")


LIST = "Warfarin 2 mg once daily\nBisoprolol 5 mg once daily\nSalbutamol inhaler 100 micrograms as required"


@pytest.mark.parametrize(
    "changes",
    [
        "Withhold warfarin and amlodipine.\nWarfarin reduced from 3 mg to 2 mg because INR was 5.8.",
        "Withhold warfarin and amlodipine.\nRestart warfarin 2 mg tonight.",
        "Withhold warfarin and amlodipine.",
        "",
    ],
)
def test_what_was_withheld_and_restarted_was_not_stopped(changes: str) -> None:
    note = note_of(*PNEUMONIA)
    rows = {one.drug: one for one in medicines.table(LIST, changes, medications.reconcile(note), note.text).rows}
    assert {name: one.status for name, one in rows.items()} == {
        "Amlodipine": "stopped", "Bisoprolol": "continued", "Salbutamol": "continued", "Warfarin": "amended",
    }  # fmt: skip
    assert (rows["Warfarin"].how, rows["Warfarin"].before) == ("2 mg once daily", "3 mg once daily")
    if "Withhold" in changes:  # never without the words that take it back
        assert re.search("Restart warfarin|Warfarin reduced from 3 mg to 2 mg", rows["Warfarin"].reason)


@pytest.mark.parametrize(
    ("text", "changes", "statuses"),
    [
        ("", "Withhold warfarin. Warfarin restarted.", {"Warfarin": "added"}),
        ("Warfarin 2 mg once daily", "Withhold warfarin.", {"Warfarin": "unclear"}),
        ("Warfarin 2 mg once daily", "Withhold warfarin. Warfarin reduced to 2 mg.", {"Warfarin": "amended"}),
        ("", "Warfarin and aspirin were stopped because of bleeding.", {"Aspirin": "stopped", "Warfarin": "stopped"}),
        ("Bisoprolol 5 mg once daily", "Bisoprolol increased to 5 mg and ramipril stopped.",
         {"Bisoprolol": "amended", "Ramipril": "stopped"}),
    ],
)  # fmt: skip
def test_the_last_thing_said_counts_where_the_notes_are_silent(
    text: str, changes: str, statuses: dict[str, str]
) -> None:
    rows = medicines.table(text, changes, ()).rows
    assert {one.drug: one.status for one in rows} == statuses
    assert all(one.reason for one in rows)


def test_a_drug_that_a_person_took_off_the_list_and_stopped_is_stopped() -> None:
    note = note_of(*PNEUMONIA)
    table = medicines.table("Bisoprolol 5 mg once daily", "Warfarin stopped for bleeding.", medications.reconcile(note),
                            note.text)  # fmt: skip
    assert {one.drug: one.status for one in table.rows}["Warfarin"] == "stopped"


PARTS = st.sampled_from([
    "Aspirin", "ramipril", "75 mg", "once daily", "stopped", "because of bleeding", "阿司匹林", "100mg", "new", "(new)",
    ",", ".", ";", "\n", "- ", "and", "GP to review", "3.1", "| ", "Start",
])  # fmt: skip


@given(st.lists(PARTS, max_size=14).map(" ".join), st.lists(PARTS, max_size=14).map(" ".join))
def test_no_word_is_lost(text: str, changes: str) -> None:
    table = medicines.table(text, changes, ())
    shown = [f"{one.drug} {one.how} {one.status} {one.reason}" for one in table.rows]
    kept = set(re.findall(r"\w+", " ".join([*shown, table.others, table.other_changes]).casefold()))
    written = set(re.findall(r"\w+", f"{text} {changes}".casefold()))
    assert written <= kept | {"new", "and"}  # a mark becomes the status, a conjunction a row of its own
    assert list(table.rows) == sorted(table.rows, key=lambda one: one.drug.casefold())


def test_what_is_to_be_taken_was_not_stopped() -> None:
    """Withheld on the ward, then given again at another dose: a reader was told that warfarin had been stopped."""
    changes = "Withhold warfarin and amlodipine.\nWarfarin reduced from 3 mg to 2 mg because INR was 5.8."
    rows = {one.drug: one for one in medicines.table("Warfarin 2 mg once daily", changes, ()).rows}
    assert rows["Warfarin"].status == "amended"
    assert "INR was 5.8" in rows["Warfarin"].reason
    only = medicines.table("Warfarin 2 mg once daily", "Withhold warfarin.", ()).rows[0]
    assert only.status == "unclear"
    marked = medicines.table("Warfarin 2 mg once daily (new)", "Warfarin reduced.", ()).rows[0]
    assert marked.status == "added"


def test_the_notes_tell_what_became_of_a_drug_that_was_only_withheld() -> None:
    note = note_of(
        "Clerking 01/10/2026\nMedicines on admission:\nWarfarin 3 mg once daily\n\n"
        "Ward round 02/10/2026\nWithhold warfarin, INR 5.8.\n\n"
        "Discharge summary 08/10/2026\nDischarge medications:\nWarfarin 2 mg once daily"
    )
    found = medications.reconcile(note)
    row = medicines.table("Warfarin 2 mg once daily", "Withhold warfarin, INR 5.8.", found).rows[0]
    assert (row.status, row.before) == ("amended", "3 mg once daily")


def test_a_drug_begun_in_hospital_that_the_list_holds_was_added() -> None:
    note = note_of(
        "Clerking 01/10/2026\nMedication on admission:\nRamipril 5 mg once daily",
        "Ward round 03/10/2026\nDoxycycline 100 mg twice daily for 5 days.\n\nDischarge medication:\nRamipril 5 mg",
    )
    rows = medicines.table("Ramipril 5 mg\nDoxycycline 100 mg twice daily", "", medications.reconcile(note)).rows
    assert {one.drug: one.status for one in rows} == {"Doxycycline": "added", "Ramipril": "continued"}
