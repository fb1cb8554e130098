"""Of what is a value of the notes? Whether it is of the same thing as a value of a draft, named or not."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.checks import dosing, facts, ranges
from app.checks.facts import Facts
from app.checks.quantities import Quantity
from app.notes.note import Span

_NAMING = frozenset({"drug", "quantity", "condition", "test"})
_NAMES = frozenset({"drug", "quantity", "condition"})
_SHORT = re.compile(r"\b[A-Za-z]{3,5}\b")  # names of drugs: "len", "dex"
_SHORT_BEFORE = re.compile(r"\b([A-Za-z]{3,5})(?: (?:up|down|to|now)| ?[-=]?[>^\u2191\u2193\u2192])* $")
_TWICE = 2.0
_FORMERLY = re.compile(r"(?:\bwas(?: on)?|\bfrom|\bto|\bpreviously|[-=]>|\u2192)\s*$", re.IGNORECASE)
_TAKEN_SO = re.compile(
    r"\s*(?:od|bd|tds|qds|bid|tid|qid|daily|nocte|prn|po|iv|sc|mane|twice|once|weekly|three times|[-=]>|\u2192)",
    re.IGNORECASE,
)
# Conditions that say of what a value is: "hyperkalaemia 5.6".
_TOLD_BY = {
    "potassium": re.compile(r"kal[a]?emia"), "sodium": re.compile(r"natr[a]?emia"),
    "calcium": re.compile(r"calc[a]?emia"), "glucose": re.compile(r"glyc[a]?emia"),
    "magnesium": re.compile(r"magnes[a]?emia"), "phosphate": re.compile(r"phosphat[a]?emia"),
}  # fmt: skip
_SCORE = re.compile(r"\bscores?\b", re.IGNORECASE)
_PRESSURES = {"systolic pressure": 0, "diastolic pressure": 1}


@dataclass(frozen=True, slots=True)
class Source:
    """The notes' values, and which of them stand in the passages that the sentence rests on."""

    all: Sequence[Quantity]
    near: Sequence[Quantity]
    sentences: dict[Span, Facts]  # by the place of a value
    best: Span | None  # the passage that supports most of the sentence
    drugs: frozenset[str]
    days: Sequence[frozenset[datetime.date]] = ()  # of each of the passages, with those of admission and discharge
    every_day: frozenset[datetime.date] = frozenset()  # of the notes and of the sentence
    text: str = ""  # of the passages
    is_month_first: bool = False  # "9/12" is a day then


def is_of_same(value: Quantity, one: Quantity) -> bool:
    """Whether two values are of one thing; of a drug, under a wider name too: iron, ferric carboxymaltose."""
    if not value.subject or not one.subject:
        return False
    is_drug = value.subject_kind == one.subject_kind == "drug"
    if value.dimension == one.dimension == "grade" and "class" in (value.subject, one.subject):
        return True  # "now in NYHA class III, having been class II"
    return value.subject == one.subject or (is_drug and dosing.same_drug(value.subject, one.subject))


def is_unnamed(text: str, value: Quantity, equal: Sequence[Quantity], source: Source) -> bool:
    """Whether a value stands with nothing it may be of: in a row below its header, behind "Dex"."""

    def is_free(one: Quantity) -> bool:
        there = source.sentences.get(one.span)
        if one.subject or there is None or any(word.kind in _NAMES for word in there.words):
            return False
        is_same_unit = bool(one.dimension) and one.dimension == value.dimension
        if value.subject_kind == "drug":
            is_dose = is_same_unit or (not one.dimension and not ranges.is_implausible_dose(value))
            short = _SHORT.findall(text, there.span.start, there.span.end)
            return is_dose and any(value.subject.startswith(name.casefold()) for name in short)
        return (is_same_unit and is_in_passage(one, source.best)) or facts.is_row(there.span.of(text))

    return bool(value.subject) and any(is_free(one) for one in equal if one in source.near)


