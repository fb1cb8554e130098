"""Facts for the head of a letter: who, when, where from, where to; each with its place in the notes.

Only labelled facts are taken, and of a label's values the first that is not a relative's or a doctor's: whether two
names are one patient is asked by the checks. Where nothing is labelled, name and number may be taken from a line that
says nothing else. The two dates of the stay may be taken from the dates of notes, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.notes import dates, nameplates
from app.notes.documents import lines
from app.notes.note import Document, Note, Span

# Fact, words of its label. A label opens a line, or stands after a gap, a bar or a comma.
_LABELS: tuple[tuple[str, str], ...] = (
    ("name", r"patient(?:['’]?s)? name|full name|name(?: of patient)?|患者姓名|病人姓名|姓名"),
    ("born", r"date of birth|d\.?o\.?b\.?|born|出生日期|出生年月日?"),
    ("sex", r"sex|gender|性别"),
    ("age", r"age|年龄"),
    ("nhs", r"nhs(?: no\.?| number)?"),
    ("number", r"(?:hospital|hosp|unit|record|medical record|patient)(?: no\.?| number| id)|mrn|住院号|病案号|病历号"),
    ("address", r"(?:home )?address|住址|家庭住址|地址"),
    ("gp", r"gp(?: name| practice| surgery)?|general practitioner|family (?:doctor|physician)|全科医生|社区医生"),
    ("referrer", r"referr(?:er|ed by)|转诊医[师生]"),
    ("ward", r"(?:discharge )?ward|department|specialty|科室|科别|病区"),
    ("consultant", r"(?:discharging |responsible )?consultant|attending(?: physician)?|主治医[师生]|主任医师"),
    ("admitted", r"(?:date of admission|admission date|admitted(?: on)?|date admitted|入院日期|入院时间)"),
    ("discharged", r"(?:date of discharge|discharge date|discharged(?: on)?|date discharged|出院日期|出院时间)"),
    ("method", r"(?:method of admission|admission method|mode of admission|入院方式|入院途径)"),
    ("destination", r"(?:discharge destination|discharged to|destination|离院方式|出院去向)"),
    ("copies", r"(?:copies to|copy to|cc|distribution(?: list)?|抄送)"),
)
_EVERY = "|".join(f"(?:{label})" for _, label in _LABELS)
# The value ends with the line, at a gap, or where the next label begins.
_VALUE = rf"(?P<value>[^\n|;；]{{1,100}}?)(?=\s*(?:$|[\n|;；]|[ \t]{{2,}}|[,，、 \t]\s*(?:{_EVERY})\s*[:：]))"
_PATTERNS = tuple(
    (
        name,
        re.compile(rf"(?:^|[|;；,，、\t]|  |(?<=[^\s:：]) )[ \t*_-]*(?:{label})[*_]*\s?[:：]\s*{_VALUE}", re.I | re.M),
    )
    for name, label in _LABELS
)
_IN_TEXT = (
    ("admitted", re.compile(r"\badmitted(?: to [\w ]{1,30})?(?: on| dated?)\s+(?P<value>[^\n.;]{6,24})", re.I)),
    ("discharged", re.compile(r"\bdischarged(?: home)?(?: on| dated?)\s+(?P<value>[^\n.;]{6,24})", re.IGNORECASE)),
    ("admitted", re.compile(r"(?P<value>\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}日?)[^\n。；]{0,6}入院")),
    ("discharged", re.compile(r"(?P<value>\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}日?)[^\n。；]{0,6}出院")),
    ("method", re.compile(r"\badmitted (?P<value>via (?:the )?[\w &-]{2,30}?)(?= with|[.,;\n])", re.IGNORECASE)),
    ("destination", re.compile(r"\bdischarged (?:to )?(?P<value>(?:home|(?:a |the )?[\w ]{0,20}(?:care home"
     r"|nursing home|residential home|rehabilitation\w*|hospice|hospital))(?: with [\w ]{2,30})?)", re.IGNORECASE)),
    ("consultant", re.compile(r"\b(?:under|consultant)[ :]+(?P<value>(?:Dr|Mr|Ms|Mrs|Miss|Prof)\.? [A-Z][\w.'’ -]{1,40}"
     r"?)(?=[,;.\n(]|$)", re.MULTILINE)),
)  # fmt: skip
_DATES = frozenset({"born", "admitted", "discharged"})
_OTHERS = re.compile(
    r"(?:mother|father|wife|husband|son|daughter|baby|partner|carer|next of kin|nok|contact|gp|consultant|drug|ward"
    r"|doctor|relative|user|file|家属|联系人)['’s]*[ \t]*$|(?:next of kin|nok|emergency contact)[^\n]*\n[^\n]*$",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[\W_]*(?:unknown|not (?:known|given|stated|recorded)|n/?a|tbc|x{2,})?[\W_]*", re.IGNORECASE)
_DISCHARGE = re.compile(r"discharge|ttos?$|ttas?$|出院", re.IGNORECASE)
_AT_DISCHARGE = re.compile(
    r"\bdischarged? (?:home|today|to)\b|(?:fit|ready) for discharge|discharge today|今日出院", re.IGNORECASE
)
_FIRST = frozenset({"clerking", "emergency"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes:
        name: As in `labels`.
        value: As written; a date as ISO 8601.
        source: Its place; None where a person typed it.
        is_inferred: Whether it is the date of a note, not a date the notes state as such.
    """

    name: str
    value: str
    source: Span | None = None
    is_inferred: bool = False


