"""A letter as JSON for programs: everything it holds, offsets, states and hashes too."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from app.letter.letter import Letter


def table(letter: Letter) -> dict[str, Any]:
    """Build the table that `render` writes: plain values, ready for `json.dumps`."""
    sections = [{**asdict(one), "text": one.text} for one in letter.sections]
    status = "signed" if letter.is_signed else "draft"
    return {"status": status, "is_signed": letter.is_signed, **asdict(letter), "sections": sections}


def render(letter: Letter) -> str:
    """Write a letter as indented JSON, in UTF-8 characters as they are."""
    return json.dumps(table(letter), ensure_ascii=False, indent=2) + "\n"
