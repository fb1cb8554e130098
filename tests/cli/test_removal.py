"""Removing for good from the command line: by rule, by wish, asked before, and never by a clock that jumped."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import paths
from app.history.vault import BEFORE_MIGRATION, Vault
from tests.cli.test_history import NOTE, Shell, shell
from tests.history.stores import FolderKeyring

__all__ = ["shell"]  # the fixture

DAY = 86_400.0


class Calendar:
    """The date that the program sees."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_790_000_000.0  # in September 2026
        monkeypatch.setattr("app.cli.removal.time.time", lambda: self.now)
        monkeypatch.setattr(
            "tests.fakes.open_vault",
            lambda: Vault(paths.user_data() / "history", FolderKeyring, lambda: self.now),
        )


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(monkeypatch)


@pytest.fixture
def case(calendar: Calendar, shell: Shell, tmp_path: Path) -> str:
    """A case kept today, with one document and one draft."""
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    shell.json("history", "setup", "--code-file", shell.code_file)
    shell.json("letter", note, "--save", "Thornberry")
    return str(shell.json("history", "list")[0]["id"])


def set_rule(days: int) -> None:
    paths.machine_policy().parent.mkdir(parents=True, exist_ok=True)
    paths.machine_policy().write_text(f"retention_days = {days}\n", encoding="utf-8")


def is_there(shell: Shell) -> bool:
    return not shell.json("history", "list")[0]["is_purged"]


def test_policy_empties_old_cases_when_the_history_is_opened(shell: Shell, calendar: Calendar, case: str) -> None:
    set_rule(30)
    for _ in range(3):
        calendar.now += 10 * DAY
        assert is_there(shell)
        assert shell.err == ""
    calendar.now += DAY
    assert not is_there(shell)
    assert "1 cases lost their content" in shell.err
    assert "Backups made before still hold the text" in shell.err


def test_a_clock_set_ahead_empties_nothing(shell: Shell, calendar: Calendar, case: str) -> None:
    set_rule(30)
    calendar.now += 31 * DAY
    for _ in range(3):
        assert is_there(shell)
        assert "jumped from 2026-09-21 to 2026-10-22" in shell.err
    assert "all were kept" in shell.words("history", "purge", "--older-than", 20, "--yes", code=5)
    assert is_there(shell)
    assert "no terminal" in shell.words("history", "confirm-clock", code=2)
    assert "Is that right?" in shell.words("history", "confirm-clock", "--yes")
    assert not is_there(shell)


def test_purging_tells_what_goes_and_asks(
    shell: Shell, calendar: Calendar, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar.now += 10 * DAY
    asks = (("history", "purge", case), ("history", "purge", "--older-than", 5))
    for words in asks:
        assert "give --yes" in shell.words(*words, code=2)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for typed in ("", "no", "y", EOFError()):

        def answer(typed: str | EOFError = typed) -> str:
            if isinstance(typed, EOFError):
                raise typed
            return typed

        monkeypatch.setattr("builtins.input", answer)
        for words in asks:
            said = shell.words(*words)
            assert "it is 2026-10-01" in said
            assert "1 cases, made 2026-09-21: 1 documents and 1 drafts, 0 of them signed" in said
            assert "0 cases lost" in said
            assert "Thornberry" not in said
    assert is_there(shell)
    monkeypatch.setattr("builtins.input", lambda: "yes")
    said = shell.words(*asks[1])
    assert "1 cases lost their content" in said
    assert "Backups made before still hold the text" in said
    said = shell.words(*asks[0])
    assert "Go on" not in said, "nothing is left to ask about"
    assert "0 cases lost" in said
    assert "has no case" in shell.words("history", "purge", "0" * 32, code=5)


def test_purging_tells_of_copies_from_before_updates(shell: Shell, calendar: Calendar, case: str) -> None:
    copies = paths.user_data() / "history" / BEFORE_MIGRATION
    for day in ("2026-01-01", "2026-09-20"):
        (copies / f"epicrisis-backup-{day}-120000-abcd").mkdir(parents=True)
    assert "2 newer copies from before updates stay" in shell.words("history", "purge", case, "--yes")
    told = shell.json("history", "purge", "--older-than", 30, "--yes")
    assert told == {"purged": [], "copies_removed": 1, "copies_left": 1}
