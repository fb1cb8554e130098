"""The model reads pasted notes while nobody waits, once for each change of them."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.ui.model_bridge import ModelBridge
from tests.ui.conftest import Desktop

NOTE = "Presenting complaint: chest pain for two days. Allergies: penicillin. Discharged home on aspirin 75 mg."


def test_pasted_notes_are_read_ahead_once(desktop: Desktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def note_it(_bridge: ModelBridge, documents: Any, task: Any) -> None:  # noqa: ANN401
        read.append(f"{task.name}: {documents[0].text}")

    monkeypatch.setattr(ModelBridge, "read_ahead", note_it)
    window = desktop.window()
    desktop.paste(window, NOTE)
    qtbot.waitUntil(lambda: len(read) == 1)
    assert read[0].startswith("discharge-letter: Presenting complaint")
    window.desk.checking.now()
    qtbot.waitUntil(lambda: not window.desk.checking._is_checking)
    assert len(read) == 1
