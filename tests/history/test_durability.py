"""What was acknowledged survives kill -9, a full disk and a rotation cut short; nothing lies about in clear."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.history import backup
from app.history.vault import Vault
from tests.history.conftest import CODE, note

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from pathlib import Path
from app.history.vault import Vault
from tests.history.conftest import draft, note
from tests.history.stores import FolderKeyring
history = Vault(Path(sys.argv[1]), FolderKeyring).open()
while True:
    case = history.add_case("case", note("Chest pain and fever. " * 30))
    print(case.id, flush=True)
    stored = history.add_draft(case.id, draft())
    print(stored.versions[-1].id, flush=True)
    print(history.sign(stored.id, "Dr A").id, flush=True)
"""
ROTATOR = """
import sys
from pathlib import Path
from app.history.vault import Vault
from tests.history.stores import FolderKeyring
vault = Vault(Path(sys.argv[1]), FolderKeyring)
vault.open()
print("open", flush=True)
while True:
    vault.rotate()
    print("rotated", flush=True)
"""


def killed(code: str, folder: Path, after_lines: int, jitter_s: float) -> list[str]:
    """Run code, read some lines, wait a moment, kill -9; give every complete line."""
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after_lines)]
        time.sleep(random.random() * jitter_s)  # noqa: S311 - a moment, not a secret
        process.kill()
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")]


def check_writes(vault: Vault, rounds: int) -> int:
    acknowledged: list[str] = []
    for _ in range(rounds):
        acknowledged += killed(WRITER, vault.folder, 3, 0.2)
        history = vault.open()
        assert history.rolled_back is None
        subjects = {one.subject for one in history.trail(limit=1_000_000)}
        assert set(acknowledged) <= subjects
        vault.close()
    vault.open()
    data_key = vault.data_key
    vault.close()
    backup.verify(vault.folder, data_key)
    return len(acknowledged)


def check_rotations(vault: Vault, rounds: int) -> None:
    for _ in range(rounds):
        killed(ROTATOR, vault.folder, 1, 0.15)
        history = vault.open()
        assert history.rolled_back is None
        assert len(history.cases()) == 5
        vault.close()
        vault.open_with_code(CODE)
        vault.close()


@pytest.fixture
def five_cases(vault: Vault) -> Vault:
    assert vault.history is not None
    for number in range(5):
        vault.history.add_case(f"case {number}", note("Chest pain and fever. " * 200))
    vault.close()
    return vault


def test_no_acknowledged_write_is_lost_by_kill_9(vault: Vault) -> None:
    vault.close()
    assert check_writes(vault, 5) >= 15


def test_a_rotation_killed_half_way_opens_with_one_key(five_cases: Vault) -> None:
    check_rotations(five_cases, 4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_200_kills_while_writing(vault: Vault) -> None:
    vault.close()
    print(check_writes(vault, 200), "acknowledged writes, none lost")  # noqa: T201 - a figure for the report


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_100_kills_while_rotating(five_cases: Vault) -> None:
    check_rotations(five_cases, 100)


@pytest.mark.skipif(sys.platform != "linux", reason="uses a limit on file size")
def test_a_full_disk_in_the_middle_of_a_save_loses_only_that_save(five_cases: Vault) -> None:
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from app.errors import HistoryDiskFull\nfrom app.history.vault import Vault\n"
        "from tests.history.conftest import note\nfrom tests.history.stores import FolderKeyring\n"
        "vault = Vault(Path(sys.argv[1]), FolderKeyring)\nhistory = vault.open()\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "size = sum(one.stat().st_size for one in vault.folder.iterdir()) + 20000\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))\n"
        "try:\n    history.add_case('too large', note('Chest pain and fever. ' * 15000))\n"
        "except HistoryDiskFull as error:\n    print(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "history.add_case('after', note('Chest pain.'))\n"
    )
    command = [sys.executable, "-c", code, str(five_cases.folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    assert "disk is full" in ended.stdout
    titles = {one.title for one in five_cases.open().cases()}
    assert "too large" not in titles
    assert "after" in titles
