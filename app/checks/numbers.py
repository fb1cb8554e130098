"""Is every value of the draft a value of the notes, of the same thing and in the same unit?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from app.checks import (
    belonging,
    calendar,
    clauses,
    dosing,
    facts,
    loose_times,
    moments,
    ranges,
    reckoned,
    rhythms,
    shapes,
    wording,
)
from app.checks.facts import Facts
from app.checks.finding import Evidence, Finding, Said, block, named, said, warn
from app.checks.quantities import Quantity
from app.checks.sameness import is_in, same
from app.drafts.draft import Draft, Section
from app.notes.note import Note, Span

_NO_SPAN = re.compile(r"\b(?:every|day|within)\s$|[每第+]\s?$", re.IGNORECASE)
_YEAR, _EARLY = re.compile(r"\b(?:19|20)\d\d\b"), re.compile(r" (?:early|premature|before term)\b", re.IGNORECASE)
_WITHIN = re.compile(r"\bwithin (?:about |the )?$", re.IGNORECASE)
_EVERY = re.compile(r"\bevery\s$|每$", re.IGNORECASE)
_EACH = re.compile(r" (?:a|per|each|every) (?:day|night|week)", re.IGNORECASE)
_OVER = re.compile(r"(?:over|in|during|within) (?:the )?(?:last |past )?$", re.IGNORECASE)
_TYPE = re.compile(r"\btype\s$", re.IGNORECASE)
_DAY = re.compile(  # not "the next day 6.2", "twice a day 40"
    "".join(
        f"(?<!{one} )" for one in ("next", "that", "same", "each", "every", "following", "previous", "last", "a", "per")
    )
    + r"(?<!\w)days?\s$",
    re.IGNORECASE,
)
_AFTER_DATE = re.compile(
    r"\b" + moments.NAME.format("month") + r" \d{1,2}(?:st|nd|rd|th)?,? (?:and|to|until|-|\u2013) ?$", re.IGNORECASE
)
_DAILY = re.compile(r" (?:once )?daily|(?: over| in)? 24 (?:hours|h)\b| (?:a|each|every) day", re.IGNORECASE)
_WEEKLY = re.compile(r" (?:once )?weekly| (?:a|each|every|per) week\b", re.IGNORECASE)
_HALF = 0.5
_NEARLY = 0.9
_A_DAY = 24.0  # hours
# A time that may be reckoned from two days of the notes: nobody writes "six days after" on a ward.
_RECKONED = re.compile(
    r"\b(?:later|after(?:wards?)?|before(?:hand)?|following|earlier|previously|prior|within)\b", re.I
)
_ROUGHLY = re.compile(
    r"\b(?:over|more than|about|around|nearly|almost|just under|some|roughly|approximately|under|less than) $",
    re.IGNORECASE,
)
_ABOUT = 0.1
_ARTICLE = re.compile(r"an?\b", re.IGNORECASE)
_SYSTOLIC, _DIASTOLIC = re.compile(r"\bsystolic\b", re.IGNORECASE), re.compile(r"\bdiastolic\b", re.IGNORECASE)
_SIZES = 13  # times: weeks are like days, months like years; "3 hours" is not like "55 min"
_LEAST_BARE = 10  # smaller numbers without unit or subject count things: "two problems"


def find(note: Note, draft: Draft, evidence: Sequence[Evidence]) -> tuple[Finding, ...]:
    """Compare values, doses and dates of each sentence with the notes.

    Args:
        note: The notes.
        draft: The draft made from them.
        evidence: What `evidence.of` gave for them.

    Returns:
        Findings of the kinds `number`, `dose`, `drug` and `date`, in the order of the draft.
    """
    by_place = {(one.section, one.draft_span): one for one in evidence}
    found: list[Finding] = []
    for section in draft.sections:
        if section.state in ("not documented", "failed"):
            continue
        for sentence in facts.of_text(section.text):
            basis = by_place.get((section.key, sentence.span))
            if basis is None or not basis.is_verbatim:
                found += of_sentence(note, section, sentence, basis)
    return tuple(found)


def of_sentence(note: Note, section: Section, sentence: Facts, basis: Evidence | None) -> Iterator[Finding]:
    """Compare one sentence; see `find`."""
    spans = basis.source_spans if basis else ()
    all_facts = facts.of_note(note)
    near = [one for one in all_facts if any(one.span.start < span.end and span.start < one.span.end for span in spans)]
    source = belonging.Source(
        [value for one in all_facts for value in one.quantities],
        [value for one in near for value in one.quantities],
        {value.span: one for one in near for value in one.quantities},
        spans[0] if spans else None,
        frozenset(dose.drug for one in all_facts for dose in one.doses),
        tuple(calendar.days_of(note, [one], ()) for one in near),
        calendar.days_of(note, all_facts, sentence.moments),
        " ".join(one.span.of(note.text) for one in near),
        moments.is_month_first(note.text),
    )
    yield from dosing.of_sentence(note, section.key, sentence, all_facts)
    yield from rhythms.of_sentence(note, section.key, section.text, sentence, all_facts)
    yield from calendar.of_sentence(note, section.key, section.text, sentence, near)
    yield from calendar.of_stay(note, section.key, section.text, sentence)
    for value in sentence.quantities:
        if value.dimension == "age" or calendar.speaks_of_stay(note, section.text, sentence, value):
            continue
        if not value.dimension and (told := _of_a_day(note, section, value)) is not None:
            yield from told
            continue
        if shapes.is_in_another(note.text, section.text, value, source.all):
            continue
        message, places, blocks = _problem(note.text, section.text, sentence, value, source)
        if message is not None:
            yield (block if blocks else warn)("number", message, places, section=section.key, draft=value.span)


def _of_a_day(note: Note, section: Section, value: Quantity) -> tuple[Finding, ...] | None:
    """What to say of the number of a day of the stay or of a month; None where a number is neither."""
    before = section.text[max(0, value.span.start - 28) : value.span.start]
    if _DAY.search(before):
        days = calendar.days_of(note, facts.of_note(note), ())
        apart = {abs((one - other).days) + first for one in days for other in days for first in (0, 1)}
        if _A_DAY * value.value in loose_times.loosely(note.text) or value.value in apart - {0, 1}:
            return ()
        return (
            warn("number", said(wording.NUMBER_ABSENT, value=value.text), (), section=section.key, draft=value.span),
        )
    month = _AFTER_DATE.search(before)  # "on September 22 and 29"
    if month is None:
        return None
    if calendar.stands(note, moments.number_of(month["month"]), int(value.value)):
        return ()
    message = said(wording.DATE_ABSENT, value=f"{month['month']} {value.text}")
    return (block("date", message, (), section=section.key, draft=value.span),)


def _problem(
    note_text: str, text: str, sentence: Facts, value: Quantity, source: belonging.Source
) -> tuple[Said | None, tuple[Span, ...], bool]:
    """Sentence, places in the notes and whether it blocks; nothing if the value is sound."""
    is_rough = _ROUGHLY.search(text, max(0, value.span.start - 16), value.span.start)
    own_text = sentence.span.of(text)
    is_single = value.subject == "blood pressure" and value.other is None
    if is_single and _SYSTOLIC.search(own_text) and not _DIASTOLIC.search(own_text):
        value = replace(value, subject="systolic pressure")
    source = belonging.with_parts(value, source)
    equal = [one for one in source.all if same(value, one) or (is_rough and _is_about(value, one))]
    hours = 24.0 if _DAILY.match(text, value.span.end) else 168.0 if _WEEKLY.match(text, value.span.end) else 0.0
    equal += [one for one in source.all if hours and is_in(hours, value, one)]
    own = [one for one in source.all if belonging.is_of_same(value, one) and _comparable(value, one)]
    is_of_drug = value.subject_kind != "drug" or any(dosing.same_drug(value.subject, one) for one in source.drugs)
    if not is_of_drug or belonging.is_unnamed(note_text, value, equal, source):
        return None, (), False  # said of the drug itself, or the notes do not say of what
    if value.subject_kind == "drug" and any(one.dimension == value.dimension for one in own):
        equal = [one for one in equal if one.dimension == value.dimension or belonging.is_dose(note_text, value, one)]
    if not equal and _is_borne_out(note_text, text, value, source):
        is_span = value.dimension == "time" and not _is_reckoned(text, value)
        is_span = is_span and not _NO_SPAN.search(text[max(0, value.span.start - 8) : value.span.start])
        is_span = is_span and not _ARTICLE.match(value.text) and not _recurs(note_text, text, value)
        return _elsewhere(text, sentence, value, (), source, is_loose=True) if is_span else (None, (), False)
    if not equal:
        message, places, blocks = _unequal(note_text, sentence.span.of(text), value, own, source)
        is_own_sum = not places and value.dimension == "time" and _is_reckoned(text, value)
        return message, places, blocks and not is_own_sum  # "two days later": the notes need not have it
    if not value.subject:
        return _elsewhere(text, sentence, value, equal, source)
    mine = [one for one in equal if belonging.is_of_same(value, one)]
    others_in_unit = [one for one in own if one.dimension and not same(value, one)]
    if mine:
        is_bare = value.dimension and all(not one.dimension for one in mine)
        wrong = [one for one in others_in_unit if is_bare and belonging.is_other_unit(value, one)]
        wrong += mine[:1] if is_bare and ranges.is_implausible_dose(value) else []
        return (
            (_of(wording.UNIT_OF_DIFFERS, wording.UNIT_DIFFERS, value, wrong[0].text), (wrong[0].span,), True)
            if wrong
            else (None, (), False)
        )
    free = [one for one in equal if not one.subject and one in source.near]
    if any(belonging.speaks_of(source, one, value.subject) for one in free) or (
        not own and belonging.is_free(value, equal, free)
    ):
        return None, (), False
    is_told = value.subject_kind != "drug" and reckoned.is_difference(sentence.span.of(text), value, own)
    is_own = own and (is_told or belonging.is_named_shortly(note_text, value, equal, own))
    if is_own or belonging.is_of_another(text, sentence, value, equal):
        return None, (), False
    return _swapped(value, equal, own, source)


def _swapped(
    value: Quantity, equal: Sequence[Quantity], own: Sequence[Quantity], source: belonging.Source
) -> tuple[Said | None, tuple[Span, ...], bool]:
    """What to say of a value that the notes have, but of another thing."""
    if own:
        best = _nearest(value, own, source)
        message = said(wording.NUMBER_SWAPPED, value=value.text, subject=value.subject, source=best.text)
        return message, (best.span,), True
    if any(one in source.near for one in equal) or not equal[0].subject:
        return None, (), False
    message = said(
        wording.NUMBER_SWAPPED, value=value.text, subject=value.subject, source=f"{equal[0].text} ({equal[0].subject})"
    )
    return message, (equal[0].span,), True


def _is_about(value: Quantity, one: Quantity) -> bool:
    """Whether a value is the notes' one roughly: "over seven litres" for 7.2 L."""
    if one.dimension != value.dimension or not one.value or abs(one.value - value.value) > _ABOUT * one.value:
        return False
    if not value.numbers or not value.numbers[0]:
        return True
    written = f"{value.numbers[0]:g}"
    zeros = len(written) - len(written.rstrip("0")) if "." not in written else -len(written.partition(".")[2])
    step = value.value / value.numbers[0] * float(10**zeros)
    return abs(one.value - value.value) <= 0.5 * step * 1.001  # as exact as it is written: "about 80" for 78


