"""Packed rows: a row has the loss it has alone, wherever it stands and whatever stands around it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, PreTrainedModel

from training import finetune, packing, prepare
from training.arguments import Privacy, Recipe, RecipeError
from training.data import IGNORED, AnswersLast
from training.packing import OneSequence, pack

Features = dict[str, Any]


def row(prompt: list[int], answer: list[int]) -> Features:
    return {"input_ids": prompt + answer, "labels": [IGNORED] * len(prompt) + answer, "length": len(prompt + answer)}


TALK = [5 + at % 37 for at in range(150)]
ROWS = [
    row([*TALK, 60, 61], [70, 71, 72, 2]),
    row([*TALK, 62], [73, 2]),
    row([*TALK, 60, 61], [70, 71, 72, 2]),  # the same again, as `repeats` gives it
    row(list(range(9, 40)), [44, 45, 2]),
    row(list(range(20, 90)), [50, 2]),
]


@pytest.fixture(scope="module")
def model(tiny: Path) -> PreTrainedModel:
    return AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32).eval()


def losses_alone(model: PreTrainedModel, rows: list[Features]) -> torch.Tensor:
    """Sum of the rows' losses over their answers' tokens, each row read by itself."""
    model.set_attn_implementation("eager")
    return sum(
        (model(**AnswersLast(0)([one])).loss * sum(label != IGNORED for label in one["labels"]) for one in rows),
        torch.zeros(()),
    )


def losses_packed(model: PreTrainedModel, sequences: list[Features]) -> torch.Tensor:
    model.set_attn_implementation(packing.IN_BLOCKS)
    batches = [OneSequence()([one]) for one in sequences]
    return sum((model(**one).loss * one["labels"].numel() for one in batches), torch.zeros(()))


@pytest.mark.parametrize("block", [7, 64, 256])
@pytest.mark.parametrize("most", [190, 400, 1000])
def test_losses_and_gradients_are_those_of_the_rows_alone(
    model: PreTrainedModel, block: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "_BLOCK", block)
    first = model.model.layers[0].self_attn.k_proj.weight
    packed = losses_packed(model, pack(ROWS, most, seed=1))
    (of_packed,) = torch.autograd.grad(packed, first)
    alone = losses_alone(model, ROWS)
    (of_alone,) = torch.autograd.grad(alone, first)
    assert packed.item() == pytest.approx(alone.item(), rel=1e-5)
    assert torch.allclose(of_packed, of_alone, rtol=1e-3, atol=1e-5 * float(of_alone.abs().max()))


def test_what_rows_read_alike_stands_there_once() -> None:
    together = pack(ROWS[:2], 1000, seed=1)
    assert [one["length"] for one in together] == [150 + 2 + 4 + 1 + 2]
    copies = pack(ROWS[:3], 1000, seed=1)
    assert sum(one["length"] for one in copies) == 159 + 156, "a copy is a tree of its own"
    assert set(copies[0]["trees"]) == {1, 2}


def test_a_row_longer_than_a_sequence_stands_alone() -> None:
    sizes = sorted(one["length"] for one in pack(ROWS, 100, seed=1))
    assert sizes == [34, 72, 153, 156, 156]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 70, 120]), st.lists(st.integers(3, 9), min_size=1, max_size=30), st.integers(1, 9)
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(50, 400),
    st.integers(0, 3),
)
def test_every_row_is_there_once_and_sees_itself_only(
    made: list[tuple[int, list[int], int]], most: int, seed: int
) -> None:
    rows = [row(TALK[:alike] + own, [90] * answer + [2]) for alike, own, answer in made]
    found = []
    for one in pack(rows, most, seed):
        tensors = {
            name: torch.tensor(one[name]) for name in ("input_ids", "labels", "position_ids", "trees", "branches")
        }
        seen = packing.visible(tensors["trees"], tensors["branches"])
        ends = (tensors["labels"] == 2).nonzero().squeeze(1).tolist()
        for end in ends:
            whole = seen[end].nonzero().squeeze(1)
            assert tensors["position_ids"][whole].tolist() == list(range(len(whole)))
            assert all(bool(seen[later, earlier]) for earlier, later in pairwise(whole.tolist()))
            labels = [label for label in tensors["labels"][whole].tolist() if label != IGNORED]
            found.append((tensors["input_ids"][whole].tolist(), labels))
        assert one["length"] <= most or len(set(one["trees"])) == 1
    assert sorted(found) == sorted((one["input_ids"], [at for at in one["labels"] if at != IGNORED]) for one in rows)


def test_a_packed_recipe_trains(recipe: Recipe, tmp_path: Path) -> None:
    prepare.run(recipe, tmp_path)
    plan = replace(recipe.schedule, pack_tokens=200, batch=1, eval_batch=1, steps=40, save_steps=20)
    facts = finetune.run(replace(recipe, schedule=plan), tmp_path)
    losses = [loss for _, loss in facts["valid_loss_by_step"]]
    assert losses[-1] < losses[0]


def test_what_cannot_be_packed_is_refused(recipe: Recipe) -> None:
    packed = replace(recipe.schedule, pack_tokens=200, batch=1, eval_batch=1)
    for wrong in (
        replace(recipe, kind="encoder-decoder", schedule=packed),
        replace(recipe, schedule=replace(packed, batch=2)),
        replace(recipe, schedule=packed, privacy=Privacy(noise=1.0)),
    ):
        with pytest.raises(RecipeError, match="pack"):
            packing.check(wrong)
    packing.check(replace(recipe, schedule=packed))
