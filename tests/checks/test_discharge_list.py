"""The draft's list of medicines is held against the notes' list at discharge, whatever else the notes say of a drug."""

from __future__ import annotations

import pytest

from app.checks import all as checks
from app.checks import discharge_list, wording
from app.drafts.draft import SectionState
from tests.checks.cases import PNEUMONIA, draft_of, note_of

NOTE = note_of(*PNEUMONIA)
LINES = ("Warfarin 2 mg once daily", "Bisoprolol 5 mg once daily", "Salbutamol inhaler 100 micrograms as required")
LIST = "\n".join(LINES)
CHANGES = "Withhold warfarin and amlodipine.\nWarfarin reduced from 3 mg to 2 mg because INR was 5.8."
COURSE = "Levofloxacin oral 500 mg once daily, 7 days in total."
WARFARIN = "Warfarin: the draft's list says 3 mg; the list at discharge in the notes says 2 mg."


def told(text: str, state: SectionState = "written") -> list[tuple[str, bool, str]]:
    """Kind, whether it blocks, and the message of each finding on the list, but for the course that goes on."""
    draft = draft_of(("medications", text), ("changes", CHANGES), state=state)
    found = [one for one in checks.run(NOTE, draft) if wording.COURSE not in one.message]
    return [(one.kind, one.blocking, one.message) for one in found if one.section == "medications"]


@pytest.mark.parametrize("state", ["written", "copied"])
@pytest.mark.parametrize(
    "text",
    [
        LIST,
        "- Warfarin 2mg OD\n- Bisoprolol 5 mg daily\n- Salbutamol inhaler 100 mcg PRN",
        "Warfarin 2 mg, bisoprolol 5 mg and salbutamol.",
        LIST.replace("Warfarin 2 mg", "Warfarin 3 mg -> 2 mg"),
        "Warfarin 2 mg once daily (reduced from 3 mg)\nBisoprolol 5 mg\nSalbutamol as required\nAmlodipine stopped.",
    ],
)
def test_the_same_list_passes(text: str, state: SectionState) -> None:
    assert told(text, state) == []


@pytest.mark.parametrize("state", ["written", "copied"])
@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (LIST.replace("Warfarin 2 mg", "Warfarin 3 mg"), ("medicine", True, WARFARIN)),
        (LIST + "\nAmlodipine 10 mg once daily",
         ("medicine", True, "The draft lists amlodipine; by the notes it was stopped.")),
        ("\n".join(LINES[1:]), ("omission", False, "Not in the draft: medicine: Warfarin 2 mg once daily")),
        ("\n".join([*LINES[1:], "Warfarin withheld."]),
         ("omission", False, "Not in the draft: medicine: Warfarin 2 mg once daily")),
    ],
)  # fmt: skip
def test_a_list_of_another_day_is_told(text: str, finding: tuple[str, bool, str], state: SectionState) -> None:
    assert told(text, state) == [finding]


def test_a_missing_drug_can_be_put_in() -> None:
    found = checks.run(NOTE, draft_of(("medications", "\n".join(LINES[:2])), ("changes", CHANGES)))
    assert [one.insert for one in found if one.kind == "omission"] == [LINES[2], COURSE]


def test_how_often_is_that_of_the_discharge() -> None:
    note = note_of(
        "Medication on admission:\nFurosemide 40 mg twice daily\nCodeine 30 mg four times daily",
        "Discharge summary\n\nDischarge medication:\nFurosemide 40 mg once daily\nCodeine 30 mg as required",
    )
    draft = draft_of(("medications", "Furosemide 40 mg twice daily\nCodeine 30 mg four times daily"))
    assert [(one.blocking, one.message) for one in discharge_list.find(note, draft)] == [
        (True, "Furosemide: the draft's list says twice daily; the list at discharge in the notes says once daily."),
        (False, "Codeine: the draft's list says four times daily; the list at discharge in the notes says as needed."),
    ]


def test_the_last_list_counts() -> None:
    note = note_of(
        "Discharge summary 01/02/2026\n\nDischarge medication:\nBisoprolol 2.5 mg once daily",
        "Discharge summary 09/02/2026\n\nDischarge medication:\nBisoprolol 5 mg once daily",
    )
    (finding,) = discharge_list.find(note, draft_of(("medications", "Bisoprolol 2.5 mg once daily")))
    assert finding.source_spans[0].of(note.text) == "Bisoprolol 5 mg once daily"


def test_a_letter_written_elsewhere_is_read_by_its_headings() -> None:
    text = "On admission: warfarin 3 mg once daily.\n\nDischarge medication:\nWarfarin 3 mg once daily\n"
    found = discharge_list.find(NOTE, draft_of(("text", text), task="external"))
    assert [one.message for one in found] == [WARFARIN]
    assert found[0].draft_span is not None
    assert found[0].draft_span.start > text.index("Discharge")
