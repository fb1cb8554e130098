"""The day that each part of the notes speaks of: entries of one sheet, each opened by its day: "17/3 WR", "Mon 9/2"."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from app.checks import moments, words
from app.notes.note import Note, Span

_PREFIX = re.compile(r"[^.;,:\n]{0,30}")
_NO_ENTRY = re.compile(
    r"\b(?:adm|admitted|admission date|dob|born|date of birth|due|booked|since|last)\b", re.IGNORECASE
)
_COLUMNS = 3  # days in one line: the head of a table
_RESULTS = frozenset({"test", "procedure", "quantity", "drug", "condition"})


@lru_cache(maxsize=2)
def _days(note: Note) -> tuple[tuple[int, str], ...]:
    """Where a day begins to hold, and the day; empty where none does."""
    found: list[tuple[int, str]] = []
    last, start = "", 0
    for line in note.text.split("\n"):
        span = Span(start, start + len(line))
        start = span.end + 1
        opening = _opening(note.text, span)
        if opening is not None:
            day, is_entry = opening
            found += [(span.start, day), (span.end, day if is_entry else last)]
            last = day if is_entry else last
        elif any(one.span.start == span.start for one in note.documents):
            last = ""
            found.append((span.start, ""))
    return tuple(found)


def _opening(text: str, line: Span) -> tuple[str, bool] | None:
    """The day that opens a line, and whether it holds for the lines below: that of a result does not."""
    dated = [one for one in moments.read(text, line) if one.kind == "date" and one.is_possible]
    if not dated:
        return None
    if len(dated) >= _COLUMNS and dated[2].span.end - dated[0].span.start < 20 * _COLUMNS:
        return "", True
    prefix = text[line.start : dated[0].span.start]
    if not _PREFIX.fullmatch(prefix) or _NO_ENTRY.search(prefix):
        return None
    before = words.inside(words.read(text), Span(line.start, dated[0].span.start))
    return dated[0].value, not any(word.kind in _RESULTS for word in before)


def day_of(note: Note, place: int) -> str:
    """Give the day that a place of the notes speaks of.

    Args:
        note: The notes.
        place: An offset into its text.

    Returns:
        `YYYY-MM-DD`, the year `????` where it is not given; empty where no day opens that part.
    """
    days = _days(note)
    at = bisect_right(days, place, key=lambda one: one[0])
    return days[at - 1][1] if at else ""
