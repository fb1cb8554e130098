"""Which parts of the notes a section is written from, decided by the program from headings and cues.

A small model writes better from the three lines that matter than from the whole stay, and a section
that nothing in the notes speaks of is never sent to the model, so it cannot be invented.
"""

from __future__ import annotations

from app.notes.note import Note, Passage, Span
from app.prompts.tasks import SectionTask, Task


def select(note: Note, task: Task, section: SectionTask) -> tuple[Span, ...]:
    """Choose the spans of the notes that a section reads.

    Args:
        note: The divided notes.
        task: The task, whose other sections matter for `rest`.
        section: The section.

    Returns:
        Spans in the order of the text, without overlap; empty if no part speaks of the section.
    """
    if section.reads == "all":
        return tuple(passage.span for passage in note.passages)
    if section.reads == "rest":
        return tuple(p.span for p in note.passages if not _is_claimed(p, task))
    spans = [p.span for p in note.passages if _heading_matches(p, section)]
    if section.cues is not None:
        bare = [Span(p.span.start, p.body.start) for p in note.passages if p.heading]
        spans += [
            sentence
            for sentence in note.sentences
            if section.cues.search(sentence.of(note.text))
            and not _inside(sentence, spans)
            and not _inside(sentence, bare)
        ]
    return tuple(sorted(spans, key=lambda span: span.start))


def text_of(note: Note, spans: tuple[Span, ...]) -> str:
    """Join spans into one text, with a line break between spans that do not touch."""
    return "\n".join(span.of(note.text).strip() for span in spans)


def _heading_matches(passage: Passage, section: SectionTask) -> bool:
    return bool(section.headings and passage.heading and section.headings.search(passage.heading))


def _is_claimed(passage: Passage, task: Task) -> bool:
    return any(one.reads == "matching" and _heading_matches(passage, one) for one in task.sections)


def _inside(sentence: Span, spans: list[Span]) -> bool:
    return any(span.start <= sentence.start and sentence.end <= span.end for span in spans)
