"""What the proofs of packages share: one thing looked at, and the list that a person and a program read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    passed: bool
    seen: str


def tell(checks: Sequence[Check], to: Path | None = None) -> int:
    """Print the outcome, and write it as JSON where asked to.

    Args:
        checks: What was looked at.
        to: File for the JSON.

    Returns:
        Exit code: 0 if all holds, else 1.
    """
    for one in checks:
        print(f"{'PASS' if one.passed else 'FAIL'}  {one.name}: {one.seen}", flush=True)
    if to:
        to.write_text(json.dumps([asdict(one) for one in checks], indent=2) + "\n", encoding="utf-8")
    return 0 if all(one.passed for one in checks) else 1
