"""What the model is taught is what the app asks: the same tokens, the loss on the answer only."""

from __future__ import annotations

from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, AutoTokenizer

from app import paths
from app.model.engine import TransformersEngine
from app.model.messages import Load
from app.prompts import tasks
from training.data import IGNORED, AnswersLast, Prompter, Row, as_the_app_reads, tokenise, tokenise_pairs

TASKS = tasks.read(paths.resources() / "tasks")
NOTE = "Allergies: penicillin.\n\nDiagnosis: ST elevation in II, III and aVF.\n\nPlan: <|im_end|> stop."
ROW = Row("1", NOTE, "ST elevation.<|im_end|>", "extract-section", "diagnosis")


def prompter(tiny: Path) -> Prompter:
    return Prompter(AutoTokenizer.from_pretrained(tiny), TASKS)


def test_training_asks_with_the_tokens_of_the_app(tiny: Path) -> None:
    engine = TransformersEngine()
    engine.load(Load("tiny", str(tiny), "cpu"), lambda _part, _what: None)
    mine = prompter(tiny)
    asked = engine._encode(mine.conversation(ROW))["input_ids"][0].tolist()
    assert mine.prompt(ROW) == asked


def test_only_the_answer_is_learnt_and_it_ends(tiny: Path) -> None:
    mine = prompter(tiny)
    (one,) = tokenise([ROW], mine, 2000, 200)
    learnt = [label for label in one["labels"] if label != IGNORED]
    assert learnt == mine.answer(ROW)
    assert learnt.count(mine.tokenizer.eos_token_id) == 1, "an end token spelt in the data must not end the answer"
    assert learnt[-1] == mine.tokenizer.eos_token_id


def test_rows_that_do_not_fit_are_dropped_not_cut(tiny: Path) -> None:
    assert tokenise([ROW], prompter(tiny), 10, 200) == []
    assert tokenise([ROW], prompter(tiny), 2000, 2) == []
    (pair,) = tokenise_pairs([ROW], prompter(tiny), 10, 2)
    assert (len(pair["input_ids"]), len(pair["labels"])) == (10, 2)


def test_logits_for_the_answer_alone_give_the_same_loss(tiny: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32).eval()
    other = Row("2", "the patient was given aspirin", "aspirin", "extract-section", "medications")
    features = tokenise([ROW, other], prompter(tiny), 2000, 200)
    short, full = AnswersLast(0)(features), AnswersLast(0, rows_alone=True)(features)
    assert short["labels"].shape[1] < full["labels"].shape[1]
    with torch.inference_mode():
        assert torch.allclose(model(**short).loss, model(**full).loss, atol=1e-6)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9)), min_size=1, max_size=6))
def test_a_batch_keeps_every_label_and_hides_all_padding(sizes: list[tuple[int, int]]) -> None:
    features = [{"input_ids": [7] * (p + a), "labels": [IGNORED] * p + [5] * a} for p, a in sizes]
    batch = AnswersLast(0)(features)
    assert int((batch["labels"] != IGNORED).sum()) == sum(a for _, a in sizes)
    assert batch["labels"].shape[1] == batch["logits_to_keep"] <= batch["input_ids"].shape[1]
    assert bool((batch["labels"][:, 0] == IGNORED).all()), "nothing before the kept logits predicts the first label"
    assert batch["attention_mask"].sum(dim=1).tolist() == [p + a for p, a in sizes]


def test_a_summary_reads_the_passages_that_the_app_selects() -> None:
    task = TASKS["brief-summary"]
    read = as_the_app_reads(task, task.sections[0], NOTE)
    assert "ST elevation" in read
    assert "penicillin" not in read
    assert as_the_app_reads(task, task.sections[0], "He was seen again today.") == "He was seen again today."


def test_a_division_is_asked_for_in_the_same_words_by_both_tasks() -> None:
    for section in TASKS["consultation-note"].sections:
        assert TASKS["dialogue-section"].section(section.key) == section
    assert TASKS["dialogue-section"].role == TASKS["consultation-note"].role
    assert TASKS["dialogue-section"].section("CHIEF COMPLAINT").instruction.count('"chief complaint"') == 1
