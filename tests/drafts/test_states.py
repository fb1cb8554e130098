"""The four states of a field."""

from __future__ import annotations

import pytest

from app.drafts.states import State, of_text


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "not documented"),
        ("  \n ", "not documented"),
        ("NKDA", "stated as none"),
        ("No known drug allergies.", "stated as none"),
        ("Allergies: none", "stated as none"),
        ("No follow-up required.", "stated as none"),
        ("否认药物过敏史。", "stated as none"),
        ("Penicillin - rash.", "stated"),
        ("No rash on penicillin.", "stated"),
        ("No chest pain.", "stated"),
        ("NKDA.\nPenicillin - rash.", "conflicting"),
    ],
)
def test_states(text: str, state: State) -> None:
    assert of_text(text, is_exclusive=True) == state


def test_only_what_excludes_conflicts() -> None:
    assert of_text("None.\nGP to check U&E.") == "stated"
