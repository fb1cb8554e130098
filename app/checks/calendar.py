"""Dates, ages and the length of the stay: possible, in the notes, and of the right event."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.checks import clauses, entries, facts, identifiers, moments, vocabulary, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.moments import Moment, agree
from app.checks.quantities import Quantity
from app.notes.note import Document, Note, Span

_STAY = re.compile(
    r"length of stay|\bLOS\b|hospital(?:i[sz]ed| stay|isation| admission)|inpatient (?:stay|for)"
    r"|(?:day|night)[- ](?:admission|stay|hospital)|stay(?:ed)? (?:of|was|in hospital)"
    r"|住院(?=\s?[\d一二三四五六七八九十])",
    re.IGNORECASE,
)
_EVENTS = {
    "admission": re.compile(
        r"(?:date of admission|admission date|admitted(?: to \w+)?(?: on)?"
        r"|入院日期|入院时间)[ :：]{0,3}(?:the )?",
        re.IGNORECASE,
    ),
    "discharge": re.compile(
        r"(?:date of discharge|discharge date|discharged(?: home)?(?: on)?"
        r"|出院日期|出院时间)[ :：]{0,3}(?:the )?",
        re.IGNORECASE,
    ),
}
_END = re.compile(
    r"\b(?:until|till|to|through|end(?:s|ing)?|due|by|booked|stop\w*|finish\w*|complete\w*|for)"
    r"(?: on| for)?(?: the)?\s$",
    re.IGNORECASE,
)
_CHILD = 5  # years; ages below may be given in months
_OPENING = 160  # characters
_FIRST_KINDS, _LAST_KINDS = ("clerking", "emergency"), ("discharge",)


def of_sentence(note: Note, section: str, text: str, sentence: Facts, near: Sequence[Facts]) -> Iterator[Finding]:
    """Compare the dates, the age and the length of stay that one sentence of a draft gives with the notes.

    Args:
        note: The notes.
        section: Key of the sentence's section.
        text: Text of that section.
        sentence: What `facts` read of it.
        near: The sentences of the notes it rests on.

    Yields:
        Findings of the kind `date`; `number` for an age.
    """
    for moment in sentence.moments:
        yield from _of_moment(note, section, text, sentence, moment, near)
    for value in sentence.quantities:
        if value.dimension == "age" and not _is_relatives(note, sentence, value):
            yield from _of_age(note, section, value)


def speaks_of_stay(note: Note, text: str, sentence: Facts, value: Quantity) -> bool:
    """Tell whether a value is the length of a stay whose dates the notes give."""
    return stay_days(note) is not None and _speaks_of_stay(text, sentence, value)


def of_stay(note: Note, section: str, text: str, sentence: Facts) -> Iterator[Finding]:
    """Compare a length of stay with the dates of admission and discharge."""
    days = stay_days(note)
    for value in sentence.quantities:
        if days is None or not _speaks_of_stay(text, sentence, value):
            continue
        if round(value.value / 24) not in (days, days + 1):
            places = tuple(span for _, span in events(note).values())
            message = said(wording.STAY_DIFFERS, value=value.text, source=days)
            yield block("date", message, places, section=section, draft=value.span)


def stay_days(note: Note) -> int | None:
    """Count the nights from admission to discharge; None where the notes do not give both dates."""
    known = events(note)
    if len(known) < 2:
        return None
    first, last = (moments.day(known[name][0]) for name in ("admission", "discharge"))
    return (last - first).days if first and last and last >= first else None


@lru_cache(maxsize=2)
def events(note: Note) -> dict[str, tuple[str, Span]]:
    """Find the dates of admission and discharge: labelled ones, else those of the first and the last document."""
    known: dict[str, tuple[str, Span]] = {}
    for one in facts.of_note(note):
        for name, date in labelled(note.text, one):
            known.setdefault(name, (date.value, date.span))
    dated = [document for document in note.documents if document.date]
    if len(dated) > 1:
        first, last = min(dated, key=lambda one: one.date), max(dated, key=lambda one: one.date)
        if first.kind in _FIRST_KINDS:
            known.setdefault("admission", (first.date, _place(note, first)))
        if last.kind in _LAST_KINDS or re.search(r"discharge", last.span.of(note.text), re.IGNORECASE):
            known.setdefault("discharge", (last.date, _place(note, last)))
    return known


def days_of(note: Note, some: Sequence[Facts], said_too: Sequence[Moment]) -> frozenset[datetime.date]:
    """Give the days that some sentences of the notes speak of, those of admission and discharge, and a draft's own."""
    values = [value for value, _ in events(note).values()]
    values += [one.value for fact in some for one in fact.moments if one.kind == "date"]
    values += [one.value for one in said_too if one.kind == "date"]
    values += [entries.day_of(note, fact.span.start) for fact in some]
    years = {value[:4] for value in values if value and value[:4].isdigit()}
    year = max(years, default="2024")  # days without a year are of the stay
    return frozenset(day for value in values if (day := moments.day(value.replace("????", year))))


