"""Everything countable in a text, sentence by sentence: values, doses, dates. Read once per note."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.checks import doses, moments, quantities, words
from app.checks.doses import Dose
from app.checks.moments import Moment
from app.checks.quantities import Quantity
from app.checks.words import Word
from app.notes import segments
from app.notes.intake import Cleaned
from app.notes.note import Note, Span


@dataclass(frozen=True, slots=True)
class Facts:
    """One sentence and what can be counted in it.

    Attributes:
        span: Its place.
        body: Where its text begins, behind a heading that shares its line.
        heading: Text of the heading above it; empty where there is none.
        document: Index of its document.
        words: Its words.
        quantities: Its values.
        doses: Its drugs.
        moments: Its dates and times.
    """

    span: Span
    body: int
    heading: str
    document: int
    words: Sequence[Word]
    quantities: tuple[Quantity, ...]
    doses: tuple[Dose, ...]
    moments: tuple[Moment, ...]


@lru_cache(maxsize=2)
def of_note(note: Note) -> tuple[Facts, ...]:
    """Read the sentences of a note, headings included."""
    found = []
    for span in note.sentences:
        at = max(0, bisect_right(note.passages, span.start, key=lambda one: one.span.start) - 1)
        passage = note.passages[at]
        above = Span(passage.span.start, passage.body.start) if span.start >= passage.body.start else None
        body = passage.body.start if span.start < passage.body.start < span.end else span.start
        found.append(_read(note.text, span, body, above, passage.heading, passage.document))
    return tuple(found)


@lru_cache(maxsize=64)
def of_text(text: str) -> tuple[Facts, ...]:
    """Read the sentences of a section of a draft; bare headings are none."""
    note = segments.gather([("", Cleaned(text))])
    return tuple(one for one in of_note.__wrapped__(note) if not is_bare_heading(note, one.span))


def is_bare_heading(note: Note, span: Span) -> bool:
    """Tell whether a sentence is a heading alone on its line."""
    at = max(0, bisect_right(note.passages, span.start, key=lambda one: one.span.start) - 1)
    return bool(note.passages[at].heading) and span.end <= note.passages[at].body.start


def is_row(sentence: str) -> bool:
    """Tell whether a sentence is a row of a table without bars: times, dates and values alone."""
    parts = sentence.split()
    return len(parts) > 1 and all(re.search(r"\d", one) or not one.isalnum() for one in parts)


def _read(text: str, span: Span, body: int, above: Span | None, heading: str, document: int) -> Facts:
    values = quantities.read(text, span, above)
    return Facts(
        span=span,
        body=body,
        heading=heading,
        document=document,
        words=words.inside(words.read(text), span),
        quantities=values,
        doses=doses.read(text, span, values),
        moments=moments.read(text, span),
    )
