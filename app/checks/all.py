"""The ordered list of checks: what stops first comes first."""

from __future__ import annotations

from app.checks import (
    assertions,
    contradictions,
    copies,
    evidence,
    identity,
    medications,
    numbers,
    omissions,
    progress,
    support,
)
from app.checks.finding import Finding
from app.drafts.draft import Draft
from app.notes.note import Note


def run(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """Ask every question of the notes and the draft.

    Args:
        note: The notes.
        draft: The draft made from them.

    Returns:
        All findings, in the order of the list.
    """
    basis = evidence.of(note, draft)
    return (
        *identity.find(note),
        *contradictions.find(note),
        *copies.find(note),
        *progress.find(note, draft),
        *numbers.find(note, draft, basis),
        *assertions.find(note, draft, basis),
        *medications.find(note, draft),
        *omissions.find(note, draft),
        *support.find(note, draft, basis),
    )
