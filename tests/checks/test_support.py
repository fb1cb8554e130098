"""Invented sentences are seen and repaired; faithful wording is left in peace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.checks import evidence, repair, support
from app.drafts.draft import Section
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "65-year-old man with chest pain for 2 hours. ECG: ST elevation in II, III and aVF. Troponin 2.5 ng/mL. "
    "No pneumothorax. Given aspirin 300 mg and morphine 5 mg IV."
)


def found(text: str) -> list[tuple[str, bool]]:
    draft = draft_of(("course", text))
    return [(one.kind, one.blocking) for one in support.find(NOTE, draft, evidence.of(NOTE, draft))]


def section(text: str) -> Section:
    return Section("course", "Course", text, "written")


@pytest.mark.parametrize(
    "text",
    [
        "A 65-year-old man presented with chest pain; the ECG showed ST elevation in II, III and aVF.",
        "Troponin was raised at 2.5 ng/mL.",
        "He was treated with aspirin 300 mg.",
    ],
)
def test_faithful_sentences_pass(text: str) -> None:
    assert found(text) == []
    assert repair.mend(NOTE, section(text)) == section(text)


@pytest.mark.parametrize(
    "text",
    ["He developed acute respiratory distress syndrome.", "Diagnosed with AKI.", "The World Cup was a sporting event."],
)
def test_invented_sentences_block(text: str) -> None:
    assert found(f"Given aspirin 300 mg. {text}") == [("support", True)]


SLIPPED = "He had chest pain for 2 hours and diverticulitis."


def test_a_condition_that_a_model_slips_into_a_true_sentence_blocks() -> None:
    assert found(SLIPPED) == [("support", True)]
    assert found("He had chest pain for 2 hours and sarcoidosis.") == [("support", True)]  # of no list
    assert found("He had chest pain for 2 hours and heart failure, and a troponin.") == [("support", True)]
    assert found("Patient with a history of heart failure, chest pain and a pulmonary embolus.") == [("support", True)]


def test_such_a_sentence_is_repaired_before_anybody_sees_it() -> None:
    assert "diverticulitis" not in repair.mend(NOTE, section(SLIPPED)).text


@pytest.mark.parametrize(
    "typed",
    [
        replace(section(SLIPPED), review="edited"),
        replace(section(SLIPPED), state="copied", review="edited"),
        replace(section(SLIPPED), state="copied"),
    ],
)
def test_what_a_person_typed_is_told_but_does_not_block(typed: Section) -> None:
    draft = replace(draft_of(("course", "")), sections=(typed,))
    findings = support.find(NOTE, draft, evidence.of(NOTE, draft))
    assert [(one.kind, one.blocking) for one in findings] == [("support", False)]


def test_a_word_of_no_list_that_a_model_made_up_is_replaced() -> None:
    note = note_of("Breathing easier, slept flat with two pillows. Weight 89.3 kg (92.4 kg on admission).")
    written = section("Breathing easier. Weight 89.3 kg (92.4 kg) flatulent.")
    mended = repair.mend(note, written)
    assert "flatulent" not in mended.text
    assert "92.4 kg on admission" in mended.text
    assert mended.problem
    assert repair.blocking(note, replace(written, review="edited")) == ()  # a doctor may know more than the notes


def test_a_test_that_a_model_made_up_is_replaced() -> None:
    note = note_of("Creatinine 118 umol/L, potassium 4.1 mmol/L.")
    mended = repair.mend(note, section("Creatinine 118 umol/L, potassium 4.1 mmol/L. Seen with blood and urine tests."))
    assert mended.text == "Creatinine 118 umol/L, potassium 4.1 mmol/L."
    assert mended.problem


def test_a_letter_written_elsewhere_is_told_too() -> None:
    draft = draft_of(("text", SLIPPED), task="external")
    assert [one.blocking for one in support.find(NOTE, draft, evidence.of(NOTE, draft))] == [False]


def test_an_abbreviation_of_the_notes_may_be_written_out() -> None:
    note = note_of("Ascitic tap: WCC 80, no SBP. Known PMR. Lactulose 20 ml.")
    draft = draft_of(("course", "The ascitic tap showed no spontaneous bacterial peritonitis, and WCC was 80."))
    assert not [one for one in support.find(note, draft, evidence.of(note, draft)) if one.blocking]


def test_a_wrong_sentence_gives_way_to_the_notes_and_says_so() -> None:
    mended = repair.mend(NOTE, section("Troponin was 25 ng/mL. He was given aspirin 300 mg."))
    assert mended.text == "Troponin 2.5 ng/mL. He was given aspirin 300 mg."
    assert "replaced by the notes' own words" in mended.problem


def test_a_sentence_is_written_anew_once() -> None:
    asked: list[str] = []

    def redraft(passage: str) -> str:
        asked.append(passage)
        return "Troponin was 2.5 ng/mL."

    mended = repair.mend(NOTE, section("Troponin was 25 ng/mL."), redraft)
    assert (mended.text, asked) == ("Troponin was 2.5 ng/mL.", ["Troponin 2.5 ng/mL."])
    assert "written anew" in mended.problem


def test_what_is_written_anew_is_checked_too() -> None:
    mended = repair.mend(NOTE, section("There was a pneumothorax."), lambda _: "There was a large pneumothorax.")
    assert mended.text == "No pneumothorax."


def test_nothing_stands_without_evidence() -> None:
    mended = repair.mend(NOTE, section("He developed acute respiratory distress syndrome."))
    assert mended.state == "not documented"
    assert mended.text == "Not documented in the pasted notes."