@lru_cache(maxsize=2)
def facts(note: Note) -> tuple[Fact, ...]:
    """Find the facts in the order of the text; a fact has several entries where the notes give several values."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in _every(note):
        found.setdefault((fact.name, fact.value.casefold()), fact)
    names = {name for name, _ in found}
    for fact in _on_plates(note):
        if fact.name not in names:
            found.setdefault((fact.name, fact.value.casefold()), fact)
    if "admitted" not in names and (first := _admission_document(note)):
        found["admitted", first.date] = Fact("admitted", first.date, first.span, is_inferred=True)
    if "discharged" not in names and (last := _discharge_document(note)):
        found["discharged", last.date] = Fact("discharged", last.date, last.span, is_inferred=True)
    return tuple(found.values())


def _every(note: Note) -> Iterator[Fact]:
    for name, pattern in (*_PATTERNS, *_IN_TEXT):
        for match in pattern.finditer(note.text):
            before = note.text[max(0, match.start() - 60) : match.start() + 1]
            if name in ("name", "born", "sex", "age", "address", "number") and _OTHERS.search(before):
                continue
            value = match["value"].strip(" \t*_,，、.")
            if name in _DATES:
                found = dates.find(match["value"])
                value = found[0].iso if found else ""
            if value and not _BLANK.fullmatch(value):
                yield Fact(name, value, Span(match.start("value"), match.end("value")))


def _on_plates(note: Note) -> Iterator[Fact]:
    """Name, numbers and date of birth of the first line that only says whose document it is."""
    for line in lines(note.text, Span(0, len(note.text))):
        plate = nameplates.read(note.text, line)
        if plate is None or _OTHERS.search(note.text[max(0, line.start - 60) : line.start]):
            continue
        yield Fact("name", " ".join(plate.name.of(note.text).split()), plate.name)
        for span in plate.numbers:
            number = span.of(note.text)
            yield Fact("nhs" if nameplates.is_nhs_number(number) else "number", number, span)
        if plate.born:
            yield Fact("born", plate.born, line)
        return


def _admission_document(note: Note) -> Document | None:
    """The first document where it is a clerking or an emergency note with a date."""
    dated = sorted((one for one in note.documents if one.date), key=lambda one: one.date)
    return dated[0] if dated and dated[0].kind in _FIRST else None


def _discharge_document(note: Note) -> Document | None:
    """The last dated document, where it is a discharge letter or speaks of the discharge."""
    dated = sorted((one for one in note.documents if one.date), key=lambda one: one.date)
    if not dated:
        return None
    last = dated[-1]
    headings = (
        passage.heading
        for passage in note.passages
        if last.span.start <= passage.span.start < last.span.end and passage.heading
    )
    is_discharge = last.kind == "discharge" or any(_DISCHARGE.search(one) for one in headings)
    return last if is_discharge or _AT_DISCHARGE.search(last.span.of(note.text)) else None
