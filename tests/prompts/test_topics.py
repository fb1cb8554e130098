"""Section detection: passages of a topic are found with headings and without, and nothing is made of nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import paths
from app.errors import SetupError
from app.notes import intake, segments
from app.notes.note import Note
from app.prompts import select, topics
from tests.fakes import known_tasks

# A dictated letter without a heading, invented for this test.
DICTATED = """This is a 61-year-old woman who presents with two days of pain in her left calf after a long flight.

Hypertension and hypothyroidism.

Appendectomy in 1989 and a caesarean section.

Lisinopril 10 mg daily and levothyroxine 75 mcg daily.

SHE IS ALLERGIC TO SULFA, WHICH GIVES HER A RASH.

She does not smoke. She drinks a glass of wine at weekends. She works as a teacher.

Her father died of a myocardial infarction at 58. Her mother has diabetes.

She was given a prescription for apixaban and will follow up with her primary care physician in one week."""
HEADED = """PAST MEDICAL HISTORY: Asthma.

MEDICATIONS: Albuterol as needed.

PHYSICAL EXAMINATION: Lungs are clear. Abdomen is soft and nontender."""


def divided(text: str) -> Note:
    return segments.gather([("letter", intake.clean(text))])


def pointed(text: str, topic: str) -> str:
    note = divided(text)
    task = known_tasks()["extract-section"]
    return select.text_of(note, select.select(note, task, task.section(topic)))


@pytest.mark.parametrize(
    ("topic", "begins"),
    [
        ("allergies", "SHE IS ALLERGIC"),
        ("medications", "Lisinopril"),
        ("social_history", "She does not smoke"),
        ("family_history", "Her father"),
        ("past_surgical_history", "Appendectomy"),
        ("plan_and_follow_up", "She was given a prescription"),
        ("presentation", "This is a 61-year-old"),
    ],
)
def test_a_dictated_note_without_headings_is_understood(topic: str, begins: str) -> None:
    assert pointed(DICTATED, topic).startswith(begins)


def test_a_letter_of_a_dictated_note_has_its_history_and_allergies() -> None:
    note, letter = divided(DICTATED), known_tasks()["discharge-letter"]
    read = {one.key: select.text_of(note, select.select(note, letter, one)) for one in letter.sections}
    assert read["admission"].startswith("This is a 61-year-old")
    assert read["history"].splitlines()[0] == "Hypertension and hypothyroidism."
    assert "Appendectomy" in read["history"]
    assert "teacher" in read["social"]
    assert "SULFA" in read["allergies"]
    assert read["diagnoses"] == read["medications"] == ""


def test_headings_are_followed() -> None:
    assert "Asthma" in pointed(HEADED, "past_medical_history")
    assert "Albuterol" in pointed(HEADED, "Medications")
    assert "Lungs" not in pointed(HEADED, "medications")


@pytest.mark.parametrize("topic", ["allergies", "family_history", "social_history", "past_surgical_history"])
def test_nothing_is_made_of_nothing(topic: str) -> None:
    assert pointed(HEADED, topic) == ""


def test_a_topic_nobody_taught_is_left_to_the_model() -> None:
    section = known_tasks()["extract-section"].section("dental status")
    assert not select.is_known_topic(section)
    assert pointed(HEADED, "dental status").count("\n") >= 2


@given(st.text(max_size=400))
def test_any_text_gets_probabilities_and_only_its_own_passages(text: str) -> None:
    note = segments.gather([("any", intake.clean(text + " stable"))])
    known = topics.load()
    for topic in known.names[:3]:
        assert all(0 <= one <= 1 for one in known.probabilities(note, topic))
        assert set(known.find(note, topic)) <= {one.span for one in note.passages}


def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    source = paths.resources() / "topics"
    for name in (topics.WEIGHTS, topics.MANIFEST):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    assert topics.read(tmp_path) == topics.load()
    (tmp_path / topics.WEIGHTS).write_bytes(b"half")
    with pytest.raises(SetupError, match="section detector"):
        topics.read(tmp_path)
    (tmp_path / topics.MANIFEST).write_text(json.dumps({"topics": []}), encoding="utf-8")
    with pytest.raises(SetupError, match="section detector"):
        topics.read(tmp_path)
