"""The proof of the .deb is run at night; here, what it would do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer.linux import deb, prove_deb
from installer.linux.prove_deb import System


@pytest.mark.skipif(not deb.is_possible(), reason="no dpkg-deb on this machine")
def test_the_version_before_is_lower_and_has_a_file_that_must_go(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "opt" / "epicrisis" / "_internal").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(deb.control("1.2", "cpu", 4), encoding="utf-8")
    package = tmp_path / "new.deb"
    subprocess.run(["dpkg-deb", "--build", str(tree), str(package)], check=True, capture_output=True)  # noqa: S607
    made = prove_deb.older(package, tmp_path)
    asked = subprocess.run(["dpkg-deb", "-f", str(made), "Version"], capture_output=True, text=True, check=True)  # noqa: S607
    compare = ["dpkg", "--compare-versions", asked.stdout.strip(), "lt", "1.2"]
    assert subprocess.run(compare, check=False).returncode == 0
    listed = subprocess.run(["dpkg-deb", "-c", str(made)], capture_output=True, text=True, check=True).stdout  # noqa: S607
    assert "only-in-the-previous-version" in listed


def test_commands_run_inside_as_the_user_and_without_network(tmp_path: Path) -> None:
    system = System(tmp_path)
    words = system.words("epicrisis", "self-test", user="doctor", network=False)
    assert words[:3] == ["unshare", "--mount", "--net"]
    assert words[-4:] == ["--userspec=doctor:doctor", str(tmp_path), "epicrisis", "self-test"]
    assert "--net" not in system.words("true")
    environment = system.environment("doctor")
    assert environment["HOME"].endswith("/doctor")
    assert "PYTHONPATH" not in environment


@pytest.mark.skipif(sys.platform != "linux", reason="for Debian only")
def test_what_it_needs_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "debootstrap" else name)
    assert prove_deb.main([str(tmp_path / "x.deb")]) == 2
    assert "debootstrap" in capsys.readouterr().err
