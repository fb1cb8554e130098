"""The four states of a field of a letter, read from its words."""

from __future__ import annotations

import re
from typing import Literal

from app.notes.segments import sentences

State = Literal["stated", "stated as none", "not documented", "conflicting"]

_NONE = re.compile(
    r"\W*(?:[\w /]{0,40}[:：]\s*)?(?:"
    r"nkda|nka|nil(?: known| of note| relevant| significant)?|none(?: known| recorded| reported| at present)?"
    r"|n/?a|not applicable|no"
    r"|(?:has )?no (?:known |regular |other |new |further |significant |relevant |current |outstanding "
    r"|planned |specific )*"
    r"(?:drug |food |medication |medical |surgical |hospital |routine |gp |pending )*"
    r"(?:allerg(?:y|ies)|adverse reactions?|medications?|medicines?|drugs|procedures?|operations?|investigations?"
    r"|results?|follow[ -]?up|actions?|history|concerns?|safeguarding (?:issues?|concerns?)|alerts?|devices?|changes?)"
    r"(?: (?:known|required|needed|planned|pending|outstanding|awaited|noted|recorded|documented|reported|made))*"
    r"|否认[^。；;\n]{0,24}|(?:暂)?无(?:[^。；;\n]{0,14}(?:史|过敏|特殊))?"
    r")\W*",
    re.IGNORECASE,
)


def says_none(words: str) -> bool:
    """Tell whether one sentence only says that there is none: "NKDA", "No follow-up required", "否认药物过敏史"."""
    return bool(_NONE.fullmatch(words))


def of_text(text: str, *, is_exclusive: bool = False) -> State:
    """Tell the state of a field from its text.

    Args:
        text: What stands in the field; white space for nothing.
        is_exclusive: Whether a statement and "none" cannot both be true, as with allergies.

    Returns:
        `conflicting` only where `is_exclusive`.
    """
    said = [says_none(span.of(text)) for span in sentences(text)]
    if not said:
        return "not documented"
    if all(said):
        return "stated as none"
    return "conflicting" if is_exclusive and any(said) else "stated"
