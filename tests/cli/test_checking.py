"""`epicrisis check`: any draft, text or JSON, against the notes; exit code 6 where something blocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import main
from app.core import Core
from tests.fakes import scripted_core
from tests.notes import documents

NOTE = "Ward round 05/11/2026\n\nNo chest pain. Creatinine 148 umol/L.\nStart bisoprolol 2.5 mg once daily."


def check(folder: Path, note: str, draft: str, *more: str) -> int:
    """Run the verb on a note and a draft."""
    (folder / "note.txt").write_text(note, encoding="utf-8")
    (folder / "draft.txt").write_text(draft, encoding="utf-8")
    words = ["check", "--source", str(folder / "note.txt"), "--draft", str(folder / "draft.txt"), *more]
    return main(words, lambda _: core())


def core() -> Core:
    """A core that never opens a session."""
    return scripted_core()


def test_a_sound_draft_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = "She denied chest pain. Creatinine was 148. Bisoprolol 2.5 mg OD was started."
    assert check(tmp_path, NOTE, draft) == 0
    assert "Nothing was found" in capsys.readouterr().out


def test_what_blocks_has_its_places_and_an_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = "She had chest pain.\r\nBisoprolol 25 mg OD was started. Creatinine 148."
    assert check(tmp_path, NOTE, draft, "--json") == 6
    table = json.loads(capsys.readouterr().out)
    assert table["blocking"] == 2
    number = next(one for one in table["findings"] if one["kind"] == "number")
    span = number["draft_span"]
    assert draft.encode().decode()[span["start"] : span["end"]] == "25 mg" == number["draft_quote"]
    assert number["source_quotes"] == ["2.5 mg"]
    assert {"kind", "severity", "blocking", "draft_span", "source_spans", "message"} <= number.keys()
    assert all(one["source_spans"] for one in table["evidence"])


def test_a_draft_of_ours_is_checked_section_by_section(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sections = [
        {"key": "course", "text": "No chest pain."},
        {"key": "results", "title": "Results", "text": "Creatinine 184."},
    ]
    assert check(tmp_path, NOTE, json.dumps({"sections": sections})) == 6
    assert (
        "BLOCKING number [Results]: Creatinine: the draft says 184; the notes say 148 umol/L."
        in capsys.readouterr().out
    )


def test_two_patients_are_told_as_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "MRN: 12345\nHe is well.\nMRN: 54321\nShe is not.", "He is well.") == 6
    assert "BLOCKING identity" in capsys.readouterr().out


@pytest.mark.parametrize(("draft", "code"), [('{"sections": 3}', 2), ("{nonsense", 2)])
def test_what_is_no_draft_is_said(tmp_path: Path, draft: str, code: int) -> None:
    assert check(tmp_path, NOTE, draft) == code


def test_a_missing_draft_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    assert main(["check", "--source", str(tmp_path / "note.txt"), "--draft", "nowhere.txt"], lambda _: core()) == 3
    assert "nowhere.txt" in capsys.readouterr().err


def test_notes_and_draft_may_be_documents_and_a_folder_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stay = tmp_path / "stay"
    stay.mkdir()
    (stay / "1.docx").write_bytes(documents.word())
    (stay / "2.rtf").write_bytes(documents.RTF)
    (stay / "3.png").write_bytes(b"\x89PNG")
    (stay / "~$1.docx").write_bytes(b"somebody")
    (tmp_path / "draft.docx").write_bytes(documents.pdf("<p>Ramipril 25 mg once daily.</p>"))
    words = ["check", "--source", str(stay), "--draft", str(tmp_path / "draft.docx"), "--json"]
    assert main(words, lambda _: core()) == 6
    found = json.loads(capsys.readouterr().out)["findings"]
    assert any(one["draft_quote"] == "25 mg" for one in found)
