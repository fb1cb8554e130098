"""Dates as people write them in notes, found with their places and turned into ISO 8601.

Own patterns, since a date library that accepts any wording also finds dates in "may 2" and "10/10 pain";
the calendar itself is the standard library's. Day first, unless that is impossible.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from app.notes.note import Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
        r"(?<![\d/.-])(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>(?:19|20)?\d\d)(?![\d/])",
        r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -]" + _MONTH.format("n") + r"[ ,-]+(?P<y>(?:19|20)\d\d)(?!\d)",
        _MONTH.format("n") + r" (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)(?!\d)",
    )
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: its place and its ISO form `YYYY-MM-DD`."""

    span: Span
    iso: str


def find(text: str) -> tuple[FoundDate, ...]:
    """Find full dates (day, month and year), in the order of the text."""
    found: dict[int, FoundDate] = {}
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            iso = _iso(match.groupdict())
            if iso:
                found.setdefault(match.start(), FoundDate(Span(match.start(), match.end()), iso))
    return tuple(found[start] for start in sorted(found))


def _iso(parts: dict[str, str | None]) -> str:
    name = parts.get("n")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(parts["m"] or 0)
    day, year = int(parts["d"] or 0), int(parts["y"] or 0)
    if year < 100:
        year += 2000 if year < 70 else 1900
    if month > 12 >= day:
        day, month = month, day
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""
