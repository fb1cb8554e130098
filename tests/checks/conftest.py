"""What several tests of the checks need."""

from __future__ import annotations

import pytest

from app.checks import rereading


@pytest.fixture
def rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the second reader thinks is not asked."""
    monkeypatch.setattr(rereading, "settle", lambda note, draft, basis, found, **_: tuple(found))
