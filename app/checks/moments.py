"""Dates and times of day in a text, also those without a year, and dates that no calendar has."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.notes import dates, numerals
from app.notes.note import Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_DATED = r"(?:on|dated|from|until|till|since|by|of|due|taken|sent|before|after)\s+(?:the\s+)?"
_SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d/.-])(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>(?:19|20)\d\d|\d\d)(?![\d/])",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
        r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -]" + _NAME.format("n") + r"(?:[ ,-]+(?P<y>(?:19|20)\d\d))?",
        r"\b" + _NAME.format("n") + r" (?P<d>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y>(?:19|20)\d\d))?",
        r"(?<!\d)(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
        _DATED + r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?![\d/%])",
    )
)
_CLOCK = re.compile(
    r"(?<!\d)(?P<h>[01]?\d|2[0-3])(?::|时|点)(?P<m>[0-5]\d)(?!\d)|(?<!\d)(?P<hm>[0-2]\d[0-5]\d) ?(?:hrs|hours|h)\b"
)
_HALF_DAY = re.compile(
    r"(?<![\d.:])(?P<h>1[0-2]|0?[1-9])(?:[.:](?P<m>[0-5]\d))? ?(?P<half>[ap])\.?m\b\.?|(?P<zh>上午|下午|晚上?"
    r"|凌晨)(?P<zh_h>\d{1,2})[时点:：]"
    r"(?P<zh_m>[0-5]\d)?",
    re.IGNORECASE,
)
# Read only where something has to be borne out: "2/15", "10.7", "0610" may be something else as well.
_LOOSE_DATE = re.compile(
    r"(?<![\d/.])(?:(?P<one>[0-3]?\d)/(?P<two>[0-3]?\d)|(?P<one2>[0-3]\d)\.(?P<two2>[01]\d))(?![\d/%]|\.\d)"
)
_LOOSE_CLOCK = re.compile(r"(?<![\d/.:-])(?P<h>[01]\d|2[0-3])[:.]?(?P<m>[0-5]\d)(?![\d/]|\.\d)")
_DASHED = re.compile(
    r"(?<![\d/-])(?P<m>0?[1-9]|1[0-2])-(?P<d>0?[1-9]|[12]\d|3[01])(?![\d-]|\.\d)"
)  # "10-03", in Chinese notes
SPAN_OF_DAYS = re.compile(
    r"(?<![\d/.-])(?P<first>[0-3]?\d) ?[-\u2013~] ?(?P<last>[0-3]?\d)/(?P<m>0?[1-9]|1[0-2])(?![\d/])"
)  # "28-30/9"
_SHORT_YEAR = re.compile(r"['\u2019](?P<y>\d\d)(?!\d)|(?<=[\d]/)(?P<y2>\d\d)(?![\d/])")
_SHORT_MONTH = re.compile(r"\b" + _NAME.format("n") + r"[ '\u2019/-]{1,2}(?P<y>\d\d)(?!\d)", re.IGNORECASE)
_APOSTROPHE_YEAR = re.compile(r"(?<=[\s(])['\u2019](?P<y>[0-4]\d)(?!\d)")
_LOOSE_HOUR = re.compile(r"(?<![\d.:])(?P<h>1[0-2]|0?[1-9]) ?(?P<half>[ap])(?![a-z])", re.IGNORECASE)
_WORDED = re.compile(
    r"\b(?:the )?(?P<day>"
    + "|".join(sorted(numerals.ORDINALS, key=len, reverse=True))
    + r")(?: day)? (?:of )?"
    + _NAME.format("n")
    + r"(?:[ ,]+(?P<y>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_SPELLED_YEAR = re.compile(rf"\b(?:{numerals.PATTERN})\b", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1920, 2049
# Words of American notes; two different ones tell, where no date does.
_AMERICAN = re.compile(
    r"\b(?:pcp|ekg|hgb|mg/dl|q\d{1,2}h|y\.o\.|md|snf|s/p|p/w|attending|edema|hemoglobin|anemia|diarrhea|acetaminophen|er"
    r"|assisted living|npo|dispo|tylenol|pt's|c-scope|appy|ppd|cards)\b",
    re.IGNORECASE,
)
_FULL = re.compile(r"(?<!\d)(?P<one>\d{1,2})[/.-](?P<two>\d{1,2})[/.-](?:(?:19|20)\d\d|\d\d)(?!\d)")
_MONTH_YEAR = re.compile(r"\b" + _NAME.format("n") + r"[ ,]+(?P<y>(?:19|20)\d\d)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d/.-])(?:19[2-9]\d|20[0-4]\d)(?![\d/]|\.\d|-\d| ?(?:m[lg]|ng|units))")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a month, a year or a time of day.

    Attributes:
        kind: `date`, `month`, `year` or `clock`.
        value: `YYYY-MM-DD`, with `????` for a year not given; `YYYY-MM`; `YYYY`; or `hh:mm`.
        is_possible: Whether the calendar has it.
        text: As written.
        span: Its place.
    """

    kind: str
    value: str
    is_possible: bool
    text: str
    span: Span


