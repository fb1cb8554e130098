"""Documents that contradict each other are shown with both quotes and dates; those that agree are not."""

from __future__ import annotations

import pytest

from app.checks import contradictions, copies
from tests.checks.cases import note_of

FIRST, SECOND = "Clerking 03/11/2026\n\n", "Ward round 05/11/2026\n\n"


def found(one: str, other: str) -> list[tuple[str, ...]]:
    note = note_of(FIRST + one, SECOND + other)
    assert all(finding.blocking for finding in contradictions.find(note))
    return [tuple(span.of(note.text) for span in finding.source_spans) for finding in contradictions.find(note)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Allergies: Penicillin - rash.", "Allergies: NKDA"),
        ("Weight 82 kg.", "Weight 62 kg."),
        ("Not anticoagulated.", "Medication on admission: Warfarin 3 mg once daily"),
        ("DNACPR in place.", "For full resuscitation."),
        ("CTPA showed a pulmonary embolism.", "CTPA: no pulmonary embolism."),
        ("Left hip fracture.", "Fracture of the right hip."),
        ("Admitted on 03/11/2026 with pain.", "Date of admission: 02/11/2026."),
    ],
)
def test_a_contradiction_blocks_and_shows_both_places(one: str, other: str) -> None:
    assert len(found(one, other)) == 1
    assert len(found(one, other)[0]) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Allergies: Penicillin - rash.", "Allergies: penicillin."),
        ("Weight 92.4 kg.", "Weight 86.1 kg."),
        ("Medication on admission: Warfarin 3 mg once daily", "Warfarin stopped, apixaban 5 mg BD started."),
        ("For full escalation.", "DNACPR decision made after discussion."),
        ("CTPA 03/11/2026: no PE.", "CTPA 05/11/2026 showed a pulmonary embolism."),
        ("Left hip fracture.", "Right leg swollen."),
        ("Possible PE.", "CTPA: no PE."),
    ],
)
def test_what_agrees_or_changed_does_not(one: str, other: str) -> None:
    assert found(one, other) == []


def test_the_sentence_quotes_both_with_their_dates() -> None:
    (one,) = contradictions.find(note_of(FIRST + "Allergies: Penicillin - rash.", SECOND + "NKDA."))
    assert "2026-11-03: \u201cAllergies: Penicillin - rash\u201d" in one.message
    assert "2026-11-05: \u201cNKDA\u201d" in one.message


def test_copies_of_a_day_before_are_told() -> None:
    text = "Chest clear with no added sounds on either side. Abdomen soft and not tender anywhere. New today."
    note = note_of(FIRST + text, SECOND + text.replace("New", "Other"))
    (one,) = copies.find(note)
    assert len(one.source_spans) == 4
    assert not one.blocking
    assert copies.find(note_of(FIRST + text)) == ()
