"""Two journeys in the window with the real embedded model and a real encrypted history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app import start
from app.core import Core
from tests import fakes
from tests.ui.conftest import NOTE, Desktop
from tests.ui.test_journeys import sign

pytestmark = pytest.mark.model
_LONG_MS = 280_000


@pytest.fixture
def core(embedded_folder: Path) -> Core:
    """The program as it starts, but for the keyring."""
    assert embedded_folder.is_dir()
    return replace(start.build({"device": "cpu"}), open_keeper=fakes.open_keeper)


def test_a_summary_from_paste_to_signature(desktop: Desktop, core: Core) -> None:
    window = desktop.window(core)
    window.writing.preload()
    desktop.paste(window, NOTE)
    window.draft.tasks.setCurrentIndex(window.draft.tasks.findData("brief-summary"))
    window.draft.write.click()
    desktop.until(lambda: not window.writing.is_busy, timeout=_LONG_MS)
    desktop.settle(window)
    draft = window.desk.current
    assert draft is not None
    assert draft.draft.sections[0].text.strip()
    assert draft.draft.stamp.model_name.startswith("smollm2-135m-instruct@")
    assert window.writing.state.tokens_per_s > 0
    assert "Using CPU" in window.status.model.text()
    assert "+ clinical ·" in window.status.model.text()
    sign(desktop, window)
    assert window.desk.current is not None
    assert window.desk.current.is_signed


def test_stop_ends_the_real_model_and_the_text_so_far_stays(desktop: Desktop, core: Core) -> None:
    window = desktop.window(core)
    desktop.paste(window, NOTE + "\n" + "He slept well and walked the ward with one stick. " * 30)
    window.draft.tasks.setCurrentIndex(window.draft.tasks.findData("plain-language"))
    window.draft.write.click()
    desktop.until(
        lambda: window.desk.current is not None and any(window.desk.current.streaming.values()), timeout=_LONG_MS
    )
    assert "Section " in window.status.speed.text()
    window.commands["stop"].trigger()
    desktop.until(lambda: not window.writing.is_busy, timeout=30_000)
    assert "Section " not in window.status.speed.text()
    desktop.settle(window)
    draft = window.desk.current
    assert draft is not None
    assert any(one.state == "incomplete" for one in draft.draft.sections)
    assert any(one.text for one in draft.draft.sections)
