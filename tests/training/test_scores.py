"""Scoring: what the figures of the card mean, on texts small enough to check by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import baselines, facts
from training.data import Row
from training.scores import Scored, is_refusal, score

SOURCE = "Doctor: Any fever?\nPatient: No.\nDoctor: I start lisinopril twenty milligrams. The left knee hurts."


def test_numbers_spelt_in_speech_count_as_said() -> None:
    said = facts.numbers("one hundred and five, twenty five, blood pressure one forty two over eighty eight, 1,200")
    assert {"25", "1200", "40", "2", "88"} <= said
    assert "105" in facts.numbers("one hundred five")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Lisinopril 40 mg.", "numbers"),
        ("Lisinopril 40 mg.", "doses"),
        ("He takes warfarin.", "drugs"),
        ("He has fever.", "any_unsupported"),
        ("The right knee hurts.", "sides"),
    ],
)
def test_faults_are_counted_by_sentence(text: str, field: str) -> None:
    found = facts.faults(text, SOURCE)
    assert found.sentences == 1
    assert getattr(found, field) == (0 if "fever" in text else 1)


def test_a_negation_turned_round_is_a_fault_and_a_question_may_be_either() -> None:
    assert facts.faults("There is chest pain.", "There is no chest pain.").negations == 1
    assert facts.faults("No chest pain.", "There is no chest pain.").negations == 0
    assert facts.faults("He denies fever.", SOURCE).negations == 0


def test_a_faithful_text_has_no_fault() -> None:
    found = facts.faults("Lisinopril 20 mg was started. The left knee hurts.", SOURCE)
    assert (found.any_unsupported, found.negations, found.sides) == (0, 0, 0)


@given(st.text(max_size=200))
def test_a_text_has_no_number_dose_drug_or_side_that_it_lacks_itself(text: str) -> None:
    found = facts.faults(text, text)
    assert (found.numbers, found.doses, found.drugs, found.sides) == (0, 0, 0, 0)
    assert 0 <= facts.repetition(text) <= 1


def test_refusals_are_scored_apart() -> None:
    rows = [
        Scored("note", "Not recorded.", "Not recorded."),
        Scored("note", "Not recorded.", "Penicillin."),
        Scored("note", "Aspirin.", "not recorded"),
        Scored("note", "Aspirin.", "Aspirin."),
    ]
    found = score(rows, 1)
    assert found["not_recorded_precision"][0] == 50
    assert found["not_recorded_recall"][0] == 50
    assert found["not_recorded_f1"][0] == 50
    assert found["rouge1"][0] == 50
    assert found["rouge1"][1] <= 50 <= found["rouge1"][2]
    assert math.isnan(found["follow_up_omitted"][0])
    assert "not_recorded_f1" not in score(rows[3:], 1)
    assert is_refusal(" Not recorded ")
    assert not is_refusal("Not recorded in the clinic.")


def test_rouge_is_unstemmed_and_lsum_keeps_lines() -> None:
    found = score([Scored("", "walks\nruns", "walk\nruns")] * 2, 1)
    assert found["rouge1"][0] == 50
    lines = score([Scored("", "a b c\nd e f", "d e f\na b c")] * 2, 1)
    assert lines["rougeLsum"][0] == 100


def test_omissions_count_only_what_the_source_supports() -> None:
    rows = [
        Scored("warfarin; allergic to latex; follow up", "warfarin, digoxin. Allergy: latex. Follow-up.", "Rest.")
    ] * 2
    found = score(rows, 1)
    assert found["drugs_omitted"][0] == 100
    assert found["allergies_omitted"][0] == 100
    assert found["follow_up_omitted"][0] == 100


NOTE = "Procedure: Hip repair.\n\nDiagnosis: Fracture of the hip.\n\nAllergies: Latex."


def test_baselines() -> None:
    def row(task: str, section: str, source: str = NOTE) -> Row:
        return Row("1", source, "", task, section)

    assert baselines.by_heading(row("extract-section", "allergies")) == "Latex."
    assert baselines.by_heading(row("extract-section", "family_history")) == "Not recorded."
    assert baselines.by_heading(row("dialogue-section", "allergies")) is None
    assert baselines.by_heading(row("brief-summary", "summary")) == "Hip repair. Fracture of the hip."
    assert baselines.lead(row("x", "x", "One. Two. Three.")) == "One. Two."
    near = baselines.Nearest(
        [
            Row("a", "knee pain after a fall", "Knee.", "extract-section", "diagnosis"),
            Row("b", "chest pain at night", "Chest.", "extract-section", "diagnosis"),
        ]
    )
    assert near.answer(row("extract-section", "diagnosis", "pain in the chest")) == "Chest."
