"""Reasons of changes, whole and in the notes' words."""

from __future__ import annotations

import pytest

from app.checks import medications
from tests.checks.cases import note_of


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hydrochlorothiazide was held because potassium was low at 3.1.", "because potassium was low at 3.1"),
        ("停用阿司匹林以减少出血风险。", "以减少出血风险"),
    ],
)
def test_a_reason_is_not_cut(text: str, reason: str) -> None:
    (row,) = [one for one in medications.reconcile(note_of(text)) if one.is_changed]
    assert row.reason == reason
