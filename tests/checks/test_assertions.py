"""A flip of what the notes say is named; the same said in other words is left in peace."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks import assertions, context, evidence, facts
from app.checks.finding import Finding
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "Clerking 03/11/2026\n\nNo chest pain, fever or cough. "
    "New atrial fibrillation with heart failure.\n\n"
    "Past medical history:\nNSTEMI in 2019\nPrevious stroke\nHypertension\n\n"
    "Family history: mother had breast cancer.\n\n"
    "Plan: Start apixaban 5 mg twice daily. Withhold metformin. Stop aspirin.",
    "Radiology report 06/11/2026\n\nX-ray left hip: no fracture. CT head: no intracranial bleed.\n"
    "Possible right basal pneumonia. Cardiomegaly and bilateral effusions. Blood cultures negative.",
    "Ward round 07/11/2026\n\nBisoprolol increased to 5 mg. Crackles in the lower zones.\n"
    "For colonoscopy as an outpatient. "
    "Underwent endoscopy today: gastric ulcer.",
)


def found(text: str) -> tuple[Finding, ...]:
    draft = draft_of(("course", text))
    return assertions.find(NOTE, draft, evidence.of(NOTE, draft))


@pytest.mark.parametrize(
    "text",
    [
        "She denied chest pain, fever and cough.",
        "AF was new, with cardiac failure.",
        "She has had an NSTEMI in the past and a previous stroke.",
        "She is known to have hypertension.",
        "Her mother had breast cancer.",
        "The left hip was not fractured on X-ray.",
        "CT head excluded an intracranial haemorrhage.",
        "There was probable pneumonia at the right base.",
        "A colonoscopy is planned as an outpatient.",
        "Endoscopy showed a gastric ulcer.",
        "Apixaban was started; aspirin was stopped and metformin withheld.",
        "Chest film: bilateral effusions and an enlarged heart.",
    ],
)
def test_the_same_in_other_words_passes(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "kind", "wrong"),
    [
        ("She had chest pain.", "negation", "chest pain"),
        ("X-ray of the left hip showed a fracture.", "negation", "fracture"),
        ("There was no cardiomegaly.", "negation", "cardiomegaly"),
        ("There was right basal pneumonia.", "uncertainty", "pneumonia"),
        ("She has possible heart failure.", "uncertainty", "heart failure"),
        ("She had an acute stroke.", "time", "stroke"),
        ("She has had previous atrial fibrillation.", "time", "atrial fibrillation"),
        ("She had breast cancer.", "relative", "breast cancer"),
        ("X-ray of the right hip showed no fracture.", "side", "right"),
        ("There was possible left basal pneumonia.", "side", "left"),
        ("A colonoscopy was performed.", "planned", "colonoscopy"),
        ("Apixaban was stopped.", "opposite", "stopped"),
        ("Bisoprolol was reduced to 5 mg.", "opposite", "reduced"),
        ("Blood cultures were positive.", "opposite", "positive"),
        ("There were crackles in the upper zones.", "opposite", "upper"),
    ],
)
def test_a_flip_blocks_and_is_marked(text: str, kind: str, wrong: str) -> None:
    findings = found(text)
    assert (kind, wrong) in [(one.kind, one.draft_span.of(text)) for one in findings if one.draft_span]
    assert all(one.source_spans for one in findings)


def test_a_part_of_a_denial_is_no_quotation() -> None:
    assert [one.kind for one in found("chest pain, fever or cough.")] == ["negation"] * 3


@pytest.mark.parametrize(
    ("text", "word", "ways"),
    [
        ("No chest pain, fever or cough.", "cough", {"negated"}),
        ("No fever, started on aspirin.", "aspirin", set()),
        ("PE cannot be excluded.", "pulmonary embolism", {"uncertain"}),
        ("PE was excluded.", "pulmonary embolism", {"negated"}),
        ("CTPA excluded PE.", "ctpa", set()),
        ("Query ?DVT of the leg.", "deep vein thrombosis", {"uncertain"}),
        ("A three-day history of chest pain.", "chest pain", set()),
        ("A history of chest pain.", "chest pain", {"past"}),
        ("He is afebrile.", "fever", {"negated"}),
        ("Father died of stroke.", "stroke", {"relative"}),
        ("否认胸痛、咳嗽，有发热。", "cough", {"negated"}),
        ("否认胸痛、咳嗽，有发热。", "fever", set()),
    ],
)
def test_how_a_word_is_spoken_of(text: str, word: str, ways: set[str]) -> None:
    mentions = [one for sentence in facts.of_text(text) for one in context.read(text, sentence)]
    (one,) = [one for one in mentions if one.word.key == word]
    assert one.ways == ways


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["no", "not", "PE", "left", "?", ",", ".", "aspirin", "stopped", "mother had", "history of", "无", "发热"]
        )
    )
)
def test_any_words_can_be_read(some: list[str]) -> None:
    found(" ".join(some))


def test_what_brought_the_patient_is_not_denied_by_the_day_of_discharge() -> None:
    note = note_of("Three days of increasing breathlessness.\nDay 6: no breathlessness at rest. No fever.")

    def kinds(text: str) -> list[str]:
        draft = draft_of(("course", text))
        return [one.kind for one in assertions.find(note, draft, evidence.of(note, draft))]

    assert kinds("She came to hospital because she was short of breath.") == []
    assert kinds("She came to hospital with a fever.") == ["negation"]


def test_litres_are_no_left_side() -> None:
    note = note_of("Right-sided tenderness, CRP 88 mg/L.")
    draft = draft_of(("course", "CRP was 88 mg/L with tenderness on the right."))
    assert assertions.find(note, draft, evidence.of(note, draft)) == ()
