"""Models are found, proved and imported whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from app import paths
from app.errors import DiskFull, ModelAltered, ModelMissing, ModelUnknown, ModelUnsupported, SetupError
from app.model import cache, catalogue, importing
from app.model.catalogue import ModelEntry

ENTRY = ModelEntry(
    name="tiny", title="Tiny", architecture="LlamaForCausalLM", licence="MIT", languages=("en",), parameters_millions=1,
    download_mb=1, memory_8bit_mb=1, context_tokens=512, repository="none/tiny", evaluation="none",
)  # fmt: skip
CONFIG = {"architectures": ["LlamaForCausalLM"]}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"weights" * 100)
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    return folder


def zipped(source: Path, to: Path, extra: dict[str, str] | None = None) -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for file in source.iterdir():
            archive.write(file, f"model/{file.name}")
        for name, text in (extra or {}).items():
            archive.writestr(name, text)
    return to


def test_a_folder_is_imported_found_and_verified(source: Path, tmp_path: Path) -> None:
    folder = importing.import_model(source, ENTRY, tmp_path / "models")
    assert cache.locate(ENTRY, [tmp_path / "nowhere", tmp_path / "models"]) == folder
    assert cache.verify(folder).revision == folder.name
    assert cache.installed([ENTRY], [tmp_path / "models"]) == ("tiny",)
    assert cache.installed([ENTRY], [tmp_path / "nowhere"]) == ()


def test_importing_again_changes_nothing(source: Path, tmp_path: Path) -> None:
    first = importing.import_model(source, ENTRY, tmp_path / "models")
    before = (first / "model.safetensors").stat().st_mtime_ns
    assert importing.import_model(source, ENTRY, tmp_path / "models") == first
    assert (first / "model.safetensors").stat().st_mtime_ns == before


def test_a_zip_with_one_folder_inside(source: Path, tmp_path: Path) -> None:
    folder = importing.import_model(zipped(source, tmp_path / "m.zip"), ENTRY, tmp_path / "models")
    assert sorted(one.name for one in folder.iterdir()) == [
        "config.json", "manifest.json", "model.safetensors", "tokenizer.json",
    ]  # fmt: skip


def test_a_bundle_with_a_manifest_needs_no_name(source: Path, tmp_path: Path) -> None:
    cache.write_manifest(source, model="tiny", revision="r1", source={"kind": "bundle"})
    assert importing.import_model(source, None, tmp_path / "models") == tmp_path / "models" / "tiny" / "r1"
    (source / "model.safetensors").write_bytes(b"other")
    with pytest.raises(ModelAltered):
        importing.import_model(source, None, tmp_path / "more")


def test_code_and_pickles_are_left_behind(source: Path, tmp_path: Path) -> None:
    (source / "modeling_tiny.py").write_text("print('hello')", encoding="utf-8")
    (source / "pytorch_model.bin").write_bytes(b"pickle")
    folder = importing.import_model(source, ENTRY, tmp_path / "models")
    assert not list(folder.glob("*.py")) + list(folder.glob("*.bin"))


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"architectures": ["MambaForCausalLM"]}, ModelUnsupported),
        ({**CONFIG, "auto_map": {"AutoModel": "modeling_tiny.Tiny"}}, ModelUnsupported),
        ([], ModelMissing),
        ({"architectures": []}, ModelUnsupported),
    ],
)
def test_what_cannot_run_is_refused(source: Path, tmp_path: Path, config: object, kind: type[Exception]) -> None:
    (source / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(kind):
        importing.import_model(source, ENTRY, tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


@pytest.mark.parametrize("name", ["../evil.json", "/evil.json", "C:\\evil.json", "model/../../evil.json"])
def test_a_zip_cannot_write_outside(source: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelMissing, match="outside itself"):
        importing.import_model(zipped(source, tmp_path / "m.zip", {name: "{}"}), ENTRY, tmp_path / "models")
    assert not list(tmp_path.rglob("evil.json"))


def test_no_source_no_weights_no_config(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="neither a folder nor a zip"):
        importing.import_model(tmp_path / "nothing", ENTRY, tmp_path / "models")
    (source / "model.safetensors").unlink()
    with pytest.raises(ModelMissing, match=r"no \.safetensors"):
        importing.import_model(source, ENTRY, tmp_path / "models")
    (source / "config.json").unlink()
    with pytest.raises(ModelMissing, match=r"no config\.json"):
        importing.import_model(source, ENTRY, tmp_path / "models")


def test_a_disk_without_room_is_noticed_before_copying(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(importing.shutil, "disk_usage", lambda _path: usage(10, 10, 0))
    with pytest.raises(DiskFull):
        importing.import_model(source, ENTRY, tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_a_disk_that_fills_up_while_copying_leaves_nothing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: Path, _to: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importing.shutil, "copyfile", full)
    with pytest.raises(DiskFull):
        importing.import_model(source, ENTRY, tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_an_import_killed_half_way_leaves_no_model(source: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from app.model import importing\n"
        "from tests.model.test_cache import ENTRY\n"
        "def slow(source, to):\n"
        "    pathlib.Path(to).write_bytes(b'half'); print('copying', flush=True); time.sleep(60)\n"
        "importing.shutil.copyfile = slow\n"
        "importing.import_model(pathlib.Path(sys.argv[1]), ENTRY, pathlib.Path(sys.argv[2]))\n"
    )
    words = [sys.executable, "-c", code, str(source), str(tmp_path / "models")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "copying\n"
        process.kill()
    with pytest.raises(ModelMissing):
        cache.locate(ENTRY, [tmp_path / "models"])
    assert importing.import_model(source, ENTRY, tmp_path / "models").exists()


def test_links_and_strangers_are_not_verified(source: Path, tmp_path: Path) -> None:
    folder = importing.import_model(source, ENTRY, tmp_path / "models")
    (folder / "extra.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelAltered, match=r"extra\.json"):
        cache.verify(folder)
    (folder / "extra.json").unlink()
    if os.name == "posix":
        weights = folder / "model.safetensors"
        elsewhere = tmp_path / "elsewhere"
        weights.rename(elsewhere)
        weights.symlink_to(elsewhere)
        with pytest.raises(ModelAltered, match=r"model\.safetensors"):
            cache.verify(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 9, "files": {"a": {"sha256": "", "bytes": 1}}}'])
def test_a_manifest_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelAltered, match=r"manifest\.json"):
        cache.verify(tmp_path)


def test_the_newest_import_wins_where_no_revision_is_pinned(source: Path, tmp_path: Path) -> None:
    importing.import_model(source, ENTRY, tmp_path / "models")
    (source / "tokenizer.json").write_text('{"new": 1}', encoding="utf-8")
    time.sleep(0.02)
    newer = importing.import_model(source, ENTRY, tmp_path / "models")
    assert cache.locate(ENTRY, [tmp_path / "models"]) == newer


def test_the_catalogue_reads_and_refuses() -> None:
    entries = catalogue.read(paths.resources() / "models.toml")
    assert catalogue.find(entries, "medgemma-4b-it").conditions
    assert catalogue.find(entries, "flan-t5-base").prompt_prefix == "summarize: "
    with pytest.raises(ModelUnknown, match="unheard-of"):
        catalogue.find(entries, "unheard-of")


@pytest.mark.parametrize("text", ["", "models = 1", "[[models]]\nname = 'x'", "not toml ["])
def test_a_catalogue_that_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "models.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match=r"models\.toml"):
        catalogue.read(file)
