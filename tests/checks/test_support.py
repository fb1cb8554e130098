"""Invented sentences are seen and repaired; faithful wording is left in peace."""

from __future__ import annotations

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


def test_a_condition_slipped_into_a_true_sentence_is_named() -> None:
    assert found("He had chest pain for 2 hours and diverticulitis.") == [("support", False)]


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
