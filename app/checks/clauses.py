"""The words that stand with a value or a day: those of its part of the sentence."""

from __future__ import annotations

import re

from app.checks.facts import Facts
from app.notes.note import Span

_BREAK = re.compile(r"[,;，；。]|\b(?:and|but|while|whereas|although|though|yet)\b", re.IGNORECASE)
_OF_TIME = frozenset(
    {"twic", "onc", "daily", "dai", "tim", "weekly", "day", "week", "month", "year", "hour", "minut", "fortnight"}
)


def around(text: str, sentence: Facts, place: Span) -> set[str]:
    """Give the keys of the words that say something between the breaks round a place.

    Args:
        text: The text of the sentence.
        sentence: What `facts` read of it.
        place: Of the value or the day.

    Returns:
        Keys, those of numbers and of units of time left out; of the whole sentence where its part has none.
    """
    starts = [match.end() for match in _BREAK.finditer(text, sentence.span.start, place.start)]
    stop = _BREAK.search(text, place.end, sentence.span.end)
    start, end = starts[-1] if starts else sentence.span.start, stop.start() if stop else sentence.span.end
    all_words = [word for word in sentence.words if word.kind not in ("", "number")]
    return {word.key for word in all_words if start <= word.start < end} - _OF_TIME or {word.key for word in all_words}
