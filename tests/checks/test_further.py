"""A further test, a doubt, an allergy's reaction and everyday words of wards that no rule was made for."""

from __future__ import annotations

import pytest

from app.checks import all as checks
from app.checks import words
from app.checks.finding import Finding
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "58M seen 04/06/2026. Allergic to cefalexin (blisters). Menopausal wife well.\n"
    "CT chest 01/06/2026: 4 cm cavity. Repeat CT 6/52. Barium swallow 4-6/52 stricture.\n"
    "First hepatitis B jab given. Not for bronchoscopy. MRI not booked. Bath board to be fitted, tbc.\n"
    "Pregabalin tried, too drowsy. Warfarin not started. Low susp for sarcoidosis, BP 171/90.\n"
    "10/6 R calf ulcer. L cataract 2019. IDC out 03/06. DNACPR 2025. NGT sited. GCS 13.\n"
    "ALT 88, reduced azathioprine. Asthma may reflect mould exposure."
)


def told(text: str) -> list[Finding]:
    """What is said against a sentence, omissions aside."""
    kinds = ("omission", "contradiction", "medicine", "incomplete", "coverage")
    return [one for one in checks.run(NOTE, draft_of(("course", text))) if one.kind not in kinds]


@pytest.mark.parametrize(
    "text",
    [
        "CT of the chest showed a cavity of 4 cm.",
        "The first hepatitis B jab was given; the second is due in six weeks.",
        "Bronchoscopy is not planned.",
        "Pregabalin was tried but abandoned.",
        "Warfarin was held back.",
        "Sarcoidosis was judged improbable.",
        "Cefalexin allergy had caused blisters.",
        "The ulcer on the right calf was left open.",
        "The nasogastric tube was sited.",
        "His coma score was 13.",
        "ALT was raised, and azathioprine is therefore being lowered.",
    ],
)
def test_the_same_in_other_words_is_left_in_peace(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The follow-up CT has been done.",
        "The barium swallow was done.",
        "An MRI has been booked.",
        "The bath board has been installed.",
        "The ulcer is on the left calf.",
        "The right cataract was operated on in 2019.",
        "The urinary catheter remains in situ.",
    ],
)
def test_what_is_due_or_over_is_told_as_done_or_going_on(text: str) -> None:
    assert told(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("She is prone to headaches.", "proning"),
        ("The mask did not break the skin.", "fracture"),
        ("The valve is being followed by echo.", "delusions"),
        ("Resume once potassium falls below 5.", "falls"),
        ("Sticking plaster on the heel.", "cast"),
    ],
)
def test_an_everyday_word_is_no_diagnosis(text: str, name: str) -> None:
    assert name not in {word.key for word in words.read(text)}


def test_what_a_drug_is_stopped_for_is_not_done_with_it() -> None:
    note = note_of("因消化道出血停用阿司匹林。")
    draft = draft_of(("course", "停用阿司匹林以减少出血风险。"))
    assert [one.kind for one in checks.run(note, draft) if one.kind in ("opposite", "planned")] == []
    draft = draft_of(("course", "阿司匹林减少剂量。"))
    assert [one.kind for one in checks.run(note, draft) if one.kind == "opposite"]


def test_a_full_stop_before_a_name_joins_no_abbreviation() -> None:
    note = note_of("Blood cultures negative at 5 d. C diff negative. ST dep V4-V6.")
    for text in ("Testing for C. difficile was negative at five days.", "The ECG showed ST depression in V4 to V6."):
        kinds = [one.kind for one in checks.run(note, draft_of(("course", text)))]
        assert not {"support", "number", "negation"} & set(kinds)


def test_months_before_days_with_a_dash_are_days() -> None:
    note = note_of("Admitted 2024-11-04. 2 units red cells 11-05. Walked 10-12 m.")
    told = {
        text: any(one.kind == "date" for one in checks.run(note, draft_of(("course", text))))
        for text in (
            "Two units were given on 5 November.",
            "Two units were given on 6 November.",
            "He walked on 12 October.",
        )
    }
    assert list(told.values()) == [False, True, True]
