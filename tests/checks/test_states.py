"""A thing that the notes say is awaited, declined, over, raised or getting worse is not told as the opposite."""

from __future__ import annotations

import pytest

from app.checks import all as checks
from app.checks.finding import Finding
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "Ward round 12/05/2026. 70F, PE 2025. Ex-smoker, quit 2019. Nil alcohol. Allergic to penicillin.\n"
    "On ramipril and apixaban.\n"
    "Blood cultures pending. CT not done. Holter done, report not back. Pt declined angiography. MRI head clear.\n"
    "CRP raised, TSH normal, sputum AFB neg. Creatinine 92 then 148. Hb 104 (98). Urine dip nitrite -, blood +.\n"
    "Vomiting settled. Prev gout. Ankle oedema ongoing, breathlessness improved. Membranes intact. Swallow safe.\n"
    "Metformin held. Clopidogrel not given. Spironolactone stopped. Colonoscopy in 6/52. Drain not kept.\n"
    "Family refused dialysis. Echo not required. Bisoprolol increased."
)


def told(text: str) -> list[Finding]:
    """What is said against a sentence, omissions aside."""
    kinds = ("omission", "contradiction", "medicine", "incomplete", "coverage")
    return [one for one in checks.run(NOTE, draft_of(("course", text))) if one.kind not in kinds]


@pytest.mark.parametrize(
    "text",
    [
        "Blood cultures were negative.",
        "CT was normal.",
        "The Holter was normal.",
        "Coronary angiography was performed.",
        "She underwent dialysis.",
        "The echocardiogram was done.",
        "Colonoscopy was carried out.",
        "Clopidogrel was given.",
        "CRP was normal.",
        "TSH was raised.",
        "Sputum was positive for AFB.",
        "MRI of the head was abnormal.",
        "The urine dip was positive for nitrite.",
        "Creatinine improved to 148.",
        "Her haemoglobin has fallen to 104.",
        "Kidney function has improved.",
        "Vomiting continues.",
        "She still has ankle oedema, which has resolved.",
        "Breathlessness has worsened.",
        "The membranes had ruptured.",
        "Her swallow is unsafe.",
        "She drinks alcohol.",
        "She currently smokes.",
        "She is allergic to ramipril.",
        "She has no known drug allergies.",
        "Penicillin was started.",
        "She does not take apixaban.",
        "Spironolactone was not stopped.",
        "Bisoprolol was reduced.",
    ],
)
def test_a_state_that_cannot_be_is_told(text: str) -> None:
    assert any(one.blocking for one in told(text)), text


@pytest.mark.parametrize(
    "text",
    [
        "Blood cultures are awaited.",
        "Blood cultures have been taken.",
        "CT was not done.",
        "The Holter was done and the report is pending.",
        "She declined angiography.",
        "Dialysis was refused by the family.",
        "The echocardiogram was not needed.",
        "Colonoscopy will take place in six weeks.",
        "Clopidogrel was not given.",
        "CRP was high and TSH normal.",
        "Sputum was negative for AFB.",
        "The urine dip was negative for nitrite.",
        "Creatinine rose from 92 to 148.",
        "Her haemoglobin has risen to 104.",
        "Vomiting has stopped.",
        "She had gout in the past.",
        "Ankle oedema persists.",
        "Breathlessness is better.",
        "The membranes were intact and her swallow is safe.",
        "She does not drink alcohol and no longer smokes.",
        "She is allergic to penicillin.",
        "She takes ramipril and apixaban.",
        "Metformin is on hold.",
        "She no longer takes spironolactone.",
        "Bisoprolol was increased.",
    ],
)
def test_the_same_state_in_other_words_is_left_in_peace(text: str) -> None:
    assert told(text) == []


TALK = note_of(
    "Doctor: Any fever or locking of the knee?\nPatient: No fever. It does lock sometimes.\n"
    "Doctor: The x-ray shows no fracture. I want to get an MRI of the left knee."
)


@pytest.mark.parametrize(
    ("text", "kinds"), [("There was no fever.", []), ("MRI of the left knee is unremarkable.", ["planned"])]
)
def test_what_is_asked_is_not_said_and_what_is_wanted_is_not_done(text: str, kinds: list[str]) -> None:
    draft = draft_of(("course", text))
    assert [one.kind for one in checks.run(TALK, draft) if one.blocking] == kinds


def test_what_a_relative_had_is_no_state_of_the_patient() -> None:
    note = note_of("Echo pending. Aunt had a normal echo.")
    draft = draft_of(("course", "The echocardiogram was normal."))
    assert [one.kind for one in checks.run(note, draft) if one.blocking] == ["planned"]
