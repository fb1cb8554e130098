"""What is decided about the bundle and the packages, without building them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.model.catalogue import SUPPORTED
from app.model.engine_native import FILE
from installer import bill, build, check_bundle, contents
from installer.linux import deb
from installer.outcome import Check

ROOT = Path(__file__).resolve().parents[2]


def test_the_recipe_is_python_and_runs_the_program() -> None:
    text = (ROOT / "installer" / "assistant.spec").read_text(encoding="utf-8")
    compile(text, "assistant.spec", "exec")
    assert '"__main__.py"' in text
    main = (ROOT / "app" / "__main__.py").read_text(encoding="utf-8").split("def main")[1]
    first = next(line.strip() for line in main.split('"""')[2].splitlines() if line.strip())
    assert first.startswith("multiprocessing.freeze_support()")


@pytest.mark.parametrize(
    ("place", "flavour", "wanted"),
    [
        ("torch/bin/torch_shm_manager", "cpu", True),
        ("torch/bin/protoc", "cpu", False),
        ("torch/test/test_api", "cpu", False),
        ("torch\\test\\test_api.exe", "cpu", False),
        ("bitsandbytes/libbitsandbytes_cpu.so", "cpu", True),
        ("bitsandbytes/libbitsandbytes_cuda130.so", "cpu", False),
        ("bitsandbytes/libbitsandbytes_cuda130.so", "cuda", True),
        ("bitsandbytes/libbitsandbytes_cuda118.so", "cuda", False),
        ("PySide6/Qt/lib/libQt6Network.so.6", "cpu", False),
        ("PySide6/Qt6Network.dll", "cpu", False),
        ("PySide6\\Qt6Network.dll", "cpu", False),
        ("PySide6/Qt6Widgets.dll", "cpu", True),
        ("PySide6/Qt/lib/QtNetwork.framework/Versions/A/QtNetwork", "cpu", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", "cpu", True),
        ("PySide6/Qt/translations/qtbase_de.qm", "cpu", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "cpu", True),
        ("libreadline.so.8", "cpu", False),
        ("libpangocairo-1.0.so.0", "cpu", False),
        ("libgnutls.so.30", "cpu", False),
        ("libglib-2.0.so.0", "cpu", True),
        ("PySide6/Qt/plugins/wayland-graphics-integration-client/libvulkan-server.so", "cpu", False),
        ("PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so", "cpu", True),
        ("libatk-bridge-2.0.so.0", "cpu", False),
        ("libkrb5.so.3", "cpu", False),
        ("libXcursor.so.1", "cpu", False),
        ("libX11.so.6", "cpu", True),
        ("libXau.so.6", "cpu", True),
        ("torch-2.13.0+cpu.dist-info/licenses/LICENSE", "cpu", False),
        ("torch-2.13.0+cpu.dist-info/RECORD", "cpu", True),
        ("keyring-25.7.0.dist-info/entry_points.txt", "cpu", True),
        ("model_cache/tiny/1/LICENSE.txt", "cpu", True),
        ("torch/distributed/config.py", "cpu", True),
        ("torch/lib/libtorch_cpu.so", "cpu", True),
        ("resources/models.toml", "cpu", True),
    ],
)
def test_what_goes_in(place: str, flavour: str, wanted: bool) -> None:
    assert contents.is_wanted(place, flavour) is wanted


def test_what_auditwheel_wrote_is_not_stripped(tmp_path: Path) -> None:
    stripped = ("torch/lib/libtorch_cpu.so", "yaml/_yaml.so", "libpython3.11.so.1.0", "lxml/etree.so")
    kept = (
        "numpy/_core/x.so",
        "numpy.libs/libopenblas.so",
        "PySide6/QtGui.abi3.so",
        "libssl.so.3",
        "torch/lib/libgomp.so.1",
    )
    for name in (*stripped, *kept):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = {one.relative_to(tmp_path).as_posix() for one in contents.to_strip(tmp_path)}
    assert found == set(stripped)


def test_no_path_of_the_builder_stays(tmp_path: Path) -> None:
    record = tmp_path / "keyring-1.0.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("../../../bin/keyring,sha256=abc,227\nkeyring/core.py,sha256=def,1\n", encoding="utf-8")
    contents.forget_scripts(tmp_path)
    assert record.read_text(encoding="utf-8") == "keyring/core.py,sha256=def,1\n"


def test_what_the_project_forbids_is_left_out() -> None:
    left_out = set(contents.excluded_modules("full"))
    assert {"readline", "kernels", "hf_xet", "gguf", "PySide6.QtNetwork", "_gdbm"} <= left_out
    kept = {one.split("For")[0].lower().removesuffix("model") for one in SUPPORTED}
    assert kept <= contents.MODELS
    assert not {f"transformers.models.{one}" for one in contents.MODELS} & left_out
    assert len(left_out) > 100
    small = set(contents.excluded_modules("cpu"))
    assert {"readline", "torch", "transformers", "bitsandbytes", "peft", "accelerate", "huggingface_hub"} <= small
    assert not {"torch", "transformers", "bitsandbytes", "peft", "accelerate"} & left_out


def test_the_small_package_is_the_one_without_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert not {re.split("[=<>!]", one)[0] for one in project["dependencies"]} & set(contents.GENERAL)
    full = {re.split("[=<>!]", one)[0] for one in project["optional-dependencies"]["full"]}
    assert full == set(contents.GENERAL) - {"huggingface_hub"}


@pytest.mark.parametrize(("flavour", "missing"), [("cpu", []), ("full", ["torch/bin/torch_shm_manager"])])
def test_each_flavour_is_checked_for_its_own_engine(tmp_path: Path, flavour: str, missing: list[str]) -> None:
    names = (
        "sbom.cdx.json",
        "licences.txt",
        "_internal/resources/models.toml",
        f"_internal/app/model/native/{FILE.name}",
    )
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    checks = {one.name: one for one in check_bundle.contents(tmp_path, flavour)}
    assert checks["what must be inside"].seen == (", ".join(f"_internal/{one}" for one in missing) or "all there")
    for name in ("torch/lib/libtorch.so", "transformers/x.py", "torch-2.13.0.dist-info/RECORD"):
        (tmp_path / "_internal" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "_internal" / name).write_bytes(b"")
    failed = [one.name for one in check_bundle.contents(tmp_path, flavour) if not one.passed]
    assert any("only in the full flavour" in one for one in failed) is (flavour == "cpu")


def test_resources_go_in_but_not_their_sources() -> None:
    places = {(Path(source).name, target) for source, target in contents.datas(ROOT)}
    assert ("models.toml", "resources") in places
    assert ("default.toml", "resources") not in places
    assert not any(name.endswith(".ts") for name, _ in places)
    assert any(target.startswith("resources/adapters/") for _, target in places)


def test_the_control_file_says_what_the_package_needs() -> None:
    text = deb.control("1.2.3", "cpu", 4096)
    fields = dict(line.split(": ", 1) for line in text.splitlines() if re.match(r"[A-Z][\w-]+: ", line))
    assert fields["Package"] == "epicrisis"
    assert fields["Version"] == "1.2.3"
    assert fields["Installed-Size"] == "4096"
    assert "libc6 (>= 2.36)" in fields["Depends"]
    assert "libgl1" in fields["Depends"]
    assert "Version: 1.2.3+cuda\n" in deb.control("1.2.3", "cuda", 1)
    assert build.version() == re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]  # type: ignore[index]