def _is_reckoned(text: str, value: Quantity) -> bool:
    return bool(_RECKONED.search(text, max(0, value.span.start - 12), value.span.end + 14))


def _is_reckoned_right(text: str, value: Quantity, source: belonging.Source) -> bool:
    """Whether a span of time lies between two days of the notes, or is a limit that the notes' own time keeps."""
    if reckoned.is_ordered(text, value):
        return False
    if _WITHIN.search(text, max(0, value.span.start - 16), value.span.start):
        return any(one.dimension == "time" and one.value < value.value for one in source.near)
    return value.value >= _A_DAY and value.value in _days_between(source, anywhere=_is_reckoned(text, value))


def _days_between(source: belonging.Source, *, anywhere: bool) -> set[float]:
    """Hours between any two days of one of the passages that the sentence rests on, or of the notes."""
    sets = [source.every_day] if anywhere else source.days
    spans = {24.0 * (int(one["last"]) - int(one["first"])) for one in moments.SPAN_OF_DAYS.finditer(source.text)}
    return spans | {24.0 * abs((one - other).days) for days in sets for one in days for other in days if one != other}


def _is_borne_out(note_text: str, text: str, value: Quantity, source: belonging.Source) -> bool:
    """Whether the notes have a value in a shape that is no quantity by itself: an age, "D6" for six days."""
    if value.dimension == "grade":
        return bool(re.search(rf"(?<![A-Za-z]){re.escape(value.text.split()[-1])}(?![A-Za-z])", note_text))
    if value.dimension == "time" and _is_reckoned_right(text, value, source):
        return True
    is_often = _EVERY.search(text[max(0, value.span.start - 8) : value.span.start])  # `dosing` compares how often
    if value.dimension == "month":
        return _recurs(note_text, text, value) or _is_since(value, source)
    if value.dimension == "time" and _EARLY.match(text, value.span.end):
        return any(one.numbers == (40 - value.numbers[0], 40) for one in source.all)
    if value.dimension == "time":
        is_loose = value.other is None and value.value in loose_times.loosely(note_text)
        return bool(is_often) or is_loose or _recurs(note_text, text, value)
    if value.dimension == "percent":  # "FiO2 0.45"
        return any(not one.dimension and abs(100 * one.value - value.value) < _HALF for one in source.all)
    if value.dimension or value.subject:
        return False
    if _TYPE.search(text, max(0, value.span.start - 8), value.span.start):
        return True
    same_age = (one.dimension == "age" and one.numbers[:1] == value.numbers for one in source.all)
    in_ratio = (one.dimension == "ratio" and value.value in one.numbers for one in source.all)
    return any(same_age) or any(in_ratio)


