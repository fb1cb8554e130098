"""A disk that fills up at any byte of a save: the save is refused with its sentence, and nothing else is lost."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import BackupUnusable, HistoryDiskFull, HistoryError
from app.history import backup
from app.history.vault import Vault
from tests.history.conftest import CODE, draft, note
from tests.history.stores import FolderKeyring

LONG = "Chest pain and fever. " * 2000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root on Linux")
    yield folder
    subprocess.run(["umount", folder], check=True)  # noqa: S607


@pytest.fixture
def small(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(tmp_path / "keyring"))
    made = Vault(disk / "history", FolderKeyring)
    made.create(CODE).add_case("before", note("Chest pain."))
    yield made
    made.close()


@contextlib.contextmanager
def only_free(disk: Path, size: int) -> Iterator[None]:
    ballast = disk / "ballast"
    usage = shutil.disk_usage(disk)
    ballast.write_bytes(b"x" * max(0, usage.free - size))
    try:
        yield
    finally:
        ballast.unlink()


def test_a_save_that_runs_out_of_room_anywhere_loses_only_itself(small: Vault, disk: Path) -> None:
    assert small.history is not None
    kept, refused = ["before"], 0
    for free in range(0, 400_000, 8192):
        with only_free(disk, free):
            try:
                case = small.history.add_case(str(free), note(LONG))
                kept.append(str(free))
                small.history.add_draft(case.id, draft("He was given aspirin."))
            except HistoryDiskFull:
                refused += 1
        assert sorted(one.title for one in small.history.cases(limit=1000)) == sorted(kept)
        if len(kept) > 4:
            break
    assert refused > 5
    small.history.add_case("after", note("Chest pain."))
    small.close()
    history = small.open()
    assert history.rolled_back is None
    assert sorted(one.title for one in history.cases(limit=1000)) == sorted([*kept, "after"])
    key = small.data_key
    small.close()
    assert backup.verify(small.folder, key) > len(kept)


@pytest.mark.parametrize("free", [0, 4096, 8192, 40_000, 100_000, 200_000])
def test_setup_keys_and_backup_on_a_full_disk_can_be_tried_again(small: Vault, disk: Path, free: int) -> None:
    second = Vault(disk / "second", FolderKeyring)
    with only_free(disk, free), contextlib.suppress(HistoryError):
        second.create(CODE)
    second.close()
    if not second.exists:
        second.create(CODE)
    second.close()
    assert second.open_with_code(CODE).cases() == ()
    second.close()
    for act in (small.rotate, lambda: small.change_code("a long passphrase of mine"), small.enrol_keyring):
        with only_free(disk, free), contextlib.suppress(HistoryError):
            act()
        small.close()
        assert [one.title for one in small.open().cases()] == ["before"]
    with only_free(disk, free), contextlib.suppress(BackupUnusable):
        backup.backup(small, disk / "backups")
    for made in (disk / "backups").glob("*") if (disk / "backups").exists() else ():
        assert {one.name for one in made.iterdir()} == {"history.db", "history.key"}