def _place(note: Note, document: Document) -> Span:
    """Where a document says its date."""
    own = (fact for fact in facts.of_note(note) if document.span.start <= fact.span.start < document.span.end)
    dated = (one.span for fact in own for one in fact.moments if one.value == document.date)
    return next(dated, Span(document.span.start, document.span.start + len(document.name)))


def labelled(text: str, sentence: Facts) -> Iterator[tuple[str, Moment]]:
    """Give the dates of a sentence that it calls the date of `admission` or of `discharge`."""
    for date in sentence.moments:
        if date.kind == "date" and date.is_possible:
            before = text[max(sentence.span.start, date.span.start - 40) : date.span.start]
            for name, label in _EVENTS.items():
                if re.search(f"(?:{label.pattern})$", before, re.IGNORECASE):
                    yield name, date


def _of_moment(
    note: Note, section: str, text: str, sentence: Facts, one: Moment, near: Sequence[Facts]
) -> Iterator[Finding]:
    if not one.is_possible:
        yield block("date", said(wording.DATE_IMPOSSIBLE, value=one.text), section=section, draft=one.span)
    elif one.kind == "date":
        yield from _of_date(note, section, text, sentence, one, near)
    elif not any(_holds(known, one) for known in _moments(note)) and not _is_loosely(note, one):
        if one.kind == "hour" and not any(known.kind == "clock" for fact in near for known in fact.moments):
            return  # "wakes at four in the morning"
        template = wording.TIME_ABSENT if one.kind in ("clock", "hour") else wording.YEAR_ABSENT
        yield block("date", said(template, value=one.text), section=section, draft=one.span)
    elif one.kind in ("year", "month"):
        yield from _rivals(note, section, text, sentence, one, near, [])


def _of_date(
    note: Note, section: str, text: str, sentence: Facts, one: Moment, near: Sequence[Facts]
) -> Iterator[Finding]:
    known = [date for date in _moments(note) if date.kind == "date" and date.is_possible]
    if _is_turned(note, one, known):
        return
    headers = [note.documents[fact.document].date for fact in near]
    event = _event_of(note, sentence, one)
    if event is not None:
        name, value, span = event
        if not agree(value, one.value):
            message = said(
                wording.EVENT_DATE_DIFFERS, event=said(name), value=one.text, source=span_text(note, span, value)
            )
            yield block("date", message, (span,), section=section, draft=one.span)
        return
    if any(agree(date.value, one.value) for date in known) or any(agree(date, one.value) for date in headers if date):
        yield from _rivals(note, section, text, sentence, one, near, [date for date in headers if date])
    elif f"????{one.value[4:]}" not in _loosely(note) and not _is_computed(note, one, near):
        rivals = [date for fact in near for date in fact.moments if date.kind == "date"]
        if rivals:
            message = said(wording.DATE_DIFFERS, value=one.text, source=rivals[0].text)
            yield block("date", message, (rivals[0].span,), section=section, draft=one.span)
        else:
            yield block("date", said(wording.DATE_ABSENT, value=one.text), section=section, draft=one.span)


def _is_turned(note: Note, one: Moment, known: Sequence[Moment]) -> bool:
    """Whether "02/03/2026" of a draft is the notes' third of February, which they write so too."""
    if not moments.is_month_first(note.text) or not re.fullmatch(r"\d{1,2}\W\d{1,2}\W\d{2,4}", one.text):
        return False
    turned = f"{one.value[:4]}-{one.value[8:]}-{one.value[5:7]}"
    return any(agree(date.value, turned) for date in known)


