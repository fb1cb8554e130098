"""What was streamed becomes a section without losing or adding a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafts.assemble import assemble, join, tidy
from app.drafts.draft import Section
from app.prompts.tasks import SectionTask

TASK = SectionTask("summary", "Summary", "Summarise.", sentences=2)


@pytest.mark.parametrize(
    ("streamed", "text"),
    [
        ("Summary: He had pain.", "He had pain."),
        ("**Summary:** He had pain.", "He had pain."),
        ("Here is the summary of the notes: He had pain.", "He had pain."),
        ("  He had pain.\n", "He had pain."),
        ("Troponin: 2.5 ng/mL.", "Troponin: 2.5 ng/mL."),
        ("Summary of care\nGiven: aspirin.", "Summary of care\nGiven: aspirin."),
    ],
)
def test_an_echo_of_the_question_is_dropped(streamed: str, text: str) -> None:
    assert tidy(streamed, "Summary") == text


@given(st.text(), st.sampled_from(["stop", "length", "repeats", "cancelled"]))
def test_the_words_are_the_models(streamed: str, reason: str) -> None:
    section = assemble(TASK, streamed, reason, ())  # type: ignore[arg-type]
    assert section.text in streamed
    if section.state != "written":
        assert section.problem


@pytest.mark.parametrize(
    ("streamed", "reason", "state", "text"),
    [
        ("One. Two. Three.", "stop", "written", "One. Two."),
        ("One. Two. Thr", "length", "written", "One. Two."),
        ("One. Tw", "length", "incomplete", "One. Tw"),
        ("One. Tw", "cancelled", "incomplete", "One. Tw"),
        ("  ", "stop", "failed", ""),
        ("He had pain. He went home. He had pain. He", "repeats", "written", "He had pain. He went home."),
        ("He had pain. He had pain. He had pain.", "repeats", "written", "He had pain."),
        ("He had pain, then rest, then pain, then rest", "repeats", "failed", ""),
    ],
)
def test_the_end_is_told_as_it_was(streamed: str, reason: str, state: str, text: str) -> None:
    section = assemble(TASK, streamed, reason, ())  # type: ignore[arg-type]
    assert (section.state, section.text) == (state, text)


def test_parts_join_with_dates_and_the_worst_state() -> None:
    whole = Section("s", "S", "Well.\nHome.", "written", tokens=3)
    broken = Section("s", "S", "Pai", "incomplete", tokens=1, problem="Stopped.")
    joined = join(TASK, [("2026-11-03", whole), ("2026-11-04", broken)])
    assert joined.text == "2026-11-03: Well. Home.\n2026-11-04: Pai"
    assert (joined.state, joined.tokens, joined.problem) == ("incomplete", 4, "Stopped.")
    assert join(TASK, [("", whole)]) is whole
