"""What the history hands out: frozen dataclasses of plain values, never rows of the database.

Times are ISO 8601 in UTC; ids are random UUIDs in hex.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

VersionKind = Literal["ai", "edit", "signed"]
Decision = Literal["open", "accepted", "corrected", "dismissed"]


@dataclass(frozen=True, slots=True)
class Case:
    """One stay or visit of one patient."""

    id: str
    title: str
    patient: str
    created: str
    is_signed: bool = False
    is_purged: bool = False
    has_draft: bool = False
    has_notes: bool = True


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One pasted document of a case; `text` is empty once retention removed it."""

    id: str
    case: str
    position: int
    name: str
    kind: str
    date: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a draft. Versions are never changed; the last one counts.

    Attributes:
        body: The draft as a table: title, sections, coverage, stamp.
        previous_sha256: Hash of the version before; empty for the first.
        sha256: Hash over body, author, time and the version before.
    """

    id: str
    draft: str
    number: int
    kind: VersionKind
    author: str
    at: str
    body: dict[str, Any] | None
    previous_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with its versions, oldest first.

    Attributes:
        work: Body of what was typed since the last version; None if nothing was.
    """

    id: str
    case: str
    task: str
    created: str
    versions: tuple[Version, ...]
    work: dict[str, Any] | None = None

    @property
    def is_signed(self) -> bool:
        """Whether the last version is signed."""
        return bool(self.versions) and self.versions[-1].kind == "signed"


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """What a check found in a version, and what the doctor decided on it."""

    id: str
    version: str
    kind: str
    severity: str
    blocking: bool
    message: str
    decision: Decision
    decided_by: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of the trail: metadata only, chained by hashes."""

    number: int
    at: str
    event: str
    subject: str
    details: dict[str, Any]
    previous: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One place where the words stand.

    Attributes:
        case: Id of the case.
        source: Id of the document or version.
        kind: Kind of document, or `draft`.
        date: Date of the document, or the day of the version.
        snippet: Text around the first match.
        is_signed: Whether it stands in a signed version.
    """

    case: str
    source: str
    kind: str
    date: str
    title: str
    snippet: str
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. All words must stand in the same document or draft; quotes make a phrase.

    Attributes:
        words: The words; the beginnings of words match.
        case: Only this case.
        patient: Only patients whose label holds this.
        kind: Only documents of this kind; `draft` for drafts, `case` for titles and patients' labels.
        since, until: Only this range of dates, ISO, inclusive.
        signed: Only signed (True) or unsigned (False) drafts; None for all.
        limit, offset: The page.
    """

    words: str
    case: str = ""
    patient: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    signed: bool | None = None
    limit: int = 20
    offset: int = 0
