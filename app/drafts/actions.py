"""Actions and pending results: who, what, when and the words of the notes that ask for it.

Every sentence of the draft's sections `actions` and `pending` becomes one entry, word for word: none is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from app.drafts import due, owners
from app.drafts.draft import Draft, Section
from app.drafts.due import Due
from app.drafts.states import says_none
from app.notes.note import Note, Span
from app.notes.segments import sentences

Kind = Literal["action", "pending", "course"]
KEYS: dict[str, Kind] = {"actions": "action", "pending": "pending"}  # by key of the draft's section
_DROPPED = re.compile(
    r"^\s*(?:[-*•]\s*|\d{1,2}[.)、]\s*)?"
    r"(?:(?:follow[ -]?up|plan|actions?(?: for (?:the )?gp)?|gp actions?|(?:pending|outstanding)(?: results?)?"
    r"|discharge plan|随访|待回报|出院医嘱)\s*[:：]\s*)?",
    re.IGNORECASE,
)
_URGENT = re.compile(r"\b(?:urgent\w*|asap|immediately|same day|2ww|two[- ]week wait)\b|尽快|立即|紧急", re.IGNORECASE)
_OF_GP = re.compile(r"\bgp\b|general practitioner|全科|社区", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be done, or a result to come, after the stay.

    Attributes:
        kind: `action`, `pending`, or `course` for a course of a drug that runs past the discharge.
        what: The sentence, word for word.
        owner: Who, in the notes' words; empty if they do not say.
        due: When.
        is_urgent: Whether the notes call it so.
        quote: What the notes say; empty where a person wrote the sentence anew.
        source: The quote's place in the notes.
    """

    kind: Kind
    what: str
    owner: str
    due: Due
    is_urgent: bool
    quote: str = ""
    source: Span | None = None


def find(draft: Draft, note: Note, discharged: str) -> tuple[Action, ...]:
    """List actions and pending results, the most pressing first.

    Args:
        draft: The draft, with a person's changes.
        note: The notes it was made from.
        discharged: ISO date of discharge; empty if unknown. "In two weeks" counts from the date of the document that
            says so, and from the discharge where it has none.

    Returns:
        Urgent ones, then those with a date by date, then the others, results to come last.
    """
    found: dict[str, Action] = {}
    for section in draft.sections:
        if section.key in KEYS and section.state not in ("not documented", "failed"):
            for action in _of_section(section, note, discharged):
                found.setdefault(" ".join(action.what.casefold().split()), action)
    return ranked(found.values())


def ranked(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Sort actions: urgent ones, then those with a date by date, then the others, results to come last."""
    return tuple(sorted(actions, key=_rank))


def _rank(action: Action) -> tuple[bool, bool, str, bool]:
    return not action.is_urgent, action.kind == "pending", action.due.last or "9999", not _OF_GP.search(action.owner)


def _of_section(section: Section, note: Note, discharged: str) -> Iterator[Action]:
    for span in sentences(section.text):
        written = span.of(section.text)
        what = _DROPPED.sub("", written, count=1).strip()
        if not what or says_none(what):
            continue
        source = locate(what, note, section.read)
        yield Action(
            kind=KEYS[section.key],
            what=what,
            owner=owners.read(what) or _owner_of_heading(note, source),
            due=due.read(what, _anchor(note, source, discharged)),
            is_urgent=bool(_URGENT.search(what)),
            quote=source.of(note.text) if source else "",
            source=source,
        )


def locate(words: str, note: Note, read: tuple[Span, ...]) -> Span | None:
    """Find words in the notes: first in the parts a section was made from, then anywhere.

    Args:
        words: What to look for, word for word.
        note: The notes.
        read: The parts to look in first.

    Returns:
        The place; None where the notes do not say it so.
    """
    for part in (*read, Span(0, len(note.text))):
        at = note.text.find(words, part.start, part.end)
        if at >= 0:
            return Span(at, at + len(words))
    return None


def _owner_of_heading(note: Note, source: Span | None) -> str:
    """GP where the heading above says that the list is the GP's."""
    if source is None:
        return ""
    above = next((one for one in note.passages if one.span.start <= source.start < one.span.end), None)
    return "GP" if above and re.search(r"\bgp\b", above.heading, re.IGNORECASE) else ""


def _anchor(note: Note, source: Span | None, discharged: str) -> str:
    if source is not None:
        for document in note.documents:
            if document.span.start <= source.start < document.span.end and document.date:
                return document.date
    return discharged
