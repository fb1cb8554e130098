"""From the machine with a network to the one without: packed, carried, imported, used, undone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import huggingface_hub
import pytest

from app import paths, start
from app.cli import main as cli
from app.model import adapters, bundle, cache, catalogue
from installer import pack_model

CONFIG = json.dumps({"architectures": ["Qwen3ForCausalLM"]})


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "config.json").write_text(CONFIG, encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"weights" * 100)
    (folder / "modeling.py").write_text("print('hello')", encoding="utf-8")
    (folder / "LICENSE").write_text("Apache License 2.0", encoding="utf-8")
    return folder


def printed(text: str) -> str:
    return next(line.split()[1] for line in text.splitlines() if line.startswith("Fingerprint:"))


def test_there_and_back(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, name = tmp_path / "qwen.bundle", "qwen3-4b-instruct-2507"
    words = ["--model", name, "--from", str(published), "--adapter", "clinical", "-o", str(file)]
    assert pack_model.main(words) == 0
    fingerprint = printed(capsys.readouterr().out)
    assert {one.kind for one in bundle.read(file).parts} == {"model", "adapter"}

    def here(*verb: str) -> int:
        return cli.main(["models", *verb], start.build)

    assert here("import", str(file), "--fingerprint", "0" * 64) == 4
    assert "fingerprint" in capsys.readouterr().err
    assert here("import", str(file), "--fingerprint", fingerprint, "--json") == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == fingerprint
    assert here("verify", name) == 0
    entry = catalogue.find(catalogue.read(paths.resources() / "models.toml"), name)
    folder = cache.locate(entry, cache.folders())
    assert (folder / "LICENSE.txt").read_text(encoding="utf-8") == "Apache License 2.0"
    assert not list(folder.glob("*.py"))
    assert [one.family for one in adapters.installed(paths.user_data() / "adapters")] == ["clinical"]
    assert here("undo") == 0
    assert f"models/{name}" in capsys.readouterr().out.replace("user_models", "models")
    assert here("verify", name) == 4
    assert here("undo") == 4
    assert "nothing was imported" in capsys.readouterr().err


def test_for_the_machine_and_by_policy(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert pack_model.main(["--model", "qwen3-4b-instruct-2507", "--from", str(published)]) == 0
    file = "qwen3-4b-instruct-2507.bundle"
    paths.machine_policy().parent.mkdir(parents=True, exist_ok=True)
    paths.machine_policy().write_text('allowed_models = ["smollm2-135m-instruct"]\n', encoding="utf-8")
    assert cli.main(["models", "import", file, "--machine"], start.build) == 4
    assert "IT department does not allow qwen3" in capsys.readouterr().err
    assert not paths.machine_models().exists()
    paths.machine_policy().unlink()
    assert cli.main(["models", "import", file, "--machine"], start.build) == 0
    assert next(paths.machine_models().glob("qwen3-4b-instruct-2507/*/manifest.json"))
    assert cli.main(["models", "undo", "--machine"], start.build) == 0
    assert not list(paths.machine_models().rglob("manifest.json"))


def test_a_download_takes_no_code(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {}

    def snapshot(repository: str, *, revision: str | None, allow_patterns: list[str], local_dir: Path) -> None:
        asked.update(repository=repository, revision=revision, patterns=allow_patterns)
        shutil.copytree(published, local_dir)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    words = ["--model", "qwen3-4b-instruct-2507", "--download", "--revision", "abc", "-o", str(tmp_path / "q.bundle")]
    assert pack_model.main(words) == 0
    assert (asked["repository"], asked["revision"]) == ("Qwen/Qwen3-4B-Instruct-2507", "abc")
    assert not {"*.py", "*.bin", "*"} & set(asked["patterns"])
    assert sorted(one.name for one in tmp_path.iterdir() if "packing" in one.name) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "unheard-of"], "no model named unheard-of"),
        (["--model", "smollm3-3b"], "never imported"),
        (["--model", "smollm3-3b", "--from", "nowhere"], "not there"),
        (["--adapter", "nobody"], "no adapter of this name"),
        (["--adapter", "clinical", "-o", "nowhere/a.bundle"], "was not written"),
    ],
)
def test_what_cannot_be_packed_is_said(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert pack_model.main(words) in (1, 4)
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("*.bundle"))


def test_a_model_without_a_licence_needs_one(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = (published / "LICENSE").rename(tmp_path / "terms.txt")
    words = ["--model", "qwen3-4b-instruct-2507", "--from", str(published), "-o", str(tmp_path / "q.bundle")]
    assert pack_model.main(words) == 4
    assert "without its licence" in capsys.readouterr().err
    assert pack_model.main([*words, "--licence", str(terms)]) == 0
