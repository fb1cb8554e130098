"""The labelled notes: a note, then lines `faithful sentence || words of the passage it rests on`.

`notes` are those the rules were tuned on. `held` are measured, never tuned on and never asserted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.notes import intake, segments
from app.notes.note import Note

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Faithful:
    """A sentence that says what the note says, and where the note says it."""

    text: str
    source: str


@dataclass(frozen=True)
class Case:
    """One note with its faithful sentences."""

    name: str
    note: Note
    faithful: tuple[Faithful, ...]

    @property
    def is_chinese(self) -> bool:
        return "chinese" in self.name


@cache
def cases(folder: str = "notes") -> tuple[Case, ...]:
    """Read all of a folder."""
    return tuple(_case(path) for path in sorted((HERE / folder).glob("*.txt")))


def _case(path: Path) -> Case:
    text, lines = path.read_text(encoding="utf-8").split("@@faithful\n")
    pairs = [line.split(" || ") for line in lines.splitlines() if line.strip()]
    note = segments.gather([(path.name, intake.clean(text))])
    return Case(path.stem, note, tuple(Faithful(one.strip(), other.strip()) for one, other in pairs))
