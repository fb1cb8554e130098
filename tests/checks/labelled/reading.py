"""The labelled notes: a note, then lines `faithful sentence || words of the passage it rests on`.

Some end with `@@planted` and lines `kind || false sentence`, errors made by hand beside those of the mutators. `notes`
are those the rules were made with; `held`, `fresh`, `later`, `unseen`, `last`, `fifth` to `twentysecond` were each
scored before any rule knew them, and the rules were mended by classes after that, but for `thirteenth`,
`seventeenth`, `nineteenth` and `twentieth`: ARCHITECTURE.md has the figures before and after. No training of the
second reader saw any of them. `states` are short notes about one thing: what was done, shown, is over or going on;
the first half was there before the rules of `states` and `clashes`, the second (213 and on)
was scored before any rule knew it.
"""

from __future__ import annotations

from collections.abc import Iterator
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

    @property
    def sources(self) -> list[str]:
        """Where a sentence joins two passages, each is a right one: `first ## second`."""
        return self.source.split(" ## ")


@dataclass(frozen=True)
class Case:
    """One note with its faithful sentences."""

    name: str
    note: Note
    faithful: tuple[Faithful, ...]
    planted: tuple[tuple[str, str], ...] = ()

    @property
    def is_chinese(self) -> bool:
        return "chinese" in self.name


@cache
def cases(folder: str = "notes") -> tuple[Case, ...]:
    """Read all of a folder."""
    return tuple(_case(path) for path in sorted((HERE / folder).glob("*.txt")))


def _case(path: Path) -> Case:
    text, lines = path.read_text(encoding="utf-8").split("@@faithful\n")
    faithful, _, planted = lines.partition("@@planted\n")
    note = segments.gather([(path.name, intake.clean(text))])
    return Case(path.stem, note, tuple(Faithful(*pair) for pair in _pairs(faithful)), tuple(_pairs(planted)))


def _pairs(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.splitlines():
        if line.strip():
            one, other = line.split(" || ")
            yield one.strip(), other.strip()
