"""A course that runs past the discharge has its last day reckoned, and is told where the draft leaves it out."""

from __future__ import annotations

import pytest

from app.checks import courses, omissions, wording
from app.drafts import standards
from app.export import layout
from app.letter.letter import Letter, compose
from app.notes.note import Note
from tests.checks.cases import PNEUMONIA, draft_of, note_of
from tests.letter import cases

CLERKING = "Clerking 01/10/2026\nAdmitted with fever and cough."
LEAVING = "Discharge summary\nDate of discharge: 05/10/2026\n"
ROUND = "Ward round 03/10/2026\nWell. Levofloxacin 500 mg once daily, 7 days, day 3."


def told(note: Note) -> dict[str, str]:
    """The end of each course as a letter says it."""
    return {one.drug: one.due.said("en") for one in courses.running(note)}


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        ("Levofloxacin 500 mg OD 7 days, day 3", "7 days, day 3 (about 9 October 2026)"),
        ("Levofloxacin 500 mg OD (day 5/7)", "day 5/7 (about 7 October 2026)"),
        ("Levofloxacin for a further 3 days", "3 days (about 8 October 2026)"),
        ("To complete 7 days of levofloxacin", "7 days (by about 11 October 2026)"),
        ("Levofloxacin 500 mg OD until 09/10/2026", "9 October 2026"),
        ("Discharge medication:\nLevofloxacin 500 mg OD for 5 days", "5 days (about 9 October 2026)"),
        ("Discharge medication:\nLevofloxacin 500 mg OD 5/7", "5/7 (about 9 October 2026)"),
        ("Levofloxacin for 3 months", "3 months (about January 2027)"),
        ("Levofloxacin, 14 days from 28/09/2026", "14 days, 28/09/2026 (about 11 October 2026)"),
        ("左氧氟沙星 0.5g 每日一次，共7天", "7天 (by about 11 October 2026)"),
    ],
)
def test_the_last_day_is_reckoned_and_never_falsely_exact(sentence: str, end: str) -> None:
    assert told(note_of(CLERKING, LEAVING + sentence)) == {"levofloxacin": end}


@pytest.mark.parametrize(
    "sentence",
    [
        "Received 7 days of levofloxacin.",
        "Levofloxacin course completed, 7 days.",
        "Levofloxacin stopped after 3 days.",
        "Levofloxacin 500 mg OD. INR check in 3 days.",
        "Levofloxacin 500 mg OD, review in 8 weeks.",
        "Levofloxacin day 7 of 7.",
        "Levofloxacin allergy 20 years ago.",
        "Cough for 7 days before levofloxacin.",
    ],
)
def test_what_is_over_or_no_course_is_none(sentence: str) -> None:
    assert told(note_of(CLERKING, LEAVING + sentence)) == {}


def test_a_course_is_put_together_from_several_days() -> None:
    start = "Clerking 01/10/2026\nPlan: levofloxacin 500 mg once daily for 7 days."
    note = note_of(start, "Ward round 03/10/2026\nLevofloxacin day 3.", LEAVING)
    assert told(note) == {"levofloxacin": "7 days, day 3 (about 7 October 2026)"}
    assert told(note_of(*PNEUMONIA)) == {"levofloxacin": "7 days (about 8 October 2026 to 10 October 2026)"}


@pytest.mark.parametrize("later", ["Levofloxacin stopped.", "Levofloxacin switched to doxycycline."])
def test_a_course_that_was_ended_is_not_told(later: str) -> None:
    assert told(note_of(CLERKING, ROUND, f"Ward round 04/10/2026\n{later}", LEAVING)) == {}


def letter(note: Note, *texts: tuple[str, str]) -> Letter:
    return compose(note, draft_of(*texts), standards.load("prsb"))


def test_the_letter_gives_the_last_day() -> None:
    note = note_of(CLERKING, ROUND, LEAVING)
    made = letter(note, ("medications", "Levofloxacin 500 mg once daily"))
    (row,) = next(one.rows for one in layout.blocks(made) if isinstance(one, layout.Table) and one.kind == "actions")
    assert row[1:] == (
        "Last day of a course: Levofloxacin 500 mg once daily, 7 days, day 3.", "7 days, day 3 (about 7 October 2026)",
    )  # fmt: skip
    assert "first" not in [one.name for one in made.top]


@pytest.mark.parametrize(
    "texts",
    [
        [("medications", "Levofloxacin 500 mg once daily until 7 October 2026")],
        [("medications", "Levofloxacin 500 mg once daily"), ("actions", "Levofloxacin ends in 2 days.")],
        [("medications", "Paracetamol 1 g as required")],
    ],
)
def test_what_the_draft_says_or_left_out_on_purpose_is_not_added(texts: list[tuple[str, str]]) -> None:
    made = letter(note_of(CLERKING, ROUND, LEAVING), *texts)
    assert not any(one.kind == "course" for one in made.actions)


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Levofloxacin 500 mg once daily", True),
        ("Paracetamol 1 g as required", True),
        ("Levofloxacin 500 mg once daily for 2 more days", False),
        ("Levofloxacin 500 mg once daily until 7 October", False),
    ],
)
def test_a_draft_without_length_or_end_is_told(text: str, is_told: bool) -> None:
    note = note_of(CLERKING, ROUND, LEAVING)
    found = [one for one in omissions.find(note, draft_of(("medications", text))) if wording.COURSE in one.message]
    assert bool(found) is is_told
    assert all(one.insert == "Levofloxacin 500 mg once daily, 7 days, day 3." for one in found)
    assert all(one.section == "medications" and one.severity == "warning" for one in found)


def test_the_sample_stay_has_none() -> None:
    assert courses.running(cases.stay()) == ()
