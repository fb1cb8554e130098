"""What a letter leaves out is ranked and ready to be put in; medicines are reconciled with their reasons."""

from __future__ import annotations

from app.checks import discharge_list, medications, omissions
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "Clerking 03/11/2026\n\nMedication on admission:\nAspirin 75 mg once daily\nRamipril 5 mg once daily\n"
    "Metformin 1 g twice daily\nAmlodipine 5 mg once daily\n\nAllergies: Penicillin - anaphylaxis.\n\n"
    "DNACPR in place.\n\n"
    "Results:\nPotassium 6.1 mmol/L\nSodium 139 mmol/L\nChest X-ray: left pleural effusion.\n",
    "Ward round 05/11/2026\n\nStop aspirin now that apixaban has been started, to reduce bleeding risk.\n"
    "Underwent cardioversion today.\nFor colonoscopy as an outpatient.",
    "Discharge summary 09/11/2026\n\nDiagnosis:\nHeart failure\nAtrial fibrillation\n\nDischarge medication:\n"
    "Apixaban 5 mg twice daily\nRamipril 10 mg once daily\nAmlodipine 5 mg OD\n\n"
    "Ramipril increased because of high blood pressure. Metformin stopped.\n\nPending: Ferritin.\n\n"
    "Follow-up: GP to repeat U&E in one week.",
)
WHOLE = (
    ("diagnoses", "Heart failure and AF."),
    ("medications", "Apixaban 5 mg BD, ramipril 10 mg OD and amlodipine 5 mg OD. Aspirin and metformin were stopped."),
    ("allergies", "Anaphylaxis to penicillin."),
    ("pending", "Ferritin is awaited."),
    ("actions", "The GP is asked to repeat the U&E in a week. Colonoscopy as an outpatient."),
    ("results", "Potassium was 6.1. The chest film showed a pleural effusion."),
    ("course", "She had a cardioversion. She is not for resuscitation (DNACPR)."),
)


def left_out(**changed: str) -> list[tuple[str, str]]:
    sections = [(key, changed.get(key, text)) for key, text in WHOLE]
    found = omissions.find(NOTE, draft_of(*sections))
    return [(one.section, one.insert) for one in found]


def test_a_whole_letter_leaves_out_nothing() -> None:
    assert left_out() == []


def test_the_worst_comes_first_with_its_words_and_its_place() -> None:
    found = left_out(allergies="None recorded.", medications="Ramipril 10 mg OD.", results="Bloods as above.")
    assert found[0] == ("allergies", "Allergies: Penicillin - anaphylaxis.")
    assert found[1] == ("medications", "Apixaban 5 mg twice daily")
    assert ("medications", "Amlodipine 5 mg OD") in found[:4]
    assert ("results", "Potassium 6.1 mmol/L") in found
    assert not any("Sodium" in text for _, text in found)


def test_each_kind_is_missed() -> None:
    assert left_out(allergies="Penicillin.") == [("allergies", "Allergies: Penicillin - anaphylaxis.")]
    assert left_out(pending="None.") == [("pending", "Pending: Ferritin.")]
    assert left_out(actions="Colonoscopy as an outpatient.") == [
        ("actions", "Follow-up: GP to repeat U&E in one week.")
    ]
    assert left_out(diagnoses="Heart failure.") == [("diagnoses", "Atrial fibrillation")]
    assert [text for _, text in left_out(course="DNACPR.")] == ["Underwent cardioversion today."]
    assert [text for _, text in left_out(course="She had a cardioversion.")] == ["DNACPR in place."]


def test_short_summaries_leave_out_on_purpose() -> None:
    assert omissions.find(NOTE, draft_of(("summary", "Heart failure."), task="brief-summary")) == ()


def test_medicines_are_reconciled() -> None:
    rows = {row.drug: row for row in medications.reconcile(NOTE)}
    assert list(rows) == sorted(rows)
    assert {name: row.status for name, row in rows.items()} == {
        "amlodipine": "continued",
        "apixaban": "added",
        "aspirin": "stopped",
        "metformin": "stopped",
        "ramipril": "amended",
    }
    assert rows["ramipril"].reason == "because of high blood pressure"
    assert (rows["ramipril"].on_admission, rows["ramipril"].at_discharge) == ("5 mg once daily", "10 mg once daily")
    assert rows["metformin"].reason == "reason not documented"
    assert rows["aspirin"].reason.startswith("now that apixaban has been started")
    assert rows["apixaban"].is_changed
    assert not rows["amlodipine"].is_changed


def test_a_stopped_drug_in_the_list_blocks() -> None:
    draft = draft_of(
        ("medications", "Apixaban 5 mg BD. Metformin 1 g BD. Aspirin was stopped."), ("a", "b"), ("c", "d")
    )
    blocking = [one for one in discharge_list.find(NOTE, draft) if one.blocking]
    assert [one.message for one in blocking] == ["The draft lists metformin; by the notes it was stopped."]


def test_chinese_lists_are_reconciled() -> None:
    note = note_of(
        "入院记录 2026-11-03\n\n既往用药：\n阿司匹林100mg 每日一次\n\n出院带药：\n阿哌沙班5mg 每日两次\n停用阿司匹林。"
    )
    assert {row.drug: row.status for row in medications.reconcile(note)} == {"apixaban": "added", "aspirin": "stopped"}


def test_an_allergy_below_the_line_of_the_first_is_missed_too() -> None:
    note = note_of("Allergies: penicillin - rash\nCodeine: nausea\n12/03 Latex: hives on the hands and face\nPMH: HTN")
    draft = draft_of(("text", "Allergies: penicillin (rash)."), task="external")
    told = [str(one.message) for one in omissions.find(note, draft)]
    assert any("Codeine" in one for one in told)
    assert any("Latex" in one for one in told)
