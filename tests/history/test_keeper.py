"""Locking ends the process that holds the key; unlocking brings everything back."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import HistoryError, HistoryLocked, KeyringUnusable, NotAllowed, WrongCode
from app.history.entry import Query
from app.history.keeper import IdleLock, Keeper
from app.history.vault import Vault
from tests.history.conftest import CODE, draft, note
from tests.history.stores import FolderKeyring, HangingKeyring, LockedKeyring


@pytest.fixture
def keeper(vault: Vault) -> Iterator[Keeper]:
    vault.close()
    made = Keeper(vault.folder, FolderKeyring)
    made.unlock()
    yield made
    made.lock()


def is_running(process: int) -> bool:
    status = Path(f"/proc/{process}/status")
    return status.exists() and "Z (zombie)" not in status.read_text()


def test_work_goes_through_the_keeper_as_through_the_history(keeper: Keeper) -> None:
    case = keeper.call("add_case", "Bed 4", note("Chest pain and fever."), patient="EX1")
    stored = keeper.call("add_draft", case.id, draft())
    keeper.call("sign", stored.id, "Dr A")
    assert keeper.call("search", Query("aspirin"))[0].is_signed
    with pytest.raises(NotAllowed, match="signed already"):
        keeper.call("sign", stored.id, "Dr A")
    assert [one.event for one in keeper.call("trail")][-2:] == ["generated", "signed"]


def test_locking_ends_the_process_that_holds_the_key(keeper: Keeper) -> None:
    keeper.call("add_case", "kept", note("Chest pain."))
    assert keeper._process is not None
    process = keeper._process.pid
    assert process is not None
    assert is_running(process)
    keeper.lock()
    assert not is_running(process)
    assert keeper.is_locked
    with pytest.raises(HistoryLocked):
        keeper.call("cases")
    keeper.unlock()
    assert [one.title for one in keeper.call("cases")] == ["kept"]


def test_a_killed_keeper_means_locked_and_nothing_lost(keeper: Keeper) -> None:
    keeper.call("add_case", "kept", note("Chest pain."))
    assert keeper._process is not None
    assert keeper._process.pid is not None
    os.kill(keeper._process.pid, signal.SIGKILL)
    with pytest.raises(HistoryLocked):
        keeper.call("cases")
    keeper.unlock()
    assert len(keeper.call("cases")) == 1


def test_locking_does_not_wait_for_a_keyring_that_hangs(vault: Vault) -> None:
    vault.close()
    keeper = Keeper(vault.folder, HangingKeyring)
    ended: list[Exception] = []

    def unlock() -> None:
        try:
            keeper.unlock()
        except HistoryLocked as error:
            ended.append(error)

    thread = threading.Thread(target=unlock)
    thread.start()
    while keeper._process is None or not keeper._process.is_alive():
        time.sleep(0.05)
    started = time.monotonic()
    keeper.lock()
    thread.join(20)
    assert time.monotonic() - started < 15
    assert keeper.is_locked
    assert len(ended) == 1


def test_what_does_not_open_leaves_no_process(vault: Vault) -> None:
    vault.close()
    keeper = Keeper(vault.folder, LockedKeyring)
    with pytest.raises(KeyringUnusable):
        keeper.unlock()
    assert keeper.is_locked
    with pytest.raises(WrongCode):
        keeper.unlock("not the right passphrase")
    assert keeper.is_locked
    time.sleep(1.1)  # the delay after one wrong code
    keeper.unlock(CODE)
    assert not keeper.is_locked
    keeper.lock()


def test_a_lost_keyring_is_enrolled_again(vault: Vault) -> None:
    """End to end: the keyring forgets, the recovery code opens, the keyring opens the next time."""
    vault.close()
    FolderKeyring().delete(vault.key_file.id)
    keeper = Keeper(vault.folder, FolderKeyring)
    with pytest.raises(KeyringUnusable, match="does not hold"):
        keeper.unlock()
    opened = keeper.unlock(CODE)
    assert (opened.is_by_code, opened.key_store) == (True, "")
    opened = keeper.enrol_keyring()
    assert (opened.is_by_code, opened.key_store) == (False, "the test keyring")
    assert keeper.opened == opened
    opened = keeper.unlock()
    assert (opened.is_by_code, opened.key_store) == (False, "the test keyring")
    assert [one.event for one in keeper.call("trail")][-2:] == ["keyring enrolled", "opened"]
    keeper.lock()
    with pytest.raises(HistoryLocked):
        keeper.enrol_keyring()


def test_a_keyring_that_cannot_keep_the_key_changes_nothing(vault: Vault) -> None:
    vault.close()
    keeper = Keeper(vault.folder, LockedKeyring)
    opened = keeper.unlock(CODE)
    with pytest.raises(KeyringUnusable, match="locked"):
        keeper.enrol_keyring()
    assert keeper.opened == opened
    keeper.lock()
    assert Vault(vault.folder, FolderKeyring).open().rolled_back is None


def test_only_what_the_window_needs_can_be_asked(keeper: Keeper) -> None:
    for name in ("close", "_put_version", "engine", "__class__"):
        with pytest.raises(HistoryError, match="cannot be used"):
            keeper.call(name)
    assert keeper.call("cases") == ()


def test_the_key_cannot_be_read_from_the_keepers_memory_file(keeper: Keeper) -> None:
    assert keeper._process is not None
    if os.name == "posix" and os.geteuid() != 0:
        with pytest.raises(PermissionError):
            Path(f"/proc/{keeper._process.pid}/mem").open("rb").close()
    limits = Path(f"/proc/{keeper._process.pid}/limits")
    if limits.exists():
        assert next(one for one in limits.read_text().splitlines() if "core file" in one).split()[4] == "0"


@given(st.integers(-5, 1000), st.lists(st.floats(0, 1e6), max_size=20))
def test_the_idle_lock_waits_as_long_as_policy_says(minutes: int, touches: list[float]) -> None:
    lock = IdleLock(minutes, 0.0)
    for moment in touches:
        lock.touch(moment)
    last = max([0.0, *touches])
    allowed = 60.0 * min(max(minutes, 1), 240)
    assert not lock.is_due(last + allowed - 1)
    assert lock.is_due(last + allowed + 1)
    assert not lock.is_due(last - 1000)  # a clock that jumped back locks nobody out
