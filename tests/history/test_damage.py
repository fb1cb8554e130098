"""Bytes flipped, a tail cut off, an old file put back: the right sentence for each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.errors import HistoryDamaged, HistoryRolledBack
from app.history import backup, database, migrations
from app.history.entry import Query
from app.history.vault import Vault
from tests.history.conftest import PAGE, filled, flip, note
from tests.history.stores import FolderKeyring


def verified(vault: Vault) -> int:
    opened = Vault(vault.folder, FolderKeyring)
    history = opened.open()
    try:
        if history.rolled_back:
            raise history.rolled_back
        key = opened.data_key
    finally:
        opened.close()
    return backup.verify(vault.folder, key)


def test_a_flipped_byte_in_the_first_page_is_damage_not_a_wrong_key(vault: Vault) -> None:
    filled(vault)
    flip(vault.database, 1000)
    with pytest.raises(HistoryDamaged, match="first page"):
        Vault(vault.folder, FolderKeyring).open()


def test_a_flipped_byte_in_the_salt_is_repaired(vault: Vault) -> None:
    filled(vault)
    flip(vault.database, 3)
    assert len(vault.open().cases()) == 30
    vault.close()
    assert verified(vault) > 30


def test_a_flipped_byte_in_a_middle_page_names_the_page(vault: Vault) -> None:
    filled(vault)
    pages = vault.database.stat().st_size // PAGE
    assert pages > 20
    flip(vault.database, (pages // 2) * PAGE + 100)
    with pytest.raises(HistoryDamaged, match=rf"page {pages // 2 + 1}|cannot be read"):
        verified(vault)


def test_a_truncated_tail_is_found(vault: Vault) -> None:
    filled(vault)
    data = vault.database.read_bytes()
    vault.database.write_bytes(data[: len(data) - 8 * PAGE])
    with pytest.raises(HistoryDamaged, match=r"end is missing|cannot be read"):
        verified(vault)


def test_a_flipped_byte_in_the_log_loses_commits_and_says_so(vault: Vault, tmp_path: Path) -> None:
    """SQLite drops a damaged log silently; the head of the trail in the key file tells."""
    assert vault.history is not None
    for number in range(5):
        vault.history.add_case(f"case {number}", note("Chest pain and fever."))
    copy = tmp_path / "copy"
    shutil.copytree(vault.folder, copy, ignore=shutil.ignore_patterns("history.lock"))  # the log as a crash leaves it
    log = copy / "history.db-wal"
    flip(log, log.stat().st_size // 2)
    history = Vault(copy, FolderKeyring).open()
    assert history.rolled_back is not None
    assert "recorded events are missing" in str(history.rolled_back)


def test_an_old_copy_put_back_is_noticed_and_read_only(vault: Vault, tmp_path: Path) -> None:
    filled(vault, 2)
    shutil.copy(vault.database, tmp_path / "old.db")
    opened = Vault(vault.folder, FolderKeyring)
    opened.open().add_case("lost", note("Chest pain."))
    opened.close()
    shutil.copy(tmp_path / "old.db", vault.database)
    history = Vault(vault.folder, FolderKeyring).open()
    assert len(history.cases()) == 2
    with pytest.raises(HistoryRolledBack, match="2 recorded events are missing"):
        history.add_case("more", note("Chest pain."))


def test_an_old_copy_put_back_is_not_migrated(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file under suspicion stays as it was found; a newer program shows it all the same."""
    filled(vault, 2)
    shutil.copy(vault.database, tmp_path / "old.db")
    vault.open().add_case("lost", note("Chest pain."))
    vault.close()
    shutil.copy(tmp_path / "old.db", vault.database)
    found = vault.database.read_bytes()
    step = lambda connection: connection.exec_driver_sql("ALTER TABLE case_ ADD COLUMN ward TEXT")  # noqa: E731
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
    opened = Vault(vault.folder, FolderKeyring)
    history = opened.open()
    assert history.rolled_back is not None
    assert len(history.cases()) == 2
    assert history.search(Query("fever"))
    with history.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT ward FROM case_").all() == [(None,), (None,)]
    with pytest.raises(HistoryRolledBack):
        history.add_case("more", note("Chest pain."))
    opened.close()
    assert vault.database.read_bytes() == found
    assert not (vault.folder / "before-migration").exists()


def test_an_empty_database_put_back_is_noticed(vault: Vault) -> None:
    filled(vault, 1)
    assert vault.open()
    key = vault.data_key
    vault.close()
    vault.database.unlink()
    empty = database.make_engine(vault.database, key)
    with empty.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 0")
        connection.exec_driver_sql("CREATE TABLE unused (id INTEGER)")
    empty.dispose()
    history = Vault(vault.folder, FolderKeyring).open()
    assert history.rolled_back is not None
    assert history.cases() == ()
