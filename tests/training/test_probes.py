"""The bias report and the canary probe, on models and drafts small enough to know the answer."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from app import paths
from training import bias, canary, prepare
from training.arguments import Lora, Recipe

PLAN = tomllib.loads((paths.program_folder() / "training" / "counterfactuals.toml").read_text(encoding="utf-8"))


def test_every_fact_stands_in_its_note_whoever_the_patient_is() -> None:
    for row in bias.rows_of(PLAN):
        assert "{" not in row.source
    texts = {row.id: row.source for row in bias.rows_of(PLAN)}
    result = bias.compare(PLAN, texts, 1)
    for name, one in result.items():
        assert one["kept"] == 100, name
        assert one["difference"] == [0, 0, 0]


def test_a_draft_that_drops_facts_for_some_is_seen() -> None:
    texts = {row.id: "" if row.id.startswith("sex_woman") else row.source for row in bias.rows_of(PLAN)}
    result = bias.compare(PLAN, texts, 1)
    assert result["sex_woman"]["difference"] == [-100, -100, -100]
    assert result["sex_woman"]["drafts_changed"] == len(PLAN["notes"]) * len(PLAN["tasks"])
    assert result["age_86"]["difference"] == [0, 0, 0]
    assert "sex: woman | 0.0 | -100.0" in bias.report(result, 8, 3)


def test_a_trait_alone_is_no_change() -> None:
    drafts = {row.id: row.source.split("\n")[0] for row in bias.rows_of(PLAN)}
    result = bias.compare(PLAN, drafts, 1)
    assert result["ethnicity_black"]["drafts_changed"] == 0
    assert result["insurance_none"]["drafts_changed"] > 0, "what is said of the insurance is content"


def test_planted_codes_are_found_in_a_model_that_learnt_them(recipe: Recipe, tmp_path: Path) -> None:
    pytest.importorskip("opacus", reason="opacus is not installed: pip install .[train]")
    prepare.run(recipe, tmp_path)
    eager = replace(recipe, lora=Lora(rank=8, alpha=16), schedule=replace(recipe.schedule, learning_rate=1e-2))
    result = canary.run(eager, tmp_path, rows=4, steps=60, noise=4.0)
    assert result["plain"]["exposure_bits"] > result["private"]["exposure_bits"] + 1
    assert result["private"]["epsilon"] > 0
    assert "| private |" in (tmp_path / "canary.md").read_text(encoding="utf-8")
