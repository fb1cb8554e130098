"""A policy is read from file, registry or property list, says where it stood, and fails closed."""

from __future__ import annotations

import plistlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.errors import SetupError
from app.settings import file, policy
from app.settings.options import allows

REG_SZ, REG_DWORD, REG_MULTI_SZ = 1, 4, 7


@dataclass
class Registry(ModuleType):
    """As much of `winreg` as the policy needs: one key, or none, or one that may not be read."""

    rows: list[tuple[str, Any, int]] | None = None
    error: OSError | None = None
    HKEY_LOCAL_MACHINE: int = 2
    KEY_READ: int = 1
    KEY_WOW64_64KEY: int = 256
    asked: list[tuple[int, str, int]] = field(default_factory=list)

    def OpenKey(self, root: int, name: str, _reserved: int, access: int) -> Registry:
        self.asked.append((root, name, access))
        if self.error is not None:
            raise self.error
        if self.rows is None:
            raise FileNotFoundError(2, "no such key")
        return self

    def QueryInfoKey(self, key: Registry) -> tuple[int, int, int]:
        return 0, len(key.rows or ()), 0

    def EnumValue(self, key: Registry, index: int) -> tuple[str, Any, int]:
        assert key.rows is not None
        return key.rows[index]

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


def test_group_policy_is_read_from_the_64_bit_registry() -> None:
    registry = Registry(
        rows=[
            ("", "the key's own value", REG_SZ),
            ("idle_lock_minutes", 5, REG_DWORD),
            ("cancel_wait_s", 2, REG_DWORD),
            ("training_pairs", 1, REG_DWORD),
            ("device", "cpu", REG_SZ),
            ("allowed_models", ["smollm2-135m-instruct", "smollm3-3b"], REG_MULTI_SZ),
            ("export_formats", [], REG_MULTI_SZ),
        ]
    )
    found = policy.from_registry(registry)
    assert found.values == {
        "idle_lock_minutes": 5,
        "cancel_wait_s": 2,
        "training_pairs": True,
        "device": "cpu",
        "allowed_models": ("smollm2-135m-instruct", "smollm3-3b"),
        "export_formats": (),
    }
    assert registry.asked == [(2, "SOFTWARE\\Policies\\Epicrisis", 1 | 256)]
    assert found.places == {"HKLM\\SOFTWARE\\Policies\\Epicrisis": True}
    assert policy.from_registry(Registry()).places == {"HKLM\\SOFTWARE\\Policies\\Epicrisis": False}


@pytest.mark.parametrize(
    ("registry", "why"),
    [
        (Registry(error=PermissionError(5, "Access is denied")), "cannot be read"),
        (Registry(rows=[("idle_lock_minutes", "5", REG_SZ)]), "idle_lock_minutes must be int"),
        (Registry(rows=[("idle_lock_minutes", 0, REG_DWORD)]), "must lie between 1 and 240"),
        (Registry(rows=[("training_pairs", 2, REG_DWORD)]), "training_pairs must be bool"),
        (Registry(rows=[("allowed_models", "one", REG_SZ)]), "allowed_models must be a list of str"),
        (Registry(rows=[("export_formats", ["doc"], REG_MULTI_SZ)]), "export_formats must be a list of docx or pdf"),
        (Registry(rows=[("colour", "red", REG_SZ)]), "no setting named colour"),
    ],
)
def test_a_registry_that_cannot_be_used_stops_the_start(registry: Registry, why: str) -> None:
    with pytest.raises(SetupError, match=rf"Policies\\Epicrisis cannot be used: .*{why}.* Nothing was started"):
        policy.from_registry(registry)


def test_on_windows_the_registry_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", Registry(rows=[("device", "cpu", REG_SZ)]))
    (tmp_path / "policy.toml").write_text('device = "cuda"\nidle_lock_minutes = 3\n', encoding="utf-8")
    settings = file.read(tmp_path / "none.toml", tmp_path / "policy.toml")
    assert (settings.options.device, settings.options.idle_lock_minutes) == ("cpu", 3)
    assert settings.sources["device"] == settings.sources["idle_lock_minutes"] == "IT"
    assert list(settings.policy.places.values()) == [True, True]


@pytest.mark.parametrize("format_", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_on_a_mac_device_management_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: plistlib.PlistFormat
) -> None:
    managed = tmp_path / "managed.plist"
    table = {"idle_lock_minutes": 4, "allowed_adapters": ["clinical"], "PayloadUUID": "1", "com.apple:x": 1}
    managed.write_bytes(plistlib.dumps(table, fmt=format_))
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(policy, "MANAGED", managed)
    found = policy.read(tmp_path / "policy.toml")
    assert found.values == {"idle_lock_minutes": 4, "allowed_adapters": ("clinical",)}
    for broken in (b"", b"<plist", b"bplist00", b"no list"):
        managed.write_bytes(broken)
        with pytest.raises(SetupError, match=r"managed\.plist cannot be used: it cannot be read as PLIST"):
            policy.read(tmp_path / "policy.toml")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"device = [", b"\0" * 9, 'device = "cpu"'.encode("utf-16-le")])
def test_a_file_that_is_no_toml_stops_the_start(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "policy.toml").write_bytes(data)
    with pytest.raises(SetupError, match=r"policy\.toml cannot be used: it cannot be read as TOML"):
        policy.read(tmp_path / "policy.toml")


def test_a_mark_in_front_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_bytes(b"\xef\xbb\xbfidle_lock_minutes = 2\r\n")
    assert policy.read(tmp_path / "policy.toml").values == {"idle_lock_minutes": 2}
    assert policy.read(tmp_path / "none.toml") == policy.Policy({}, {str(tmp_path / "none.toml"): False})


def test_a_list_of_a_policy() -> None:
    assert allows((), "anything")
    assert allows(("letters",), "letters/2026")
    assert allows(("letters/2026",), "letters/2026")
    assert not allows(("letters/2026",), "letters/2025")
    assert not allows(("letters",), "letter")
