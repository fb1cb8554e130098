"""Wrong numbers, units, doses and dates are named; the same facts in other words are left in peace."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.checks import evidence, numbers, quantities, short_dates
from app.checks.finding import Finding
from app.notes.note import Span
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "Clerking 03/11/2026\n\nDate of birth: 14/02/1954\nAdmitted with three days of breathlessness.\n\n"
    "Medication on admission:\nRamipril 5 mg once daily\nMetformin 1 g twice daily\n\n"
    "BP 148/86, heart rate 104, SpO2 91% on air. Creatinine 148 umol/L, potassium 4.9 mmol/L, eGFR 38.\n"
    "Plan: furosemide 80 mg IV twice daily. CKD stage 3a. NSTEMI in 2019.",
    "Discharge summary 09/11/2026\n\nEchocardiogram 05/11/2026: LVEF 35%. Weight 86.1 kg (92.4 kg on admission).\n\n"
    "Discharge medication:\nFurosemide 40 mg once daily\nBisoprolol 2.5 mg once daily\n\n"
    "Follow-up: GP to repeat U&E in one week. Heart failure clinic in 2 weeks.",
)


def found(text: str) -> tuple[Finding, ...]:
    draft = draft_of(("course", text))
    return numbers.find(NOTE, draft, evidence.of(NOTE, draft))


@pytest.mark.parametrize(
    "text",
    [
        "The 72-year-old was admitted on 3 November 2026 with 3 days of breathlessness.",
        "Creatinine was 148 micromol/L and potassium 4.9.",
        "Blood pressure 148/86 mmHg, pulse 104 bpm, oxygen saturations of 91% on air.",
        "She had furosemide 80 mg IV BD and went home on 40 mg of furosemide OD.",
        "Metformin 1000 mg BD.",
        "She lost 6.3 kg in weight and left after a stay of 6 days.",
        "An echocardiogram on 5 November showed an ejection fraction of 35%.",
        "U&E in 7 days; heart failure clinic in a fortnight.",
        "She was discharged on 09/11/2026 with stage 3a chronic kidney disease.",
    ],
)
def test_the_same_facts_in_other_words_pass(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("A 3-day-old woman was admitted with breathlessness.", "3-day-old"),  # the model wrote that
        ("Ramipril 50 mg once daily.", "50 mg"),
        ("Ramipril 5 mcg once daily.", "5 mcg"),
        ("Ramipril 5 mg twice daily.", "Ramipril 5 mg twice daily"),
        ("Furosemide 80 mg PO twice daily.", "Furosemide 80 mg PO twice daily"),
        ("Furosemide 80 mg once daily.", "Furosemide 80 mg once daily"),
        ("Furosemide 2.5 mg once daily.", "2.5 mg"),
        ("Lisinopril 5 mg once daily.", "Lisinopril"),
        ("Creatinine was 148 mmol/L.", "148 mmol/L"),
        ("Potassium was 148 umol/L.", "148 umol/L"),
        ("Blood pressure was 148/68.", "148/68"),
        ("LVEF was 53%.", "53%"),
        ("Heart rate was 140.", "140"),
        ("Echocardiogram on 06/11/2026 showed LVEF 35%.", "06/11/2026"),
        ("Echocardiogram on 31/11/2026 showed LVEF 35%.", "31/11/2026"),
        ("She was admitted on 09/11/2026.", "09/11/2026"),
        ("She was discharged after a 16-day stay.", "16-day"),
        ("This 82-year-old was breathless.", "82-year-old"),
        ("CKD stage 3b.", "CKD stage 3b"),
        ("NSTEMI in 2018.", "2018"),
        ("GP to repeat U&E in two weeks.", "two weeks"),
    ],
)
def test_a_wrong_value_blocks_and_is_marked(text: str, wrong: str) -> None:
    findings = found(text)
    assert [one.draft_span.of(text) for one in findings if one.draft_span] == [wrong]
    assert all(one.blocking and one.section == "course" for one in findings)


def test_the_message_names_both_values_and_can_be_translated() -> None:
    (one,) = found("Bisoprolol 25 mg once daily.")
    assert one.message == "Bisoprolol: the draft says 25 mg; the notes say 2.5 mg."
    assert one.message.template == "{subject}: the draft says {value}; the notes say {source}."  # type: ignore[attr-defined]
    assert one.source_spans[0].of(NOTE.text) == "2.5 mg"


def test_two_drugs_never_share_a_message() -> None:
    """What a doctor decides on one is remembered by its message."""
    messages = [one.message for one in found("Ramipril 25 mg daily. Bisoprolol 25 mg daily. Creatinine 25. SpO2 25%.")]
    assert len(set(messages)) == len(messages) == 4
    assert messages[0] == "Ramipril: the draft says 25 mg; the notes say 5 mg."


@settings(deadline=None)
@given(st.integers(1, 999), st.sampled_from(["mg", "mcg", "g", "mL", "units", "tablets"]))
def test_a_dose_is_read_back_whatever_it_is(number: int, unit: str) -> None:
    text = f"Ramipril {number} {unit} daily"
    (one,) = quantities.read(text, Span(0, len(text)))
    assert (one.text, one.subject) == (f"{number} {unit}", "ramipril")


@settings(deadline=None)
@given(st.text(alphabet="0123456789./-,: mgxBPof年月日℃%", max_size=60))
@example("0%/0\u2103")
def test_any_figures_can_be_read(text: str) -> None:
    found(text)


def test_a_drug_that_no_list_has_is_seen_by_its_dose() -> None:
    note = note_of("Medication: Zelavox 60 mg daily. Aspirin 75 mg daily.")
    for text, wrong in (("Zelavox 60 mg weekly.", "Zelavox 60 mg weekly"), ("Norvexil 60 mg daily.", "Norvexil")):
        draft = draft_of(("course", text))
        findings = numbers.find(note, draft, evidence.of(note, draft))
        assert [one.draft_span.of(text) for one in findings if one.draft_span] == [wrong]


def test_a_temperature_is_not_rounded() -> None:
    note = note_of("Ward round 01/10/2026\nTemperature 37.4 C, weight 86.1 kg.")
    draft = draft_of(("course", "Temperature was 37 C and weight 86 kg."))
    (finding,) = numbers.find(note, draft, evidence.of(note, draft))
    assert "37.4" in finding.message


WARD = note_of(
    "Ward 3 continuation sheet   F 71y   Adm 04/11/25\n\n"
    "04/11 17:20 Clerking\nHPC: 5/7 vomiting, off food. Carers BD, cleaner weekly. BP 92/54, HR 110.\n"
    "On lithium 400 mg, lithium level 1.4. "
    "Scan: 6x4 cm collection. Op lasted 2h30. 1L NS over 4 h. AMTS 6/10.\n\n"
    "Fri 7/11 WR\nLaparoscopy uneventful, 12Ch drain. Ferinject 1g given. Cefalexin 500 mg tds 5/7.\n\n"
    "13/11 WR\nDrain removed. CEA 3 monthly. Prior colonoscopy 4/2024. Woke 03:12 with pain, settled by 04:00."
)


def of_ward(text: str) -> list[str]:
    draft = draft_of(("course", text))
    return [str(one.message) for one in numbers.find(WARD, draft, evidence.of(WARD, draft))]


@pytest.mark.parametrize(
    "text",
    [
        "The operation lasted two and a half hours.",
        "A litre of saline ran over four hours.",
        "The scan showed a collection of 6 by 4 cm.",
        "A size 12 drain was left in place.",
        "The systolic pressure was 92 on arrival.",
        "She arrived with a pressure of 92/54.",
        "She woke in pain at twelve minutes past three.",
        "Six days after the laparoscopy of 7 November the drain was removed.",
        "A colonoscopy had been done in April 2024.",
        "Intravenous iron was given, in a dose of 1 g.",
        "Lithium was continued at a level of 1.4.",
        "She scored six out of ten on the abbreviated mental test.",
        "Her carers come twice a day.",
    ],
)
def test_values_said_in_words_or_reckoned_pass(text: str) -> None:
    assert of_ward(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The laparoscopy took place on 13 November.",
        "The operation lasted four and a half hours.",
        "The scan showed a collection of 9 by 4 cm.",
        "The systolic pressure was 62 on arrival.",
        "She had vomited for five weeks.",
        "Her carers come four times a day.",
        "CEA is to be measured once a year.",
    ],
)
def test_another_day_or_another_rhythm_is_named(text: str) -> None:
    assert of_ward(text)


def test_a_weekly_drug_gives_nothing_to_its_neighbour() -> None:
    note = note_of("Sulfasalazine 1 g bd started. Methotrexate 20 mg weekly, Mondays. Folic acid 5 mg weekly.")
    text = "Sulfasalazine 1 g twice daily has been added to her weekly methotrexate of 20 mg."
    draft = draft_of(("course", text))
    assert numbers.find(note, draft, evidence.of(note, draft)) == ()


def test_figures_that_may_be_a_score_or_a_span_are_no_day() -> None:
    text = "02/10/2025\n3/7 of cough, pain 8/10, power 4/5, back 3/12 ago. Mon 6/10 better. CXR 14/10."
    assert [span.of(text) for span, _, _ in short_dates.find(text)] == ["6/10", "14/10"]


CLINIC = note_of(
    "Clinic 11/06/2025 (F, 57, organist)\n\nMitral valve repaired in 2020. Now NYHA class III, was class II in March.\n"
    "Six-minute walk 310 m, nadir 84% room air. March was 355 m.\nPred back up to 20 (was on 15).\n"
    "Wt 88 (95 adm). SBP 96 and faint. Sat 98% in clinic, BP 150/80. Prednisolone 5 mg od from July.\n"
    "Took ASA 75 x4 chewed at 0530.\n"
    "CT 4-6/52 effusion - drain only if febrile.\nFlow 18cm/s in the appendage.\nT1DM 30 yrs (aged 27).\n"
    "Born 33/40.\nDate   ALT   INR\n10/06 06h  240  1.4  <5\n11/06 06h  180  1.2  <5\n\nALT 30, INR 1.0 in March."
)


def in_clinic(text: str) -> list[str]:
    draft = draft_of(("course", text))
    return [str(one.message) for one in numbers.find(CLINIC, draft, evidence.of(CLINIC, draft))]


@pytest.mark.parametrize(
    "text",
    [
        "An organist aged 57, she has had diabetes for 30 years.",
        "Her mitral valve was repaired five years ago.",
        "She has gone from NYHA class II in March to class III.",
        "Her six-minute walk is 45 m shorter than in March, the saturation falling to 84 percent on room air.",
        "Prednisolone was put back up from 15 to 20 mg.",
        "Her weight was seven kilograms lower than at admission.",
        "She felt faint at a systolic pressure of 96.",
        "She chewed four tablets of aspirin, 300 mg in all.",
        "The effusion is to be scanned again in four to six weeks and drained only if she is febrile.",
        "Flow in the appendage was 18 cm every second.",
        "She was born seven weeks early.",
        "ALT was 240 with an INR of 1.4 on 10 June.",
    ],
)
def test_values_whose_passage_does_not_name_them_pass(text: str) -> None:
    assert in_clinic(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "An organist aged 75, she has had diabetes for 30 years.",
        "Her mitral valve was repaired nine years ago.",
        "Her six-minute walk is 61 m shorter than in March.",
        "Prednisolone was put back up from 15 to 200 mg.",
        "She felt faint at a systolic pressure of 69.",
        "She chewed four tablets of aspirin, 600 mg in all.",
        "She chewed four tablets of aspirin, 300 mcg in all.",
        "The effusion is to be scanned again in two to three weeks and drained only if she is febrile.",
        "She was born nine weeks early.",
        "ALT was 420 with an INR of 1.4 on 10 June.",
    ],
)
def test_values_that_no_passage_has_are_named(text: str) -> None:
    assert in_clinic(text)


def test_times_of_day_are_no_values() -> None:
    note = "Seen 0655.\n1015 3rd trop 58\nF, 4,020 g. ASA 2, ASA 81."
    values = [one.text for one in quantities.read(note, Span(0, len(note)))]
    assert not {"1015", "0655", "ASA 81"} & {*values}
    assert {"4,020 g", "ASA 2"} <= {*values}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("She lost 9 lb.", False),
        ("She lost 9 kg.", True),
        ("He was thrown 15 feet.", False),
        ("He was thrown 15 yards.", True),
        ("He drinks six pints a week.", False),
        ("He drinks six units a week.", True),
        ("He walked half a mile.", False),
    ],
)
def test_everyday_units_are_units(text: str, is_told: bool) -> None:
    note = note_of("Lost 9 lb. Thrown 15 ft from the bike. Drinks 6 pints/wk. Walked half a mile with a stick.")
    draft = draft_of(("course", text))
    assert bool(numbers.find(note, draft, evidence.of(note, draft))) is is_told
