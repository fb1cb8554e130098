"""The plain shape of what a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.notes.note import Span

Severity = Literal["info", "warning", "serious"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at.

    Attributes:
        kind: The check that found it, e.g. `identity`.
        severity: `info`, `warning` or `serious`.
        blocking: Whether work stops until a person settles it.
        message: One plain sentence. Shown to the doctor only; never logged, as it may quote a note.
        source_spans: Places in the notes.
        draft_span: Place in the draft; None where it concerns the notes alone.
    """

    kind: str
    severity: Severity
    blocking: bool
    message: str
    source_spans: tuple[Span, ...] = ()
    draft_span: Span | None = None
