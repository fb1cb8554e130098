"""The system's keyring: the same expectations of the fake one and of a real Secret Service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import KeyringUnusable
from app.history import keys

NEEDED = ("dbus-run-session", "gnome-keyring-daemon", "dbus-send")
HAS_SERVICE = all(shutil.which(name) for name in NEEDED)

# The suite that any store passes; run in a process of its own for the real one.
SUITE = """
import sys
from pathlib import Path
from app.history.vault import Vault
from app.history.keys import SystemKeyring
from tests.history.conftest import CODE, note
from tests.history.stores import FolderKeyring

kind = {"real": SystemKeyring, "fake": FolderKeyring}[sys.argv[1]]
store = kind()
assert store.get("nothing") is None
store.set("one", "ab" * 32)
assert store.get("one") == "ab" * 32
store.set("one", "cd" * 32)
assert kind().get("one") == "cd" * 32
store.delete("one")
store.delete("one")
assert store.get("one") is None
vault = Vault(Path(sys.argv[2]), kind)
vault.create(CODE).add_case("kept", note("Chest pain."))
assert vault.key_file.keyring is not None
vault.rotate()
vault.close()
assert vault.open().cases()[0].title == "kept"
vault.close()
store.delete(vault.key_file.id)
assert vault.open_with_code(CODE).cases()
print(vault.enrol_keyring())
vault.close()
assert vault.open().cases()
vault.close()
"""


def environment(tmp_path: Path) -> dict[str, str]:
    home, runtime = tmp_path / "home", tmp_path / "run"
    home.mkdir()
    runtime.mkdir(mode=0o700)
    clean = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "XDG_DATA_HOME")}
    return {
        **clean,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "EPICRISIS_TEST_KEYRING": str(tmp_path / "keyring"),
    }


def with_service(tmp_path: Path, code: str, *words: str, unlock: bool = True) -> subprocess.CompletedProcess[str]:
    """Run code on a D-Bus session of its own, with an unlocked gnome-keyring or a bare bus."""
    daemon = (
        "printf %s testpass | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 & k=$!;"
        " until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner"
        " string:org.freedesktop.secrets | grep -q true; do sleep .05; done;"
    )
    script = f'{daemon if unlock else "k=;"} "$0" "$@"; rc=$?; [ -z "$k" ] || kill $k; exit $rc'
    command = ["dbus-run-session", "--", "bash", "-c", script, sys.executable, "-c", code, *words]
    return subprocess.run(
        command, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip


def test_the_fake_keyring_passes_the_suite(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SUITE, "fake", str(tmp_path / "history")],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "the test keyring"


@pytest.mark.skipif(not HAS_SERVICE, reason="dbus and gnome-keyring are not installed (dev.py test does, as root)")
def test_a_real_secret_service_passes_the_suite(tmp_path: Path) -> None:
    ended = with_service(tmp_path, SUITE, "real", str(tmp_path / "history"))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip().splitlines()[-1] == "the desktop's Secret Service"


@pytest.mark.skipif(not HAS_SERVICE, reason="dbus and gnome-keyring are not installed (dev.py test does, as root)")
def test_a_bus_without_a_keyring_is_said(tmp_path: Path) -> None:
    code = (
        "from app.errors import KeyringUnusable\nfrom app.history.keys import SystemKeyring\n"
        "try:\n    SystemKeyring().set('a', 'b')\nexcept KeyringUnusable as error:\n    print(error)\n"
    )
    ended = with_service(tmp_path, code, unlock=False)
    assert "cannot be used" in ended.stdout, ended.stderr
    assert "recovery code" in ended.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the backends differ")
def test_no_bus_and_a_forgetful_backend_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names another backend is not obeyed."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(KeyringUnusable):
        keys.SystemKeyring().set("a", "b")


def test_a_backend_that_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends.null import Keyring

    monkeypatch.setattr(keys, "_usable", lambda: ("a forgetful keyring", Keyring()))
    with pytest.raises(KeyringUnusable, match="did not keep what it was given"):
        keys.SystemKeyring().set("a", "b")
