"""Filters: leaks are found, crops hold the answer, support is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.filters import LeakCheck, coverage, crop, numbers_supported, pruned

LONG = "The patient slept well after the second dose and walked to the bathroom without help this morning"


def test_a_copied_or_half_copied_row_leaks() -> None:
    check = LeakCheck([LONG, "None."])
    assert check.leaks(LONG.upper() + ".")
    assert check.leaks(LONG + " and then he ate.")
    assert not check.leaks("None.")
    assert not check.leaks(
        "Quite another text about a different patient whose knee was examined and found normal today"
    )


def test_support() -> None:
    assert coverage("Given aspirin today", "He was given aspirin") == pytest.approx(2 / 3)
    assert coverage("No", "anything") == 1.0
    assert numbers_supported("BP 142/88, 1,200 mL", "blood pressure 142/88; 1200 mL")
    assert not numbers_supported("5 mg", "2.5 mg")


def test_only_the_sentences_without_support_are_pruned() -> None:
    source = "Doctor: the knee is swollen. I will give you ibuprofen four hundred milligrams."
    target = "HPI:\n\nKnee swollen for 3 weeks. The knee is swollen.\n\nPLAN:\n\nIbuprofen 400 mg. Start warfarin."
    assert pruned(target, source) == "HPI:\n\nThe knee is swollen.\n\nPLAN:\n\nIbuprofen 400 mg."
    assert pruned("", source) == ""


def test_a_crop_holds_what_the_answer_needs() -> None:
    note = "\n".join([f"Line {at} says nothing of note at all." for at in range(30)])
    note = note.replace("Line 20 says nothing of note at all.", "Allergic to penicillin, which gave hives.")
    assert "penicillin" in crop(note, "Penicillin: hives.", 40)
    assert crop("short note", "x", 40) == "short note"


@given(
    st.lists(st.text("abcde ", min_size=1, max_size=40), max_size=20),
    st.text("abcde ", max_size=40),
    st.integers(5, 60),
)
def test_a_crop_is_a_run_of_lines(lines: list[str], target: str, most: int) -> None:
    source = "\n".join(lines)
    part = crop(source, target, most)
    kept = [line for line in source.splitlines() if line.strip()]
    got = part.splitlines()
    if part != source:
        assert any(kept[at : at + len(got)] == got for at in range(len(kept)))
        assert len(part.split()) <= most or len(got) == 1


def test_negatives_are_not_always_cut_from_the_top() -> None:
    notes = ["\n".join(f"{name} line {at} of words" for at in range(40)) for name in "abcdefgh"]
    assert len({crop(note, "", 50).splitlines()[0][2:] for note in notes}) > 3
