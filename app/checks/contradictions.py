"""Do documents of one stay contradict each other? Both quotes with their dates; a doctor chooses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from app.checks import actions, calendar, context, facts, medications, moments, sides, vocabulary, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, Said, block, said
from app.checks.quantities import Quantity
from app.notes.note import Note, Span

_NO_ALLERGY = re.compile(
    r"\b(?:nkda|nka|no (?:known )?(?:drug )?allerg\w*)\b|(?:否认|无)[^。；，]{0,8}过敏", re.IGNORECASE
)
_NONE = re.compile(r"\W*(?:none|nil|no)\b(?: known)?\W*", re.IGNORECASE)
_FOR_RESUSCITATION = re.compile(
    r"\bfull (?:code|escalation)\b|\bfor (?:full )?(?:resus\w*|cpr|escalation)\b", re.IGNORECASE
)
_NOT_FOR = re.compile(r"\b(?:dnacpr|dnar|dnr|not for (?:resus\w*|cpr|escalation))\b", re.IGNORECASE)
_LIFTED = re.compile(
    r"\b(?:revok\w*|suspend\w*|cancel\w*|rescind\w*|no dnacpr|discussed|decision made|updated|signed today)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"\b(?:by|gain\w*|lost|loss|up|down|target|dry|goal|more than|ideal)\b[^.;]*$", re.IGNORECASE)
_WEIGHT_SHARE = 0.10
_WEIGHT_DAYS = 3  # a weight may change with treatment; within so many days it does not change by a tenth
_SIDED = frozenset({"condition", "procedure"})
_LONGEST_QUOTE = 160


def find(note: Note) -> tuple[Finding, ...]:
    """Look for contradictions between the documents of the notes, and within one.

    Args:
        note: The notes.

    Returns:
        Blocking findings of the kind `contradiction` with both places, one per subject.
    """
    return _found(note)


@lru_cache(maxsize=2)
def _found(note: Note) -> tuple[Finding, ...]:
    looks: Sequence[Callable[[Note], Iterator[Finding]]] = (
        _allergies, _weights, _anticoagulants, _code_status, _diagnoses, _sides, _dates,
    )  # fmt: skip
    return tuple(finding for look in looks for finding in look(note))


def _contradiction(note: Note, what: Said, one: Span, other: Span) -> Finding:
    first, second = sorted((one, other), key=lambda span: span.start)
    message = said(
        wording.CONTRADICTION,
        what=what,
        date=_date(note, first),
        quote=_quote(note, first),
        other_date=_date(note, second),
        other_quote=_quote(note, second),
    )
    return block("contradiction", message, (first, second))


def _date(note: Note, span: Span) -> str:
    document = next((one for one in note.documents if one.span.start <= span.start < one.span.end), None)
    return document.date if document and document.date else said(wording.UNDATED)


def _quote(note: Note, span: Span) -> str:
    text = " ".join(span.of(note.text).split()).strip(" -*•.")
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def _allergies(note: Note) -> Iterator[Finding]:
    """One document has an allergy, another says there is none; or says "none" where the heading asks."""
    named: list[Facts] = []
    denied: list[Facts] = []
    for sentence in facts.of_note(note):
        words = sentence.span.of(note.text)
        is_headed = bool(re.search(r"allerg|过敏", sentence.heading, re.IGNORECASE))
        body = re.sub(r"^[^:：]*[:：]", "", words) if is_headed else words
        if _NO_ALLERGY.search(words) or (is_headed and _NONE.fullmatch(body)):
            denied.append(sentence)
        elif medications.is_of_allergies(note, sentence):
            drugs = [one for one in context.of_note(note)[sentence.span] if one.word.kind == "drug"]
            if drugs and not any("negated" in one.ways for one in drugs):
                named.append(sentence)
    if named and denied:
        yield _contradiction(note, said(wording.ABOUT_ALLERGY), named[0].span, denied[0].span)


def _weights(note: Note) -> Iterator[Finding]:
    found = [
        (one, sentence)
        for sentence in facts.of_note(note)
        for one in sentence.quantities
        if one.subject == "weight" and one.dimension == "mass" and one.value >= 2000 and not _is_change(note, one)
    ]
    for (one, first), (other, second) in combinations(found[:40], 2):
        is_far = abs(one.value - other.value) > _WEIGHT_SHARE * max(one.value, other.value)
        if is_far and first is not second and _days_apart(note, first, second) <= _WEIGHT_DAYS:
            yield _contradiction(note, said(wording.ABOUT_WEIGHT), first.span, second.span)
            return


def _is_change(note: Note, one: Quantity) -> bool:
    """Whether a weight was gained or lost, and is none itself."""
    return bool(_CHANGE.search(note.text, max(0, one.span.start - 25), one.span.start))


def _days_apart(note: Note, one: Facts, other: Facts) -> int:
    days = [moments.day(note.documents[sentence.document].date) for sentence in (one, other)]
    return abs((days[0] - days[1]).days) if days[0] and days[1] else 0


def _anticoagulants(note: Note) -> Iterator[Finding]:
    """Two anticoagulants in lists of the same time, without a word that one replaced the other."""
    lists: dict[str, dict[str, Span]] = {}
    for row in medications.reconcile(note):
        if vocabulary.group(row.drug) == "anticoagulant":
            if row.is_on_admission:
                lists.setdefault("admission", {})[row.drug] = _sentence(note, row.spans[-1])
            if row.is_at_discharge:
                lists.setdefault("discharge", {})[row.drug] = _sentence(note, row.spans[0])
    switched = {action.drug for action in actions.of_note(note) if action.act in ("stopped", "withheld")}
    for drugs in lists.values():
        if len(drugs) > 1 and not switched & drugs.keys():
            first, second = list(drugs.values())[:2]
            yield _contradiction(note, said(wording.ABOUT_ANTICOAGULANT), first, second)
    yield from _anticoagulant_denied(note)


def _anticoagulant_denied(note: Note) -> Iterator[Finding]:
    """An anticoagulant denied in one document and among the medicines on admission in another."""
    denial = re.compile(r"\b(?:not (?:on (?:any )?)?anticoagula\w+|no anticoagula\w+)\b|未抗凝", re.IGNORECASE)
    taken = [
        row
        for row in medications.reconcile(note)
        if row.is_on_admission and vocabulary.group(row.drug) == "anticoagulant"
    ]
    for sentence in facts.of_note(note) if taken else ():
        if denial.search(sentence.span.of(note.text)):
            span = _sentence(note, taken[0].spans[-1])
            yield _contradiction(note, said(wording.ABOUT_ANTICOAGULANT), span, sentence.span)
            return


def _code_status(note: Note) -> Iterator[Finding]:
    sentences = facts.of_note(note)
    against = [one for one in sentences if _NOT_FOR.search(one.span.of(note.text))]
    for_it = [
        one
        for one in sentences
        if _FOR_RESUSCITATION.search(one.span.of(note.text)) and not _NOT_FOR.search(one.span.of(note.text))
    ]
    is_changed = any(_LIFTED.search(one.span.of(note.text)) for one in (*against, *for_it))
    if against and for_it and not is_changed:
        yield _contradiction(note, said(wording.ABOUT_CODE), against[0].span, for_it[0].span)


def _diagnoses(note: Note) -> Iterator[Finding]:
    """The same condition confirmed by a test in one document and denied by the same test in another."""
    confirmed: dict[tuple[str, str], Facts] = {}
    denied: dict[tuple[str, str], Facts] = {}
    for sentence in facts.of_note(note):
        tests = [word.key for word in sentence.words if word.kind == "test"]
        for one in context.of_note(note)[sentence.span]:
            if one.word.kind != "condition" or one.ways & {"uncertain", "past", "relative", "planned"}:
                continue
            for test in tests:
                (denied if "negated" in one.ways else confirmed).setdefault((test, one.word.key), sentence)
    for key, sentence in confirmed.items():
        other = denied.get(key)
        if other is not None and other.document != sentence.document and _is_same_test(note, sentence, other):
            what = said(wording.ABOUT_DIAGNOSIS, what=key[1])
            yield _contradiction(note, what, sentence.span, other.span)


def _is_same_test(note: Note, one: Facts, other: Facts) -> bool:
    """Whether two sentences can speak of one test: neither gives a date that the other does not."""
    mine, theirs = ({m.value for m in s.moments if m.kind == "date"} for s in (one, other))
    return not (mine and theirs) or bool(mine & theirs)


def _sides(note: Note) -> Iterator[Finding]:
    """The same fracture or operation on the left in one document and on the right in another."""
    seen: list[sides.Side] = []
    for sentence in facts.of_note(note):
        if not any(word.kind in _SIDED for word in sentence.words):
            continue
        for side in sides.read(note.text, sentence):
            other = next((one for one in seen if _is_other_side(one, side)), None)
            if other is not None:
                yield _contradiction(note, said(wording.ABOUT_SIDE), other.sentence.span, side.sentence.span)
                return
            seen.append(side)


def _is_other_side(one: sides.Side, other: sides.Side) -> bool:
    is_apart = one.sentence.document != other.sentence.document
    return is_apart and {one.side, other.side} == {"left", "right"} and len(one.parts & other.parts) > 1


def _dates(note: Note) -> Iterator[Finding]:
    """Different dates of admission or discharge, each with its label."""
    found: dict[str, dict[str, Span]] = {}
    for sentence in facts.of_note(note):
        for name, date in calendar.labelled(note.text, sentence):
            found.setdefault(name, {}).setdefault(date.value, sentence.span)
    for name, values in found.items():
        full = [(value, span) for value, span in values.items() if "?" not in value]
        if len(full) > 1:
            yield _contradiction(note, said(wording.ABOUT_DATE, event=said(name)), full[0][1], full[1][1])


def _sentence(note: Note, span: Span) -> Span:
    return next((one for one in note.sentences if one.start <= span.start < one.end), span)
