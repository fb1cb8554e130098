"""Words that no list has: cut short, by initials, misspelt, another form; what is over is not told as going on."""

from __future__ import annotations

import pytest

from app.checks import likeness, words
from app.checks.finding import Finding
from app.notes.note import Note
from tests.checks.cases import draft_of, note_of, of_sentences

NOTE = note_of(
    "Gynae WR 14/08/26\n\n47F, amlod 10 od, dex 4 mg od. Codeine stopped, constipated. Quit smoking 2015.\n"
    "Plan: TWOC tmrw, histol to MDTM 21/8. LUL nodule. Doubt pyelo. Warf 6/12 in 2014. Carvedilol 12.5 bd.\n"
    "Inf STEMI '19, # L tibia.\n"
    "Hb 98 -> 86. EF 48 (was 42). Delirium, resolved. CT chest 3/12. "
    "Adm 09/08/2026. Norad off 10 Aug. Ibuprofen avoided (dehydrated). No POC, mobilises w stick."
)


def found(text: str, note: Note = NOTE) -> tuple[Finding, ...]:
    return of_sentences(note, draft_of(("course", text)))


@pytest.mark.parametrize(
    "text",
    [
        "She takes amlodipine 10 mg once daily.",
        "Dexamethasone 4 mg once daily was given.",
        "The histology goes to the multidisciplinary team meeting on 21 August.",
        "There is a nodule in the left upper lobe.",
        "Warfarin was given for six months in 2014.",
        "She had an inferior myocardial infarction in 2019.",
        "The left tibia was broken.",
        "Noradrenaline was stopped on 10 August.",
        "Haemoglobin fell from 98 to 86 and the ejection fraction rose to 48.",
        "The ejection fraction has improved.",
        "Because of her dehydration ibuprofen was not used.",
        "She has no package of care, and she walks with a stick.",
    ],
)
def test_what_a_ward_shortens_is_borne_out(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Carvedilol 12.5 mcg twice daily.", "number"),
        ("She takes codeine.", "time"),
        ("She currently smokes.", "time"),
        ("She has pyelonephritis.", "uncertainty"),
        ("She remains delirious.", "time"),
        ("Haemoglobin rose during the stay.", "opposite"),
        ("The ejection fraction has worsened.", "opposite"),
        ("The CT of the chest was done.", "planned"),
        ("There is a nodule in the right upper lobe.", "side"),
        ("Her mother had a myocardial infarction.", "relative"),
        ("She takes amlodipine 100 mg once daily.", "number"),
    ],
)
def test_what_contradicts_a_shortened_note_is_told(text: str, kind: str) -> None:
    assert kind in {one.kind for one in found(text)}


def test_words_of_a_list_are_no_abbreviation_of_others() -> None:
    like = likeness.of_text("No MRSA, PMHx nil, sat with SW.")
    text = "A pneumothorax needed bronchoscopy and mannitol."
    assert like.stand_ins(text, words.read(text), frozenset()) == {}


def test_small_words_are_no_names() -> None:
    for text, wrong in (("The drain can go.", "walking stick"), ("He does well.", "stent"), ("several", "severe")):
        assert wrong not in {one.key for one in words.read(text)}
    assert {one.key for one in words.read("rib # and hives")} >= {"rib fracture", "urticaria"}


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("Neuro: moves all 4 limbs. Bisoprolol 2.5 mg continued.", "Allopurinol was continued."),
        ("She met 2 of the SIRS criteria. Bisoprolol continued.", "Metoprolol was started."),
        ("Echo: LVEF 35%. Stenosis of the LAD 53%. Weight 70 kg.", "LVEF was 53%."),
        ("Paracetamol for 3-5 days. Seen 9 March 2025.", "She was reviewed on 5 March."),
        ("No chest pain. Advice: return if chest pain.", "She presented with chest pain."),
        ("No chest pain. Father died of chest pain.", "She was admitted with chest pain."),
        ("No colonoscopy, deferred.", "Colonoscopy was done."),
        ("Weight 78 kg.", "Weight about 84 kg."),
    ],
)
def test_words_that_only_look_alike_bear_nothing_out(note: str, text: str) -> None:
    assert found(text, note_of(f"72 year old woman admitted 1 March 2025 with breathlessness. {note}"))