@pytest.mark.skipif(not deb.is_possible(), reason="no dpkg-deb on this machine")
def test_a_package_is_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen = tmp_path / "frozen"
    (frozen / "_internal").mkdir(parents=True)
    (frozen / "epicrisis").write_text("#!/bin/sh\n")
    (frozen / "epicrisis").chmod(0o700)
    (frozen / "_internal" / "model.safetensors").write_bytes(b"x" * 10_000)
    (frozen / "_internal" / "model.safetensors").chmod(0o600)
    # The project's own `build` folder stays as it is.
    for name in ("resources", "installer", "CHANGELOG.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setattr(deb, "ROOT", tmp_path)
    environment = {"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": "1767225600"}
    first = deb.make(frozen, tmp_path, "1.0", "cpu", environment)
    data = first.read_bytes()
    assert deb.make(frozen, tmp_path, "1.0", "cpu", environment).read_bytes() == data
    listed = subprocess.run(["dpkg-deb", "--contents", str(first)], capture_output=True, text=True, check=True).stdout  # noqa: S607
    rows = {line.split()[5]: line.split()[:2] for line in listed.splitlines()}
    assert rows["./opt/epicrisis/epicrisis"] == ["-rwxr-xr-x", "root/root"]
    assert rows["./opt/epicrisis/_internal/model.safetensors"] == ["-rw-r--r--", "root/root"]
    assert "./usr/share/applications/epicrisis.desktop" in rows
    assert "./usr/bin/epicrisis" in rows


@pytest.mark.skipif(sys.platform != "linux", reason="scripts of the .deb")
def test_removing_says_where_the_data_stays_and_deletes_nothing() -> None:
    script = ROOT / "installer" / "linux" / "postrm"
    assert "rm " not in script.read_text(encoding="utf-8")
    for word in ("remove", "purge"):
        said = subprocess.run(["sh", str(script), word], capture_output=True, text=True, check=True).stdout  # noqa: S607
        assert "~/.local/share/Epicrisis" in said
    assert subprocess.run(["sh", str(script), "upgrade"], capture_output=True, text=True, check=True).stdout == ""  # noqa: S607
    if shutil.which("dash"):
        subprocess.run(["dash", "-n", str(script.with_name("postinst"))], check=True)  # noqa: S607


def test_the_check_finds_what_may_not_be_there(tmp_path: Path) -> None:
    for name in ("_internal/libreadline.so.8", "_internal/PySide6/libQt6Network.so.6", "_internal/kernels/x.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    failed = [one.name for one in check_bundle.contents(tmp_path) if not one.passed]
    assert sum("nothing like" in one for one in failed) == 3
    assert "what must be inside" in failed
    assert all(one.passed for one in check_bundle.sizes(tmp_path, tmp_path / "_internal" / "libreadline.so.8"))


def bundle(at: Path, component: dict[str, object], printed: str) -> list[Check]:
    """A bundle of one library and one model."""
    weights = at / "_internal" / "model_cache" / "tiny" / "1" / "model.safetensors"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"weights")
    model = {
        "type": "machine-learning-model",
        "name": "tiny",
        "version": "1",
        "licenses": [{"license": {"id": "MIT"}}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(b"weights").hexdigest()}],
    }
    library = {"type": "library", "name": "lib", "version": "1.0", "licenses": [{"license": {"id": "MIT"}}]}
    table = {"components": [{**library, **component}, model]}
    (at / "sbom.cdx.json").write_text(json.dumps(table), encoding="utf-8")
    (at / "licences.txt").write_text(printed, encoding="utf-8")
    return check_bundle.materials(at)


