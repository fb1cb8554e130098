"""Every heading of the standard: stated, stated as none, not documented, or conflicting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.checks import completeness, wording
from app.drafts import standards
from app.notes import segments
from app.notes.intake import Cleaned
from tests.checks.cases import draft_of, note_of
from tests.fakes import known_tasks
from tests.letter import cases

PRSB = standards.load("prsb")


def states(note: object, draft: object, **typed: str) -> dict[str, str]:
    """State of each heading by key."""
    return {one.heading.key: one.state for one in completeness.read(note, draft, PRSB, typed)}  # type: ignore[arg-type]


def test_the_sample_stay() -> None:
    note = cases.stay()
    found = states(note, cases.draft_of(note, course="She improved."))
    assert {key for key, state in found.items() if state == "stated"} == {
        "patient", "admission_details", "discharge_details", "plan", "diagnoses", "allergies", "medications", "summary",
        "procedures", "results", "social", "information",
    }  # fmt: skip
    assert found["practice"] == found["legal"] == "not documented"


def test_what_is_demanded_blocks_what_is_required_warns_what_is_optional_may_be_absent() -> None:
    note = cases.stay()
    found = {one.section: one for one in completeness.find(note, cases.draft_of(note), PRSB)}
    assert found["practice"].blocking
    assert found["practice"].message.template == wording.MANDATORY_ABSENT  # type: ignore[attr-defined]
    assert found["practice"].message.startswith("GP practice: ")
    assert found["summary"].blocking  # nothing was written there
    assert found["legal"].severity == "warning"
    assert "research" not in found
    assert "author" not in found  # signing fills it


def test_a_typed_fact_and_a_typed_section_settle_it() -> None:
    note = cases.stay()
    draft = cases.draft_of(note, legal="For full escalation.", course="She improved.")
    found = completeness.find(note, draft, PRSB, {"gp": "Dr B. Stone"})
    assert not {"practice", "legal"} & {one.section for one in found}
    assert not any(one.blocking for one in found)


def test_none_is_an_answer() -> None:
    note = note_of("Allergies: NKDA\n\nCourse: She was given aspirin today and feels better.")
    assert states(note, cases.draft_of(note))["allergies"] == "stated as none"


def test_both_sides_of_a_contradiction_conflict_until_one_is_chosen() -> None:
    note = note_of("Clerking 01/03/2026\nAllergies: Penicillin - rash.", "Ward round 02/03/2026\nAllergies: NKDA")
    field = next(one for one in completeness.read(note, cases.draft_of(note), PRSB) if one.heading.key == "allergies")
    assert field.state == "conflicting"
    assert [span.of(note.text) for span in field.sources] == ["Allergies: Penicillin - rash.", "Allergies: NKDA"]
    assert states(note, cases.draft_of(note, allergies="Penicillin - rash."))["allergies"] == "stated"
    (found,) = [one for one in completeness.find(note, cases.draft_of(note), PRSB) if one.section == "allergies"]
    assert found.blocking


def test_resuscitation_quoted_from_two_documents_conflicts() -> None:
    note = note_of("Clerking 01/03/2026\nFor full resuscitation.", "Ward round 02/03/2026\nNot for resuscitation.")
    assert states(note, cases.draft_of(note))["legal"] == "conflicting"


def test_two_dates_of_discharge_conflict_until_one_is_typed() -> None:
    note = note_of("Date of discharge: 01/03/2026\nWell.", "Date of discharge: 02/03/2026\nWell.")
    assert states(note, cases.draft_of(note))["discharge_details"] == "conflicting"
    assert states(note, cases.draft_of(note), discharged="2026-03-02")["discharge_details"] == "stated"


def test_a_long_section_is_remarked() -> None:
    note = note_of("He is well and goes home.")
    draft = draft_of(("condition", "well " * 61))
    found = next(one for one in completeness.find(note, draft, PRSB) if one.section == "discharge_details")
    assert (found.severity, found.message) == (
        "note", "Discharge details: 61 words; the template asks for at most 60.",
    )  # fmt: skip


@pytest.mark.parametrize(("language", "title"), [("en", "GP practice"), ("zh-CN", "全科诊所")])
def test_headings_in_the_letter_s_language(language: str, title: str) -> None:
    note = cases.stay()
    found = completeness.find(note, cases.draft_of(note), PRSB, language=language)  # type: ignore[arg-type]
    assert found[0].message.startswith(title)


def test_a_letter_written_elsewhere_is_divided_at_its_headings() -> None:
    text = (
        "Name: Ann Lee\nGP: Dr B. Stone\n\nDiagnosis:\nPneumonia\n\nAllergies: none\n\n"
        "Discharge medication:\nAmoxicillin 500 mg TDS\n\nFollow-up: GP to repeat chest X-ray in 6 weeks.\n\n"
        "Individual requirements:\nShe reads large letters only."
    )
    letter = segments.gather([("draft", Cleaned(text))])
    found = completeness.read(letter, completeness.of_text(letter, known_tasks()["discharge-letter"], PRSB), PRSB)
    assert {one.heading.key: one.state for one in found if one.state != "not documented"} == {
        "patient": "stated", "practice": "stated", "diagnoses": "stated", "allergies": "stated as none",
        "medications": "stated", "plan": "stated", "individual": "stated",
    }  # fmt: skip


def test_text_that_no_heading_of_the_template_shows_is_told() -> None:
    note = cases.stay()
    draft = cases.draft_of(note, course="She improved.", own_frailty="Not frail.", legal="For full escalation.")
    shown = replace(PRSB, headings=tuple(one for one in PRSB.headings if one.key != "medications"))
    found = [one for one in completeness.find(note, draft, shown) if one.message.template == wording.LEFT_OUT]  # type: ignore[attr-defined]
    assert {one.section for one in found} == {"medications", "changes", "own_frailty"}
    assert {one.severity for one in found} == {"warning"}
    assert "not in the letter" in found[0].message
