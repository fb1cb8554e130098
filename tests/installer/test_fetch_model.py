"""The embedded model is taken only with the right hash, from whichever source has it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

from app.errors import ModelMissing
from app.model import cache
from installer import fetch_model
from tests.benchmarks.gguf_file import write
from tests.builders import tiny_model
from tests.model.test_cache import ENTRY

GGUF = b"GGUF pretend"
SHA256 = hashlib.sha256(GGUF).hexdigest()


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> fetch_model.ModelEntry:
    monkeypatch.setattr(fetch_model, "describe", describe)
    monkeypatch.delenv("EPICRISIS_TEST_FOLDER", raising=False)
    table = {"kind": "folder", "environment": "EPICRISIS_TEST_FOLDER", "file": "m.gguf", "sha256": SHA256}
    return dataclasses.replace(ENTRY, revision="r1", sources=(table,))


def describe(gguf: Path, staged: Path, architecture: str) -> None:
    staged.mkdir()
    (staged / "config.json").write_text(f"{gguf.name} {architecture}", encoding="utf-8")


def usb(tmp_path: Path, data: bytes) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir(exist_ok=True)
    (folder / "m.gguf").write_bytes(data)
    return folder


def test_it_is_placed_once(entry: fetch_model.ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICRISIS_TEST_FOLDER", str(usb(tmp_path, GGUF)))
    folder = fetch_model.fetch(entry, tmp_path / "cache")
    assert cache.verify(folder).model == "tiny"
    assert (folder / "LICENSE.txt").exists()
    assert (folder / "m.gguf").read_bytes() == GGUF
    monkeypatch.setattr(fetch_model, "describe", None)  # a second time would fail
    assert fetch_model.fetch(entry, tmp_path / "cache") == folder
    assert [one.name for one in folder.parent.iterdir()] == ["r1"]


def test_another_file_is_never_taken(entry: fetch_model.ModelEntry, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="not the one that was pinned"):
        fetch_model.fetch(entry, tmp_path / "cache", usb(tmp_path, b"GGUF other"))
    assert not list(tmp_path.rglob("manifest.json"))


def test_no_source_at_all_is_said(entry: fetch_model.ModelEntry, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no source has it"):
        fetch_model.fetch(entry, tmp_path / "cache")
    with pytest.raises(ModelMissing, match="FileNotFoundError"):
        fetch_model.fetch(entry, tmp_path / "cache", tmp_path)


def test_a_damaged_copy_is_made_anew(entry: fetch_model.ModelEntry, tmp_path: Path) -> None:
    source = usb(tmp_path, GGUF)
    folder = fetch_model.fetch(entry, tmp_path / "cache", source)
    (folder / "m.gguf").write_bytes(b"damaged")
    assert cache.verify(fetch_model.fetch(entry, tmp_path / "cache", source))


def test_the_expanded_model_of_an_earlier_version_is_replaced_or_kept(
    entry: fetch_model.ModelEntry, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "tiny" / "r1"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"expanded")
    cache.write_manifest(folder, model="tiny", revision="r1", source={})
    assert fetch_model.fetch(entry, tmp_path / "cache") == folder  # no source has the file, and this one works
    assert (folder / "model.safetensors").exists()
    fetch_model.fetch(entry, tmp_path / "cache", usb(tmp_path, GGUF))
    assert sorted(cache.verify(folder).files) == ["LICENSE.txt", "config.json", "m.gguf"]
    assert [one.name for one in folder.parent.iterdir()] == ["r1"]


def test_a_setup_that_dies_leaves_no_model(
    entry: fetch_model.ModelEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_gguf: Path, staged: Path, _architecture: str) -> None:
        staged.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch_model, "describe", dies)
    with pytest.raises(KeyboardInterrupt):
        fetch_model.fetch(entry, tmp_path / "cache", usb(tmp_path, GGUF))
    assert not list((tmp_path / "cache" / "tiny").iterdir())


def test_what_stands_beside_the_weights_is_written_down(tmp_path: Path) -> None:
    tiny_model("LlamaForCausalLM", tmp_path / "tiny")
    gguf = write(tmp_path / "tiny", tmp_path / "m.gguf")
    fetch_model.describe(gguf, tmp_path / "staged", "LlamaForCausalLM")
    original, made = (
        json.loads((tmp_path / name / "config.json").read_text(encoding="utf-8")) for name in ("tiny", "staged")
    )
    for key in ("architectures", "dtype", "hidden_size", "head_dim", "num_key_value_heads", "tie_word_embeddings"):
        assert original[key] == made[key], key
    assert str(tmp_path) not in json.dumps(made)
    names = {one.name for one in (tmp_path / "staged").iterdir()}
    assert {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"} <= names
    assert not any(name.endswith((".safetensors", ".gguf")) for name in names)
