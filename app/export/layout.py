"""What a letter looks like, once for all formats: a list of plain blocks from top to bottom.

Order: title and stamp, head, the top three, box of actions, headings with text and tables, what is missing, how it was
made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.drafts.actions import Action
from app.drafts.labels import Language, day, label
from app.export import times
from app.letter.letter import TOP, Letter, LetterSection, Part
from app.letter.medicines import MedicineRow

_DATE_OF_DOCUMENT = re.compile(r"(?P<date>\d{4}-(?:0[1-9]|1[0-2])-[0-3]\d):\s")
_INLINE_UP_TO = 60  # characters; shorter lines that follow each other share a line, longer ones have their own


@dataclass(frozen=True, slots=True)
class Title:
    """The letter's title."""

    text: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Signed by whom, or that it is a draft."""

    text: str
    is_draft: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Facts in two columns: heading, and its facts as (label, value); a label may be empty."""

    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Top:
    """What to know first, as (label, text)."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the standard; `mark` where it conflicts, else empty."""

    key: str
    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Text under a heading: a label or none, then lines. `is_list` where each line is an item."""

    label: str
    lines: tuple[str, ...]
    is_list: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        kind: `actions` (drawn as a box) or `medicines`.
        columns: Heads of the columns.
        rows: Cells.
        strong: Indexes of rows that stand out: the top three, the changes.
    """

    kind: Literal["actions", "medicines"]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[int]


@dataclass(frozen=True, slots=True)
class Small:
    """Small print: a label and text."""

    label: str
    text: str


Block = Title | Stamp | Head | Top | Heading | Text | Table | Small


def stamp(letter: Letter) -> str:
    """Who signed and when; for a draft, that it is one. Stands on every page."""
    signature = letter.provenance.signature
    if signature is None:
        return label("draft", letter.language)
    name = ", ".join(one for one in (signature.name, signature.role) if one)
    return label("signed", letter.language).format(name=name, at=times.said(signature.at, letter.language))


def blocks(letter: Letter) -> tuple[Block, ...]:
    """Lay a letter out.

    Args:
        letter: The letter.

    Returns:
        Blocks from top to bottom; every word of the letter is in one.
    """
    return tuple(_blocks(letter))


def _blocks(letter: Letter) -> Iterator[Block]:
    language = letter.language
    yield Title(letter.title)
    yield Stamp(stamp(letter), not letter.is_signed)
    head = tuple((one.heading, _facts(one)) for one in letter.head)
    if head:
        yield Head(head)
    if letter.top:
        yield Top(tuple((line.label, line.value) for line in letter.top))
    if letter.actions:
        boxed = next((one for one in letter.sections if one.is_boxed and not one.body), None)
        yield Heading("box", boxed.heading if boxed else label("box", language))
        yield _actions(letter.actions, language)
    for section in letter.sections:
        if section.body or section.state == "conflicting":
            yield from _section(section, language)
    if letter.absent:
        yield Small(label("absent", language), "; ".join(one.heading for one in letter.absent))
    yield from _provenance(letter)


def _facts(section: LetterSection) -> tuple[tuple[str, str], ...]:
    """Labels and values; no label where the heading says it already."""
    return tuple(("" if line.label == section.heading else line.label, line.value) for line in section.lines)


def content(letter: Letter, section: LetterSection) -> tuple[Text | Table, ...]:
    """Give all of one heading, for formats that divide a letter by its headings alone: facts, texts and tables."""
    facts = tuple(Text(name, (value,), is_list=False) for name, value in _facts(section))
    box = (_actions(letter.actions, letter.language),) if section.is_boxed else ()
    return (*facts, *_body(section, letter.language), *box)


def _section(section: LetterSection, language: Language) -> Iterator[Block]:
    mark = label("conflicting", language) if section.state == "conflicting" else ""
    yield Heading(section.key, section.heading, mark)
    yield from _body(section, language)


def _body(section: LetterSection, language: Language) -> Iterator[Text | Table]:
    for part in section.body:
        if part.rows:
            yield _medicines(part.rows, language)
        else:
            yield _text(part, part.label if len(section.body) > 1 else "", language)


def _dated(line: str, language: Language) -> str:
    """A line of the hospital course with its document's date as people write it: "5 November 2026: ..."."""
    match = _DATE_OF_DOCUMENT.match(line)
    return f"{day(match['date'], language)}{line[match.end('date') :]}" if match else line


def _text(part: Part, name: str, language: Language) -> Text:
    lines = tuple(_dated(line.strip(), language) for line in part.text.splitlines() if line.strip())
    joined: list[list[str]] = []
    for line in lines:
        is_short = len(line) <= _INLINE_UP_TO
        if is_short and joined and len(joined[-1][-1]) <= _INLINE_UP_TO:
            joined[-1].append(line)
        else:
            joined.append([line])
    shown = tuple("; ".join([*(one.rstrip(".;。；") for one in group[:-1]), group[-1]]) for group in joined)
    return Text(name, shown, len(shown) > 1)


def _actions(actions: tuple[Action, ...], language: Language) -> Table:
    """The box: what is to be done, then results to come; the top three stand out."""
    rows = []
    for action in actions:
        what = action.what
        if action.quote and action.quote != action.what:
            what = f"{what} \u201c{' '.join(action.quote.split())}\u201d"
        if action.kind != "action":
            name = "course end" if action.kind == "course" else action.kind
            what = f"{label(name, language)}: {what}"
        owner = action.owner or label("no owner", language)
        rows.append((owner, what, action.due.said(language) or label("no date", language)))
    columns = (label("owner", language), label("what", language), label("when", language))
    return Table("actions", columns, tuple(rows), frozenset(range(min(TOP, len(rows)))))


def _medicines(medicines: tuple[MedicineRow, ...], language: Language) -> Table:
    columns = tuple(label(name, language) for name in ("medicine", "dose", "status", "reason"))
    rows = tuple(
        (one.drug, _how(one, language), label(one.status, language) if one.status else "", _reason(one, language))
        for one in medicines
    )
    return Table("medicines", columns, rows, frozenset(i for i, one in enumerate(medicines) if one.is_changed))


def _how(row: MedicineRow, language: Language) -> str:
    """The dose, and how it was before a change."""
    before = label("before", language).format(row.before) if row.before else ""
    return " ".join(one for one in (row.how, before) if one)


def _reason(row: MedicineRow, language: Language) -> str:
    return row.reason or (label("no reason", language) if row.is_changed else "")


def _provenance(letter: Letter) -> Iterator[Small]:
    language, made = letter.language, letter.provenance
    said = label("made", language).format(model=made.model)
    hashes = label("hashes", language).format(
        model=made.model_sha256[:12],
        prompt=made.prompt_sha256[:12],
        input=made.input_sha256[:12],
        version=made.version_sha256[:12],
    )
    when = f" {times.said(made.made_at, language)}." if made.made_at else ""
    yield Small(label("provenance", language), f"{said}{when} {letter.source}. {hashes}. {stamp(letter)}.")
