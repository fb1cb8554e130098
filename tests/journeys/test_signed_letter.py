"""From six pasted documents of one stay to a signed letter in three formats, on the embedded model: minutes."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from fhir.resources.R4B.bundle import Bundle
from pypdfium2 import PdfDocument

from app import paths
from app.checks import all as checks
from app.checks import completeness, wording
from app.checks.finding import Finding
from app.cli.common import read_files
from app.drafts import standards
from app.drafts.draft import Draft, Section
from app.events import DraftDone
from app.export import formats, times
from app.letter.letter import Letter, Signature, compose
from app.model.client import ModelClient
from app.notes.note import Note
from tests.fakes import flow, known_tasks

# Beside the four documents of the sample stay: one starts a course that outlasts it, one denies the allergy.
SKIN = """Tissue viability review 07/11/2026 11:30 - R. Adeyemi, nurse

Margaret Ellison, EX204117
Cellulitis of the left shin, 6 x 4 cm, no ulcer. Temperature 37.4 C, CRP 31 mg/L.
Plan: Doxycycline 100 mg twice daily for 5 days. District nurse to check the leg in 1 week.
"""
PHARMACY = """Pharmacy review 08/11/2026 10:00

Margaret Ellison, EX204117
Allergies: NKDA.
Doxycycline day 2. Apixaban: creatinine 132 umol/L, age 72, weight 86 kg - dose appropriate.
"""
EXACT = [
    "Apixaban", "5 mg twice daily", "GP to repeat U&E in one week.", "Penicillin - widespread rash in 2011.",
    "District nurse to check the leg in 1 week.", "Last day of a course: Doxycycline", "11 November 2026",
    "Results pending: Ferritin and transferrin saturation, sent 05/11/2026.", "Dr B. Stone, Mill Surgery",
]  # fmt: skip
TYPED = {"gp": "Dr B. Stone, Mill Surgery"}
SIGNED = Signature("Dr P. Lindqvist", "registrar", "2026-11-09T15:00:00+00:00")
PRSB = standards.load("prsb")


def handled(draft: Draft, findings: tuple[Finding, ...]) -> Draft:
    """What a doctor does: keeps the allergy, and puts the course that was left out into the list."""
    (course,) = (one for one in findings if wording.COURSE in one.message)
    sections = {one.key: one for one in draft.sections}
    allergies = "\n".join(line for line in sections["allergies"].text.splitlines() if "NKDA" not in line)
    medications = f"{sections[course.section].text}\n{course.insert}"
    sections["allergies"] = _edited(sections["allergies"], allergies)
    sections[course.section] = _edited(sections[course.section], medications)
    return replace(draft, sections=tuple(sections.values()))


def _edited(section: Section, text: str) -> Section:
    return replace(section, text=text, review="edited")


def read_back(letter: Letter, folder: Path) -> tuple[str, str, Bundle]:
    """Write the letter in three formats and open each with its own library."""
    for name in ("docx", "pdf", "fhir"):
        formats.write(letter, name, folder / name)
    document = docx.Document(io.BytesIO((folder / "docx").read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    pages = PdfDocument((folder / "pdf").read_bytes())
    pdf = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)
    pages.close()
    bundle = Bundle.model_validate(json.loads((folder / "fhir").read_text(encoding="utf-8")))
    return " ".join([*(one.text for one in document.paragraphs), *cells]), pdf, bundle


@pytest.mark.slow
@pytest.mark.timeout(1200)  # the whole letter takes the embedded model minutes on two cores
@pytest.mark.model
@pytest.mark.usefixtures("embedded_folder", "qapp")
def test_a_stay_becomes_a_signed_letter(embedded: ModelClient, tmp_path: Path) -> None:
    note_flow = flow(embedded)
    files = read_files([str(paths.resources() / "samples" / "stay")])
    pasted = [("5-skin.txt", SKIN.encode()), ("6-pharmacy.txt", PHARMACY.encode())]
    note = note_flow.read([*files, *pasted])
    assert len(note.documents) == 6
    done = list(note_flow.draft(note, known_tasks()["discharge-letter"]))[-1]
    assert isinstance(done, DraftDone)
    assert {one.kind for one in done.findings if one.blocking} == {"contradiction"}
    assert _blocking(note, done.draft) == ["practice", "allergies"]

    draft = handled(done.draft, done.findings)
    assert _blocking(note, draft, TYPED) == []
    left = checks.examine(note, draft, PRSB, TYPED).findings
    assert not [one for one in left if wording.COURSE in one.message]
    # What the documents say stays told; in the window the doctor's choice settles it.
    assert {one.kind for one in left if one.blocking} == {"contradiction"}

    letter = compose(note, draft, PRSB, facts=TYPED, signature=SIGNED, made_at=SIGNED.at)
    assert {one.what: one.owner for one in letter.actions}["District nurse to check the leg in 1 week."] == (
        "District nurse"
    )
    body = [part.text for section in letter.sections for part in section.parts]
    assert not any("EX204117" in text for text in body)
    word, pdf, bundle = read_back(letter, tmp_path)
    for text in (word, pdf):
        assert f"Signed by Dr P. Lindqvist, registrar, {times.said(SIGNED.at, 'en')}" in text
        for line in EXACT:
            assert line in text
        assert "NKDA" not in text
    resources = [entry.resource for entry in bundle.entry]
    drugs = {
        one.medicationCodeableConcept.text for one in resources if one.get_resource_type() == "MedicationStatement"
    }
    assert {"Apixaban", "Doxycycline", "Furosemide"} <= drugs
    tasks = {one.description: one.owner for one in resources if one.get_resource_type() == "Task"}
    assert tasks["GP to repeat U&E in one week."].display == "GP"
    composition = resources[0]
    assert composition.attester[0].time == times.local(SIGNED.at)
    assert letter.provenance.version_sha256 in (tmp_path / "fhir").read_text(encoding="utf-8")


def _blocking(note: Note, draft: Draft, typed: dict[str, str] | None = None) -> list[str]:
    return [one.section for one in completeness.find(note, draft, PRSB, typed) if one.blocking]
