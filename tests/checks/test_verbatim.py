"""What is copied word for word is never a blocking flip of itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.checks import assertions, evidence, facts, numbers
from app.checks.finding import Finding
from app.notes.note import Note, Span
from tests.checks.cases import PNEUMONIA, draft_of, note_of
from tests.checks.labelled.reading import cases
from tests.letter import cases as letters

PENDING = note_of("Discharge summary 08/10/2026\nPending: sputum culture, sent 03/10/2026.\nCT chest done 04/10/2026.")
NOTES = [
    *(
        pytest.param(one.note, id=one.name)
        for folder in ("notes", "held", "fresh", "later", "unseen", "last")
        for one in cases(folder)
    ),
    pytest.param(note_of(*PNEUMONIA), id="pneumonia"),
    pytest.param(PENDING, id="pending"),
]


def blocking(note: Note, *sections: tuple[str, str]) -> list[Finding]:
    draft = draft_of(*sections)
    basis = evidence.of(note, draft)
    return [one for one in (*numbers.find(note, draft, basis), *assertions.find(note, draft, basis)) if one.blocking]


def matching(note: Note, sentence: facts.Facts) -> str:
    """The section of a letter in which a sentence belongs, by the heading above it."""
    words = sentence.heading.casefold()
    keys = {"pending": "pending", "outstanding": "pending", "follow": "actions", "plan": "actions", "past": "history"}
    return next((key for cue, key in keys.items() if cue in words), "course")


def copies(note: Note) -> Iterator[tuple[str, str]]:
    """Section and text of each sentence: as it stands, without its bullet, and without a heading on its line."""
    for one in facts.of_note(note):
        text = one.span.of(note.text)
        body = Span(one.body, one.span.end).of(note.text)
        key = matching(note, one)
        is_family = "relative" in assertions.context.by_heading(one.heading)
        for copy in dict.fromkeys((text, text.strip(" -*•"), text if is_family else body)):
            yield key, copy


@pytest.mark.parametrize("note", NOTES)
def test_a_sentence_copied_is_no_flip_of_itself(note: Note) -> None:
    for key, text in copies(note):
        assert not blocking(note, (key, text)), text


@pytest.mark.parametrize("note", NOTES)
def test_the_programs_own_copy_is_no_flip_of_itself(note: Note) -> None:
    draft = letters.draft_of(note)
    basis = evidence.of(note, draft)
    assert not [one for one in assertions.find(note, draft, basis) if one.blocking]
    assert not [one for one in numbers.find(note, draft, basis) if one.blocking]


def test_a_specimen_that_was_sent_is_still_pending_in_any_words() -> None:
    for text in ("Sputum culture, sent 03/10/2026.", "A sputum culture sent on 3 October 2026 is awaited."):
        assert not blocking(PENDING, ("pending", text))
        assert not blocking(PENDING, ("course", text))
    (found,) = blocking(PENDING, ("course", "Sputum culture was reported on 03/10/2026."))
    assert found.kind == "planned"


def test_a_relatives_heading_that_was_cut_off_is_told() -> None:
    note = note_of("Clinic letter 08/10/2026\nFamily history: bowel cancer.\nShe has a cough.")
    assert [one.kind for one in blocking(note, ("course", "Bowel cancer."))] == ["relative"]
