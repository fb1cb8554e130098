"""What was imported into a folder of models, newest last, so that an import can be undone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app import disk

_NAME = "imports.json"


@dataclass(frozen=True, slots=True)
class Import:
    """One import.

    Attributes:
        at: When, ISO 8601 in UTC.
        source: Name of the file or folder it came from.
        fingerprint: Of the bundle; empty for a folder or a plain zip file.
        added: Folders that it added, from the folder of the ledger.
    """

    at: str
    source: str
    fingerprint: str
    added: tuple[str, ...]


def read(root: Path) -> tuple[Import, ...]:
    """The imports of a folder; none where the ledger is missing or is none."""
    try:
        rows = json.loads((root / _NAME).read_text(encoding="utf-8"))
        return tuple(Import(**{**one, "added": tuple(one["added"])}) for one in rows)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def write(root: Path, imports: Sequence[Import]) -> None:
    """Replace the ledger, whole or not at all.

    Raises:
        OSError: It cannot be written; the old one holds.
    """
    data = json.dumps([asdict(one) for one in imports], indent=1).encode("utf-8")
    disk.write(root / _NAME, data, mode=0o644)  # of a machine: every user may read what IT imported
