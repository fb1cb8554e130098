"""What a reader of documents leaves out, text or layout, and the sentences that say so."""

from __future__ import annotations

from typing import Literal

Why = Literal["hidden", "struck", "deleted", "picture", "comments", "layout"]

_SAID: dict[Why, str] = {
    "hidden": "Text that the document hides was left out.",
    "struck": "Struck-out text was left out. Check that it no longer holds.",
    "deleted": "Text that tracked changes mark as deleted was left out.",
    "picture": "Pictures in the document were not read. Check whether they hold findings.",
    "layout": "The page is nested too deep to follow; hidden or struck-out text may stand among the rest.",
    "comments": "Comments in the margin were not read.",
}


class LeftOut:
    """Gathers what was left out; tells each kind once."""

    def __init__(self) -> None:
        self._kinds: dict[Why, None] = {}

    def note(self, why: Why, text: str = "x") -> None:
        """Note that something was left out; white space does not count."""
        if text.strip():
            self._kinds[why] = None

    def said(self) -> tuple[str, ...]:
        """Give one sentence for each kind."""
        return tuple(_SAID[why] for why in self._kinds)
