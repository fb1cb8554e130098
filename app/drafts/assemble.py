"""What the model streamed becomes a section: trimmed to whole sentences, never padded, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from app.drafts.draft import NOT_DOCUMENTED, Section, SectionState
from app.notes import nameplates
from app.notes.note import Note, Passage, Span
from app.notes.segments import sentences
from app.prompts.tasks import SectionTask

_WORD = re.compile(r"\w+")
_LABEL = r"^\s*(?:\*\*)?(?:here is|summary|one-sentence summary|answer|{title})[^\n:]{{0,60}}:(?:\*\*)?\s*"


def not_documented(task: SectionTask) -> Section:
    """The section nothing in the notes speaks of; the model was not asked."""
    return Section(task.key, task.title, task.absent or NOT_DOCUMENTED, "not documented")


def copied(task: SectionTask, note: Note, read: tuple[Span, ...]) -> Section:
    """The section the program writes: the lines of the notes that speak of it, each once, without names of patients.

    Args:
        task: The section asked for.
        note: The notes.
        read: The parts that speak of it.
    """
    passages = {passage.span: passage for passage in note.passages}
    headings = {passages[span].heading for span in read if span in passages}
    texts = [_copy(note, span, passages.get(span), labelled=len(headings) > 1) for span in read]
    lines = dict.fromkeys(line.strip() for text in texts for line in text.splitlines() if _says_something(line))
    return Section(task.key, task.title, "\n".join(lines), "copied", read)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and nameplates.read(line, Span(0, len(line))) is None


def _copy(note: Note, span: Span, passage: Passage | None, *, labelled: bool) -> str:
    """A passage without its heading, unless the heading tells it from others: "ECG: atrial fibrillation"."""
    if passage is None or (labelled and "\n" not in note.text[passage.span.start : passage.body.start]):
        return span.of(note.text)
    return passage.body.of(note.text)


def assemble(
    task: SectionTask,
    streamed: str,
    reason: Literal["stop", "length", "repeats", "cancelled"],
    read: tuple[Span, ...],
    *,
    tokens: int = 0,
    seconds: float = 0.0,
) -> Section:
    """Make a section of streamed text.

    Args:
        task: The section asked for.
        streamed: Everything the model wrote for it.
        reason: Why it ended.
        read: The parts of the notes it was given.
        tokens: Tokens written.
        seconds: Seconds taken.

    Returns:
        The section; `incomplete` where the text was stopped or ran out of room.
    """
    text = tidy(streamed, task.title)
    if reason == "repeats":
        text = without_repeats(text)
    state: SectionState = "written"
    problem = ""
    if reason == "cancelled":
        state, problem = "incomplete", "Stopped before the end. The text so far is kept."
    elif reason == "length" and not is_full(text, task.sentences):
        state, problem = "incomplete", "The model reached the length limit of this section before it ended."
    elif not text:
        state, problem = "failed", "The model wrote nothing for this section. Try again or write it yourself."
    if state == "written" and task.sentences:
        text = first_sentences(text, task.sentences)
    return Section(task.key, task.title, text, state, read, tokens, seconds, problem)


def join(task: SectionTask, parts: Sequence[tuple[str, Section]]) -> Section:
    """Join what was written from several documents into one section, a line each.

    Args:
        task: The section asked for.
        parts: Label (empty for none) and section of each part, at least one.

    Returns:
        The section; its state is the worst of its parts', and `copied` only where all of it is.
    """
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    sections = [section for _, section in parts]
    worst = max(sections, key=lambda one: ("copied", "written", "incomplete", "failed").index(one.state))
    return Section(
        task.key,
        task.title,
        "\n".join(f"{label}: {' '.join(one.text.split())}" for label, one in parts if one.text),
        worst.state,
        tuple(span for one in sections for span in one.read),
        sum(one.tokens for one in sections),
        sum(one.seconds for one in sections),
        worst.problem,
    )


def tidy(streamed: str, title: str) -> str:
    """Drop a label that repeats the question, and outer white space. Nothing else is changed."""
    label = re.compile(_LABEL.format(title=re.escape(title)), re.IGNORECASE)
    return label.sub("", streamed, count=1).strip()


def without_repeats(text: str) -> str:
    """Cut a text that ended because it went round in circles: what it said again, and what it did not end."""
    said = [" ".join(_WORD.findall(one.of(text).casefold())) for one in sentences(text)]
    kept = len(said)
    while kept and any(one.startswith(said[kept - 1]) for one in said[: kept - 1]):
        kept -= 1
    return text[: sentences(text)[min(kept, len(said) - 1)].start].strip() if said else text


def is_full(text: str, limit: int) -> bool:
    """Whether the text has all the sentences it may have, so that more would be dropped anyway.

    Args:
        text: The text so far.
        limit: Most sentences; 0 for no limit.
    """
    return bool(limit) and len(sentences(text)) > limit


def first_sentences(text: str, limit: int) -> str:
    """Keep the first sentences of a text, line breaks between them as they were."""
    kept = sentences(text)[:limit]
    return text[: kept[-1].end].strip() if kept else text
