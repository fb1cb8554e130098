"""A flip of what the notes say is named; the same said in other words is left in peace."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks import assertions, context, evidence, facts
from app.checks.finding import Finding
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "Clerking 03/11/2026\n\nNo chest pain, fever or cough. "
    "New atrial fibrillation with heart failure.\n\n"
    "Past medical history:\nNSTEMI in 2019\nPrevious stroke\nHypertension\n\n"
    "Family history: mother had breast cancer.\n\n"
    "Plan: Start apixaban 5 mg twice daily. Withhold metformin. Stop aspirin.",
    "Radiology report 06/11/2026\n\nX-ray left hip: no fracture. CT head: no intracranial bleed.\n"
    "Possible right basal pneumonia. Cardiomegaly and bilateral effusions. Blood cultures negative.",
    "Ward round 07/11/2026\n\nBisoprolol increased to 5 mg. Crackles in the lower zones.\n"
    "For colonoscopy as an outpatient. "
    "Underwent endoscopy today: gastric ulcer.",
)


def found(text: str) -> tuple[Finding, ...]:
    draft = draft_of(("course", text))
    return assertions.find(NOTE, draft, evidence.of(NOTE, draft))


@pytest.mark.parametrize(
    "text",
    [
        "She denied chest pain, fever and cough.",
        "AF was new, with cardiac failure.",
        "She has had an NSTEMI in the past and a previous stroke.",
        "She is known to have hypertension.",
        "Her mother had breast cancer.",
        "The left hip was not fractured on X-ray.",
        "CT head excluded an intracranial haemorrhage.",
        "There was probable pneumonia at the right base.",
        "A colonoscopy is planned as an outpatient.",
        "Endoscopy showed a gastric ulcer.",
        "Apixaban was started; aspirin was stopped and metformin withheld.",
        "Chest film: bilateral effusions and an enlarged heart.",
    ],
)
def test_the_same_in_other_words_passes(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "kind", "wrong"),
    [
        ("She had chest pain.", "negation", "chest pain"),
        ("X-ray of the left hip showed a fracture.", "negation", "fracture"),
        ("There was no cardiomegaly.", "negation", "cardiomegaly"),
        ("There was right basal pneumonia.", "uncertainty", "pneumonia"),
        ("She has possible heart failure.", "uncertainty", "heart failure"),
        ("She had an acute stroke.", "time", "stroke"),
        ("She has had previous atrial fibrillation.", "time", "atrial fibrillation"),
        ("She had breast cancer.", "relative", "breast cancer"),
        ("X-ray of the right hip showed no fracture.", "side", "right"),
        ("There was possible left basal pneumonia.", "side", "left"),
        ("A colonoscopy was performed.", "planned", "colonoscopy"),
        ("Apixaban was stopped.", "opposite", "stopped"),
        ("Bisoprolol was reduced to 5 mg.", "opposite", "reduced"),
        ("Blood cultures were positive.", "opposite", "positive"),
        ("There were crackles in the upper zones.", "opposite", "upper"),
    ],
)
def test_a_flip_blocks_and_is_marked(text: str, kind: str, wrong: str) -> None:
    findings = found(text)
    assert (kind, wrong) in [(one.kind, one.draft_span.of(text)) for one in findings if one.draft_span]
    assert all(one.source_spans for one in findings)


def test_a_part_of_a_denial_is_no_quotation() -> None:
    assert [one.kind for one in found("chest pain, fever or cough.")] == ["negation"] * 3


@pytest.mark.parametrize(
    ("text", "word", "ways"),
    [
        ("No chest pain, fever or cough.", "cough", {"negated"}),
        ("No fever, started on aspirin.", "aspirin", set()),
        ("PE cannot be excluded.", "pulmonary embolism", {"uncertain"}),
        ("PE was excluded.", "pulmonary embolism", {"negated"}),
        ("CTPA excluded PE.", "ctpa", set()),
        ("Query ?DVT of the leg.", "deep vein thrombosis", {"uncertain"}),
        ("A three-day history of chest pain.", "chest pain", set()),
        ("A history of chest pain.", "chest pain", {"past"}),
        ("He is afebrile.", "fever", {"negated"}),
        ("Father died of stroke.", "stroke", {"relative"}),
        ("否认胸痛、咳嗽，有发热。", "cough", {"negated"}),
        ("否认胸痛、咳嗽，有发热。", "fever", set()),
    ],
)
def test_how_a_word_is_spoken_of(text: str, word: str, ways: set[str]) -> None:
    mentions = [one for sentence in facts.of_text(text) for one in context.read(text, sentence)]
    (one,) = [one for one in mentions if one.word.key == word]
    assert one.ways == ways


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["no", "not", "PE", "left", "?", ",", ".", "aspirin", "stopped", "mother had", "history of", "无", "发热"]
        )
    )
)
def test_any_words_can_be_read(some: list[str]) -> None:
    found(" ".join(some))


def test_what_brought_the_patient_is_not_denied_by_the_day_of_discharge() -> None:
    note = note_of("Three days of increasing breathlessness.\nDay 6: no breathlessness at rest. No fever.")

    def kinds(text: str) -> list[str]:
        draft = draft_of(("course", text))
        return [one.kind for one in assertions.find(note, draft, evidence.of(note, draft))]

    assert kinds("She came to hospital because she was short of breath.") == []
    assert kinds("She came to hospital with a fever.") == ["negation"]


def test_litres_are_no_left_side() -> None:
    note = note_of("Right-sided tenderness, CRP 88 mg/L.")
    draft = draft_of(("course", "CRP was 88 mg/L with tenderness on the right."))
    assert assertions.find(note, draft, evidence.of(note, draft)) == ()


def kinds(notes: str, text: str) -> list[str]:
    note, draft = note_of(notes), draft_of(("course", text))
    return [one.kind for one in assertions.find(note, draft, evidence.of(note, draft))]


@pytest.mark.parametrize(
    ("text", "word", "ways"),
    [
        ("Coeliac disease affects his sister.", "coeliac disease", {"relative"}),
        ("Her uncle, who is 70, has epilepsy.", "epilepsy", {"relative"}),
        ("It is her mother, not the patient, who has asthma.", "asthma", {"relative"}),
        ("Her husband's dementia means that she is his carer.", "dementia", {"relative"}),
        ("His son noticed jaundice two days before.", "jaundice", {"kin"}),
        ("The patient has dementia and is looked after by his wife.", "dementia", set()),
        ("A stoma proved unnecessary.", "stoma", {"negated"}),
        ("Dialysis was discussed, but it did not prove necessary.", "dialysis", {"negated"}),
        ("Sarcoidosis was queried but never confirmed.", "sarcoidosis", {"uncertain", "unclear"}),
        ("Her weakness is probably due to a stroke.", "stroke", {"uncertain"}),
        ("He was not limited by breathlessness.", "breathlessness", {"unclear"}),
        ("CT head: no bleed, old stroke.", "stroke", {"past"}),
        ("A do-not-resuscitate order was signed; no fever.", "fever", {"negated"}),
        ("Seizures - nil.", "seizure", {"negated"}),
    ],
)
def test_scope_and_subject(text: str, word: str, ways: set[str]) -> None:
    mentions = [one for sentence in facts.of_text(text) for one in context.read(text, sentence)]
    assert [set(one.ways) for one in mentions if one.word.key == word] == [ways]


def test_the_mother_s_illness_says_nothing_of_the_patient_s() -> None:
    notes = "FH: mother asthma.\nImpression: likely early asthma with wheeze."
    assert kinds(notes, "The team thought that he probably has early asthma.") == []
    assert kinds("Brother T1DM + pacemaker. Wife well.", "He has a pacemaker.") == ["relative"]
    assert kinds("Her brother, who is 39, has just developed psoriatic arthritis.", "She has psoriatic arthritis.") == [
        "relative"
    ]


def test_a_denial_of_attacks_denies_no_illness() -> None:
    assert kinds("PMH recorded. No asthma attacks since May.", "She has asthma.") == []
    assert kinds("PMH recorded. No asthma attacks since May.", "She had asthma attacks.") == ["negation"]


def test_what_is_none_in_one_place_may_be_in_another() -> None:
    notes = "OGD: oesophageal varices, banded. Duodenum normal."
    assert kinds(notes, "No varices were seen in the stomach.") == []
    assert kinds(notes, "There were no varices.") == ["negation"]


def test_what_a_draft_calls_over_or_conditional_is_not_affirmed() -> None:
    notes = "Hep C treated 2018. HCV not detected now."
    assert kinds(notes, "Hepatitis C had been eradicated.") == []
    notes = "No bleeding since admission. TIPSS if rebleeds."
    assert kinds(notes, "A shunt would be considered should bleeding recur.") == []


def test_a_word_of_no_list_denied_throughout_is_not_affirmed() -> None:
    notes = "Settled quickly on the ward; no restraint. No delta wave on ECG. T wave inversion V4-6."
    assert kinds(notes, "Restraint was required once.") == ["negation"]
    assert kinds(notes, "There was T wave inversion.") == []


def test_a_statement_denied_as_a_whole() -> None:
    notes = "Platelets fell from 240 to 96 by day 5."
    assert kinds(notes, "By day 5 the platelets had not fallen from 240 to 96.") != []
    assert kinds(notes, "By day 5 the platelets had fallen from 240 to 96.") == []


def test_what_was_taken_out_is_not_there_when_the_patient_leaves() -> None:
    notes = "Day 1: epidural working. Oxycodone 5 mg prn.\nDay 3: epidural out. Off oxycodone since yesterday."
    assert kinds(notes, "The epidural was in place when she went home.") == ["time"]
    assert kinds(notes, "She is still on oxycodone.") == ["time"]
    assert kinds(notes, "On day 1 the epidural was working.") == []


def test_a_result_shows_that_a_test_was_done() -> None:
    notes = "Bronchoscopy 02/12 thick secretions. MRI brain arranged by you in April - a few white dots.\nEMG outpt."
    assert "planned" in kinds(notes, "Bronchoscopy has yet to be performed.")
    assert kinds(notes, "The brain MRI in April showed a few white dots.") == []
    assert "planned" in kinds(notes, "EMG was carried out today.")


def test_where_a_free_wording_s_denial_ends_is_not_guessed() -> None:
    notes = "Toe ulcer, probes to skin only. No bony tenderness. Trial of splinting, not offered surgery."
    assert kinds(notes, "The wound did not reach bone, which was tender nowhere.") == []
    assert kinds(notes, "There was bony tenderness.") == ["negation"]


def test_allergies_are_not_affirmed_where_the_notes_deny_them() -> None:
    assert kinds("No known drug allergies. Ex-smoker.", "He has several allergies.") == ["negation"]
    assert kinds("Allergic to penicillin (rash).", "He has a known allergy.") == []