def test_a_bill_that_is_whole_passes(tmp_path: Path) -> None:
    assert all(one.passed for one in bundle(tmp_path, {}, "lib 1.0\n\nPermission is hereby granted\n"))


@pytest.mark.parametrize(
    ("component", "printed", "failed"),
    [
        ({"licenses": []}, "lib 1.0\n\nPermission", "every licence is named"),
        ({}, "other 1.0\n\nPermission", "every licence is printed"),
        ({}, f"lib 1.0\n\n{bill.NO_TEXT}; licence as named", "every licence is printed"),
        ({"licenses": [{"license": {"name": "GPL-3+"}}]}, "lib 1.0\n\nx", "nothing is under the GPL alone"),
    ],
)
def test_a_bill_with_a_hole_fails(tmp_path: Path, component: dict[str, object], printed: str, failed: str) -> None:
    assert [one.name for one in bundle(tmp_path, component, printed) if not one.passed] == [failed]


@pytest.mark.parametrize("name", ["LGPL-2.1+", "GPL-2+ or AFL-2.1", "GPL-3+ with GCC-Runtime-exception"])
def test_what_is_not_the_gpl_alone(tmp_path: Path, name: str) -> None:
    checks = bundle(tmp_path, {"licenses": [{"license": {"name": name}}]}, "lib 1.0\n\nx")
    assert all(one.passed for one in checks)


def test_a_model_that_is_not_the_bills_and_a_bill_that_is_none(tmp_path: Path) -> None:
    bundle(tmp_path, {}, "lib 1.0\n\nx")
    next(tmp_path.rglob("model.safetensors")).write_bytes(b"other")
    assert [one.name for one in check_bundle.materials(tmp_path) if not one.passed] == [
        "the bill tells the model's hash"
    ]
    (tmp_path / "sbom.cdx.json").write_text("[]", encoding="utf-8")
    assert not check_bundle.materials(tmp_path)[0].passed


def test_the_licence_of_a_debian_package() -> None:
    assert bill.debian_licence("Format: x\n\nFiles: *\nCopyright: A\n B\nLicense: Zlib\n\nLicense: GPL-2\n") == "Zlib"
    assert bill.debian_licence("License: MIT\nLicense: BSD\n") == "BSD AND MIT"
    assert bill.debian_licence("It is free.") == "see licences.txt"


def test_the_nightly_run_builds_and_proves() -> None:
    """The script names every step; shellcheck is not here, sh reads it."""
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    for step in (
        "dev.py setup",
        "dev.py lint",
        "dev.py test",
        "dev.py demo",
        "dev.py build",
        "installer.linux.prove_deb",
    ):
        assert step in text
    subprocess.run(["bash", "-n", str(script)], check=True)  # noqa: S607
    said = subprocess.run([str(script), "--unheard-of"], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "--nightly" in said.stderr
