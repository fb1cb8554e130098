"""`epicrisis letter --standard S --format F -o FILE` and `check --standard S`, on the scripted engine."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from pypdfium2 import PdfDocument

from app import paths
from app.cli.main import main
from app.drafts import standards
from app.export import formats
from tests.fakes import scripted_core

STAY = str(paths.resources() / "samples" / "stay")
Run = Callable[..., int]


@pytest.fixture
def run() -> Run:
    return lambda *words: main([str(word) for word in words], lambda _overrides: scripted_core())


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", formats.FORMATS)
def test_each_format_is_written_and_only_its_owner_reads_it(run: Run, tmp_path: Path, name: str) -> None:
    out = tmp_path / "new" / f"letter{formats.FORMATS[name].suffix}"
    assert run("letter", STAY, "--standard", "prsb", "--format", name, "-o", out) == 0
    data = out.read_bytes()
    if name == "docx":
        assert docx.Document(io.BytesIO(data)).paragraphs[0].text == "Discharge summary"
    elif name == "pdf":
        assert "Margaret Ellison" in PdfDocument(data)[0].get_textpage().get_text_range()
    else:
        assert "Margaret Ellison" in data.decode("utf-8")
    assert [one.name for one in out.parent.iterdir()] == [out.name]
    if os.name == "posix":
        assert out.stat().st_mode & 0o077 == 0


def test_the_format_is_told_by_the_name_and_the_standard_is_prsb(run: Run, tmp_path: Path) -> None:
    assert run("letter", STAY, "-o", tmp_path / "letter.docx", "--fact", "gp=Dr B. Stone, Mill Surgery") == 0
    text = [cell.text for cell in docx.Document(tmp_path / "letter.docx").tables[0].column_cells(1)]
    assert "GP: Dr B. Stone, Mill Surgery" in text


def test_a_standard_and_a_language_on_standard_output(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("letter", STAY, "--standard", "jc", "--language", "zh_CN") == 0
    assert "出院小结" in capsys.readouterr().out
    assert run("letter", STAY, "--standard", "eu", "--json") == 0
    assert json.loads(capsys.readouterr().out)["code"] == "34105-7"


def test_a_department_s_own_standard(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    paths.user_standards().mkdir(parents=True)
    own = 'base = "prsb"\ntitle = { en = "Letter of ward 7" }\norder = ["medications"]\n'
    (paths.user_standards() / "ward7.toml").write_text(own, encoding="utf-8")
    assert run("letter", STAY, "--standard", "ward7") == 0
    text = capsys.readouterr().out
    assert text.startswith("Letter of ward 7")
    assert text.index("Medications and medical devices") < text.index("Clinical summary")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--standard", "nhs"], 2, "known are cn, eu, jc, prsb"),
        (["--format", "pdf"], 2, "it needs -o FILE"),
        (["--language", "fr"], 2, "en, zh-CN"),
        (["--fact", "colour=red"], 2, "NAME=VALUE"),
        (["--fact", "born=yesterday"], 2, "YYYY-MM-DD"),
    ],
)
def test_wrong_words_are_said_before_anything_is_written(
    run: Run, capsys: pytest.CaptureFixture[str], words: list[str], code: int, sentence: str
) -> None:
    assert run("letter", STAY, *words) == code
    seen = capsys.readouterr()
    assert sentence in seen.err
    assert (seen.out, "(1/" in seen.err) == ("", False)


def test_what_blocks_has_exit_code_6_and_the_letter_is_a_draft(run: Run, tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("Clerking 01/03/2026\nAllergies: Penicillin - rash.\nWell today.", encoding="utf-8")
    (tmp_path / "2.txt").write_text("Ward round 02/03/2026\nAllergies: NKDA\nShe goes home.", encoding="utf-8")
    assert run("letter", tmp_path / "1.txt", tmp_path / "2.txt", "--format", "txt", "-o", tmp_path / "out.txt") == 6
    text = (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert "DRAFT - not signed" in text
    assert "Allergies and adverse reactions  [CONFLICTING - choose before signing]" in text


def test_nothing_is_left_behind_where_the_file_cannot_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for name in ("docx", "fhir", "txt"):
        assert run("letter", STAY, "--format", name, "-o", tmp_path / "out" / "letter") == 1
        assert "The disk is full" in capsys.readouterr().err
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_check_asks_for_every_heading(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("Diagnosis:\nNew atrial fibrillation\n\nAllergies: Penicillin - rash.", encoding="utf-8")
    assert run("check", "--source", STAY, "--draft", draft, "--standard", "prsb", "--json") == 6
    found = {one["section"]: one for one in json.loads(capsys.readouterr().out)["findings"]
             if one["kind"] == "completeness"}  # fmt: skip
    assert found["practice"]["blocking"]
    assert found["legal"]["severity"] == "warning"
    assert not {"diagnoses", "allergies"} & found.keys()
    assert run("check", "--source", STAY, "--draft", draft, "--standard", "nhs") == 2


@pytest.mark.parametrize("words", [[], ["--standard", "prsb"]])
def test_a_letter_of_ours_is_checked_by_its_sections(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    out = tmp_path / "draft.json"
    assert run("letter", STAY, "--json", *words, "-o", out) == 0
    run("check", "--source", STAY, "--draft", out, "--standard", "prsb", "--json")
    found = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["kind"] == "completeness"]
    assert [one["section"] for one in found if one["blocking"]] == ["practice"]
    assert {one["section"] for one in found} <= {one.key for one in standards.load("prsb").headings}
