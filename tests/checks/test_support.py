"""Invented numbers and sentences are seen; faithful wording is left in peace."""

from __future__ import annotations

import pytest

from app.checks.support import unsupported

SOURCE = (
    "65-year-old man with chest pain for 2 hours. ECG: ST elevation in II, III and aVF. Troponin 2.5 ng/mL. "
    "Creatinine 1,204 umol/L. BP 142/88. Given aspirin 300 mg. Seen on 03/11/2026."
)


@pytest.mark.parametrize(
    "text",
    [
        "A 65-year-old man presented with chest pain; the ECG showed ST elevation in II, III and aVF.",
        "Troponin was 2.5 ng/mL and creatinine 1204 umol/L.",
        "He was treated with aspirin 300 mg on 03/11/2026.",
        "The patient's chest pain had been present for 2 hours, with elevated ST segments.",
    ],
)
def test_faithful_sentences_pass(text: str) -> None:
    assert unsupported(text, SOURCE) == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Troponin was 25 ng/mL.", ("25",)),
        ("Given aspirin 75 mg.", ("75",)),
        ("BP 148/82 on arrival.", ("148/82",)),
        ("Seen on 04/11/2026.", ("04/11/2026",)),
    ],
)
def test_numbers_the_notes_lack_are_named(text: str, numbers: tuple[str, ...]) -> None:
    (one,) = unsupported(text, SOURCE)
    assert one.numbers == numbers


@pytest.mark.parametrize(
    "text",
    [
        "He developed acute respiratory distress syndrome.",
        "Diagnosed with ARDS and AKI.",
        "A statin was started to manage his cholesterol.",
        "The World Cup was a global sporting event.",
        "This is it.",
    ],
)
def test_invented_sentences_are_seen(text: str) -> None:
    assert len(unsupported(f"Given aspirin 300 mg. {text}", SOURCE)) == 1
