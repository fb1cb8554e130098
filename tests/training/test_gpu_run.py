"""Packing for a borrowed machine: the parts come together to the same files and train there as here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from training import gpu_run, prepare
from training.arguments import Recipe


def test_packed_parts_train_elsewhere(
    recipe: Recipe, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu_run, "PART_BYTES", 200_000)
    monkeypatch.setattr(gpu_run, "KEPT", tmp_path / "kept")
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR", raising=False)
    prepare.run(recipe, tmp_path / "work")
    text = """
name = "tiny"
title = "t"
base = "tiny"
base_folder = "model_cache/base/tiny"
data = "unused"
lora = { rank = 2 }
schedule = { batch = 4, steps = 2, dtype = "float32" }
[[train]]
file = "train.jsonl"
task = "extract-section"
"""
    (tmp_path / "r.toml").write_text(text, encoding="utf-8")
    base = tmp_path / "base" / "tiny"
    base.parent.mkdir()
    shutil.copytree(tiny, base)
    words = ["--recipe", str(tmp_path / "r.toml"), "--work", str(tmp_path / "work"), "--to", str(tmp_path / "parts")]
    assert gpu_run.main(["pack", *words, "--model", str(base)]) == 0
    parts = sorted((tmp_path / "parts").iterdir())
    assert len(parts) > 4
    assert gpu_run.main(["receive", *map(str, parts)]) == 0
    assert gpu_run.main(["train", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "adapter" / "adapter_model.safetensors").exists()
    assert (tmp_path / "out" / "training.json").exists()


def test_a_changed_part_is_refused(tmp_path: Path, recipe: Recipe, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_run, "PART_BYTES", 200_000)
    prepare.run(recipe, tmp_path / "work")
    (tmp_path / "r.toml").write_text("", encoding="utf-8")
    gpu_run.pack(tmp_path / "r.toml", tmp_path / "work", tmp_path / "parts", None, tiny)
    part = tmp_path / "parts" / "part-001"
    part.write_bytes(b"\1" + part.read_bytes()[1:])
    with pytest.raises(SystemExit, match="not those"):
        gpu_run.unpack(tmp_path / "parts", tmp_path / "run")
