"""Small notes and drafts for the tests of checks, and one whole invented stay."""

from __future__ import annotations

from app.checks import evidence, sentences
from app.checks.finding import Finding
from app.drafts.draft import Draft, Section, SectionState, Stamp
from app.notes import intake, segments
from app.notes.note import Note

STAMP = Stamp("m", "p", "i", "test")

# Warfarin is withheld for a high INR and restarted at a lower dose; a course of levofloxacin runs past the discharge.
PNEUMONIA = (
    """Emergency department clerking 02/10/2026 21:15
Patient name: Harold Pym
Date of birth: 11/06/1948
Hospital number: QX771204

Presenting complaint: Fever, productive cough and confusion for two days.

Past medical history:
COPD
Hypertension
Atrial fibrillation

Medication on admission:
Warfarin 3 mg once daily
Bisoprolol 5 mg once daily
Amlodipine 10 mg once daily
Salbutamol inhaler 100 micrograms as required

Allergies: Penicillin - anaphylaxis 1998.

Examination: BP 96/58, heart rate 118 irregular, SpO2 86% on air, temperature 38.9 C. Coarse crackles right base.

Results:
CRP 212 mg/L
Creatinine 168 umol/L (baseline 92)
INR 5.8
Chest X-ray: right lower lobe consolidation.

Plan: Levofloxacin 500 mg IV twice daily. Withhold warfarin and amlodipine. IV fluids.""",
    """Ward round 04/10/2026 09:00 - Dr B. Stone

Harold Pym, QX771204
Afebrile. Oriented. SpO2 92% on 2 L. INR 2.9. Creatinine 121 umol/L.
Blood cultures: Streptococcus pneumoniae, sensitive to levofloxacin.
Plan: Levofloxacin oral 500 mg once daily, 7 days in total. Restart warfarin 2 mg tonight.""",
    """Physiotherapy 06/10/2026
Walks 20 m with one stick. Stairs with supervision. No oxygen on walking: SpO2 90%.""",
    """Ward round 08/10/2026 08:30 - Dr B. Stone

Harold Pym, QX771204
Well. BP 134/76, heart rate 82 irregular. CRP 31 mg/L. Creatinine 98 umol/L. INR 2.3.

Diagnosis:
Community-acquired pneumonia, right lower lobe, Streptococcus pneumoniae
Acute kidney injury, recovered

Discharge medication:
Warfarin 2 mg once daily
Bisoprolol 5 mg once daily
Salbutamol inhaler 100 micrograms as required

Medication changes: Warfarin reduced from 3 mg to 2 mg because INR was 5.8. \
Amlodipine stopped because of low blood pressure.

Pending: Sputum culture, sent 03/10/2026.

Follow-up: INR check in 3 days at the practice. Chest X-ray in 6 weeks.""",
)  # fmt: skip


def note_of(*texts: str) -> Note:
    """Divide texts, each a document of its own."""
    return segments.gather([(f"{number}.txt", intake.clean(text)) for number, text in enumerate(texts, 1)])


def draft_of(*sections: tuple[str, str], task: str = "discharge-letter", state: SectionState = "written") -> Draft:
    """A draft with these sections: keys and texts."""
    made = tuple(Section(key, key.capitalize(), text, state) for key, text in sections)
    return Draft(task, "Test", made, (), STAMP, "test")


def of_sentences(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """What the checks of single sentences say of a draft."""
    return sentences.find(note, draft, evidence.of(note, draft))
