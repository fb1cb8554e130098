"""A whole journey under strace: the words of a note reach no file, no log, no title and no socket in clear."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.history.vault import Vault
from tests.history.conftest import CODE
from tests.history.stores import FolderKeyring

ROOT = Path(__file__).resolve().parents[2]
MARK = "Quetzalcoatlus"
CALLS = "write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,open,openat,creat,execve,prctl,symlink,rename"
JOURNEY = f"""
import os, sys
from pathlib import Path
import app.paths as paths
folder = Path(sys.argv[1])
for name in ("user_data", "user_settings", "machine_models", "machine_policy"):
    setattr(paths, name, lambda name=name: folder / "home" / name)
from app.cli.main import main
from app.errors import NoSuchEntry
from app.history.keeper import Keeper
from app.history.entry import Query
from tests.fakes import scripted_core
from tests.history.conftest import draft, note
from tests.history.stores import FolderKeyring

def run(*words):
    assert main(list(words), lambda _: scripted_core()) == 0, words

def in_the_keeper():
    keeper = Keeper(folder / "home" / "user_data" / "history", FolderKeyring)
    keeper.unlock()
    case = keeper.call("add_case", "{MARK} title", note("{MARK} in a note. " * 500), patient="{MARK}")
    stored = keeper.call("add_draft", case.id, draft("{MARK} in a draft."))
    keeper.call("sign", stored.id, "Dr A")
    assert len(keeper.call("search", Query("{MARK.lower()}"))) == 3 + 3
    for bad in (lambda: keeper.call("documents", "{MARK}"), lambda: keeper.call("decide", "{MARK}", "accepted", "Dr")):
        try:
            bad()
        except NoSuchEntry:
            pass
    keeper.lock()
    return case.id

if __name__ == "__main__":
    run("history", "setup", "--code-file", str(folder / "code"))
    run("letter", str(folder / "note.txt"), "--save", "Bed 4 {MARK}")
    case = in_the_keeper()
    run("history", "search", "chest")
    run("history", "list")
    run("history", "backup", str(folder / "usb"))
    run("history", "rekey")
    run("history", "verify")
    run("history", "purge", case, "--yes")
    run("history", "audit", "--csv")
"""


@pytest.fixture
def strace(tmp_path: Path) -> list[str]:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (dev.py test installs it, as root)")
    command = ["strace", "-f", "-y", "-s", "10000000", "-e", f"trace={CALLS}", "-o", str(tmp_path / "strace.log")]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here")
    return command


def leaks(log: Path, *words: str) -> list[str]:
    """Traced calls with one of the words that went elsewhere than into a pipe or to standard output."""
    found = []
    for line in log.read_text(errors="replace").splitlines():
        held = next((word for word in words if word.casefold() in line.casefold()), None)
        # A pipe or socket pair goes to our own child; what is asked for on standard output is asked for.
        if held and not re.search(r"^\d+ +\w+\((1<|\d+<(pipe|socket|UNIX[-\w]*):\[)", line):
            found.append(line[:160])
    return found


def test_a_leak_is_noticed(tmp_path: Path, strace: list[str]) -> None:
    """The test of the test: a file, even one that is deleted at once, or standard error."""
    for code in (
        f"import pathlib; p = pathlib.Path(r'{tmp_path}/leak'); p.write_text('a {MARK}'); p.unlink()",
        f"import sys; sys.stderr.write('{MARK}')",
    ):
        subprocess.run([*strace, sys.executable, "-c", code], capture_output=True, check=True)
        assert any("write(" in line for line in leaks(tmp_path / "strace.log", MARK))


def test_a_whole_journey_writes_no_note_in_clear(folder: Path, tmp_path: Path, strace: list[str]) -> None:
    (tmp_path / "code").write_text(CODE, encoding="ascii")
    (tmp_path / "note.txt").write_text(
        f"Presenting complaint: chest pain, {MARK} seen.\nAllergies: {MARK}.\nGiven aspirin.", encoding="utf-8"
    )
    (tmp_path / "journey.py").write_text(JOURNEY, encoding="utf-8")
    command = [*strace, sys.executable, str(tmp_path / "journey.py"), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=250)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert MARK in ended.stdout, "the marker never went anywhere: the test looks in the wrong place"
    assert MARK not in ended.stderr
    vault = Vault(tmp_path / "home" / "user_data" / "history", FolderKeyring)
    vault.open()
    key = vault.data_key.hex()
    vault.close()
    assert leaks(tmp_path / "strace.log", MARK, key, CODE, CODE.replace("-", "")) == []
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.name not in ("note.txt", "strace.log", "journey.py"):
            assert MARK.lower().encode() not in file.read_bytes().lower(), file.name
