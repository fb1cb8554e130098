"""A doctor's first letter: four documents of one stay, the real model, the parts that must be exact."""

from __future__ import annotations

import pytest

from app import paths
from app.cli.common import read_files
from app.events import DraftDone
from app.model.client import ModelClient
from app.notes import intake
from tests.fakes import flow, known_tasks

pytestmark = pytest.mark.model

# What the sample stay says, and the letter must say without a changed letter.
EXACT = {
    "pending": ["Ferritin and transferrin saturation, sent 05/11/2026."],
    "medications": [
        "Furosemide 40 mg once daily (new)",
        "Bisoprolol 2.5 mg once daily (new)",
        "Apixaban 5 mg twice daily (new)",
        "Ramipril 5 mg once daily",
        "Atorvastatin 80 mg at night",
    ],
    "changes": ["Aspirin stopped because apixaban was started.", "Metformin stopped because of eGFR 43"],
    "allergies": ["Penicillin - widespread rash in 2011."],
    "actions": ["GP to repeat U&E in one week.", "Heart failure clinic in 2 weeks."],
    "results": ["ECG: atrial fibrillation, rate 104", "NT-proBNP 4,200 ng/L", "LVEF 35%"],
    "diagnoses": ["New atrial fibrillation"],
    "history": ["Type 2 diabetes", "Chronic kidney disease stage 3a"],
}


@pytest.mark.usefixtures("embedded_folder")
def test_the_letter_of_the_sample_stay(embedded: ModelClient) -> None:
    note_flow = flow(embedded)
    note = note_flow.read(read_files([str(paths.resources() / "samples" / "stay")]))
    task = known_tasks()["discharge-letter"]
    keys = [*EXACT, "admission", "condition"]
    done = list(note_flow.draft(note, task, keys))[-1]
    assert isinstance(done, DraftDone)
    sections = {one.key: one for one in done.draft.sections}
    for key, lines in EXACT.items():
        assert sections[key].state == "copied"
        for line in lines:
            assert line in sections[key].text, key
    # The model writes these; where its wording has no support, they are quoted.
    for key in ("admission", "condition"):
        assert sections[key].state in ("written", "copied")
        assert intake.count_words(sections[key].text) >= 5