def _is_since(value: Quantity, source: belonging.Source) -> bool:
    """Whether a number of years is what a year of the passages is away from a day of the notes."""
    years = [value.value / 12, value.value / 12 + 1]
    return any(day.year - int(year) in years for day in source.every_day for year in _YEAR.findall(source.text))


def _recurs(note_text: str, text: str, value: Quantity) -> bool:
    """Whether the notes have a time as a draft words it: "every six months", "five days a week", "over 3 months"."""
    before, after = text[max(0, value.span.start - 20) : value.span.start], text[value.span.end : value.span.end + 12]
    how: loose_times.Rhythm | None = None
    if _EVERY.search(before):
        how = "every"
    elif _EACH.match(after):
        how = "each"
    elif _OVER.search(before):
        how = "over"
    hours = value.value * (loose_times.HOURS_OF_A_MONTH if value.dimension == "month" else 1.0)
    return how is not None and value.other is None and hours in loose_times.recurring(note_text, how)


def _unequal(
    note_text: str, sentence: str, value: Quantity, own: Sequence[Quantity], source: belonging.Source
) -> tuple[Said | None, tuple[Span, ...], bool]:
    if _ARTICLE.match(value.text):
        return None, (), False  # "within a day": a way of speaking
    near = () if value.subject else source.near
    if reckoned.is_difference(sentence, value, own or source.all, near):
        return None, (), False
    if reckoned.is_product(note_text, value, source.near) and not ranges.is_implausible_dose(value):
        return None, (), False
    candidates = own or [one for one in source.near if _comparable(value, one) and not one.subject]
    if candidates:
        best = _nearest(value, candidates, source)
        return _of(wording.NUMBER_OF_DIFFERS, wording.NUMBER_DIFFERS, value, best.text), (best.span,), True
    is_small = not value.dimension and not value.subject and value.value < _LEAST_BARE
    return _of(wording.NUMBER_OF_ABSENT, wording.NUMBER_ABSENT, value), (), not is_small