def is_other_unit(value: Quantity, one: Quantity) -> bool:
    """Whether the notes measure the same in another unit: not the strength of a solution or the speed of a drip."""
    if one.dimension == value.dimension:
        return False
    is_alike = one.dimension.count("/") == value.dimension.count("/")
    return is_alike and (value.subject_kind == "drug" or one.dimension != "percent")


def with_parts(value: Quantity, source: Source) -> Source:
    """The notes' values, with the systolic and the diastolic pressure of each pressure where a draft gives one."""
    place = _PRESSURES.get(value.subject)
    if place is None:
        return source
    found = [
        replace(
            one, value=one.numbers[place], other=None, numbers=one.numbers[place : place + 1], subject=value.subject
        )
        for one in source.all
        if one.dimension == "pressure" and one.subject == "blood pressure" and len(one.numbers) > 1
    ]
    return replace(source, all=[*source.all, *found])


def is_of_another(text: str, sentence: Facts, value: Quantity, equal: Sequence[Quantity]) -> bool:
    """Whether a value may be a second one of another quantity of its sentence, and by the notes is.

    "CRP reached 287 with a white count of 17.9, from 196 and 14.2 two days before": 196 stands behind the white count,
    and CRP had its first value.
    """
    before = [word for word in sentence.words if word.key == value.subject and word.end <= value.span.start]
    if before and _SCORE.search(text, before[-1].end, value.span.start):
        return True
    told = {one.subject for one in sentence.quantities if one.span.end <= value.span.start} - {value.subject}
    return any(one.subject in told for one in equal if one.subject)


def is_free(value: Quantity, equal: Sequence[Quantity], near: Sequence[Quantity]) -> bool:
    """Whether the notes have a value without saying of what, and it is no dose.

    Near the sentence's sources a bare number does ("fever tmax 39.6", "104/62, 58 SR"), elsewhere one with its unit
    ("4120g", for a birth weight).
    """
    with_unit = (not one.subject and bool(one.dimension) and one.dimension == value.dimension for one in equal)
    return value.subject_kind != "drug" and (bool(near) or any(with_unit))


def speaks_of(source: Source, one: Quantity, subject: str) -> bool:
    """Whether the sentence of a value names a quantity or a drug."""
    there = source.sentences.get(one.span)
    if there is None or any(word.key == subject for word in there.words):
        return True
    told = _TOLD_BY.get(subject)
    before = [word.key for word in there.words if word.kind in _NAMING and word.end <= one.span.start]
    is_only = sum(any(each.search(key) for each in _TOLD_BY.values()) for key in {*before}) == 1
    return told is not None and is_only and bool(told.search(before[-1]))


def is_named_shortly(text: str, value: Quantity, equal: Sequence[Quantity], own: Sequence[Quantity]) -> bool:
    """Whether a dose stands behind its drug's name cut short: "Levo up to 125 mcg"."""
    if value.subject_kind != "drug" or not value.dimension:
        return False
    for one in (one for one in equal if one.dimension == value.dimension):
        short = _SHORT_BEFORE.search(text, max(0, one.span.start - 14), one.span.start)
        near = any(other.value / _TWICE <= one.value <= other.value * _TWICE for other in own)
        if short and near and value.subject.startswith(short[1].casefold()):
            return True
    return False


def is_dose(text: str, value: Quantity, one: Quantity) -> bool:
    """Whether a bare number is a dose of the same drug, "625 tds", "(was 20)"; "day 7 of 10" is none."""
    if one.subject != value.subject or one.dimension:
        return False
    is_led = _FORMERLY.search(text[max(0, one.span.start - 12) : one.span.start])
    return bool(is_led or _TAKEN_SO.match(text, one.span.end))


def is_in_passage(one: Quantity, span: Span | None) -> bool:
    """Whether a value stands in a passage."""
    return span is not None and span.start <= one.span.start < span.end
