"""Keys, codes, damage and roll-back: the right sentence for each, and never an empty history over a real one."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect

from app.errors import (
    BackupUnusable,
    CodeTooWeak,
    EpicrisisError,
    HistoryBusy,
    HistoryDiskFull,
    HistoryExists,
    HistoryMissing,
    HistoryTooNew,
    KeyFileAltered,
    KeyFileMissing,
    KeyringUnusable,
    WrongCode,
)
from app.history import backup, codes, database, keyfile, migrations, tables
from app.history.vault import Vault
from tests.history.conftest import CODE, PAGE, filled, flip, note
from tests.history.stores import FolderKeyring, LockedKeyring, no_keyring


def again(vault: Vault) -> Vault:
    vault.close()
    return Vault(vault.folder, FolderKeyring)


def test_it_opens_with_the_keyring_and_with_the_code(vault: Vault) -> None:
    vault.close()
    for how, act in (("keyring", vault.open), ("recovery code", lambda: vault.open_with_code(CODE))):
        assert act().trail()[-1].details == {"with": how}
        vault.close()


def test_codes_forgive_how_they_are_typed(vault: Vault) -> None:
    typed = CODE.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert again(vault).open_with_code(typed)


def test_a_new_code_is_160_random_bits() -> None:
    made = {codes.new_code() for _ in range(50)}
    assert len(made) == 50
    assert all(len(codes.plain_code(code)) == 32 for code in made)


def test_files_are_private(vault: Vault) -> None:
    if os.name == "posix":
        assert vault.folder.stat().st_mode & 0o077 == 0
        for file in vault.folder.iterdir():
            if file.name != "history.lock":
                assert file.stat().st_mode & 0o077 == 0, file.name


def test_wrong_codes_wait_longer_and_delete_nothing(vault: Vault) -> None:
    filled(vault, 1)
    now = [1000.0]
    other = Vault(vault.folder, FolderKeyring, lambda: now[0])
    waits = []
    for _ in range(4):
        with pytest.raises(WrongCode) as caught:
            other.open_with_code("WRON-GWRO-NGWR-ONGW-RONG-WRON-GWRO-NGWR")
        waits.append(caught.value.facts["wait_s"])
        with pytest.raises(WrongCode):
            other.open_with_code(CODE)  # too soon, even with the right one
        now[0] += float(waits[-1])
    assert waits == [1, 2, 4, 8]
    history = other.open_with_code(CODE)
    assert [one.details["times"] for one in history.trail() if one.event == "failed unlock"] == [4]
    assert len(history.cases()) == 1
    assert other.key_file.failures == 0
    other.close()


def test_no_keyring_at_setup_means_the_code_opens_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(folder, no_keyring)
    vault.create(CODE)
    vault.close()
    with pytest.raises(KeyringUnusable, match="there is none"):
        Vault(folder, no_keyring).open()
    with pytest.raises(KeyringUnusable, match="does not hold"):
        Vault(folder, FolderKeyring).open()
    found = Vault(folder, FolderKeyring)
    found.open_with_code(CODE)
    assert found.enrol_keyring() == "the test keyring"
    found.close()
    assert Vault(folder, FolderKeyring).open().trail()[-2].event == "keyring enrolled"


def test_a_locked_or_lost_or_changed_keyring_asks_for_the_code(vault: Vault) -> None:
    filled(vault, 1)
    with pytest.raises(KeyringUnusable, match="locked"):
        Vault(vault.folder, LockedKeyring).open()
    store = FolderKeyring()
    kept = store.get(vault.key_file.id)
    assert kept is not None
    for other in ("00" * 32, "not hex"):
        store.set(vault.key_file.id, other)
        with pytest.raises(KeyringUnusable, match="recovery code"):
            Vault(vault.folder, FolderKeyring).open()
    store.delete(vault.key_file.id)
    with pytest.raises(KeyringUnusable, match="does not hold"):
        Vault(vault.folder, FolderKeyring).open()
    assert Vault(vault.folder, FolderKeyring).open_with_code(CODE).cases()


def test_a_history_is_never_made_beside_another(vault: Vault) -> None:
    filled(vault, 1)
    with pytest.raises(HistoryExists):
        Vault(vault.folder, FolderKeyring).create(CODE)
    vault.key_path.rename(vault.key_path.with_suffix(".away"))
    for act in (
        Vault(vault.folder, FolderKeyring).open,
        lambda: Vault(vault.folder, FolderKeyring).open_with_code(CODE),
    ):
        with pytest.raises(KeyFileMissing, match=r"history\.key"):
            act()
    with pytest.raises(HistoryExists):
        Vault(vault.folder, FolderKeyring).create(CODE)
    vault.key_path.with_suffix(".away").rename(vault.key_path)
    vault.database.unlink()
    with pytest.raises(HistoryMissing, match="moved or deleted"):
        Vault(vault.folder, FolderKeyring).open()
    with pytest.raises(HistoryExists):
        Vault(vault.folder, FolderKeyring).create(CODE)
    with pytest.raises(HistoryMissing, match="none was set up"):
        Vault(vault.folder / "elsewhere", FolderKeyring).open()
    assert not (vault.folder / "elsewhere").exists()


def test_two_processes_do_not_share_it(vault: Vault) -> None:
    with pytest.raises(HistoryBusy, match="open in another"):
        Vault(vault.folder, FolderKeyring).open()


def test_a_setup_that_fails_half_way_leaves_nothing_in_the_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyfile.os, "fsync", fail)
    with pytest.raises(HistoryDiskFull):
        Vault(folder, FolderKeyring).create(CODE)
    monkeypatch.undo()
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(folder.parent / "keyring"))
    assert Vault(folder, FolderKeyring).create(CODE).cases() == ()


def test_a_short_passphrase_is_refused_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(CodeTooWeak, match="12 characters"):
        Vault(folder, FolderKeyring).create("short")
    assert not folder.exists()
    Vault(folder, FolderKeyring).create("a long passphrase of mine")


def test_the_code_is_changed_and_the_old_one_opens_nothing(vault: Vault) -> None:
    vault.change_code("a long passphrase of mine")
    with pytest.raises(WrongCode):
        again(vault).open_with_code(CODE)
    clock = lambda: 4e9  # noqa: E731 - the delay has passed
    assert Vault(vault.folder, FolderKeyring, clock).open_with_code("a long passphrase of mine")


def test_rotation_gives_a_new_key_and_keeps_everything(vault: Vault) -> None:
    assert vault.history is not None
    vault.history.add_case("kept", note("Chest pain."))
    old_key, old_file = vault.data_key, keyfile.read(vault.key_path)
    history = vault.rotate()
    assert [one.title for one in history.cases()] == ["kept"]
    assert vault.data_key != old_key
    vault.close()
    assert vault.open().cases()
    vault.close()
    keyfile.write(vault.key_path, old_file)  # an old key file put back
    with pytest.raises(EpicrisisError):
        Vault(vault.folder, FolderKeyring).open()


def tampered(key_file: dict[str, object], path: str, value: object) -> dict[str, object]:
    *parents, last = path.split(".")
    table = key_file
    for name in parents:
        table = table[name]  # type: ignore[assignment]
    assert table[last] != value
    table[last] = value
    return key_file


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "0" * 32),
        ("epoch", 1),
        ("salt", "00" * 16),
        ("head.number", 0),
        ("head.sha256", "0" * 64),
        ("keyring.text", "AAAA"),
        ("keyring.nonce", "AAAAAAAAAAAAAAAA"),
        ("sealed.text", "AAAA"),
        ("sealed.sender", "A" * 43 + "="),
        ("code.public", "A" * 43 + "="),
        ("code.memory_kib", 8),
        ("code.memory_kib", 1 << 30),
        ("code.passes", 1),
        ("code.lanes", 1),
        ("mac", "0" * 64),
        ("version", 2),
        ("failures", "none"),
    ],
)
def test_a_changed_key_file_opens_nothing(vault: Vault, path: str, value: object) -> None:
    vault.close()
    table = tampered(json.loads(vault.key_path.read_text()), path, value)
    vault.key_path.write_text(json.dumps(table))
    with pytest.raises((KeyFileAltered, KeyringUnusable)):
        Vault(vault.folder, FolderKeyring).open()
    with pytest.raises((KeyFileAltered, WrongCode)):
        Vault(vault.folder, FolderKeyring).open_with_code(CODE)


def test_another_historys_slot_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    other = Vault(tmp_path / "other", FolderKeyring)
    other.create(CODE)
    other.close()
    vault.close()
    mixed = replace(keyfile.read(vault.key_path), sealed=keyfile.read(other.key_path).sealed)
    keyfile.write(vault.key_path, mixed)
    with pytest.raises(WrongCode):
        Vault(vault.folder, FolderKeyring).open_with_code(CODE)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff\xfe", b'{"id": 1}'])
def test_a_key_file_that_is_none(vault: Vault, data: bytes) -> None:
    vault.close()
    vault.key_path.write_bytes(data)
    with pytest.raises(KeyFileAltered):
        Vault(vault.folder, FolderKeyring).open()


def test_a_backup_restores_elsewhere_with_the_code(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vault.history is not None
    vault.history.add_case("kept", note("Chest pain."))
    made = backup.backup(vault, tmp_path / "backups")
    vault.history.add_case("later", note("Chest pain."))
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(tmp_path / "another-machine"))
    with pytest.raises(WrongCode):
        backup.restore(made, tmp_path / "new", "a wrong passphrase", FolderKeyring)
    restored = backup.restore(made, tmp_path / "new", CODE, FolderKeyring)
    assert restored.history is not None
    assert [one.title for one in restored.history.cases()] == ["kept"]
    assert restored.data_key != vault.data_key
    restored.close()
    assert Vault(tmp_path / "new", FolderKeyring).open().trail()[-2].event == "restored"
    with pytest.raises(HistoryExists):
        backup.restore(made, vault.folder, CODE, FolderKeyring)
    flip(made / "history.db", PAGE + 50)
    with pytest.raises(BackupUnusable, match="damaged"):
        backup.restore(made, tmp_path / "newer", CODE, FolderKeyring)
    assert not (tmp_path / "newer").exists()


def test_a_backup_that_cannot_be_written_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    with pytest.raises(BackupUnusable):
        backup.backup(vault, tmp_path / "file")
    assert (tmp_path / "file").is_file()


def test_migrations_make_what_the_tables_say() -> None:
    def shape(engine: object) -> dict[str, object]:
        look = inspect(engine)
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"], c["primary_key"]) for c in look.get_columns(name)],
                sorted((f["constrained_columns"], f["referred_table"]) for f in look.get_foreign_keys(name)),
                sorted((i["name"] or "", i["column_names"]) for i in look.get_indexes(name)),
                sorted(u["column_names"] for u in look.get_unique_constraints(name)),
            )
            for name in look.get_table_names()
            if not name.startswith("words")
        }

    declared, migrated = database.make_engine(None, bytes(32)), database.make_engine(None, bytes(32))
    tables.metadata.create_all(declared)
    with migrated.begin() as connection:
        migrations.migrate(connection, lambda: None)
    assert shape(declared) == shape(migrated)
    declared.dispose()
    migrated.dispose()


def test_a_migration_makes_a_backup_first_and_a_newer_file_is_refused(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(vault, 1)
    second = lambda connection: connection.exec_driver_sql("CREATE TABLE extra (id INTEGER)")  # noqa: E731
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, second))
    opened = Vault(vault.folder, FolderKeyring)
    assert opened.open().cases()
    opened.close()
    (copy,) = (vault.folder / "before-migration").iterdir()
    assert {one.name for one in copy.iterdir()} == {"history.db", "history.key"}
    monkeypatch.undo()
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(vault.folder.parent / "keyring"))
    with pytest.raises(HistoryTooNew):
        Vault(vault.folder, FolderKeyring).open()


def test_a_released_file_still_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file of each released schema is kept; its code is in this test and protects invented notes."""
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(tmp_path / "keyring"))
    for released in sorted((Path(__file__).parent / "fixtures").iterdir()):
        shutil.copytree(released, tmp_path / released.name)
        history = Vault(tmp_path / released.name, FolderKeyring).open_with_code(CODE)
        assert [one.title for one in history.cases()] == ["Bed 4"]
        assert history.documents(history.cases()[0].id)[0].text.startswith("Chest pain")
