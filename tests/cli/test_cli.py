"""The command line as a person and as a script use it, on the scripted engine."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.main import main
from app.errors import ModelMissing
from tests.fakes import scripted_core

NOTE = "Presenting complaint: chest pain for two days.\nAllergies: penicillin, rash.\nGiven aspirin. Feels better."
Run = Callable[..., int]


@pytest.fixture
def run() -> Run:
    return lambda *words: main([str(word) for word in words], lambda _overrides: scripted_core())


@pytest.fixture
def note(tmp_path: Path) -> Path:
    file = tmp_path / "note.txt"
    file.write_text(NOTE, encoding="utf-8")
    return file


def test_a_summary_on_standard_output(run: Run, note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("summarise", note) == 0
    seen = capsys.readouterr()
    assert "DRAFT, not signed" in seen.out
    assert "Using no model" in seen.err


def test_json_holds_text_coverage_and_hashes(run: Run, note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("letter", note, "--json") == 0
    table = json.loads(capsys.readouterr().out)
    assert table["status"] == "draft"
    assert {"model", "prompt", "input"} <= set(table["stamp"])
    allergies = next(one for one in table["sections"] if one["key"] == "allergies")
    assert allergies["text"] == "penicillin, rash."
    start, end = allergies["read"][0]["start"], allergies["read"][0]["end"]
    assert NOTE[start:end] == "Allergies: penicillin, rash."


def test_several_documents_and_one_section(run: Run, note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = note.with_name("second.txt")
    second.write_text("Ward round 04/11/2026\nAllergies: also latex.", encoding="utf-8")
    assert run("letter", note, second, "--section", "allergies", "--json") == 0
    (section,) = json.loads(capsys.readouterr().out)["sections"]
    assert section["text"] == "penicillin, rash.\nalso latex."


def test_notes_from_standard_input(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NOTE.encode("utf-16"))))
    assert run("summarise", "-") == 0
    assert "chest pain" in capsys.readouterr().out


def test_output_goes_to_a_file_only_its_owner_reads(run: Run, note: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "letter.txt"
    assert run("letter", note, "-o", out) == 0
    assert "Discharge letter" in out.read_text(encoding="utf-8")
    if os.name == "posix":
        assert out.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", 3, "no text"),
        (b"Chest pain today", 3, "only 3 words"),
        (b"Plan:\nAllergies:\nPast medical history:\nResults:\nSocial history:", 3, "headings but no text"),
        (b"%PDF-1.7", 3, "PDF"),
        (b"word " * 400_000, 3, "1,999,999 characters"),
        (b"MRN: 12345\nHe is well today.\nMRN: 54321\nShe is not.", 6, "different patients"),
    ],
)
def test_bad_input_has_an_exit_code_and_a_sentence(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: int, words: str
) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    assert run("summarise", file) == code
    seen = capsys.readouterr()
    assert words in seen.err
    assert seen.out == ""


def test_a_missing_file_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("summarise", "nowhere.txt", "--json") == 3
    seen = capsys.readouterr()
    assert "nowhere.txt" in seen.err
    assert json.loads(seen.out)["error"]["code"] == "input_unreadable"


def test_wrong_words_are_usage(run: Run, note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run("sumarise", note)
    assert caught.value.code == 2
    assert run() == 2
    assert run("draft", "nonsense", note) == 2
    assert "The tasks are: brief-summary" in capsys.readouterr().err


def test_a_missing_model_is_exit_code_4(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def build(_overrides: object) -> object:
        raise ModelMissing(model="x", why="it was never imported")

    assert main(["summarise", str(note)], build) == 4  # type: ignore[arg-type]
    assert "never imported" in capsys.readouterr().err


def test_a_bug_of_ours_shows_no_note(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def build(_overrides: object) -> object:
        raise RuntimeError(NOTE)

    assert main(["summarise", str(note)], build) == 1  # type: ignore[arg-type]
    seen = capsys.readouterr()
    assert "RuntimeError at test_cli.py" in seen.err
    assert "chest pain" not in seen.err + seen.out


def test_batch_goes_on_past_bad_rows_and_resumes(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        json.dumps({"id": "a", "source": NOTE}),
        "not json",
        json.dumps({"id": "b", "source": ""}),
        json.dumps({"id": "c", "source": NOTE, "task": "extract-section", "section": "dental_status"}),
        json.dumps({"id": "g", "source": NOTE, "task": "extract-section", "section": "family_history"}),
        json.dumps({"id": "d", "source": NOTE, "task": "discharge-letter", "section": "allergies"}),
        json.dumps({"id": "e", "source": NOTE, "task": "unknown"}),
        json.dumps({"id": 7, "source": 8}),
    ]
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(rows), encoding="utf-8")
    assert run("batch", "--task", "brief-summary", source, output, "--json") == 3
    assert json.loads(capsys.readouterr().out) == {"rows": 8, "failed": 4}
    results = {row["id"]: row for row in map(json.loads, output.read_text(encoding="utf-8").splitlines())}
    assert set(results) == {"a", "line 2", "b", "c", "d", "e", "g", "line 8"}
    assert results["d"]["output"] == "penicillin, rash."
    assert "dental status" in results["c"]["output"]
    assert results["g"]["output"] == "Not recorded."
    assert results["b"]["error"]["code"] == "input_empty"
    assert results["e"]["error"]["code"] == "unknown_task"

    with output.open("a", encoding="utf-8") as file:
        file.write('{"id": "half')  # a run killed while writing
    source.write_text(json.dumps({"id": "f", "source": NOTE}) + "\n" + rows[0], encoding="utf-8")
    assert run("batch", "--task", "brief-summary", source, output, "--json") == 0
    ids = [json.loads(line)["id"] for line in output.read_text(encoding="utf-8").splitlines()]
    assert ids.count("a") == 1
    assert ids[-1] == "f"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_stops_a_batch_with_a_sentence(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a", "source": NOTE}), encoding="utf-8")
    monkeypatch.setattr("app.cli.batch._finished_ids", lambda _path: set())  # /dev/full can be read for ever
    assert run("batch", "--task", "brief-summary", source, "/dev/full") == 1
    assert "The disk is full" in capsys.readouterr().err


def test_the_demo_writes_text_json_and_figures(run: Run, tmp_path: Path) -> None:
    assert run("demo", "--output", tmp_path / "out") == 0
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == [
        "brief-summary.json",
        "brief-summary.txt",
        "discharge-letter.json",
        "discharge-letter.txt",
        "report.json",
    ]


def test_models_are_listed_with_licence_and_honesty(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("models", "list", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["smollm2-135m-instruct"]["is_embedded"]
    assert not rows["medgemma-4b-it"]["installed"]
    assert all(row["licence"] and row["languages"] and row["evaluation"] for row in rows.values())
    assert run("models", "list") == 0
    told = capsys.readouterr().out
    assert "Without an adapter it invents" in told
    assert "In use with the adapter clinical/" in told


def test_a_model_is_imported_and_verified(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import paths

    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "models")
    source = tmp_path / "usb"
    source.mkdir()
    (source / "config.json").write_text('{"architectures": ["Qwen3ForCausalLM"]}', encoding="utf-8")
    (source / "model.safetensors").write_bytes(b"weights")
    assert run("models", "import", source, "--name", "qwen3-4b-instruct-2507") == 0
    assert run("models", "verify", "qwen3-4b-instruct-2507") == 0
    assert "all 2 files" in capsys.readouterr().out
    next((tmp_path / "models").rglob("model.safetensors")).write_bytes(b"weightz")
    assert run("models", "verify", "qwen3-4b-instruct-2507") == 4
    assert run("models", "verify", "phi-4-mini-instruct") == 4
    assert run("models", "verify", "unheard-of") == 4


def test_self_test_fails_where_the_app_is_not_offline(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """The test process has no guard: the self-test must notice."""
    assert run("self-test", "--json") == 4
    checks = {row["check"]: row["passed"] for row in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["app is offline"] is False
    assert checks["worker is offline"] is True
    assert checks["sample draft"] is True
