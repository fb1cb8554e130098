"""Copy-forward: sentences that stand word for word in documents of different days."""

from __future__ import annotations

from functools import lru_cache

from app.checks import evidence, facts, wording
from app.checks.finding import Finding, remark, said
from app.notes.note import Note, Span

_LEAST_WORDS = 6  # shorter ones are the language of the ward: "Chest clear."
_LEAST_SENTENCES = 2  # one sentence may well be said twice


@lru_cache(maxsize=2)
def spans(note: Note) -> tuple[tuple[Span, ...], ...]:
    """Find sentences that were carried from one document into another.

    Args:
        note: The notes.

    Returns:
        For each such sentence its places, the first one first. Within one document nothing counts as a copy.
    """
    body = set(evidence.index(note).spans)
    seen: dict[str, dict[int, Span]] = {}
    for sentence in facts.of_note(note):
        if sentence.span in body and len(sentence.words) >= _LEAST_WORDS:
            words = " ".join(sentence.span.of(note.text).casefold().split()).strip(" .-*")
            seen.setdefault(words, {}).setdefault(sentence.document, sentence.span)
    return tuple(tuple(places.values()) for places in seen.values() if len(places) > 1)


def find(note: Note) -> tuple[Finding, ...]:
    """Tell of copies, once.

    Args:
        note: The notes.

    Returns:
        A remark with every place, or nothing.
    """
    found = spans(note)
    if len(found) < _LEAST_SENTENCES:
        return ()
    places = tuple(span for group in found for span in group)
    return (remark("copied", said(wording.COPIED_FORWARD, count=len(found)), places),)
