"""Which parts of the notes a section is written from, decided by the program from headings and cues.

A small model writes better from the three lines that matter than from the whole stay, and a section
that nothing in the notes speaks of is never sent to the model, so it cannot be invented.
"""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from app.notes import nameplates
from app.notes.documents import lines
from app.notes.note import Note, Passage, Span
from app.prompts import topics
from app.prompts.tasks import SectionTask, Task

# Probability from which a letter takes a passage that nothing but the detector points at.
_SURE = 0.5
# What the passages of a note speak of, as long as somebody holds the note: every section of a letter asks.
_spoken: WeakKeyDictionary[Note, tuple[str, ...]] = WeakKeyDictionary()
_IDENTIFIER = re.compile(
    r"\s*(?:(?:patient|name|date of birth|dob|hospital|nhs|mrn|address|sex|ward|gp)\b[^:\n]{0,30}:"
    r"|(?:姓名|性别|年龄|出生日期|病历号|住院号))",
    re.IGNORECASE,
)


def select(note: Note, task: Task, section: SectionTask) -> tuple[Span, ...]:
    """Choose the spans of the notes that a section reads.

    Args:
        note: The divided notes.
        task: The task, whose other sections matter for `rest`.
        section: The section.

    Returns:
        Spans in the order of the text, without overlap; empty if no part speaks of the section.
    """
    if section.reads == "topic" and is_known_topic(section):
        return topics.load().find(note, _topic(section.key))
    if section.reads in ("all", "topic"):
        return _everything(note)
    if section.reads == "rest":
        return tuple(p.span for p in note.passages if not _is_claimed(p, task) and not _is_label(note, p))
    if section.reads == "turns":
        return _turns(note, section) or _everything(note)
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
    if not spans and section.topics:
        spans = _without_heading(note, section)
    if not spans and section.or_all:
        return _everything(note)
    return tuple(sorted(spans, key=lambda span: span.start))


def is_known_topic(section: SectionTask) -> bool:
    """Whether the program itself finds what a section is about, so that no model need write it."""
    return section.reads == "topic" and _topic(section.key) in topics.load().names


def labels(note: Note) -> tuple[Span, ...]:
    """The passages that only say whose or which document this is: titles, names and numbers."""
    return tuple(passage.span for passage in note.passages if _is_label(note, passage))


def by_document(note: Note, spans: tuple[Span, ...]) -> list[tuple[str, tuple[Span, ...]]]:
    """Group spans by the document they stand in, each group with a label: its date, else its name.

    Where every document has a date, in the order of the dates: notes are pasted in any order.
    """
    groups = []
    is_dated = all(document.date for document in note.documents)
    for document in sorted(note.documents, key=lambda one: one.date) if is_dated else note.documents:
        inside = tuple(one for one in spans if document.span.start <= one.start and one.end <= document.span.end)
        if inside:
            groups.append((document.date or document.name, inside))
    return groups


def text_of(note: Note, spans: tuple[Span, ...]) -> str:
    """Join spans into one text, with a line break between spans that do not touch."""
    return "\n".join(span.of(note.text).strip() for span in spans)


def _without_heading(note: Note, section: SectionTask) -> list[Span]:
    if note not in _spoken:
        _spoken[note] = topics.load().best(note, _SURE)
    return [
        passage.span
        for passage, topic in zip(note.passages, _spoken[note], strict=True)
        if topic in section.topics and not passage.heading and not _is_label(note, passage)
    ]


def _topic(key: str) -> str:
    return "_".join(key.replace("_", " ").lower().split())


def _turns(note: Note, section: SectionTask) -> tuple[Span, ...]:
    lines = (Span(found.start(), found.end()) for found in re.finditer(r"[^\n]*\S[^\n]*", note.text))
    return tuple(one for one in lines if section.cues and section.cues.search(one.of(note.text)))


def _everything(note: Note) -> tuple[Span, ...]:
    return tuple(passage.span for passage in note.passages)


def _is_label(note: Note, passage: Passage) -> bool:
    document = note.documents[passage.document]
    all_lines = list(lines(note.text, passage.span))
    is_title = bool(document.kind) and passage.span.start == document.span.start and len(all_lines) == 1
    return is_title or (not passage.heading and all(_is_identity(note.text, line) for line in all_lines))


def _is_identity(text: str, line: Span) -> bool:
    return bool(_IDENTIFIER.match(line.of(text))) or nameplates.read(text, line) is not None


def _heading_matches(passage: Passage, section: SectionTask) -> bool:
    return bool(section.headings and passage.heading and section.headings.search(passage.heading))


def _is_claimed(passage: Passage, task: Task) -> bool:
    return any(one.reads == "matching" and _heading_matches(passage, one) for one in task.sections)


def _inside(sentence: Span, spans: list[Span]) -> bool:
    return any(span.start <= sentence.start and sentence.end <= span.end for span in spans)
