"""Is this one patient? Names, dates of birth and record numbers that contradict each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from app.checks import wording
from app.checks.finding import Finding, block, said, warn
from app.checks.identifiers import (
    KINDS,
    OF_RELATIVE,
    PLATE,
    Identifier,
    document_of,
    identifiers,
    line_before,
    same_date,
    same_name,
)
from app.errors import TwoPatients
from app.notes.note import Note, Span

_PERSON = re.compile(
    r"\b(?P<age>\d{1,3})[- ]?(?:years?[- ]old|y/?o|yr[- ]old)(?: [a-z-]+){0,2}?"
    r" (?P<sex>man|male|gentleman|woman|female|lady)\b"
    r"|(?P<age2>\d{1,3})岁[,，、 ]?(?P<sex2>[男女])|(?P<sex3>[男女])性?[,，、 ]{0,2}(?P<age3>\d{1,3})岁",
    re.IGNORECASE,
)
_MOST_COMPARED = 200  # values of one kind; a list of more patients than that is stopped by those
_MALE = frozenset({"man", "male", "gentleman", "男"})


@dataclass(frozen=True, slots=True)
class _Conflict:
    kind: str
    group: tuple[Identifier, ...]
    blocks: bool


def find(note: Note) -> tuple[Finding, ...]:
    """Tell whether the notes seem to hold more than one patient.

    A different record number, NHS number or date of birth blocks. Different names block unless the documents
    they stand in share a number or a date of birth: then it is a change of name or a slip. People of different
    age or sex in documents that share nothing are told, not blocked.

    Args:
        note: The divided notes.

    Returns:
        One finding per kind of identifier that has more than one value.
    """
    found = identifiers(note)
    findings = [
        (block if conflict.blocks else warn)(
            "identity",
            said(wording.DIFFERENT_VALUES, count=len(conflict.group), what=said(conflict.kind)),
            tuple(one.span for one in conflict.group),
        )
        for conflict in _conflicts(found)
    ]
    return (*findings, *_different_people(note, found))


def refuse_two_patients(note: Note) -> None:
    """Stop before anything is sent to the model.

    Args:
        note: The divided notes.

    Raises:
        TwoPatients: An identity finding blocks. The sentence holds counts and kinds, no identifier.
    """
    for conflict in _conflicts(identifiers(note)):
        if conflict.blocks:
            raise TwoPatients(count=len(conflict.group), what=conflict.kind)


def _conflicts(found: tuple[Identifier, ...]) -> list[_Conflict]:
    conflicts = []
    for kind in KINDS:
        of_kind = [one for one in found if one.kind == kind]
        for comparable in _comparable(of_kind):
            group = _distinct(comparable)
            if len(group) > 1:
                blocks = kind != "name" or not _are_one_persons(group, found)
                conflicts.append(_Conflict(kind, tuple(group), blocks))
    return conflicts


def _comparable(found: list[Identifier]) -> list[list[Identifier]]:
    """Numbers that can be compared: all, unless one document gives two series with a value of its own each.

    Numbers without a label are compared with those of their shape only.
    """
    plates = sorted({one.series for one in found if one.series.startswith(PLATE)})
    apart = [[one for one in found if one.series == series] for series in plates]
    found = [one for one in found if not one.series.startswith(PLATE)]
    in_one_document: dict[int, dict[str, str]] = {}
    for one in found:
        in_one_document.setdefault(one.document, {}).setdefault(one.series, one.value)
    if any(len(set(values.values())) > 1 and len(values) > 1 for values in in_one_document.values()):
        labelled = sorted({one.series for one in found})
        return [*apart, *([one for one in found if one.series == series] for series in labelled)]
    return [*apart, found]


def _distinct(found: list[Identifier]) -> list[Identifier]:
    """First of each value; names of the same person written differently count once, as the fullest."""
    first: dict[str, Identifier] = {}
    for one in found:
        first.setdefault(one.value, one)
    same = _SAME.get(found[0].kind, str.__eq__) if found else str.__eq__
    kept: list[Identifier] = []
    # The fullest first: "J Smith" can be John or Joan, and must not hide that both are there.
    different = list(first.values())[:_MOST_COMPARED]
    for one in sorted(different, key=lambda one: (-len(one.value.split()), -len(one.value))):
        if not any(same(one.value, other.value) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.span.start)


def _are_one_persons(names: list[Identifier], found: tuple[Identifier, ...]) -> bool:
    shared = _by_document(found)
    written = {(one.value, one.document) for one in found if one.kind == "name"}
    where = {name.value: {doc for value, doc in written if same_name(value, name.value)} for name in names}
    return all(
        any(_share(here, there, shared) for here in where[one.value] for there in where[other.value])
        for one, other in combinations(names, 2)
    )


def _by_document(found: tuple[Identifier, ...]) -> dict[int, Counter[tuple[str, str]]]:
    """Numbers and dates of birth of each document."""
    shared: dict[int, Counter[tuple[str, str]]] = {}
    for one in found:
        if one.kind != "name":
            shared.setdefault(one.document, Counter())[one.kind, one.value] += 1
    return shared


def _share(here: int, there: int, shared: dict[int, Counter[tuple[str, str]]]) -> bool:
    """Whether two documents share a number or date of birth; a single document must give it twice."""
    if here not in shared or there not in shared:
        return False
    if here == there:
        return any(count > 1 for count in shared[here].values())
    return not shared[here].keys().isdisjoint(shared[there])


_SAME: dict[str, Callable[[str, str], bool]] = {"name": same_name, "date of birth": same_date}


def _different_people(note: Note, found: tuple[Identifier, ...]) -> tuple[Finding, ...]:
    """A man of 65 here, a woman of 72 there: told, not blocked, as relatives stand in notes too."""
    shared = _by_document(found)
    people = [m for m in _PERSON.finditer(note.text) if not OF_RELATIVE.search(line_before(note.text, m.start()))]
    for other in people[1:]:
        here, there = (document_of(note, match.start()) for match in (people[0], other))
        if _differ(people[0], other, _years_apart(note, here, there)) and not _share(here, there, shared):
            spans = tuple(Span(match.start(), match.end()) for match in (people[0], other))
            return (warn("identity", said(wording.DIFFERENT_PEOPLE), spans),)
    return ()


def _differ(one: re.Match[str], other: re.Match[str], years_apart: int) -> bool:
    (first_age, is_first_male), (second_age, is_second_male) = _age_and_sex(one), _age_and_sex(other)
    return is_first_male != is_second_male or abs(first_age - second_age) > years_apart + 1


def _age_and_sex(person: re.Match[str]) -> tuple[int, bool]:
    age = person["age"] or person["age2"] or person["age3"]
    sex = person["sex"] or person["sex2"] or person["sex3"]
    return int(age), sex.lower() in _MALE


def _years_apart(note: Note, here: int, there: int) -> int:
    years = [note.documents[index].date[:4] for index in (here, there) if note.documents[index].date]
    return abs(int(years[0]) - int(years[1])) if len(years) == 2 else 1