def _elsewhere(
    text: str,
    sentence: Facts,
    value: Quantity,
    equal: Sequence[Quantity],
    source: belonging.Source,
    *,
    is_loose: bool = False,
) -> tuple[Said | None, tuple[Span, ...], bool]:
    """A value without a subject must stand where its clause rests, if another of its kind stands there."""
    is_weight_lost = value.dimension == "mass" and reckoned.is_difference(sentence.span.of(text), value, source.near)
    if not value.dimension or is_weight_lost:
        return None, (), False
    clause = clauses.around(text, sentence, value.span)

    def shared(one: Quantity) -> int:
        there = source.sentences.get(one.span)
        return len(clause & {word.key for word in there.words}) if there else -1

    if value.dimension == "ratio" and equal:
        return None, (), False  # "3 out of 10"
    if any(one.dimension and belonging.is_in_passage(one, source.best) for one in equal):
        return None, (), False
    if _WITHIN.search(text, max(0, value.span.start - 16), value.span.start) and _is_reckoned_right(
        text, value, source
    ):
        return None, (), False
    if _is_reckoned(text, value) and value.value in _days_between(source, anywhere=False):
        return None, (), False
    backing = max(map(shared, equal), default=0 if is_loose else -1)
    comparable = [one for one in source.near if _is_comparable_span(value, one) and not same(value, one)]
    comparable = [one for one in comparable if one.hours is None or not source.is_month_first]
    rivals = [one for one in comparable if shared(one) > backing + (0 if _is_like(value, one) else 1)]
    best = max(rivals, key=shared, default=None)
    if best is None:
        return None, (), False
    return said(wording.NUMBER_ELSEWHERE, value=value.text, source=best.text), (best.span,), True


