"""Fixtures shared by all tests: a clean home for settings and data, and models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app import paths
from app.errors import ModelMissing
from app.model import adapters, cache, catalogue
from app.model.client import Ladder, ModelClient
from app.model.messages import Load
from installer import translations

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program asks for before it loads NumPy
os.environ["HF_HUB_OFFLINE"] = "1"  # tests never look anything up
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no window needs a screen
_APPLICATION = QApplication.instance() or QApplication(
    []
)  # one that can show widgets, before a PDF makes one that cannot
QUICK_LADDER = Ladder(cancel_s=1.0, terminate_s=1.0, kill_s=1.0)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, data and policy of the machine must not leak into a test."""
    home = tmp_path / "home"
    for name in ("user_data", "user_settings", "machine_models", "machine_policy"):
        monkeypatch.setattr(paths, name, lambda name=name: home / name)


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    """What Qt Linguist builds, where `dev.py` has not built it."""
    translations.build()


@pytest.fixture(scope="session")
def embedded_folder() -> Path:
    """Folder of the embedded model; skips with the reason where it was not fetched."""
    entries = catalogue.read(paths.resources() / "models.toml")
    entry = next(one for one in entries if one.is_embedded)
    try:
        return cache.locate(entry, [paths.bundled_models()])
    except ModelMissing as error:
        pytest.skip(f"the embedded model is not here (python3 dev.py setup fetches it): {error}")


@pytest.fixture
def scripted() -> Iterator[ModelClient]:
    """A worker with the scripted engine."""
    client = ModelClient(Load("scripted", ""), engine="scripted", ladder=QUICK_LADDER)
    yield client
    client.close()


@pytest.fixture(scope="session")
def embedded(embedded_folder: Path) -> Iterator[ModelClient]:
    """One worker with the embedded model and the adapter that the app takes by itself, for the whole run."""
    entry = next(one for one in catalogue.read(paths.resources() / "models.toml") if one.is_embedded)
    adapter = adapters.choose(adapters.AUTO, entry.name, paths.resources() / "adapters")
    client = ModelClient(Load("embedded", str(embedded_folder), "cpu", str(adapter.folder) if adapter else ""))
    yield client
    client.close()
