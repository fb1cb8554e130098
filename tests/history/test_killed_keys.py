"""kill -9 while a history is set up or its keys are changed: the acknowledged code opens it, or the next one."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest

from app.errors import WrongCode
from app.history import backup
from app.history.vault import Vault
from tests.history.conftest import CODE, note
from tests.history.stores import FolderKeyring
from tests.history.test_durability import killed

SETUP = """
import sys
from pathlib import Path
from app.history.vault import Vault
from tests.history.conftest import CODE
from tests.history.stores import FolderKeyring
print("ready", flush=True)
Vault(Path(sys.argv[1]), FolderKeyring).create(CODE)
print("created", flush=True)
"""
CHANGER = """
import itertools, sys
from pathlib import Path
from app.history.vault import Vault
from tests.history.stores import FolderKeyring
vault = Vault(Path(sys.argv[1]), FolderKeyring)
vault.open()
print("open", flush=True)
for number in itertools.count():
    vault.enrol_keyring()
    vault.change_code(f"passphrase number {number}")
    print(number, flush=True)
"""


def check_setups(folder: Path, rounds: int) -> list[str]:
    """How each killed setup stood: `nothing` (made anew), `whole`."""
    seen = []
    for _ in range(rounds):
        shutil.rmtree(folder, ignore_errors=True)
        lines = killed(SETUP, folder, 1, 0.9)
        vault = Vault(folder, FolderKeyring)
        if vault.exists:
            history = vault.open_with_code(CODE)
            seen.append("whole")
        else:
            assert "created" not in lines
            history = vault.create(CODE)
            seen.append("nothing")
        history.add_case("after", note("Chest pain."))
        key = vault.data_key
        vault.close()
        backup.verify(folder, key)
    return seen


def check_changes(vault: Vault, rounds: int) -> None:
    ticks = itertools.count(4_000_000_000, 1000)  # a clock on which every delay has passed
    for _ in range(rounds):
        lines = killed(CHANGER, vault.folder, 2, 0.5)
        acknowledged = int(lines[-1])
        opened = Vault(vault.folder, FolderKeyring, lambda: float(next(ticks)))
        try:
            history = opened.open_with_code(f"passphrase number {acknowledged}")
        except WrongCode:
            history = opened.open_with_code(f"passphrase number {acknowledged + 1}")
        assert len(history.cases()) == 1
        opened.enrol_keyring()  # a kill may have left the keyring ahead of the key file
        opened.close()
        assert opened.open().rolled_back is None
        opened.close()


@pytest.fixture
def one_case(vault: Vault) -> Vault:
    assert vault.history is not None
    vault.history.add_case("kept", note("Chest pain."))
    vault.close()
    return vault


def test_a_killed_setup_is_finished_or_made_anew(folder: Path) -> None:
    assert len(check_setups(folder, 6)) == 6


def test_a_killed_change_of_keys_leaves_a_code_that_opens(one_case: Vault) -> None:
    check_changes(one_case, 4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_100_kills_while_setting_up(folder: Path) -> None:
    seen = check_setups(folder, 100)
    print({kind: seen.count(kind) for kind in set(seen)})  # noqa: T201 - a figure for the report
    assert set(seen) == {"nothing", "whole"}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_100_kills_while_changing_keys(one_case: Vault) -> None:
    check_changes(one_case, 100)
