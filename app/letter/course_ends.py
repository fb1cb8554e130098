"""When a course that the patient goes home on ends, as an entry of the box of actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.checks import courses, discharge_list, words
from app.checks.courses import Course
from app.drafts.actions import Action
from app.drafts.draft import Draft
from app.notes.note import Note


def find(note: Note, draft: Draft, actions: Sequence[Action]) -> Iterator[Action]:
    """Give the courses of the notes that run past the discharge and that the draft's list of medicines holds.

    Args:
        note: The notes.
        draft: The draft, with a person's changes.
        actions: What the box holds already.

    Yields:
        An entry with the notes' words and the last day reckoned from them. None for a course that begins with the
        discharge, for one whose last day the draft's list gives, and for one that an action ends.
    """
    for course in courses.running(note):
        if not course.is_fresh and _is_listed(draft, course) and not _is_told(course, actions):
            quote = course.span.of(note.text).strip(" -*\u2022\n")
            yield Action("course", quote, "", course.due, False, quote, course.span)


def _is_listed(draft: Draft, course: Course) -> bool:
    """Whether the draft's list has the drug, without the date on which it ends."""
    own = [
        sentence
        for section, sentence in discharge_list.sentences(draft)
        if any(dose.drug == course.drug for dose in sentence.doses)
        and course.drug not in discharge_list.stopped_in(section, sentence)
    ]
    return bool(own) and not any(moment.kind == "date" for sentence in own for moment in sentence.moments)


def _is_told(course: Course, actions: Sequence[Action]) -> bool:
    return any(
        courses.gives_length(action.what) and any(word.key == course.drug for word in words.read(action.what))
        for action in actions
    )
