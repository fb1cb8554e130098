"""From a pasted stay to a signed letter in three formats, on the embedded model: minutes on a small machine."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx
import pytest
from fhir.resources.R4B.bundle import Bundle
from pypdfium2 import PdfDocument

from app import paths
from app.checks import completeness
from app.cli.common import read_files
from app.drafts import standards
from app.events import DraftDone
from app.export import formats
from app.letter.letter import Signature, compose
from app.model.client import ModelClient
from tests.fakes import flow, known_tasks

EXACT = ["Apixaban", "5 mg twice daily", "GP to repeat U&E in one week.", "Penicillin - widespread rash in 2011."]


@pytest.mark.slow
@pytest.mark.timeout(1200)  # the whole letter takes the embedded model minutes on two cores
@pytest.mark.model
@pytest.mark.usefixtures("embedded_folder", "qapp")
def test_a_stay_becomes_a_signed_letter(embedded: ModelClient, tmp_path: Path) -> None:
    note_flow = flow(embedded)
    note = note_flow.read(read_files([str(paths.resources() / "samples" / "stay")]))
    done = list(note_flow.draft(note, known_tasks()["discharge-letter"]))[-1]
    assert isinstance(done, DraftDone)
    assert not any(one.blocking for one in done.findings)

    prsb = standards.load("prsb")
    open_ones = completeness.find(note, done.draft, prsb)
    assert [one.section for one in open_ones if one.blocking] == ["practice"]
    typed = {"gp": "Dr B. Stone, Mill Surgery"}
    assert not any(one.blocking for one in completeness.find(note, done.draft, prsb, typed))

    signature = Signature("Dr P. Lindqvist", "registrar", "2026-11-09T15:00:00+00:00")
    letter = compose(note, done.draft, prsb, facts=typed, signature=signature, made_at=signature.at)
    for name in ("docx", "pdf", "fhir"):
        formats.write(letter, name, tmp_path / name)

    document = docx.Document(io.BytesIO((tmp_path / "docx").read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    word = " ".join([*(one.text for one in document.paragraphs), *cells])
    pages = PdfDocument((tmp_path / "pdf").read_bytes())
    pdf = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)
    pages.close()
    fhir = (tmp_path / "fhir").read_text(encoding="utf-8")
    for text in (word, pdf):
        assert "Signed by Dr P. Lindqvist, registrar, 9 November 2026 15:00 UTC" in text
        for line in [*EXACT, "Dr B. Stone, Mill Surgery"]:
            assert line in text
    Bundle.model_validate(json.loads(fhir))
    assert letter.provenance.version_sha256 in fhir
