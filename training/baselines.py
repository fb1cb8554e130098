"""What a model must beat: lead sentences, headings copied by rule, the nearest training note copied."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from app.notes import intake, segments
from app.notes.note import Note, Passage
from app.prompts import topics
from training.data import Row
from training.filters import words
from training.scores import NOT_RECORDED

_LEAD_SENTENCES = 2
_SUMMARY_WORDS = 40
_SUMMARY = (("procedure", "operation"), ("diagnos", "impression"), ("chief complaint", "reason for"))


def lead(row: Row) -> str:
    """The first two sentences of what the model reads; the first two turns of a dialogue."""
    spans = segments.sentences(row.source)[:_LEAD_SENTENCES]
    return row.source[spans[0].start : spans[-1].end] if spans else row.source


def by_heading(row: Row) -> str | None:
    """Copy what stands under the topic's headings, or say that nothing is recorded.

    Returns:
        The text; None for tasks on dialogues, which have no headings.
    """
    if row.task == "extract-section" and row.section in topics.HEADINGS:
        return _below(_divided(row.source), topics.HEADINGS[row.section]) or NOT_RECORDED
    if row.task == "brief-summary":
        note = _divided(row.source)
        parts = [_below(note, names) for names in _SUMMARY]
        kept = [part for part in parts[:2] if part] or [part for part in parts[2:] if part]
        return " ".join(" ".join(kept or [row.source]).split()[:_SUMMARY_WORDS])
    return None


def _divided(source: str) -> Note:
    return segments.gather([("row", intake.clean(source))])


def _below(note: Note, names: Sequence[str]) -> str:
    """Text of all passages whose heading begins with a name, the first of equals."""
    texts = [_body(note, one) for one in note.passages if one.heading.casefold().strip().startswith(tuple(names))]
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _body(note: Note, passage: Passage) -> str:
    return passage.body.of(note.text).strip()


class Nearest:
    """Copies the answer of the training row whose source is most alike: another patient's. By TF-IDF cosine.

    Args:
        rows: Training rows.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = list({row.id: row for row in rows}.values())
        bags = [Counter(words(row.source)) for row in self._rows]
        seen = Counter(word for bag in bags for word in bag)
        self._weight = {word: math.log(len(bags) / count) for word, count in seen.items()}
        self._vectors = [self._vector(bag) for bag in bags]

    def answer(self, row: Row) -> str:
        """The nearest row's answer, of the same task and section where there is one."""
        same = [at for at, one in enumerate(self._rows) if (one.task, one.section) == (row.task, row.section)]
        pool = same or [at for at, one in enumerate(self._rows) if one.task == row.task] or range(len(self._rows))
        mine = self._vector(Counter(words(row.source)))
        best = max(pool, key=lambda at: sum(value * self._vectors[at].get(word, 0.0) for word, value in mine.items()))
        return self._rows[best].target

    def _vector(self, bag: Counter[str]) -> dict[str, float]:
        raw = {word: (1 + math.log(count)) * self._weight.get(word, 0.0) for word, count in bag.items()}
        norm = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {word: value / norm for word, value in raw.items()}
