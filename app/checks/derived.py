"""What a value says without a word: "HR 118" is a tachycardia, "T 39.4" a fever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.checks.quantities import Quantity

# Quantity, what it is called below the first number, what above the second. Adults; used only to bear a word out.
_NAMES: dict[str, tuple[float, str, float, str]] = {
    "heart rate": (60, "bradycardia", 90, "tachycardia"),
    "temperature": (35.5, "hypothermia", 37.5, "fever"),
    "respiratory rate": (10, "", 20, "tachypnoea"),
    "oxygen saturation": (94, "hypoxia", 101, ""),
    "sodium": (135, "hyponatraemia", 145, "hypernatraemia"),
    "potassium": (3.5, "hypokalaemia", 5.2, "hyperkalaemia"),
    "magnesium": (0.7, "hypomagnesaemia", 2, ""),
    "glucose": (4, "hypoglycaemia", 11, "hyperglycaemia"),
    "haemoglobin": (120, "anaemia", 1000, ""),
    "platelets": (150, "thrombocytopenia", 10000, ""),
    "neutrophils": (1, "neutropenia", 1000, ""),
    "bmi": (18.5, "malnutrition", 30, "obesity"),
    "gcs": (0, "", 14, "alert"),
    "white cells": (4, "", 11, "leucocytosis"),
    "bilirubin": (0, "", 50, "jaundice"),
    "lvef": (50, "heart failure", 100, ""),
}


def names(values: Sequence[Quantity]) -> Iterator[str]:
    """Give the names in the word lists for values that are low or high.

    Args:
        values: Of one sentence.
    """
    for one in values:
        if one.subject == "blood pressure" and one.numbers:
            yield from ("hypotension", "hypotensive", "shock") if one.numbers[0] < 100 else ()
            yield from ("hypertension",) if one.numbers[0] >= 140 else ()
        elif one.subject in _NAMES and one.numbers:
            low, below, high, above = _NAMES[one.subject]
            name = below if one.numbers[0] < low else above if one.numbers[0] > high else ""
            if name:
                yield name
