"""What dev.py decides, without installing anything."""

from __future__ import annotations

import ctypes
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

DEV = Path(__file__).resolve().parents[2] / "dev.py"


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", DEV)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_needs_the_standard_library_only() -> None:
    ended = subprocess.run(
        [sys.executable, "-S", "-I", str(DEV), "--help"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0
    assert "Verbs: demo, test, app, lint, bench, train, build, translations, screenshots, setup." in ended.stdout


def test_the_build_of_torch_fits_the_machine(dev: ModuleType) -> None:
    assert dev.torch_flavours(True, "linux") == [["torch==2.13.0"]]
    assert dev.torch_flavours(True, "win32")[0][1:] == ["--extra-index-url", dev.CUDA_INDEX]
    assert dev.torch_flavours(False, "win32") == [["torch==2.13.0"]]
    cpu = dev.torch_flavours(False, "linux")
    assert [words[0] for words in cpu] == ["torch==2.13.0+cpu", "torch==2.13.0+cpu", "torch==2.13.0"]


def test_a_changed_pin_means_a_new_setup(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "HERE", tmp_path)
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\ndependencies = ["a"]\n', encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("b==1", encoding="utf-8")
    before = dev.fingerprint(["torch"])
    assert dev.fingerprint(["torch"]) == before
    assert dev.fingerprint(["torch+cpu"]) != before
    project.write_text('[project]\ndependencies = ["a"]\n[tool.ruff]\nline-length = 80\n', encoding="utf-8")
    assert dev.fingerprint(["torch"]) == before
    project.write_text('[project]\ndependencies = ["a", "c"]\n', encoding="utf-8")
    assert dev.fingerprint(["torch"]) != before
    project.write_text('[project]\ndependencies = ["a"]\n', encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("b==2", encoding="utf-8")
    assert dev.fingerprint(["torch"]) != before


def test_missing_libraries_are_named_with_the_command(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(name: str) -> None:
        if name == "libGL.so.1":
            raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.sys, "platform", "linux")
    assert not dev.qt_is_ready()
    assert "sudo apt-get install -y --no-install-recommends libgl1" in capsys.readouterr().out


def test_a_verb_that_is_not_here_yet_says_so(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "HERE", tmp_path)
    assert dev.main(["build"]) == 2
    assert "not part of this version yet" in capsys.readouterr().err
    assert dev.main(["nonsense"]) == 2


def test_every_pin_is_exact(dev: ModuleType) -> None:
    lines = [
        line for line in (DEV.parent / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"
    ]
    assert all("==" in line for line in lines)
    assert dev.TORCH in lines