def read(text: str, part: Span) -> tuple[Moment, ...]:
    """Find the moments of a part of a text, in order.

    Args:
        text: The whole text.
        part: Where to look.
    """
    found: list[Moment] = []
    for one in (*_dates(text, part), *_others(text, part)):
        if not any(one.span.start < other.span.end and other.span.start < one.span.end for other in found):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.span.start))


@lru_cache(maxsize=8)
def is_month_first(text: str) -> bool:
    """Tell whether a text writes the month before the day, as in the USA: a full date in it can be read so only."""
    pairs = [(int(match["one"]), int(match["two"])) for match in _FULL.finditer(text)]
    if any(one > 12 for one, _ in pairs):
        return False
    return any(two > 12 for _, two in pairs) or len({word.casefold() for word in _AMERICAN.findall(text)}) > 1


@lru_cache(maxsize=4000)
def loosely(text: str, month_first: bool) -> frozenset[str]:
    """Give every date and time of day that some figures of a text may mean, without a year: "2/15", "0610".

    Args:
        text: The notes, or a part of them.
        month_first: What `is_month_first` says of the notes.

    Returns:
        Values of moments. They bear out what a draft says; they contradict nothing.
    """
    found: set[str] = set()
    for match in _LOOSE_DATE.finditer(text):
        one, two = int(match["one"] or match["one2"]), int(match["two"] or match["two2"])
        if not any(max(int(full["one"]), int(full["two"])) > 12 for full in _FULL.finditer(text)):
            found |= {f"????-{a:02d}-{b:02d}" for a, b in ((one, two), (two, one)) if 1 <= a <= 12 and 1 <= b <= 31}
        month, number = (one, two) if month_first else (two, one)
        if not 1 <= month <= 12:
            month, number = number, month
        if 1 <= month <= 12 and 1 <= number <= 31:
            found.add(f"????-{month:02d}-{number:02d}")
    for match in _DASHED.finditer(text) if re.search("[\u3400-\u9fff]", text) else ():
        found.add(f"????-{int(match['m']):02d}-{int(match['d']):02d}")
    for match in SPAN_OF_DAYS.finditer(text):
        found |= {f"????-{int(match['m']):02d}-{int(match[name]):02d}" for name in ("first", "last")}
    found |= {f"{match['h']}:{match['m']}" for match in _LOOSE_CLOCK.finditer(text)}
    for match in _SHORT_MONTH.finditer(text):
        found.add(f"20{match['y']}-{_MONTHS.index(match['n'][:3].lower()) + 1:02d}")
        found.add(f"20{match['y']}")
    found |= {f"20{match['y'] or match['y2']}" for match in _SHORT_YEAR.finditer(text)}
    found |= {f"{int(match['h']) % 12 + 12 * (match['half'] in 'pP'):02d}:00" for match in _LOOSE_HOUR.finditer(text)}
    return frozenset(found)


