"""What the checks say of single sentences: the rules first, then the second reading."""

from __future__ import annotations

from collections.abc import Sequence

from app.checks import assertions, numbers, rereading, support
from app.checks.finding import Evidence, Finding
from app.drafts.draft import Draft
from app.notes.note import Note


def find(note: Note, draft: Draft, basis: Sequence[Evidence], *, every_word: bool = False) -> tuple[Finding, ...]:
    """Ask what each sentence counts, what it asserts, and whether the notes support it.

    Args:
        note: The notes.
        draft: The draft made from them.
        basis: What `evidence.of` gave for them.
        every_word: Whether a model's text is to be mended: see `support.find`. The second reading then only adds.

    Returns:
        The findings that stand after the second reading.
    """
    found = (
        *numbers.find(note, draft, basis),
        *assertions.find(note, draft, basis),
        *support.find(note, draft, basis, every_word=every_word),
    )
    return rereading.settle(note, draft, basis, found, only_adds=every_word)
