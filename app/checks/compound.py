"""Values in more than one piece: "two and a half hours", "half a litre", "7 x 3 cm", "four out of ten", "4/8/9"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checks import units
from app.checks.units import Unit
from app.notes import numerals
from app.notes.note import Span

_WORDS = numerals.COUNTS | numerals.TENS
_N = rf"(?:{numerals.PATTERN}|{'|'.join([*numerals.LONGEST_FIRST, *numerals.TENS])}|\d+(?:\.\d+)?)"
_PARTS = {"half": 0.5, "quarter": 0.25, "third": 1 / 3}
# "two and a half", "half a", "three quarters of an", "1½"; the unit follows.
_BEFORE_UNIT = re.compile(
    rf"\b(?:(?P<whole>an?|{_N}) and (?:a |one )?(?P<part>half|quarter)s?"
    rf"|(?P<of>half)(?: (?:of )?an?\b)?|(?P<count>an?|one|two|three) (?P<parts>half|quarter|third)s?(?: of)? an?\b"
    r"|(?P<n>\d*)\u00bd)[ -](?=[A-Za-z])",
    re.IGNORECASE,
)
# "an hour and a half".
_BEHIND_UNIT = re.compile(rf"\b(?P<whole>an?|{_N}) (?=[A-Za-z])", re.IGNORECASE)
_AND_PART = re.compile(r" and (?:a |one )?(?P<part>half|quarter)\b", re.IGNORECASE)
_PRODUCT = re.compile(
    r"(?<![\w.])(?P<one>\d+(?:\.\d+)?) ?(?:mm|cm)? ?(?:x|\u00d7|by) ?(?P<two>\d+(?:\.\d+)?)"
    r"(?: ?(?:mm|cm)? ?(?:x|\u00d7|by) ?(?P<three>\d+(?:\.\d+)?))?(?= ?(?:mm|cm|m)\b)",
    re.IGNORECASE,
)
_OUT_OF = re.compile(rf"\b(?P<one>{_N}) out of (?:a (?:possible |maximum of )?)?(?P<two>{_N})\b", re.IGNORECASE)
_LIST = re.compile(r"(?<![\d/.])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<three>\d{1,2})(?![\d/]|\.\d)")
_APGAR = re.compile(r"\bapgars?(?: scores?)?[ :]*(?P<one>\d{1,2})/(?P<two>\d{1,2})(?![\d/])", re.IGNORECASE)
_HOURS_AND_MINUTES = re.compile(
    rf"(?:(?<![\d.])(?P<h>\d{{1,2}}) ?h(?:rs?|ours?)?"
    rf"(?:(?P<m>[0-5]\d)m?|(?:,? ?|,? and )(?P<m2>[0-5]?\d) ?min(?:ute)?s?)"
    rf"|\b(?P<hours>an|{_N}) hours?,? (?:and )?(?P<minutes>{_N}) minutes?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A value and its place; `unit` is None for a bare number, `out_of` set for "four out of ten"."""

    number: float
    span: Span
    unit: Unit | None = None
    out_of: float | None = None


def find(text: str, part: Span) -> Iterator[Piece]:
    """Find the values of a part of a text that are written in several pieces.

    Args:
        text: The whole text.
        part: Where to look.

    Yields:
        One value each; several for a product and for a list.
    """
    yield from _fractions(text, part)
    for match in _PRODUCT.finditer(text, part.start, part.end):
        unit = units.at(text, match.end())
        for name in ("one", "two", "three"):
            if match[name]:
                last = unit.end if unit and match.end(name) == match.end() else match.end(name)
                yield Piece(float(match[name]), Span(match.start(name), last), unit)
    for match in _OUT_OF.finditer(text, part.start, part.end):
        yield Piece(_number(match["one"]), Span(match.start(), match.end()), None, _number(match["two"]))
    for match in _LIST.finditer(text, part.start, part.end):
        for name in ("one", "two", "three"):
            yield Piece(float(match[name]), Span(match.start(name), match.end(name)))
    for match in _APGAR.finditer(text, part.start, part.end):
        for name in ("one", "two"):
            yield Piece(float(match[name]), Span(match.start(name), match.end(name)))
    for match in _HOURS_AND_MINUTES.finditer(text, part.start, part.end):
        whole, rest = match["h"] or match["hours"], match["m"] or match["m2"] or match["minutes"]
        hours = _number(whole) + _number(rest) / 60
        yield Piece(hours, Span(match.start(), match.end()), Unit("hours", "time", 1.0, match.end()))


def _fractions(text: str, part: Span) -> Iterator[Piece]:
    for match in _BEFORE_UNIT.finditer(text, part.start, part.end):
        unit = units.at(text, match.end())
        if unit is not None and unit.end - match.end() > 1:
            yield Piece(_fraction(match), Span(match.start(), unit.end), unit)
    for match in _BEHIND_UNIT.finditer(text, part.start, part.end):
        unit = units.at(text, match.end())
        rest = _AND_PART.match(text, unit.end) if unit else None
        if unit is not None and rest:
            number = _number(match["whole"]) + _PARTS[rest["part"].lower()]
            yield Piece(number, Span(match.start(), rest.end()), unit)


def _fraction(match: re.Match[str]) -> float:
    if match["whole"]:
        return _number(match["whole"]) + _PARTS[match["part"].lower()]
    if match["count"]:
        return _number(match["count"]) * _PARTS[match["parts"].lower()]
    return 0.5 + (float(match["n"] or 0) if match["of"] is None else 0)


def _number(written: str) -> float:
    if written.lower() in ("a", "an"):
        return 1.0
    if written[0].isdigit():
        return float(written)
    return float(_WORDS[written.lower()]) if written.lower() in _WORDS else numerals.value(written)
