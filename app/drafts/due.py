"""When something is due: the words of the notes, and the day or month they come to, never falsely exact."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from app.drafts.labels import Language, day, label
from app.notes import dates, numerals

_NUMBERS = {"a": 1, "an": 1} | numerals.COUNTS | numerals.CHINESE
_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
_ENGLISH_NUMBER = rf"\d{{1,3}}|an?|{'|'.join(numerals.LONGEST_FIRST)}"
_RELATIVE = re.compile(
    rf"\b(?P<how>in|within|after|at|next)\s+(?:about\s+|approximately\s+|the next\s+)?(?P<one>{_ENGLISH_NUMBER})"
    rf"(?:\s*(?:-|–|to|or)\s*(?P<two>{_ENGLISH_NUMBER}))?[\s-]*"
    r"(?P<unit>hour|day|week|month|year)s?\b(?:['’]?s?['’]? time)?",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"\b(?P<one>{_ENGLISH_NUMBER})(?:\s*(?:-|–|to|or)\s*(?P<two>{_ENGLISH_NUMBER}))?[\s-]*"
    r"(?P<unit>day|week|month|year)s?\s+(?:later|(?:after|post|from)[ -](?:discharge|surgery|operation|now))\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?P<one>\d{1,3}|[一二两三四五六七八九十])(?:\s*[-~至到]\s*(?P<two>\d{1,3}|[一二两三四五六七八九十]))?\s*个?"
    r"(?P<unit>天|日|周|星期|月|年)(?:之?后|以后|(?P<how>内))"
)
_EVERY = re.compile(
    rf"\b(?:every (?:(?:{_ENGLISH_NUMBER})\s+)?(?:day|week|month|year)s?|daily|weekly|monthly|yearly|annually)\b"
    r"|每[天日周月年]",
    re.IGNORECASE,
)
_TOMORROW = re.compile(r"\btomorrow\b|明[天日]", re.IGNORECASE)
# A date that tells what was done, and a span that tells how long or on what condition, is no due date.
_PAST = re.compile(
    r"(?:sent|taken|collected|done|since|from|dated|performed|on admission|repeated|started|stopped|送检|采集|已于)"
    r"[^.;,，；]{0,20}$",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|should (?:he|she|they|the)|unless)\b[^.;]*$|(?:如|若)[^。；]*$", re.IGNORECASE)
_OF_OPERATION = re.compile(r"surgery|operation|术后?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due.

    Attributes:
        written: The words of the notes; empty where they give none.
        first: ISO day or month it comes to, the earlier end of a range; empty where it cannot be reckoned.
        last: The later end; equal to `first` where there is no range.
        is_exact: Whether the notes give the day itself.
        is_limit: Whether it is to be done before then.
    """

    written: str = ""
    first: str = ""
    last: str = ""
    is_exact: bool = False
    is_limit: bool = False

    def said(self, language: Language) -> str:
        """Write it for people: "in 2 weeks (about 23 November 2026)"; as written where nothing can be reckoned."""
        reckoned = self.reckoned(language)
        if self.is_exact or not reckoned:
            return reckoned or self.written
        return label("and", language).format(written=self.written, reckoned=reckoned)

    def reckoned(self, language: Language) -> str:
        """Write the day or month alone: "about 23 November 2026"; empty where nothing can be reckoned."""
        if not self.first:
            return ""
        reckoned = day(self.first, language)
        if self.is_exact:
            return reckoned
        if self.last != self.first:
            reckoned = label("range", language).format(reckoned, day(self.last, language))
        return label("by" if self.is_limit else "about", language).format(reckoned)


def read(text: str, anchor: str) -> Due:
    """Find when a sentence says that something is due.

    A day is reckoned from days and weeks, only the month from months and years; from hours and "every" nothing.

    Args:
        text: One sentence.
        anchor: ISO date from which the sentence counts; empty if unknown.

    Returns:
        The first due date; an empty one where the sentence gives none.
    """
    for one in dates.find(text):
        if not _PAST.search(text[: one.span.start]):
            return Due(one.span.of(text), one.iso, one.iso, is_exact=True)
    for pattern in (_RELATIVE, _LATER, _CHINESE):
        for match in pattern.finditer(text):
            if not _CONDITION.search(text[: match.start()]):
                return _reckoned(match, "" if _counts_from_operation(text, match) else anchor)
    if (tomorrow := _TOMORROW.search(text)) and not _CONDITION.search(text[: tomorrow.start()]):
        first = later(anchor, 1, "day")
        return Due(tomorrow[0], first, first)
    every = _EVERY.search(text)
    return Due(every[0] if every else "")


def _counts_from_operation(text: str, match: re.Match[str]) -> bool:
    """Whether the days count from an operation, whose date this module does not know."""
    around = match[0] + text[match.end() : match.end() + 20]
    return bool(_OF_OPERATION.search(around)) or text[: match.start()].endswith("术后")


def _reckoned(match: re.Match[str], anchor: str) -> Due:
    unit = match["unit"].lower()
    unit = _UNITS.get(unit, unit)
    one = _number(match["one"])
    two = _number(match["two"]) if match["two"] else one
    how = match.groupdict().get("how") or ""
    is_limit = how.lower() in ("within", "内", "next")
    return Due(match[0].strip(), later(anchor, one, unit), later(anchor, two, unit), is_limit=is_limit)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def later(anchor: str, count: int, unit: str) -> str:
    """Reckon a day or a month from a day.

    Args:
        anchor: ISO day; empty if unknown.
        count: How many units later.
        unit: `day`, `week`, `month`, `year` or `hour`.

    Returns:
        An ISO day for days and weeks, a month `YYYY-MM` for months and years, which are no exact time; empty where it
        cannot be told.
    """
    if not anchor or unit == "hour":
        return ""
    try:
        start = datetime.date.fromisoformat(anchor)
        if unit in ("day", "week"):
            return (start + datetime.timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
        months = start.year * 12 + start.month - 1 + count * (12 if unit == "year" else 1)
        return datetime.date(months // 12, months % 12 + 1, 1).isoformat()[:7]
    except (OverflowError, ValueError):
        return ""
