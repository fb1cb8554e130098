"""The root of all errors: what every one of them has."""

from __future__ import annotations

from typing import ClassVar

Fact = str | int | float


class EpicrisisError(Exception):
    """Root of the tree. Subclasses set `code`, `exit_code` and `sentence`.

    Args:
        **facts: Values for the placeholders of `sentence`. Never note text.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    sentence: ClassVar[str] = "Something went wrong. Your notes are unchanged. Try again."

    def __init__(self, **facts: Fact) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**facts))
