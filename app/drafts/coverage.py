"""The coverage manifest: what of the notes was read, condensed or skipped, computed by the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.drafts.draft import Coverage, ReadState
from app.notes.note import Note, Span


@dataclass(frozen=True, slots=True)
class Reading:
    """Parts of the notes given to the model together, as they stand or condensed first."""

    spans: tuple[Span, ...]
    is_condensed: bool


def cover(note: Note, readings: Sequence[Reading], labels: Sequence[Span], why_skipped: str) -> tuple[Coverage, ...]:
    """Tell for every sentence what became of it.

    Args:
        note: The divided notes.
        readings: Everything the model was given. A sentence read as it stands for one section and
            condensed for another counts as read.
        labels: Parts that only name the document or the patient.
        why_skipped: Reason for what no reading holds.

    Returns:
        Runs of sentences with the same fate, in the order of the text; together they hold every sentence.
    """
    plain = _merge([span for reading in readings if not reading.is_condensed for span in reading.spans])
    condensed = _merge([span for reading in readings if reading.is_condensed for span in reading.spans])
    runs: list[Coverage] = []
    for sentence in note.sentences:
        state: ReadState = "skipped"
        if _holds(plain, sentence):
            state = "read"
        elif _holds(condensed, sentence):
            state = "condensed"
        elif _holds(list(labels), sentence):
            state = "label"
        if runs and runs[-1].state == state:
            runs[-1] = Coverage(Span(runs[-1].span.start, sentence.end), state, runs[-1].why)
        else:
            runs.append(Coverage(sentence, state, why_skipped if state == "skipped" else ""))
    return tuple(runs)


def characters(coverage: Sequence[Coverage], state: ReadState) -> int:
    """Count the characters of one fate."""
    return sum(one.span.end - one.span.start for one in coverage if one.state == state)


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _holds(spans: list[Span], sentence: Span) -> bool:
    return any(span.start <= sentence.start and sentence.end <= span.end for span in spans)