def agree(one: str, other: str) -> bool:
    """Tell whether two date values can be the same day; a year that is not given agrees with any."""
    return one[-5:] == other[-5:] and (one[:4] == other[:4] or "????" in (one[:4], other[:4]))


def day(value: str) -> datetime.date | None:
    """Turn a full date value into a date; None where the year is missing or the day impossible."""
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None


def _dates(text: str, part: Span) -> Iterator[Moment]:
    for one in dates.find(part.of(text)):
        span = Span(part.start + one.span.start, part.start + one.span.end)
        yield Moment("date", _in_order(text, one.iso, span.of(text)), True, span.of(text), span)
    for match in _WORDED.finditer(text, part.start, part.end):
        month = _MONTHS.index(match["n"][:3].lower()) + 1
        number = numerals.ORDINALS[" ".join(match["day"].lower().replace("-", " ").split())]
        span = Span(match.start(), match.end())
        yield Moment("date", f"{match['y'] or '????'}-{month:02d}-{number:02d}", True, span.of(text), span)
    for shape in _SHAPES:
        for match in shape.finditer(text, part.start, part.end):
            start = min(match.start(name) for name in ("d", "m", "y", "n") if name in match.groupdict() and match[name])
            yield _moment(match, Span(start, match.end()), text)


def _in_order(text: str, iso: str, written: str) -> str:
    """The date with day and month the other way round, where the text writes the month first and both can be one."""
    if _FULL.fullmatch(written) and int(iso[8:]) <= 12 and is_month_first(text):
        return f"{iso[:4]}-{iso[8:]}-{iso[5:7]}"
    return iso


def _moment(match: re.Match[str], span: Span, text: str) -> Moment:
    parts = match.groupdict()
    name = parts.get("n")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(parts["m"] or 0)
    number = int(parts["d"] or 0)
    year = parts.get("y") or "????"
    year = f"20{year}" if len(year) == 2 else year
    if month > 12 >= number and parts.get("s"):
        number, month = month, number
    try:
        datetime.date(int(year) if year.isdigit() else 2024, month, number)
        is_possible = True
    except ValueError:
        is_possible = False
    return Moment("date", f"{year}-{month:02d}-{number:02d}", is_possible, span.of(text), span)


def _others(text: str, part: Span) -> Iterator[Moment]:
    for match in _HALF_DAY.finditer(text, part.start, part.end):
        hour = int(match["h"] or match["zh_h"]) % 12
        is_late = (match["half"] or "").lower() == "p" or (match["zh"] or "") in ("下午", "晚", "晚上")
        value = f"{hour + 12 * is_late:02d}:{match['m'] or match['zh_m'] or '00'}"
        yield Moment("clock", value, True, match[0], Span(match.start(), match.end()))
    for match in _CLOCK.finditer(text, part.start, part.end):
        value = f"{int(match['h']):02d}:{match['m']}" if match["h"] else f"{match['hm'][:2]}:{match['hm'][2:]}"
        yield Moment("clock", value, True, match[0], Span(match.start(), match.end()))
    for match in _MONTH_YEAR.finditer(text, part.start, part.end):
        month = _MONTHS.index(match["n"][:3].lower()) + 1
        span = Span(match.start(), match.end())
        yield Moment("month", f"{match['y']}-{month:02d}", True, match[0], span)
    for match in _SPELLED_YEAR.finditer(text, part.start, part.end):
        year = numerals.value(match[0])
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            yield Moment("year", f"{year:.0f}", True, match[0], Span(match.start(), match.end()))
    for match in _APOSTROPHE_YEAR.finditer(text, part.start, part.end):
        yield Moment("year", f"20{match['y']}", True, match[0], Span(match.start(), match.end()))
    for match in _YEAR.finditer(text, part.start, part.end):
        yield Moment("year", match[0], True, match[0], Span(match.start(), match.end()))
