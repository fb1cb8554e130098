"""Days as a ward writes them in figures, without a year: "28/11 D2:", "Mon 9/2 WR", "CAG 12/01 via radial"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from app.notes.note import Span

# Words of American notes; two different ones tell, where no date does.
_AMERICAN = re.compile(
    r"\b(?:pcp|ekg|hgb|mg/dl|q\d{1,2}h|y\.o\.|md|snf|s/p|p/w|attending|edema|hemoglobin|anemia|diarrhea|acetaminophen|er"
    r"|assisted living|npo|dispo|tylenol|pt's|c-scope|appy|ppd|cards)\b",
    re.IGNORECASE,
)
FULL = re.compile(r"(?<!\d)(?P<one>\d{1,2})[/.-](?P<two>\d{1,2})[/.-](?:(?:19|20)\d\d|\d\d)(?!\d)")
_ISO = re.compile(r"(?<!\d)(?:19|20)\d\d[-/.](?P<m>\d{1,2})[-/.]\d{1,2}(?!\d)")
_PAIR = re.compile(
    r"(?<![\d/.+\-\u2013<>~=])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?![\d/%\u00b0]|\.\d| ?(?:mm|cm|mg|kpa)\b)", re.I
)
# What may stand before the day on its line for the line to be of that day.
_OPENS = re.compile(
    r"[\s\u2022*#>(\[-]*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[\s,]+)?", re.IGNORECASE
)
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[\s,]+$", re.IGNORECASE)
# A score, a power, a pressure or a dose: no day.
_OF_A_SCORE = re.compile(
    r"(?:\b(?:amts?|4at|gcs|mmse|moca|apgars?|pain|score[sd]?|power|reflexes|mrc|vas|nrs|phq-?9|gad-?7|bp|acuity|va"
    r"|murmur|esm|psm|grade|news2?|must|ecog|ratio|fev1|level|vision|[rl]e|od|os|for|x|of|duration)[\s:=]*|[(\u00d7x]\s?)$",
    re.IGNORECASE,
)
_OF_A_DRUG = re.compile(
    r"\b(?:humulin|novomix|mixtard|humalog mix|seretide|symbicort|fostair|levodopa|careldopa|beneldopa)\s(?:m\d+ )?$",
    re.IGNORECASE,
)
_CHINESE = re.compile("[\u3400-\u9fff]")
_DASHED = re.compile(r"(?:^|(?<=[。；;\s]))(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?![\d-]|\.\d)", re.MULTILINE)
_SPANS = (7, 12, 52)  # "3/7" may be three days, "3/12" three months
_CLOCK = re.compile(r" ?(?:at |@ ?)?(?:(?:[01]?\d|2[0-3]):[0-5]\d|[01]\d[0-5]\d ?h)")


@lru_cache(maxsize=8)
def is_month_first(text: str) -> bool:
    """Tell whether a text writes the month before the day, as in the USA: a full date in it can be read so only."""
    pairs = [(int(match["one"]), int(match["two"])) for match in FULL.finditer(text)]
    if any(one > 12 for one, _ in pairs):
        return False
    return any(two > 12 for _, two in pairs) or len({word.casefold() for word in _AMERICAN.findall(text)}) > 1


@lru_cache(maxsize=64)
def find(text: str) -> tuple[tuple[Span, int, int], ...]:
    """Find the days of a text that are written in two figures and can be nothing else.

    Args:
        text: The whole text: its other dates tell which months it speaks of.

    Returns:
        Place, month and day, in order. "3/7", "5/12" and "8/10" are left out where they may be spans of time or scores.
    """
    return tuple(_found(text))


def _found(text: str) -> Iterator[tuple[Span, int, int]]:
    if _CHINESE.search(text):
        for match in _DASHED.finditer(text):
            yield Span(match.start(), match.end()), int(match["m"]), int(match["d"])
    months = _months(text)
    first = is_month_first(text)
    for match in _PAIR.finditer(text):
        day = _read(match, month_first=first)
        if day is not None and _is_day(text, match, day[0], months):
            yield Span(match.start(), match.end()), *day


def _read(match: re.Match[str], *, month_first: bool) -> tuple[int, int] | None:
    one, two = int(match["one"]), int(match["two"])
    month, number = (one, two) if month_first else (two, one)
    return (month, number) if 1 <= month <= 12 and 1 <= number <= 31 else None


def _months(text: str) -> frozenset[int]:
    """The months of full dates and of days that open a line, and the months after them."""
    found = {int(match["m"]) for match in _ISO.finditer(text)}
    for match in FULL.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        found.add(one if is_month_first(text) or two > 12 else two)
    for match in _PAIR.finditer(text):
        day = _read(match, month_first=is_month_first(text))
        if day and _opens_line(text, match) and int(match["two"]) not in _SPANS:
            found.add(day[0])
    return frozenset(found | {one % 12 + 1 for one in found})


def _opens_line(text: str, match: re.Match[str]) -> bool:
    return bool(_OPENS.fullmatch(text, text.rfind("\n", 0, match.start()) + 1, match.start()))


def _is_day(text: str, match: re.Match[str], month: int, months: frozenset[int]) -> bool:
    before = text[max(0, match.start() - 16) : match.start()]
    is_padded = len(match["one"]) == len(match["two"]) == 2
    is_zeroed = is_padded and ("0" in (match["one"][0], match["two"][0]) or int(match["one"]) > max(_SPANS[:2]))
    is_dated = bool(_WEEKDAY.search(before) or _CLOCK.match(text, match.end()))
    if _OF_A_DRUG.search(before) or (
        int(match["two"]) in _SPANS and not is_dated and not (is_zeroed and month in months)
    ):
        return False
    if is_dated or (_opens_line(text, match) and (is_padded or month in months)):
        return True
    is_no_score = is_padded or int(match["one"]) > int(match["two"]) or int(match["two"]) > 12  # "4/5", "8/10" may be
    return is_no_score and month in months and (is_zeroed or not _OF_A_SCORE.search(before))