def _is_comparable_span(value: Quantity, one: Quantity) -> bool:
    return one.dimension == value.dimension or None not in (_unit_in_hours(value), _unit_in_hours(one))


def _is_like(value: Quantity, one: Quantity) -> bool:
    """Whether one may have been written for the other: of one dimension, spans of time of nearly the same size."""
    mine, theirs = _unit_in_hours(value), _unit_in_hours(one)
    if mine is None or theirs is None:
        return one.dimension == value.dimension
    return max(mine, theirs) <= _SIZES * min(mine, theirs)


def _unit_in_hours(one: Quantity) -> float | None:
    """The hours of a value's unit of time; None for other values."""
    if not one.numbers or not one.numbers[0]:
        return None
    if one.hours is not None:
        return one.hours / one.numbers[0]
    if one.dimension in ("time", "month"):
        return (loose_times.HOURS_OF_A_MONTH if one.dimension == "month" else 1.0) * one.value / one.numbers[0]
    return None


def _comparable(one: Quantity, other: Quantity) -> bool:
    special = {"age", "grade", "time", "month"}
    if {one.dimension, other.dimension} & special:
        return one.dimension == other.dimension
    return True


def _nearest(value: Quantity, of: Sequence[Quantity], source: belonging.Source) -> Quantity:
    """The value it was most likely meant to be: one written nearly so, else one where the sentence rests."""

    def score(one: Quantity) -> tuple[bool, bool, float]:
        alike = SequenceMatcher(None, value.text, one.text).ratio()
        return alike > _NEARLY, one in source.near, alike

    return max(of, key=score)


def _of(template: str, without: str, value: Quantity, source: str = "") -> Said:
    """A sentence that names what the value is of, where that is known: no two things share one."""
    if value.subject:
        return said(template, subject=named(value.subject), value=value.text, source=source)
    return said(without, value=value.text, source=source)
