"""`policy show` tells every value and its source; a policy that cannot be read stops everything."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from app import paths, start
from app.cli import main as cli
from app.settings.options import Options


def test_every_value_and_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    paths.machine_policy().parent.mkdir(parents=True, exist_ok=True)
    paths.machine_policy().write_text('device = "cpu"\nidle_lock_minutes = 5\n', encoding="utf-8")
    paths.user_settings().write_text("least_words = 9\n", encoding="utf-8")
    assert cli.main(["policy", "show", "--json"], start.build) == 0
    table = json.loads(capsys.readouterr().out)
    assert set(table["settings"]) == {one.name for one in fields(Options)}
    assert table["settings"]["device"] == {"value": "cpu", "source": "IT"}
    assert table["settings"]["idle_lock_minutes"] == {"value": 5, "source": "IT"}
    assert table["settings"]["least_words"] == {"value": 9, "source": "you"}
    assert table["settings"]["theme"] == {"value": "system", "source": "default"}
    assert table["exists"]
    assert cli.main(["policy", "show"], start.build) == 0
    assert "idle_lock_minutes = 5  (IT)" in capsys.readouterr().out


def test_a_policy_that_cannot_be_read_stops_everything(capsys: pytest.CaptureFixture[str]) -> None:
    paths.machine_policy().mkdir(parents=True)  # a folder in its place: there, and not readable as a file
    assert cli.main(["policy", "show", "--json"], start.build) == 2
    said = capsys.readouterr()
    assert "Nothing was started" in said.err
    assert json.loads(said.out)["error"]["code"] == "setup"


def test_no_variable_of_a_user_moves_the_policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert paths.machine_policy() == Path("/etc/epicrisis/policy.toml")
    assert paths.machine_models() == Path("/var/lib/epicrisis/models")
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("sys._MEIPASS", "somewhere", raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "epicrisis.exe"))
    assert paths.machine_policy() == tmp_path / "policy.toml"
