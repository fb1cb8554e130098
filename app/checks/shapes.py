"""Values of a draft that the notes have in another shape: "35+4" for weeks and days, "18/12" for months, "11:25"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.checks import moments
from app.checks.quantities import Quantity
from app.notes import numerals

_IN_DATES = re.compile(
    r" ?(?:to|and|until|-|\u2013) ?\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_TO = re.compile(r" to (\d+(?:\.\d+)?)")
_AT_CLOCK = re.compile(r"\bat (?P<h>[01]?\d|2[0-3])\.(?P<m>[0-5]\d)$")
_GESTATION = re.compile(
    r"\b(?P<weeks>\d{1,2}) weeks?,? (?:and |plus )?(?P<days>[0-6]|one|two|three|four|five|six) days?\b", re.IGNORECASE
)


def is_in_another(note_text: str, text: str, value: Quantity, known: Sequence[Quantity]) -> bool:
    """Tell whether the notes have a value in a shape that is another value, or none, by itself.

    Args:
        note_text: The notes.
        text: The section that the value stands in.
        value: The value.
        known: The values of the notes.
    """
    if value.dimension:
        return _is_months(note_text, value) or (value.dimension == "time" and _is_gestation(note_text, text, value))
    if _IN_DATES.match(text, value.span.end):
        return True  # "from 9 to 14 February"
    return _is_from(text, value, known) or _is_clock(note_text, text, value)


def _is_months(note_text: str, value: Quantity) -> bool:
    """Whether the notes have a number of months as wards write it, which may be a day of December too: "18/12"."""
    is_said = value.dimension in ("month", "age") and "month" in value.text.casefold()
    return is_said and bool(re.search(rf"(?<![\d/.]){value.numbers[0]:g}/12(?![\d/])", note_text))


def _is_from(text: str, value: Quantity, known: Sequence[Quantity]) -> bool:
    """Whether a value is the lower end of a range that the notes have: "40 to 45 percent"."""
    upper = _TO.match(text, value.span.end)
    ends = (value.numbers[0], float(upper[1])) if upper else ()
    return any(one.numbers == ends and one.subject in ("", value.subject) for one in known)


def _is_clock(note_text: str, text: str, value: Quantity) -> bool:
    """Whether a value is a time of day with a full stop, which the notes have: "at 11.25"."""
    clock = _AT_CLOCK.search(text, max(0, value.span.start - 3), value.span.end)
    if clock is None or value.subject_kind == "quantity":
        return False  # "potassium peaked at 6.30"
    said = f"{int(clock['h']):02d}:{clock['m']}"
    return any(":" in one and moments.same_hour(one, said) for one in moments.loosely(note_text, False))


def _as_figure(number: str) -> str:
    return number if number.isdigit() else str(numerals.COUNTS[number.lower()])


def _is_gestation(note_text: str, text: str, value: Quantity) -> bool:
    """Whether a value is the weeks or the days of "37 weeks and 6 days", and the notes have 37+6."""
    return any(
        match.start() <= value.span.start < match.end()
        and re.search(rf"(?<!\d){match['weeks']} ?(?:\+|w\w*) ?{_as_figure(match['days'])}(?!\d)", note_text)
        for match in _GESTATION.finditer(text, max(0, value.span.start - 24), value.span.end)
    )
