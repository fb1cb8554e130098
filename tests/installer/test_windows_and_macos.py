"""The packages of systems that are not here: what their sources say. Installing them is proved elsewhere (README)."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
import yaml

import app.__main__ as program
from app.settings.policy import KEY
from installer import packages
from installer.macos import dmg
from installer.windows import msi, prove_wine, setup

ROOT = Path(__file__).resolve().parents[2]
INNO = (setup.HERE / "epicrisis.iss").read_text(encoding="utf-8")
SPACE = {"w": "http://schemas.microsoft.com/wix/2006/wi"}


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    folder = tmp_path / "frozen"
    (folder / "_internal" / "a & b").mkdir(parents=True)
    for name in ("epicrisis.exe", "epicrisis-cli.exe", "_internal/LICENSE", "_internal/a & b/c.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def test_the_setup_program_is_per_machine_and_leaves_the_data() -> None:
    for words in ("PrivilegesRequired=admin", "ArchitecturesInstallIn64BitMode=x64compatible", "SignTool=epicrisis"):
        assert words in INNO
    assert f'Root: HKLM64; Subkey: "{KEY}"' in INNO
    assert 'Name: "{app}\\_internal"' in INNO.split("[InstallDelete]")[1].split("[Dirs]")[0]
    removed = INNO.split("[UninstallDelete]")[1].split("[Code]")[0]
    assert "appdata" not in removed.casefold()
    assert "policy.toml" not in removed
    assert INNO.count("dir=out action=block") == INNO.count("dir=in action=block") == 2
    assert "delete rule" in INNO.split("[UninstallRun]")[1]


def test_the_program_holds_the_mutexes_that_the_setup_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []
    kernel = SimpleNamespace(CreateMutexW=lambda _attributes, _owner, name: held.append(name))
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", lambda _name: kernel, raising=False)
    program._tell_installer()
    line = next(line for line in INNO.splitlines() if line.startswith("AppMutex="))
    assert held == line.removeprefix("AppMutex=").split(",")


def test_the_compiler_is_told_version_time_and_signature(tmp_path: Path) -> None:
    plain = setup.inno(["ISCC"], tmp_path, tmp_path, "1.2.3", {"SOURCE_DATE_EPOCH": "1767225600"})
    assert "/DVersion=1.2.3" in plain
    assert [one for one in plain if "Touch" in one] == ["/DTouchDate=2026-01-01", "/DTouchTime=00:00:00"]
    assert not [one for one in plain if "Signed" in one]
    signed = setup.inno(["ISCC"], tmp_path, tmp_path, "1.2.3", {setup.SIGN: "signtool sign {file}"})
    assert "/DSigned" in signed
    assert "/Sepicrisis=signtool sign $f" in signed


def test_programs_are_signed_before_they_are_packed(frozen: Path, tmp_path: Path) -> None:
    command = f"\"{sys.executable}\" -c \"import sys; open(sys.argv[1], 'a').write(' signed')\" {{file}}"
    assert setup.make(frozen, tmp_path, "1.0", {setup.SIGN: command}) == []  # neither compiler is here
    assert (frozen / "epicrisis.exe").read_text(encoding="utf-8").endswith(" signed")
    assert (frozen / "epicrisis-cli.exe").read_text(encoding="utf-8").endswith(" signed")
    assert not (frozen / "_internal" / "LICENSE").read_text(encoding="utf-8").endswith(" signed")


def test_the_msi_holds_every_file_under_names_that_stay(frozen: Path) -> None:
    text = msi.source(frozen, "1.2.3")
    root = ET.fromstring(text)  # noqa: S314 - our own
    files = [one.attrib["Source"] for one in root.iterfind(".//w:File", SPACE)]
    assert sorted(files) == sorted(str(one) for one in frozen.rglob("*") if one.is_file())
    components = [one.attrib["Id"] for one in root.iterfind(".//w:Component", SPACE)]
    assert sorted(components) == sorted(one.attrib["Id"] for one in root.iterfind(".//w:ComponentRef", SPACE))
    guids = [one.attrib["Guid"] for one in root.iterfind(".//w:Component", SPACE)]
    assert len(set(guids)) == len(guids)
    assert msi.source(frozen, "1.2.3") == text
    newer = ET.fromstring(msi.source(frozen, "1.3"))  # noqa: S314
    product, new_product = root.find("w:Product", SPACE), newer.find("w:Product", SPACE)
    assert product is not None
    assert new_product is not None
    assert new_product.attrib["Version"] == "1.3.0"
    assert product.attrib["Id"] != new_product.attrib["Id"]
    assert product.attrib["UpgradeCode"] == new_product.attrib["UpgradeCode"] == msi.UPGRADE
    assert [one.attrib["Guid"] for one in newer.iterfind(".//w:Component", SPACE)] == guids


def test_the_msi_runs_each_step_once_and_in_order(frozen: Path) -> None:
    root = ET.fromstring(msi.source(frozen, "1.0"))  # noqa: S314
    actions = {one.attrib["Id"]: one for one in root.iterfind(".//w:CustomAction", SPACE)}
    order = [one.attrib["Action"] for one in root.iterfind(".//w:Custom", SPACE)]
    assert sorted(order) == sorted(actions)
    assert [one for one in order if not one.startswith("Find_")] == list(prove_wine._ACTIONS)
    for name in prove_wine._ACTIONS:
        assert actions[name].attrib["Impersonate"] == "no", "as the system, not as the user who asked"
        assert actions[name].attrib["Execute"] == "deferred"
    assert actions["SelfTest"].attrib["Return"] == "check"


def test_the_disk_image_is_signed_and_asks_for_no_network(tmp_path: Path) -> None:
    entitlements = (dmg.HERE / "entitlements.plist").read_text(encoding="utf-8")
    assert "network" not in entitlements.split("-->")[1]
    assert "--entitlements" in dmg.sign(tmp_path, "Developer ID Application: X")[0]
    assert dmg.sign(tmp_path, "")[0][4] == "-"
    assert dmg.notarise(tmp_path / "x.dmg", "") == []
    assert "--wait" in dmg.notarise(tmp_path / "x.dmg", "profile")[0]
    assert dmg.image(tmp_path, tmp_path / "x.dmg")[:2] == ["hdiutil", "create"]


def test_each_system_gets_its_package(frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(setup, "make", lambda *_: [tmp_path / "setup.exe"])
    assert packages.make(frozen, tmp_path, "1.0", "cpu", {}) == [tmp_path / "setup.exe"]
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(dmg, "make", lambda *_: tmp_path / "x.dmg")
    assert packages.make(frozen, tmp_path, "1.0", "cpu", {}) == [tmp_path / "x.dmg"]


def test_the_workflow_is_one_and_holds_no_secret() -> None:
    text = (ROOT / ".github" / "workflows" / "packages.yml").read_text(encoding="utf-8")
    table = yaml.safe_load(text)
    assert {"windows", "macos"} == set(table["jobs"])
    assert "python dev.py build" in text
    for name in (setup.SIGN, dmg.IDENTITY, dmg.PROFILE):
        assert f"{name}: ${{{{ secrets.{name} }}}}" in text
