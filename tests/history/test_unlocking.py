"""What stands between a person and the history that is theirs: a wrong clock, a spoilt file, a second process."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import HistoryDamaged, HistoryError, KeyFileAltered, WrongCode
from app.history import keyfile
from app.history.vault import Vault
from tests.history.conftest import CODE, note
from tests.history.stores import FolderKeyring

YEAR = 365 * 86400.0
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.just("A" * 44),
)


@pytest.mark.parametrize("ahead", [60.0, 10 * YEAR])
def test_a_clock_that_was_ahead_locks_nobody_out(vault: Vault, ahead: float) -> None:
    vault.close()
    now = [1.9e9 + ahead]
    other = Vault(vault.folder, FolderKeyring, lambda: now[0])
    with pytest.raises(WrongCode):
        other.open_with_code("not the right passphrase")
    now[0] -= ahead
    with pytest.raises(WrongCode, match="again in 2 seconds"):
        other.open_with_code(CODE)  # the wait begins now
    now[0] += 2
    assert other.open_with_code(CODE).cases() == ()
    other.close()


def test_a_count_of_failures_from_another_hand_does_not_hang(vault: Vault) -> None:
    vault.close()
    keyfile.write(vault.key_path, replace(keyfile.read(vault.key_path), failures=10**12, failed_at=100.0))
    other = Vault(vault.folder, FolderKeyring, lambda: 399.0)
    with pytest.raises(WrongCode, match="again in 2 seconds"):
        other.open_with_code(CODE)
    other._clock = lambda: 400.0
    other.open_with_code(CODE)
    other.close()


def test_an_accent_opens_however_the_keyboard_writes_it(folder: Path) -> None:
    made = Vault(folder, FolderKeyring)
    made.create(unicodedata.normalize("NFC", "käsebrot mit gürkchen"))
    made.close()
    assert made.open_with_code(unicodedata.normalize("NFD", "käsebrot mit gürkchen")).cases() == ()
    made.close()


@pytest.mark.parametrize("left", [0, 1, 100, 4095, 4096, 4097, 8192, -4096, -1])
def test_a_file_cut_short_is_damage_and_is_not_written_to(vault: Vault, tmp_path: Path, left: int) -> None:
    """SQLite takes a file of nothing for a new one; an empty history would stand where the real one was."""
    assert vault.history is not None
    for number in range(20):
        vault.history.add_case(f"case {number}", note("Chest pain and fever. " * 40))
    vault.close()
    data = vault.database.read_bytes()[: left or None] if left else b""
    vault.database.write_bytes(data)
    log = vault.folder / "history.db-wal"
    if 0 <= left < 4096:
        log.write_bytes(b"what a crash left")
    with pytest.raises(HistoryDamaged):
        Vault(vault.folder, FolderKeyring).open()
    assert vault.database.read_bytes() == data
    if 0 <= left < 4096:
        assert log.read_bytes() == b"what a crash left"


def test_the_key_file_is_read_under_the_lock(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a process that waited would write old slots over a recovery code that was just changed."""
    vault.close()
    waiting = Vault(vault.folder, FolderKeyring)
    take = waiting._take_lock

    def change_first() -> None:
        vault.open()
        vault.change_code("a long passphrase of mine")
        vault.close()
        take()

    monkeypatch.setattr(waiting, "_take_lock", change_first)
    waiting.open().record("settings changed")
    waiting.close()
    assert vault.open_with_code("a long passphrase of mine")


def places(table: dict[str, Any], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, value in table.items():
        found.append((*before, name))
        if isinstance(value, dict):
            found += places(value, (*before, name))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_in_the_key_file_is_met_with_anything_but_a_sentence(vault: Vault, data: st.DataObject) -> None:
    vault.close()
    if not hasattr(vault, "good"):
        vault.good = vault.key_path.read_text(encoding="ascii")  # type: ignore[attr-defined]
    table = json.loads(vault.good)  # type: ignore[attr-defined]
    place = data.draw(st.sampled_from(places(table)))
    inner = table
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = data.draw(VALUES)
    vault.key_path.write_text(json.dumps(table), encoding="ascii")
    for act in (vault.open, lambda: vault.open_with_code(CODE)):
        with contextlib.suppress(HistoryError):
            act()
        vault.close()


@pytest.mark.parametrize("name", ["missing", "extra"])
def test_a_key_file_with_a_field_too_few_or_too_many(vault: Vault, name: str) -> None:
    vault.close()
    table = json.loads(vault.key_path.read_text(encoding="ascii"))
    if name == "missing":
        del table["head"]
    else:
        table["more"] = 1
    vault.key_path.write_text(json.dumps(table), encoding="ascii")
    with pytest.raises(KeyFileAltered):
        vault.open()
