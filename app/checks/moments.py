"""Dates and times of day in a text, also those without a year, and dates that no calendar has."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.checks import short_dates
from app.checks.short_dates import FULL
from app.notes import dates, numerals
from app.notes.note import Span

is_month_first = short_dates.is_month_first
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAME = (  # of a month; its group has the name that `format` gives
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_DATED = r"(?:on|dated|from|until|till|since|by|due|taken|sent|before|after)\s+(?:the\s+)?"
_SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d/.-])(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>(?:19|20)\d\d|\d\d)(?![\d/])",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
        r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -]" + NAME.format("n") + r"(?:[ ,-]+(?P<y>(?:19|20)\d\d))?",
        r"\b" + NAME.format("n") + r" (?P<d>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y>(?:19|20)\d\d))?",
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
_OF_THE_DAY = r"in the (?:(?:early |late )?(?:morning|afternoon|evening)|small hours)|at night"
_DOTTED_CLOCK = re.compile(  # "at 6.30 in the morning"
    rf"(?<=\b(?:at|by) )(?P<h>1[0-2]|[1-9])\.(?P<m>[0-5]\d)(?= (?P<part>{_OF_THE_DAY}))"
)
_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_MINUTES = rf"half(?= past)|(?:a )?quarter|(?:{numerals.PATTERN}|{'|'.join(numerals.LONGEST_FIRST)}|\d{{1,2}}) minutes?"
_FIVES = r"(?<=\bat )(?:five|ten|twenty|twenty[- ]five)"  # "at ten to four", but "ten to four visits"
_SAID_CLOCK = re.compile(
    rf"(?:\b(?P<minutes>{_FIVES}|{_MINUTES}) (?P<way>past|to) (?P<hour>{_HOURS}|1[0-2]|[1-9])\b"
    rf"|\b(?P<full>{_HOURS}|1[0-2]|[1-9]) ?o['\u2019]?clock"
    rf"|(?<=\bat )(?P<at>{_HOURS}|1[0-2]|[1-9])(?= in the (?:morning|afternoon|evening)| at night))"
    rf"(?:(?: o['\u2019]?clock)? (?:{_OF_THE_DAY}))?",
    re.IGNORECASE,
)
# Read only where something has to be borne out: "2/15", "10.7", "0610" may be something else as well.
_LOOSE_DATE = re.compile(
    r"(?<![\d/.])(?:(?P<one>[0-3]?\d)/(?P<two>[0-3]?\d)|(?P<one2>[0-3]\d)\.(?P<two2>[01]\d))(?![\d/%]|\.\d)"
)
_LOOSE_CLOCK = re.compile(
    r"(?<![\d/.:-])(?:(?P<h>[01]\d|2[0-3])[:.]?(?P<m>[0-5]\d)|(?P<h1>\d)[:.](?P<m1>[0-5]\d))(?![\d/]|\.\d)"
)
_DASHED = re.compile(
    r"(?<![\d/-])(?P<m>0?[1-9]|1[0-2])-(?P<d>0?[1-9]|[12]\d|3[01])(?![\d-]|\.\d)"
)  # "10-03", in Chinese notes
_PADDED, _PADDED_DAY_FIRST = (  # "11-05" or "20-06"; "10-12 m" is no day
    re.compile(
        rf"(?<![\d/.-]){pair}(?![\d/-]|\.\d"
        r"| ?(?:m|mm|cm|mg|mcg|g|kg|ml|l|%|min\w*|h|hrs?|hours?|days?|d|weeks?|wks?|months?|mths?|y\w*|times|units?"
        r")\b)",
        re.IGNORECASE,
    )
    for pair in (
        r"(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])", r"(?P<d>0[1-9]|[12]\d|3[01])-(?P<m>0[1-9]|1[0-2])"
    )
)  # fmt: skip
_DAY_FIRST = re.compile(r"(?<!\d)(?:1[3-9]|2\d|3[01])-(?:0?[1-9]|1[0-2])-(?:19|20)?\d\d(?!\d)")  # "21-06-2024"
SPAN_OF_DAYS = re.compile(
    r"(?<![\d/.-])(?P<first>[0-3]?\d) ?[-\u2013~] ?(?P<last>[0-3]?\d)/(?P<m>0?[1-9]|1[0-2])(?![\d/])"
)  # "28-30/9"
_DAYS_OF_MONTH = re.compile(  # "8/22-23"
    r"(?<![\d/.-])(?P<m>0?[1-9]|1[0-2])/(?P<first>[0-3]?\d) ?[-\u2013] ?(?P<last>[0-3]?\d)(?![\d/])"
)
_SHORT_YEAR = re.compile(r"['\u2019](?P<y>\d\d)(?!\d)|(?<=[\d]/)(?P<y2>\d\d)(?![\d/])")
_TO_YEAR = re.compile(r"(?<!\d)(?P<c>19|20)(?P<first>\d\d) ?[-/\u2013] ?(?P<y>\d\d)(?![\d/-])")  # "2018-20"
_SHORT_MONTH = re.compile(r"\b" + NAME.format("n") + r"[ '\u2019/-]{1,2}(?P<y>\d\d)(?!\d)", re.IGNORECASE)
_MONTH_STROKE = re.compile(r"(?<![\d/])(?P<m>0?[1-9]|1[0-2])/(?P<y>[0-3]\d)(?![\d/])")  # "01/26"
_APOSTROPHE_YEAR = re.compile(r"(?<=[\s(])['\u2019](?P<y>[0-4]\d)(?!\d)")
_LOOSE_HOUR = re.compile(r"(?<![\d.:])(?P<h>1[0-2]|0?[1-9]) ?(?P<half>[ap])(?![a-z])", re.IGNORECASE)
_WORDED = re.compile(
    r"\b(?:the )?(?P<day>"
    + "|".join(sorted(numerals.ORDINALS, key=len, reverse=True))
    + r")(?: day)? (?:of )?"
    + NAME.format("n")
    + r"(?:[ ,]+(?P<y>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_SPELLED_YEAR = re.compile(rf"\b(?:{numerals.PATTERN})\b", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1920, 2049
_MONTH_OF_YEAR = re.compile(r"(?<![\d/.-])(?P<m>0?[1-9]|1[0-2])/(?P<y>(?:19|20)\d\d)(?![\d/])")  # "9/2025"
_BARE_MONTH = re.compile(r"\b(?=(?-i:[A-Z]))" + NAME.format("n") + r"(?!,? ?\d)", re.IGNORECASE)  # "banded Sept"
_MONTH_YEAR = re.compile(r"\b" + NAME.format("n") + r"[ ,]+(?P<y>(?:19|20)\d\d)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d/.-])(?:19[2-9]\d|20[0-4]\d)(?![\d/]|\.\d|-\d| ?(?:m[lg]|ng|units))")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a month, a year or a time of day.

    Attributes:
        kind: `date`, `month`, `year`, `clock`, or `hour` for a time in words of either half of the day.
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
    for one in (*_dates(text, part), *_short(text, part), *_others(text, part)):
        if not any(one.span.start < other.span.end and other.span.start < one.span.end for other in found):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.span.start))


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
        if not any(max(int(full["one"]), int(full["two"])) > 12 for full in FULL.finditer(text)):
            found |= {f"????-{a:02d}-{b:02d}" for a, b in ((one, two), (two, one)) if 1 <= a <= 12 and 1 <= b <= 31}
        month, number = (one, two) if month_first else (two, one)
        if not 1 <= month <= 12:
            month, number = number, month
        if 1 <= month <= 12 and 1 <= number <= 31:
            found.add(f"????-{month:02d}-{number:02d}")
    is_chinese = re.search("[\u3400-\u9fff]", text)
    shapes = (_DASHED,) if is_chinese else (_PADDED, _PADDED_DAY_FIRST) if _DAY_FIRST.search(text) else (_PADDED,)
    for shape in shapes:
        found |= {f"????-{int(match['m']):02d}-{int(match['d']):02d}" for match in shape.finditer(text)}
    for match in SPAN_OF_DAYS.finditer(text):
        found |= {f"????-{int(match['m']):02d}-{int(match[name]):02d}" for name in ("first", "last")}
    for match in _DAYS_OF_MONTH.finditer(text) if month_first else ():
        found |= {f"????-{int(match['m']):02d}-{int(match[name]):02d}" for name in ("first", "last")}
    for match in _LOOSE_CLOCK.finditer(text):
        found.add(f"{int(match['h'] or match['h1']):02d}:{match['m'] or match['m1']}")
    for match in _SHORT_MONTH.finditer(text):
        found.add(f"20{match['y']}-{number_of(match['n']):02d}")
        found.add(f"20{match['y']}")
    found |= {f"20{match['y']}-{int(match['m']):02d}" for match in _MONTH_STROKE.finditer(text)}
    found |= {f"{match['c']}{match['y']}" for match in _TO_YEAR.finditer(text) if match["y"] > match["first"]}
    found |= {f"20{match['y'] or match['y2']}" for match in _SHORT_YEAR.finditer(text)}
    found |= {f"{int(match['h']) % 12 + 12 * (match['half'] in 'pP'):02d}:00" for match in _LOOSE_HOUR.finditer(text)}
    return frozenset(found)


def number_of(month: str) -> int:
    """Give the number of a month by its name, whole or cut short."""
    return _MONTHS.index(month[:3].casefold()) + 1


@lru_cache(maxsize=8)
def months_named(text: str) -> frozenset[str]:
    """Give the months, as two figures, that a text names without day and year: they may be of any year."""
    return frozenset(f"{number_of(match['n']):02d}" for match in _BARE_MONTH.finditer(text))


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
        month = number_of(match["n"])
        number = numerals.ORDINALS[" ".join(match["day"].lower().replace("-", " ").split())]
        span = Span(match.start(), match.end())
        yield Moment("date", f"{match['y'] or '????'}-{month:02d}-{number:02d}", True, span.of(text), span)
    for shape in _SHAPES:
        for match in shape.finditer(text, part.start, part.end):
            if shape is _SHAPES[-1]:
                yield from _after_preposition(text, match)
                continue
            start = min(match.start(name) for name in ("d", "m", "y", "n") if name in match.groupdict() and match[name])
            yield _moment(match, Span(start, match.end()), text)


def _short(text: str, part: Span) -> Iterator[Moment]:
    for span, month, number in short_dates.find(text):
        if part.start <= span.start < part.end:
            yield _of_day("????", month, number, span, text)


def _after_preposition(text: str, match: re.Match[str]) -> Iterator[Moment]:
    number, month = int(match["d"]), int(match["m"])
    if not _is_no_date(number, month):
        if is_month_first(text) or month > 12 >= number:
            number, month = month, number
        yield _of_day("????", month, number, Span(match.start("d"), match.end()), text)


def _is_no_date(one: int, two: int) -> bool:
    """Whether "by 8/52", "from 96/52", "after 5/12" is a span of time or a pressure: no impossible date."""
    return max(one, two) > 31 or min(one, two) > 12 or (two in (7, 12) and one <= 12)


def _in_order(text: str, iso: str, written: str) -> str:
    """The date with day and month the other way round, where the text writes the month first and both can be one."""
    if FULL.fullmatch(written) and int(iso[8:]) <= 12 and is_month_first(text):
        return f"{iso[:4]}-{iso[8:]}-{iso[5:7]}"
    return iso


def _moment(match: re.Match[str], span: Span, text: str) -> Moment:
    parts = match.groupdict()
    name = parts.get("n")
    month = number_of(name) if name else int(parts["m"] or 0)
    number = int(parts["d"] or 0)
    year = parts.get("y") or "????"
    year = f"20{year}" if len(year) == 2 else year
    if month > 12 >= number and parts.get("s"):
        number, month = month, number
    return _of_day(year, month, number, span, text)


def _of_day(year: str, month: int, number: int, span: Span, text: str) -> Moment:
    try:
        datetime.date(int(year) if year.isdigit() else 2024, month, number)
        is_possible = True
    except ValueError:
        is_possible = False
    return Moment("date", f"{year}-{month:02d}-{number:02d}", is_possible, span.of(text), span)


def same_hour(one: str, other: str) -> bool:
    """Tell whether two times of day are the same on a clock of twelve hours: "half past eight" for 20:30."""
    return one[3:] == other[3:] and (int(one[:2]) - int(other[:2])) % 12 == 0


def _said_clocks(text: str, part: Span) -> Iterator[Moment]:
    for match in _SAID_CLOCK.finditer(text, part.start, part.end):
        hour = _number(match["hour"] or match["full"] or match["at"])
        minutes = match["minutes"] or ""
        size = (
            30 if minutes.lower() == "half" else 15 if minutes.lower().endswith("quarter") else _number(minutes or "0")
        )
        of_day = 60 * (hour % 12) + (-size if match["way"] and match["way"].lower() == "to" else size)
        value = f"{of_day % 720 // 60:02d}:{of_day % 60:02d}"
        yield Moment("hour", value, True, match[0], Span(match.start(), match.end()))


def _number(words: str) -> int:
    bare = words.lower().removesuffix("s").removesuffix(" minute")
    if bare.isdigit():
        return int(bare)
    return numerals.COUNTS.get(bare) or int(numerals.value(bare))


def _others(text: str, part: Span) -> Iterator[Moment]:
    yield from _said_clocks(text, part)
    for match in _DOTTED_CLOCK.finditer(text, part.start, part.end):
        is_late = "noon" in match["part"] or "evening" in match["part"]
        value = f"{int(match['h']) % 12 + 12 * is_late:02d}:{match['m']}"
        is_sure = is_late or "morning" in match["part"]
        yield Moment("clock" if is_sure else "hour", value, True, match[0], Span(match.start(), match.end()))
    for match in _HALF_DAY.finditer(text, part.start, part.end):
        hour = int(match["h"] or match["zh_h"]) % 12
        is_late = (match["half"] or "").lower() == "p" or (match["zh"] or "") in ("下午", "晚", "晚上")
        value = f"{hour + 12 * is_late:02d}:{match['m'] or match['zh_m'] or '00'}"
        yield Moment("clock", value, True, match[0], Span(match.start(), match.end()))
    for match in _CLOCK.finditer(text, part.start, part.end):
        value = f"{int(match['h']):02d}:{match['m']}" if match["h"] else f"{match['hm'][:2]}:{match['hm'][2:]}"
        yield Moment("clock", value, True, match[0], Span(match.start(), match.end()))
    for match in _MONTH_YEAR.finditer(text, part.start, part.end):
        month = number_of(match["n"])
        span = Span(match.start(), match.end())
        yield Moment("month", f"{match['y']}-{month:02d}", True, match[0], span)
    for match in _MONTH_OF_YEAR.finditer(text, part.start, part.end):
        yield Moment("month", f"{match['y']}-{int(match['m']):02d}", True, match[0], Span(match.start(), match.end()))
    for match in _SPELLED_YEAR.finditer(text, part.start, part.end):
        year = numerals.value(match[0])
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            yield Moment("year", f"{year:.0f}", True, match[0], Span(match.start(), match.end()))
    for match in _APOSTROPHE_YEAR.finditer(text, part.start, part.end):
        yield Moment("year", f"20{match['y']}", True, match[0], Span(match.start(), match.end()))
    for match in _YEAR.finditer(text, part.start, part.end):
        yield Moment("year", match[0], True, match[0], Span(match.start(), match.end()))
