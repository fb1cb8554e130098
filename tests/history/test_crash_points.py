"""What a kill or a full disk leaves between two writes: always a history that opens, and a true sentence."""

from __future__ import annotations

import errno
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import HistoryDiskFull, HistoryMissing, KeyringUnusable, NotWritable
from app.history import backup, database, keyfile
from app.history.vault import Vault
from tests.history.conftest import CODE, note
from tests.history.stores import FolderKeyring

OTHER_CODE = "a long passphrase of mine"


class Killed(BaseException):
    """Stands for the end of the process: nothing after it runs but what a with block undoes."""


def no_room(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "no room")


def killed(*_arguments: object, **_named: object) -> None:
    raise Killed


def reopened(folder: Path) -> Vault:
    found = Vault(folder, FolderKeyring)
    try:
        found.open()
    except KeyringUnusable:
        found.open_with_code(CODE)
    return found


def test_a_full_disk_at_setup_can_be_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile.os, "fsync", no_room)
    with pytest.raises(HistoryDiskFull):
        Vault(folder, FolderKeyring).create(CODE)
    monkeypatch.undo()
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(folder.parent / "keyring"))
    with pytest.raises(HistoryMissing, match="none was set up"):
        Vault(folder, FolderKeyring).open()
    made = Vault(folder, FolderKeyring)
    assert made.create(CODE).cases() == ()
    made.close()
    assert {one.name for one in folder.iterdir()} == {"history.db", "history.key", "history.lock"}


def test_a_kill_before_the_last_step_of_setup_is_finished_at_opening(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "_finish_create", killed)
        with pytest.raises(Killed):
            Vault(folder, FolderKeyring).create(CODE)
    assert not (folder / "history.db").exists()
    opened = Vault(folder, FolderKeyring)
    assert opened.open_with_code(CODE).cases() == ()
    opened.close()


@pytest.mark.parametrize(
    ("act", "spoiled"),
    [
        (lambda made: made.enrol_keyring(), (keyfile, "write")),
        (lambda made: made.rotate(), (keyfile, "write")),
        (lambda made: made.rotate(), (database, "rekey")),
        (lambda made: made.rotate(), (keyfile.KeyFile, "without_old")),
        (lambda made: made.change_code(OTHER_CODE), (keyfile, "write")),
    ],
    ids=["enrol", "rotate-before", "rotate-both-keys", "rotate-after", "code"],
)
def test_a_kill_between_two_writes_of_a_key_change_loses_nothing(
    vault: Vault,
    act: Callable[[Vault], object],
    spoiled: tuple[object, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert vault._history is not None
    vault._history.add_case("kept", note("Chest pain."))
    with monkeypatch.context() as patch:
        patch.setattr(*spoiled, killed)
        with pytest.raises(Killed):
            act(vault)
    vault.close()
    for _ in range(2):  # the second opening finds what the first one settled
        found = reopened(vault.folder)
        assert found._history is not None
        assert [one.title for one in found._history.cases()] == ["kept"]
        assert found.key_file.next_sealed is None
        key = found._data_key
        found.close()
        assert backup.verify(vault.folder, key) > 2


def test_a_save_counts_though_the_key_file_has_no_room(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """To report a failure after the commit would make the doctor save twice."""
    assert vault._history is not None
    head = keyfile.read(vault.key_path).head
    with monkeypatch.context() as patch:
        patch.setattr(keyfile.os, "fsync", no_room)
        vault._history.add_case("saved", note("Chest pain."))
    assert keyfile.read(vault.key_path).head == head
    assert [one.title for one in vault._history.cases()] == ["saved"]
    vault._history.record("settings changed")
    assert keyfile.read(vault.key_path).head.number == head.number + 2


def test_a_code_that_could_not_be_written_is_not_written_later(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(keyfile.os, "fsync", no_room)
        with pytest.raises(HistoryDiskFull):
            vault.change_code(OTHER_CODE)
    assert vault._history is not None
    vault._history.record("settings changed")
    vault.close()
    assert vault.open_with_code(CODE)


def test_a_key_file_that_may_not_be_written_is_not_called_a_full_disk(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_descriptor: int) -> None:
        raise OSError(errno.EACCES, "refused")

    monkeypatch.setattr(keyfile.os, "fsync", refused)
    with pytest.raises(NotWritable, match=r"history\.key cannot be written"):
        vault.change_code(OTHER_CODE)


def test_a_backup_is_read_where_it_cannot_be_written(vault: Vault, tmp_path: Path) -> None:
    """A disk that IT made read-only: restoring must not need to write beside the backup."""
    assert vault._history is not None
    vault._history.add_case("kept", note("Chest pain."))
    made = backup.backup(vault, tmp_path / "backups")
    assert {one.name for one in made.iterdir()} == {"history.db", "history.key"}
    medium = tmp_path / "medium"
    medium.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "tmpfs", medium], capture_output=True).returncode:
        pytest.skip("mounting a read-only file system needs root")
    try:
        shutil.copytree(made, medium / "backup")
        subprocess.run([mount, "-o", "remount,ro", medium], check=True)
        restored = backup.restore(medium / "backup", tmp_path / "new", CODE, FolderKeyring)
    finally:
        subprocess.run(["umount", medium], check=True)  # noqa: S607
    assert restored._history is not None
    assert [one.title for one in restored._history.cases()] == ["kept"]
    restored.close()


@pytest.mark.parametrize("copied", [0, 1, 2])
def test_a_restore_killed_between_its_files_is_tried_again_or_finished(
    vault: Vault, tmp_path: Path, copied: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vault.history is not None
    vault.history.add_case("kept", note("Chest pain."))
    made = backup.backup(vault, tmp_path / "backups")
    left, copy = [copied], backup._copy_file

    def copy_some(source: Path, to: Path) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        copy(source, to)

    with monkeypatch.context() as patch:
        patch.setattr(backup, "_copy_file", copy_some)
        patch.setattr(Vault, "open_with_code", killed)
        with pytest.raises(Killed):
            backup.restore(made, tmp_path / "new", CODE, FolderKeyring)
    if copied == 2:
        found = Vault(tmp_path / "new", FolderKeyring)
        found.open_with_code(CODE)
    else:
        found = backup.restore(made, tmp_path / "new", CODE, FolderKeyring)
    assert found.history is not None
    assert [one.title for one in found.history.cases()] == ["kept"]
    found.close()
