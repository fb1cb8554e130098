"""How often something is done or happens that is no drug: carers four times a day, a scan every six months."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.checks import clauses, doses, vocabulary, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, said, warn
from app.notes import numerals
from app.notes.note import Note, Span

_DAY, _WEEK, _MONTH, _YEAR = 24.0, 168.0, 730.5, 8766.0
# Hours from one time to the next, by the names of `doses`.
_NAMED = {
    "1": _DAY, "1 at night": _DAY, "1 in the morning": _DAY, "2": 12.0, "3": 8.0, "4": 6.0, "5": 4.8, "6": 4.0,
    "alternate days": 2 * _DAY, "weekly": _WEEK, "twice weekly": _WEEK / 2, "three times weekly": _WEEK / 3,
    "every two weeks": 2 * _WEEK, "monthly": _MONTH,
}  # fmt: skip
_N = rf"(?:\d{{1,2}}|{'|'.join(numerals.LONGEST_FIRST)})"
_UNITS = {"h": 1.0, "d": _DAY, "w": _WEEK, "m": _MONTH, "y": _YEAR}
_EVERY = re.compile(
    rf"\bevery (?P<n>{_N}) ?(?P<unit>hours?|hrs?|h|days?|d|weeks?|wks?|months?|mo|years?)\b"
    rf"|\b(?P<n2>{_N})[ -]?(?P<unit2>hour|week|month|year)ly\b"
    r"|\bq ?(?P<n3>\d{1,2}) ?(?P<unit3>h|d|w|mo|m|y)(?:r|rs|k|ks|o|os)?\b"
    r"|\b(?P<n4>\d{1,2})/(?P<fraction>7|52|12)(?: ?ly|(?= (?:bloods|scans|checks)))",
    re.IGNORECASE,
)
_YEARLY = re.compile(
    r"\b(?:annual(?:ly)?|yearly|once a year|(?:every|each) year|per annum)\b|每年(?:一次|1次)?", re.IGNORECASE
)
_TWICE_YEARLY = re.compile(r"\b(?:twice (?:a year|yearly)|biannual(?:ly)?|half[- ]yearly)\b", re.IGNORECASE)
_OF_DAY = re.compile(r"(?:in the (?:morning|evening)|at (?:night|bedtime)|before bed|mane|nocte|om|on)", re.IGNORECASE)
_SAME = 0.06


@dataclass(frozen=True, slots=True)
class _Rhythm:
    hours: float
    span: Span


def of_sentence(note: Note, section: str, text: str, sentence: Facts, source: Sequence[Facts]) -> Iterator[Finding]:
    """Compare how often a sentence of a draft says that a thing is done with what the notes say of that thing.

    Args:
        note: The notes.
        section: Key of the sentence's section.
        text: Text of that section.
        sentence: What `facts` read of it.
        source: What `facts` read of the notes.

    Yields:
        Findings of the kind `number`, where the notes say how often of a thing with a word in common, and otherwise.
    """
    mine = [one for one in _read(text, sentence) if not _OF_DAY.fullmatch(one.span.of(text))]
    theirs = [(one, fact) for fact in source for one in _read(note.text, fact)] if mine else []
    for one in mine:
        about = _told(clauses.around(text, sentence, one.span))
        like = [other for other, fact in theirs if about & _told(clauses.around(note.text, fact, other.span))]
        if like and not any(abs(other.hours - one.hours) <= _SAME * one.hours for other in like):
            value, place = one.span.of(text), like[0].span
            message = said(wording.NUMBER_ELSEWHERE, value=value, source=place.of(note.text))
            yield warn("number", message, (place,), section=section, draft=one.span)


def _told(keys: set[str]) -> set[str]:
    return {key for key in keys if key not in vocabulary.narrative() and len(key) > 2}


def _read(text: str, sentence: Facts) -> Iterator[_Rhythm]:
    """The rhythms of a sentence; those of its drugs are compared with their doses."""
    taken = [dose.span for dose in sentence.doses]
    part = sentence.span.of(text)
    for name, start, end in doses.placed_frequencies(part):
        span = Span(sentence.span.start + start, sentence.span.start + end)
        if name in _NAMED and not _touches(span, taken):
            taken.append(span)
            yield _Rhythm(_NAMED[name], span)
    for pattern, hours in ((_YEARLY, _YEAR), (_TWICE_YEARLY, _YEAR / 2)):
        for match in pattern.finditer(text, sentence.span.start, sentence.span.end):
            if not _touches(Span(match.start(), match.end()), taken):
                yield _Rhythm(hours, Span(match.start(), match.end()))
    for match in _EVERY.finditer(text, sentence.span.start, sentence.span.end):
        if not _touches(Span(match.start(), match.end()), taken):
            yield _Rhythm(_hours(match), Span(match.start(), match.end()))


def _touches(span: Span, taken: Sequence[Span]) -> bool:
    return any(span.start < one.end and one.start < span.end for one in taken)


def _hours(match: re.Match[str]) -> float:
    number = (match["n"] or match["n2"] or match["n3"] or match["n4"]).lower()
    count = float(number) if number.isdigit() else float(numerals.COUNTS[number])
    if match["fraction"]:
        return count * {"7": _DAY, "52": _WEEK, "12": _MONTH}[match["fraction"]]
    return count * _UNITS[(match["unit"] or match["unit2"] or match["unit3"])[0].lower()]
