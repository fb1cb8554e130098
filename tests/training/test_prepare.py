"""prepare: rows are left out for the reason given, negatives stay, nothing valid is learnt from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.training.conftest import rows
from training import prepare
from training.arguments import Recipe, RecipeError, RowSet

Write = Callable[[str, list[dict[str, Any]]], str]


def test_rows_are_left_out_for_a_reason_that_is_told(recipe: Recipe, write: Write, tmp_path: Path) -> None:
    leak = {**rows(1, first=100)[0], "id": "leak"}
    unsupported = {**rows(1, first=1)[0], "id": "strange", "target": "warfarin daily"}
    number = {**rows(1, first=2)[0], "id": "number", "target": "given nitroglycerin 5"}
    negative = {**rows(1, first=3)[0], "id": "neg", "target": "Not recorded.", "meta": {"negative": True}}
    write("train.jsonl", [*rows(4), leak, unsupported, number, negative, {**rows(1)[0], "id": "drop"}])
    (tmp_path / "data" / "drop.txt").write_text("drop\n", encoding="utf-8")
    wanted = RowSet(
        "train.jsonl",
        "extract-section",
        least_coverage=0.5,
        numbers_supported=True,
        drop_ids=("drop.txt",),
        repeats=2,
    )
    made = prepare.run(replace(recipe, train=(wanted,)), tmp_path / "work")
    assert sorted({row.id for row in made.train}) == ["neg", "row-0", "row-1", "row-2", "row-3"]
    assert len(made.train) == 10
    assert made.report["train"][0]["left_out"] == {
        "named in drop_ids": 1,
        "coverage below least_coverage": 1,
        "not supported by what the app would read": 1,
        "shares text with a valid row": 1,
    }
    report = json.loads((tmp_path / "work" / "prepared" / "report.json").read_text(encoding="utf-8"))
    assert report == made.report
    assert report["train"][0]["prompt_tokens"]["longest"] > 20


def test_a_target_loses_what_its_source_lacks_and_the_row_stays(recipe: Recipe, write: Write, tmp_path: Path) -> None:
    one = {**rows(1)[0], "source": "Given aspirin 75 mg.", "target": "Given aspirin 75 mg. Warfarin 5 mg was stopped."}
    nothing_left = {**one, "id": "nothing", "target": "Warfarin 5 mg was stopped."}
    write("train.jsonl", [one, nothing_left])
    wanted = RowSet("train.jsonl", "extract-section", prune=True)
    made = prepare.run(replace(recipe, train=(wanted,)), tmp_path / "work")
    assert [row.target for row in made.train] == ["Given aspirin 75 mg."]


def test_the_same_recipe_gives_the_same_order(recipe: Recipe) -> None:
    assert prepare.make(recipe).train == prepare.make(recipe).train
    assert prepare.make(recipe).train != prepare.make(replace(recipe, seed=8)).train


def test_nothing_left_is_an_error(recipe: Recipe) -> None:
    short = replace(recipe.train[0], longest_tokens=1)
    with pytest.raises(RecipeError, match="No row is left"):
        prepare.make(replace(recipe, train=(short,)))


def test_a_set_can_be_deidentified_before_it_is_written(recipe: Recipe, write: Write, tmp_path: Path) -> None:
    row = {
        **rows(1)[0],
        "id": "ward-3-okafor",
        "source": "Patient: Maeve Okafor\nOkafor was given aspirin.",
        "target": "Maeve Okafor was given aspirin.",
    }
    write("train.jsonl", [row])
    prepare.run(replace(recipe, train=(replace(recipe.train[0], deidentify=True),)), tmp_path / "work")
    written = (tmp_path / "work" / "prepared" / "train.jsonl").read_text(encoding="utf-8")
    assert "aspirin" in written
    assert "kafor" not in written
    assert "Maeve" not in written


def test_the_sections_of_one_note_are_learnt_or_held_back_together(recipe: Recipe, write: Write) -> None:
    several = [{**one, "group": f"letter-{at // 2}"} for at, one in enumerate(rows(60))]
    both = RowSet(write("signed.jsonl", several), "extract-section", deidentify=True)
    learn, held = replace(both, part="learn"), replace(both, part="held back")
    maker = prepare.Maker(recipe)
    learnt, kept = ({one["group"] for one in maker.raw(part)} for part in (learn, held))
    assert learnt
    assert kept
    assert not learnt & kept
    assert len(maker.raw(learn)) + len(maker.raw(held)) == 60
    assert all(one.startswith("group-") for one in learnt)