def stands(note: Note, month: int, day: int) -> bool:
    """Tell whether the notes have a day of a month, of any year and however it is written."""
    wanted = f"{month:02d}-{day:02d}"
    return f"????-{wanted}" in _loosely(note) or any(
        one.kind == "date" and one.value[-5:] == wanted for one in _moments(note)
    )


def _is_loosely(note: Note, one: Moment) -> bool:
    """Whether some figures, or the bare name of a month, may be the moment."""
    loose = _loosely(note)
    if one.kind == "hour":
        return any(":" in known and moments.same_hour(known, one.value) for known in loose)
    if one.kind == "month" and one.value[5:] in moments.months_named(note.text):
        return True
    return one.value in loose


def _loosely(note: Note) -> frozenset[str]:
    return moments.loosely(note.text, moments.is_month_first(note.text))


def span_text(note: Note, span: Span, value: str) -> str:
    """The words of a place if they are a date themselves, else the date's value: a whole document is no quotation."""
    return span.of(note.text) if span.end - span.start < 30 else value


def _rivals(
    note: Note,
    section: str,
    text: str,
    sentence: Facts,
    one: Moment,
    near: Sequence[Facts],
    headers: Sequence[str],
) -> Iterator[Finding]:
    """The date stands in the notes, but the sentence most like this one gives another, or is of another day's entry."""
    if any(agree(date, one.value) for date in headers):
        return
    mine = clauses.around(text, sentence, one.span)

    def shared(fact: Facts) -> int:
        groups = {f"{vocabulary.group(word.key)}s" for word in fact.words if word.kind == "drug"}  # "antibiotics"
        return len(mine & ({word.key for word in fact.words} | groups))

    dated = [(shared(fact), known) for fact in near for known in _said_days(fact)]
    backing = max((shared(fact) for fact in facts.of_note(note) if _is_of(note, fact, one)), default=-1)
    count, rival = max(dated, key=lambda pair: pair[0], default=(-1, one))
    if count > backing:
        message = said(wording.DATE_DIFFERS, value=one.text, source=rival.text)
        yield block("date", message, (rival.span,), section=section, draft=one.span)
    elif backing < 1 and one.kind == "date" and not _END.search(text, max(0, one.span.start - 20), one.span.start):
        yield from _of_other_entry(note, section, sentence, one, near)


def _is_of(note: Note, fact: Facts, one: Moment) -> bool:
    """Whether a sentence gives a day, or stands in the entry of that day."""
    if one.kind == "date":
        day = (int(one.value[5:7]), int(one.value[8:]))
        first, second = day if moments.is_month_first(note.text) else day[::-1]
        figures = rf"(?<![\d/.])0?{first}/0?{second}(?![\d/])"  # "held 1/9, resumed 1/17"
        is_entry = agree(entries.day_of(note, fact.span.start) or "-", one.value)
        if is_entry or re.search(figures, fact.span.of(note.text)):
            return True
    return any(_holds(known, one) for known in fact.moments)


def _said_days(fact: Facts) -> list[Moment]:
    return [known for known in fact.moments if known.kind not in ("clock", "hour") and known.is_possible]


def _of_other_entry(note: Note, section: str, sentence: Facts, one: Moment, near: Sequence[Facts]) -> Iterator[Finding]:
    """Nothing that the entry of this day says is in the sentence, but all of it stands in another day's entry."""
    clinical = {word.key for word in sentence.words if word.is_clinical}
    if any(_is_loosely_in(note, fact, one) for fact in near):
        return
    for fact in near:
        day = entries.day_of(note, fact.span.start)
        if agree(day or "-", one.value):
            return
        if clinical and day and not _said_days(fact) and clinical <= {word.key for word in fact.words}:
            message = said(wording.DATE_DIFFERS, value=one.text, source=day.removeprefix("????-"))
            yield block("date", message, (fact.span,), section=section, draft=one.span)
            return


def _is_loosely_in(note: Note, fact: Facts, one: Moment) -> bool:
    """Whether a sentence within another day's entry gives the day, or figures that may be it: "retest 17/06"."""
    if agree(entries.day_of(note, fact.span.start) or "-", one.value) and not facts.is_row(fact.span.of(note.text)):
        return False
    return any(_holds(known, one) for known in fact.moments) or f"????{one.value[4:]}" in moments.loosely(
        fact.span.of(note.text), moments.is_month_first(note.text)
    )


