"""A draft as JSON for programs: everything the draft holds, offsets and hashes too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.checks.finding import Finding
from app.drafts.draft import Draft


def table(draft: Draft, findings: Sequence[Finding]) -> dict[str, Any]:
    """Build the table that `render` writes.

    Args:
        draft: The draft.
        findings: What the checks found.

    Returns:
        Plain values, ready for `json.dumps`.
    """
    return {
        "status": "draft",
        "is_complete": draft.is_complete,
        **asdict(draft),
        "findings": [asdict(finding) for finding in findings],
    }


def render(draft: Draft, findings: Sequence[Finding]) -> str:
    """Write a draft as indented JSON, in UTF-8 characters as they are."""
    return json.dumps(table(draft, findings), ensure_ascii=False, indent=2) + "\n"
