"""Small notes and drafts for the tests of checks."""

from __future__ import annotations

from app.drafts.draft import Draft, Section, Stamp
from app.notes import intake, segments
from app.notes.note import Note

STAMP = Stamp("m", "p", "i", "test")


def note_of(*texts: str) -> Note:
    """Divide texts, each a document of its own."""
    return segments.gather([(f"{number}.txt", intake.clean(text)) for number, text in enumerate(texts, 1)])


def draft_of(*sections: tuple[str, str], task: str = "discharge-letter") -> Draft:
    """A draft with these sections: keys and texts."""
    made = tuple(Section(key, key.capitalize(), text, "written") for key, text in sections)
    return Draft(task, "Test", made, (), STAMP, "test")
