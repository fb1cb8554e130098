"""What a draft in the making tells: plain events that both faces show. Importing them loads no check and no model."""

from __future__ import annotations

from dataclasses import dataclass

from app.checks.finding import Finding
from app.drafts.draft import Draft, Section
from app.errors import EpicrisisError
from app.model.messages import Finished, Loading, Ready


@dataclass(frozen=True, slots=True)
class ModelLoaded:
    """The model can be asked; `adapter` is the name and revision of its adapter, empty for none."""

    ready: Ready
    adapter: str = ""


@dataclass(frozen=True, slots=True)
class Condensing:
    """A part of notes that exceed the model's window is being shortened."""

    part: int
    parts: int


@dataclass(frozen=True, slots=True)
class SectionStarted:
    """A section is about to be written."""

    key: str
    title: str
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class SectionText:
    """More text of a section, as it streams. `SectionDone` brings the final text."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionDone:
    """A section is ready, absent, incomplete or failed; the error of a failed one is in `error`."""

    section: Section
    finished: Finished | None = None
    error: EpicrisisError | None = None


@dataclass(frozen=True, slots=True)
class DraftDone:
    """The end: the draft and what the checks found."""

    draft: Draft
    findings: tuple[Finding, ...]


Event = Loading | ModelLoaded | Condensing | SectionStarted | SectionText | SectionDone | DraftDone
