"""Titles of cases, made from their notes; the doctor may change them."""

from __future__ import annotations

from app.checks.identifiers import identifiers
from app.notes.note import Note

# As the history keeps them; translated where they are shown.
UNTITLED = "New case"
DOCTOR = "Doctor"
SAMPLE = "Sample case"
_LONGEST = 60


def title_of(note: Note) -> tuple[str, str]:
    """Find a title for a case.

    Args:
        note: Its notes.

    Returns:
        The title and the patient's label: the patient's name where the notes say it, else the first line.
    """
    name = next((one.span.of(note.text).strip() for one in identifiers(note) if one.kind == "name"), "")
    first = next((line.strip() for line in note.text.splitlines() if line.strip()), "")
    return (name or first)[:_LONGEST], name[:_LONGEST]
