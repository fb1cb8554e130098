"""The plain shape of a draft: sections, what was read for each, and the hashes that make it repeatable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from app.notes.note import Span

SectionState = Literal["written", "copied", "not documented", "incomplete", "failed"]
Review = Literal["", "edited", "accepted"]
ReadState = Literal["read", "condensed", "label", "skipped"]

NOT_DOCUMENTED = "Not documented in the pasted notes."


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a draft.

    Attributes:
        key: Name in the task file.
        title: Heading for people.
        text: What the model wrote; for `not documented` the standing sentence.
        state: `written` by the model, `copied` word for word by the program, `not documented` (no passage
            of the notes speaks of it, so the model was not asked), `incomplete` (stopped or out of room)
            or `failed`.
        read: The parts of the notes the model was given for it.
        tokens: Tokens written.
        seconds: Seconds taken.
        problem: Plain sentence for `incomplete` and `failed`, else empty.
        review: What a person did with it: `edited` it, `accepted` it, or nothing yet.
    """

    key: str
    title: str
    text: str
    state: SectionState
    read: tuple[Span, ...] = ()
    tokens: int = 0
    seconds: float = 0.0
    problem: str = ""
    review: Review = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of one part of the notes.

    `read` as it stands, `condensed` first, a `label` (title, name, number: read by the program only), or
    `skipped`, and why.
    """

    span: Span
    state: ReadState
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The hashes that make a draft repeatable: same three, same bytes.

    Attributes:
        model: Hash of the model's manifest and its adapter's, hex SHA-256.
        prompt: Hash of the task file and of the way it is rendered.
        input: Hash of the cleaned notes.
        model_name: Name and revision for people.
        adapter_name: Name and revision; empty for none.
    """

    model: str
    prompt: str
    input: str
    model_name: str
    adapter_name: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An AI draft of one task. Visibly a draft until a named doctor signs it."""

    task: str
    title: str
    sections: tuple[Section, ...]
    coverage: tuple[Coverage, ...]
    stamp: Stamp
    device: str
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether every section was written to its end or is honestly absent."""
        return all(section.state in ("written", "copied", "not documented") for section in self.sections)


def from_body(body: Mapping[str, Any]) -> Draft:
    """Rebuild a draft from what `dataclasses.asdict` made of it, as the history keeps it.

    Args:
        body: The table. Names it does not know are left out: a later version may add some.

    Returns:
        The draft.
    """
    sections = tuple(
        Section(**_known(Section, one) | {"read": tuple(_span(span) for span in one.get("read", ()))})
        for one in body["sections"]
    )
    coverage = tuple(Coverage(**_known(Coverage, one) | {"span": _span(one["span"])}) for one in body["coverage"])
    parts = {"sections": sections, "coverage": coverage, "stamp": Stamp(**_known(Stamp, body["stamp"]))}
    return Draft(**_known(Draft, body) | parts | {"warnings": tuple(body.get("warnings", ()))})


def _known(kind: type, table: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in table.items() if name in names}


def _span(table: Mapping[str, int]) -> Span:
    return Span(table["start"], table["end"])
