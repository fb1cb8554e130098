"""The history from the command line: set up, save, find, show, sign off from it, back up, restore, remove."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import paths
from app.cli.main import main
from app.notes import intake, segments
from app.settings import file as settings
from tests.fakes import scripted_core
from tests.history.conftest import CODE

NOTE = "Presenting complaint: chest pain for two days.\nAllergies: penicillin, rash.\nGiven aspirin. Feels better."


class Shell:
    """Runs verbs and reads their JSON."""

    def __init__(self, capsys: pytest.CaptureFixture[str], code_file: Path) -> None:
        self._capsys = capsys
        self.code_file = code_file
        self.err = ""

    def run(self, *words: object) -> int:
        return main([str(word) for word in words], lambda _overrides: scripted_core())

    def json(self, *words: object) -> Any:  # noqa: ANN401
        self._capsys.readouterr()
        assert self.run(*words, "--json") == 0
        seen = self._capsys.readouterr()
        self.err = seen.err
        return json.loads(seen.out)

    def words(self, *words: object, code: int = 0) -> str:
        self._capsys.readouterr()
        assert self.run(*words) == code
        seen = self._capsys.readouterr()
        return seen.out + seen.err


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(tmp_path / "keyring"))
    code_file = tmp_path / "code.txt"
    code_file.write_text(CODE + "\n", encoding="ascii")
    return Shell(capsys, code_file)


def test_a_history_from_setup_to_restore(shell: Shell, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    assert "none was set up" in shell.words("history", "list", code=5)
    refused = shell.words("letter", note, "--save", "Bed 4", code=5)
    assert "none was set up" in refused
    assert "DRAFT" not in refused
    assert shell.json("history", "setup", "--code-file", shell.code_file)["created"]
    assert "no new one was made" in shell.words("history", "setup", "--code-file", shell.code_file, code=5)
    shell.json("letter", note, "--save", "Bed 4", "--code-file", shell.code_file)
    assert "Saved in the history as case" in shell.err
    (case,) = shell.json("history", "list")
    assert case["title"] == "Bed 4"
    (hit,) = shell.json("history", "search", "penicil", "--kind", "draft")
    assert hit["case"] == case["id"]
    assert "penicillin" in hit["snippet"]
    assert shell.json("history", "search", "penicillin", "--signed") == []
    shown = shell.json("history", "show", case["id"])
    assert shown["documents"][0]["text"] == NOTE
    assert shown["drafts"][0]["versions"][0]["kind"] == "ai"
    assert "penicillin, rash." in shell.words("history", "show", case["id"])
    assert "not encrypted" in shell.words("history", "export", case["id"], "-o", tmp_path / "case.json", "--by", "Dr A")
    assert json.loads((tmp_path / "case.json").read_text(encoding="utf-8"))["case"] == case["id"]

    made = shell.json("history", "backup", tmp_path / "usb")["backup"]
    assert shell.json("history", "rekey")["rekeyed"]
    assert shell.json("history", "verify")["intact"]
    new_code = tmp_path / "new.txt"
    new_code.write_text("a long passphrase of mine", encoding="ascii")
    assert shell.json("history", "recovery", "--new-code-file", new_code)["changed"]
    assert shell.json("history", "list", "--code-file", new_code)
    assert "does not open" in shell.words("history", "list", "--code-file", shell.code_file, code=5)

    (paths.user_data() / "history").rename(tmp_path / "lost")
    assert shell.json("history", "restore", tmp_path / "usb" / made, "--code-file", shell.code_file)["restored"]
    assert shell.json("history", "list")[0]["title"] == "Bed 4"
    assert shell.json("history", "enrol")["keyring"] == "the test keyring"
    assert "0 cases" in shell.words("history", "purge", "--older-than", 1, "--yes")
    assert shell.json("history", "purge", case["id"], "--yes")["purged"] == [case["id"]]
    assert shell.json("history", "search", "penicillin") == []
    told = [one["event"] for one in shell.json("history", "audit")]
    assert told[:5] == ["created", "opened", "saved", "generated", "opened"]
    assert {"exported", "restored", "keyring enrolled", "purged"} <= set(told)
    table = shell.words("history", "audit", "--csv")
    assert table.startswith("number,at,event,subject,details,sha256")
    assert "penicillin" not in table


def test_no_terminal_and_no_code_is_said(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert "give --code-file" in shell.words("history", "setup", code=2)
    assert not (paths.user_data() / "history" / "history.db").exists()


@pytest.mark.parametrize(("typed", "code"), [(lambda shown: shown[-9:], 0), (lambda _shown: "AAAA-BBBB", 5)])
def test_the_code_is_shown_once_and_typed_back(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, typed: Callable[[str], str], code: int
) -> None:
    made: list[str] = []

    def new_code() -> str:
        made.append(CODE)
        return CODE

    monkeypatch.setattr("app.history.codes.new_code", new_code)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _prompt: typed(CODE))
    out = shell.words("history", "setup", code=code)
    assert CODE in out
    assert made == [CODE]
    assert (paths.user_data() / "history" / "history.db").exists() == (code == 0)


def test_purging_needs_to_know_what(shell: Shell) -> None:
    assert "--older-than" in shell.words("history", "purge", code=2)


def test_notes_without_a_draft_do_not_leave_unrecorded(shell: Shell, tmp_path: Path) -> None:
    shell.json("history", "setup", "--code-file", shell.code_file)
    vault = scripted_core().open_vault()
    case = vault.open().add_case("Bed 4", segments.gather([("note", intake.clean(NOTE))])).id
    vault.close()
    assert shell.words("history", "export", case, "-o", tmp_path / "case.json", "--by", "Dr A")
    told = shell.json("history", "audit")
    assert [one["subject"] for one in told if one["event"] == "exported"] == [case]


def test_signed_drafts_leave_as_pairs_only_if_it_allows_it(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, to = tmp_path / "note.txt", tmp_path / "pairs.jsonl"
    label = "Patient: Margaret Thornberry, NHS 943 476 5919. Seen 03/04/2026."
    note.write_text(f"{label}\nMrs Thornberry had chest pain. Given aspirin.", encoding="utf-8")
    shell.json("history", "setup", "--code-file", shell.code_file)
    shell.json("summarise", note, "--save", "Bed 4")
    shell.json("summarise", note, "--save", "Bed 5, not signed")
    vault = scripted_core().open_vault()
    history = vault.open()
    signed = next(one for one in history.cases() if one.title == "Bed 4")
    (draft,) = history.drafts(signed.id)
    assert draft.versions[-1].body is not None
    body = draft.versions[-1].body
    body["sections"][0]["text"] = "Mrs Thornberry had chest pain on 03/04/2026 and was given aspirin."
    history.add_version(draft.id, body, "Dr A", ())
    history.sign(draft.id, "Dr A")
    vault.close()

    words = ("history", "pairs", "-o", to, "--by", "Dr A")
    assert "not allowed signed drafts" in shell.words(*words, code=5)
    settings.write(paths.user_settings(), {"training_pairs": True})
    assert "not allowed signed drafts" in shell.words(*words, code=5)
    assert not to.exists()
    paths.machine_policy().write_text("training_pairs = true\n", encoding="utf-8")
    assert shell.json(*words) == {"written": "pairs.jsonl", "rows": 1, "drafts": 1}
    (row,) = [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]
    assert (row["task"], row["section"]) == ("brief-summary", "summary")
    assert "chest pain" in row["target"]
    assert "aspirin" in row["target"]
    assert not any(
        one in json.dumps(row)
        for one in ("Thornberry", "Margaret", "943 476 5919", "9434765919", "03/04/2026", draft.id)
    )
    assert row["target"].split()[1] in row["source"], "the same surrogate in notes and draft"
    told = [one for one in shell.json("history", "audit") if one["event"] == "exported"]
    assert [one["details"]["format"] for one in told] == ["training pairs"] * 2
    assert told[0]["details"]["rows"] == 1
