"""Adapters on the command line: list, use, roll back, and what IT fixed stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app import paths, start
from app.cli.main import main
from app.core import Core
from app.model import adapters, cache
from app.settings import file as settings_file

MODEL = "smollm2-135m-instruct"


def run(*words: str) -> int:
    def build(overrides: Mapping[str, Any]) -> Core:
        return start.build(overrides)

    return main(["models", *words], build)


@pytest.fixture(autouse=True)
def _two_revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "adapters"
    monkeypatch.setattr(adapters, "folders", lambda: (root,))
    for revision, base in (("20260101", MODEL), ("20260201", MODEL), ("20260301", "another")):
        folder = root / ("letters" if base == MODEL else "foreign") / revision
        folder.mkdir(parents=True)
        config = json.dumps({"base_model_name_or_path": base})
        (folder / "adapter_config.json").write_text(config, encoding="utf-8")
        (folder / adapters.PROVENANCE).write_text('{"summary": "ROUGE-1: 40."}', encoding="utf-8")
        cache.write_manifest(folder, model="letters", revision=revision, source={})


def in_use(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert run("adapters", "--json") == 0
    return [one["name"] for one in json.loads(capsys.readouterr().out) if one["in_use"]]


def test_the_newest_of_the_program_is_in_use_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert in_use(capsys) == ["letters/20260201"]
    assert run("adapters") == 0
    out = capsys.readouterr().out
    assert "letters/20260201  (for smollm2-135m-instruct, in use)" in out
    assert "ROUGE-1: 40." in out


def test_roll_back_and_forward_again(capsys: pytest.CaptureFixture[str]) -> None:
    paths.user_settings().parent.mkdir(parents=True)
    paths.user_settings().write_text('# mine\nidle_lock_minutes = 20\nadapter = "auto"\n', encoding="utf-8")
    assert run("roll-back") == 0
    assert in_use(capsys) == ["letters/20260101"]
    text = paths.user_settings().read_text(encoding="utf-8")
    assert "# mine" in text
    assert text.count("adapter") == 1
    assert settings_file.read(paths.user_settings(), paths.machine_policy()).options.idle_lock_minutes == 20
    assert run("roll-back") == 4
    assert "no revision before this one" in capsys.readouterr().err
    assert run("use", "letters") == 0
    assert in_use(capsys) == ["letters/20260201"]
    assert run("use", "none") == 0
    assert in_use(capsys) == []
    assert run("roll-back") == 4


def test_a_foreign_altered_or_unknown_adapter_is_not_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("use", "foreign") == 4
    assert run("use", "nowhere") == 4
    (tmp_path / "adapters" / "letters" / "20260101" / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": MODEL, "more": 1}), encoding="utf-8"
    )
    assert run("use", "letters/20260101") == 4
    assert "adapter_config.json" in capsys.readouterr().err
    assert not paths.user_settings().exists()


def test_what_it_fixed_cannot_be_switched(capsys: pytest.CaptureFixture[str]) -> None:
    paths.machine_policy().parent.mkdir(parents=True, exist_ok=True)
    paths.machine_policy().write_text('adapter = "letters/20260101"\n', encoding="utf-8")
    assert run("use", "none") == 2
    assert "IT department" in capsys.readouterr().err
    assert in_use(capsys) == ["letters/20260101"]