def _event_of(note: Note, sentence: Facts, one: Moment) -> tuple[str, str, Span] | None:
    """Admission or discharge, if that is what the date is given for and the notes date it."""
    before = "".join(word.key + " " for word in sentence.words if word.end <= one.span.start)[-40:]
    for name, key in (("admission", "admitted"), ("discharge", "discharged")):
        if re.search(rf"\b{key}(?: (?:to|on|date|home|the|wa|hospital|from)){{0,3}} $", before) and name in events(
            note
        ):
            value, span = events(note)[name]
            return name, value, span
    return None


def _holds(known: Moment, one: Moment) -> bool:
    if one.kind == "month" and known.kind == "date" and known.value.startswith("????"):
        return known.value[5:] == f"{one.value[5:]}-{one.value[2:4]}"  # "Nov 23", of a year
    if one.kind == "date":
        return known.kind == "date" and agree(known.value, one.value)
    if one.kind == "clock":
        return known.kind == "clock" and known.value == one.value
    if one.kind == "hour":
        return known.kind in ("clock", "hour") and moments.same_hour(known.value, one.value)
    return known.kind not in ("clock", "hour") and known.value.startswith(one.value)


def _is_computed(note: Note, one: Moment, near: Sequence[Facts]) -> bool:
    """Whether a date follows from a document's date and a time in the same passage: "in two weeks"."""
    for fact in near:
        start = moments.day(note.documents[fact.document].date)
        for value in fact.quantities if start else ():
            if start and value.dimension == "time" and value.value >= 24:
                gap = datetime.timedelta(hours=value.value)
                if any(agree((start + sign * gap).isoformat(), one.value) for sign in (1, -1)):
                    return True
    return False


def _of_age(note: Note, section: str, value: Quantity) -> Iterator[Finding]:
    stated = [one for fact in facts.of_note(note) for one in fact.quantities if one.dimension == "age"]
    born = next((one for one in identifiers.identifiers(note) if one.kind == "date of birth"), None)
    computed = _ages(note, born.value) if born else ()
    if any(one.value == value.value for one in stated) or value.value in computed:
        return
    months = round(12 * value.value)
    if value.value < _CHILD and re.search(rf"(?<![\d/]){months}/12(?![\d/])|(?<!\d){months}m(?![a-z])", note.text):
        return
    if not stated and not computed and _stands_first(note, value.value):
        return
    source = stated[0].text if stated else f"{computed[-1]:g}" if computed else ""
    places = (stated[0].span,) if stated else (born.span,) if born else ()
    template = wording.AGE_DIFFERS if source else wording.NUMBER_ABSENT
    yield block("number", said(template, value=value.text, source=source), places, section=section, draft=value.span)


def _stands_first(note: Note, age: float) -> bool:
    """Whether a bare number that can be the age stands where a document begins: "Mr P.O. 68.", "Para 2, 34, SVD"."""
    openings = (note.text[one.span.start : one.span.start + _OPENING] for one in note.documents)
    return any(re.search(rf"(?<![\d/.+]){age:g}(?![\d/+%]|\.\d)", one) for one in openings)


def _is_relatives(note: Note, sentence: Facts, value: Quantity) -> bool:
    """Whether the age is a relative's, and the notes have the number."""
    is_family = any(word.key in vocabulary.RELATIVES for word in sentence.words)
    return is_family and any(value.value in one.numbers for fact in facts.of_note(note) for one in fact.quantities)


def _ages(note: Note, born: str) -> tuple[float, ...]:
    birth = moments.day(born)
    days = [moments.day(document.date) for document in note.documents if document.date]
    if birth is None:
        return ()
    return tuple(
        float(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))) for day in days if day
    )


def _moments(note: Note) -> list[Moment]:
    return [one for fact in facts.of_note(note) for one in fact.moments]


def _speaks_of_stay(text: str, sentence: Facts, value: Quantity) -> bool:
    around = text[max(sentence.span.start, value.span.start - 30) : min(sentence.span.end, value.span.end + 20)]
    return value.dimension == "time" and value.value >= 24 and bool(_STAY.search(around))
