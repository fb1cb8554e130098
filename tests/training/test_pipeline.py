"""The whole way: prepare, finetune, stop and go on, evaluate, publish, and the app writes with the adapter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from app import paths
from app.errors import AdapterMissing
from app.model import adapters, cache
from app.model.engine import TransformersEngine
from app.model.messages import Limits, Load
from app.prompts.chat import ChatMessage
from tests.builders import tiny_model
from tests.training.conftest import rows, with_steps
from training import evaluate, finetune, prepare, publish
from training.arguments import Lora, Privacy, Recipe, RecipeError, Schedule
from training.data import read_prepared
from training.writing import Writer


@pytest.fixture(autouse=True)
def _own_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR", raising=False)


def weights(work: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    found: dict[str, torch.Tensor] = load_file(work / "adapter" / "adapter_model.safetensors")
    return found


def answer(folder: Path, adapter: str) -> str:
    engine = TransformersEngine()
    engine.load(Load("tiny", str(folder), "cpu", adapter), lambda _part, _what: None)
    pieces: list[str] = []
    engine.generate((ChatMessage("user", "the patient was given"),), Limits(8), pieces.append, lambda: False)
    return "".join(pieces)


def test_from_rows_to_an_adapter_the_app_writes_with(recipe: Recipe, tiny: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    prepare.run(recipe, work)
    longer = replace(with_steps(recipe, 80), suites=(replace(recipe.suites[0], guard=False),))  # it writes at random
    facts = finetune.run(longer, work)
    assert facts["steps"] == 80
    losses = [loss for _, loss in facts["valid_loss_by_step"]]
    assert losses[-1] < 0.9 * losses[0]
    assert list((work / "runs").glob("events*"))

    metrics = evaluate.run(longer, work)
    scores = metrics["scores"]["toy"]
    assert set(scores) == {"tuned", "untuned", "lead", "heading rule", "nearest note"}
    assert scores["tuned"]["rouge1"][0] > scores["untuned"]["rouge1"][0]
    assert "| tuned |" in (work / "card.md").read_text(encoding="utf-8")

    folder = publish.run(longer, work, to=tmp_path / "adapters")
    cache.verify(folder)
    found = adapters.locate("tiny", "tiny", tmp_path / "adapters")
    assert found.folder == folder
    assert "ROUGE-1: toy" in found.summary
    assert answer(tiny, str(folder)) != answer(tiny, "")
    assert str(tmp_path) not in (folder / "adapter_config.json").read_text(encoding="utf-8")
    known = json.loads((folder / adapters.PROVENANCE).read_text(encoding="utf-8"))
    assert known["guard"] == {"forced": False, "worse": []}
    assert set(known["data_sha256"]) == {"train.jsonl", "valid.jsonl"}


def test_a_stopped_run_goes_on_to_the_same_weights(recipe: Recipe, tmp_path: Path) -> None:
    whole, halved = tmp_path / "whole", tmp_path / "halved"
    constant = replace(recipe, schedule=replace(recipe.schedule, scheduler="constant", warmup_steps=0))
    for work in (whole, halved):
        prepare.run(constant, work)
    finetune.run(constant, whole)
    finetune.run(with_steps(constant, 2), halved)
    finetune.run(constant, halved)
    parts = json.loads((halved / "training.json").read_text(encoding="utf-8"))
    assert [one["steps"] for one in parts] == [2, 4]
    there = weights(halved)
    for name, one in weights(whole).items():
        assert torch.allclose(one.float(), there[name].float(), atol=1e-3), name


@pytest.mark.filterwarnings("ignore:Could not find a config file:UserWarning")  # an adapter names its base, no folder
def test_a_share_of_the_adapter_before_is_kept(recipe: Recipe, tmp_path: Path) -> None:
    first, plain, mixed = (tmp_path / one for one in ("first", "plain", "mixed"))
    for work in (first, plain, mixed):
        prepare.run(recipe, work)
    finetune.run(recipe, first)
    onward = replace(recipe, lora=replace(recipe.lora, start=str(first / "adapter")))
    finetune.run(onward, plain)
    finetune.run(replace(onward, lora=replace(onward.lora, keep_of_start=0.25)), mixed)
    before, after, mean = (weights(work) for work in (first, plain, mixed))
    assert any(not torch.equal(before[name], after[name]) for name in after)
    for name, one in mean.items():
        wanted = 0.25 * before[name].float() + 0.75 * after[name].float()
        assert torch.allclose(one.float(), wanted, atol=1e-2, rtol=1e-2), name


def test_a_run_that_is_out_of_time_keeps_a_checkpoint(recipe: Recipe, tmp_path: Path) -> None:
    prepare.run(recipe, tmp_path)
    short = replace(recipe, schedule=replace(recipe.schedule, minutes=1e-9, steps=100))
    assert finetune.run(short, tmp_path)["steps"] == 1
    assert (tmp_path / "checkpoints" / "checkpoint-1").exists()


def scored(tuned: float, other: float, system: str = "untuned") -> dict[str, object]:
    scores = {"tuned": {"rouge1": [tuned, 0, 0]}, system: {"rouge1": [other, 0, 0]}, "untuned": {"rouge1": [0, 0, 0]}}
    if system == "untuned":
        scores["untuned"] = {"rouge1": [other, 0, 0]}
    return {"suites": {"toy": {"guard": True}, "free": {"guard": False}}, "scores": {"toy": scores, "free": scores}}


def test_the_guard_compares_with_the_adapter_in_use() -> None:
    assert list(publish.guard(scored(50.0, 40.0))) == []
    assert list(publish.guard(scored(40.0, 50.0))) == ["toy, rouge1: 40.0 after 50.0"]
    assert list(publish.guard(scored(40.0, 50.0, "in use"))) == ["toy, rouge1: 40.0 after 50.0"]
    assert list(publish.guard(scored(40.0, 40.4))) == []


def test_a_worse_adapter_is_published_only_by_force_which_is_recorded(recipe: Recipe, tmp_path: Path) -> None:
    work = tmp_path / "work"
    prepare.run(recipe, work)
    finetune.run(with_steps(recipe, 1), work)
    with pytest.raises(RecipeError, match="run `evaluate` first"):
        publish.run(recipe, work, to=tmp_path / "adapters")
    metrics = evaluate.run(recipe, work)
    metrics["scores"]["toy"]["untuned"]["rouge1"] = [99.0, 98.0, 100.0]
    (work / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    with pytest.raises(RecipeError, match=r"worse: toy, rouge1: .* after 99"):
        publish.run(recipe, work, to=tmp_path / "adapters")
    assert not (tmp_path / "adapters").exists()
    folder = publish.run(recipe, work, to=tmp_path / "adapters", force=True)
    assert json.loads((folder / adapters.PROVENANCE).read_text(encoding="utf-8"))["guard"]["forced"] is True
    (work / "adapter" / "adapter_model.safetensors").write_bytes(b"other")
    with pytest.raises(RecipeError, match="changed since"):
        publish.run(recipe, work, to=tmp_path / "adapters", force=True)


def test_the_setting_auto_takes_only_what_the_program_ships(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for root, revision in ((own, "1"), (own, "2"), (other, "3")):
        folder = root / "letters" / revision
        folder.mkdir(parents=True)
        (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "tiny"}', encoding="utf-8")
        cache.write_manifest(folder, model="letters", revision=revision, source={})
    chosen = adapters.choose("auto", "tiny", own, other)
    assert chosen is not None
    assert chosen.name == "letters/2"
    assert adapters.choose("auto", "another", own, other) is None
    assert adapters.choose("none", "tiny", own, other) is None
    newest = adapters.choose("letters", "tiny", own, other)
    assert newest is not None
    assert newest.name == "letters/3"
    assert adapters.before(chosen, own, other).name == "letters/1"
    with pytest.raises(AdapterMissing, match="no revision before"):
        adapters.before(adapters.before(chosen, own), own)


def test_t5_learns_its_toy_set_by_the_recipe_of_the_article(recipe: Recipe, tmp_path: Path) -> None:
    base, work = tmp_path / "t5", tmp_path / "work"
    tiny_model("T5ForConditionalGeneration", base)
    plan = Schedule(
        learning_rate=2e-2, warmup_steps=5, batch=12, eval_batch=64, steps=120, save_steps=120, dtype="float32"
    )
    t5 = replace(
        recipe,
        kind="encoder-decoder",
        base_folder=str(base),
        prefix="summarize: ",
        source_tokens=512,
        target_tokens=128,
        lora=Lora(rank=0),
        schedule=plan,
    )
    prepare.run(t5, work)
    finetune.run(t5, work)
    learnt = read_prepared(work / "prepared" / "train.jsonl")
    trained = replace(t5, base_folder=str(work / "adapter"))
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.save_pretrained(work / "adapter")
    written = {row.id: text for row, text, _ in Writer(trained, None, eight_bit=False).write(learnt)}
    right = sum(written[row.id] == row.target for row in learnt)
    assert right >= 11, "of twelve rows"


@pytest.mark.slow
def test_two_processes_give_the_loss_of_one(recipe: Recipe, tmp_path: Path, tiny: Path) -> None:
    """Four rows on one process, and two on each of two: the same gradients, so the same losses."""
    losses = []
    for count in (1, 2):
        work = tmp_path / str(count)
        text = f"""
name = "tiny"
title = "t"
base = "tiny"
base_folder = "{tiny}"
data = "{recipe.data}"
lora = {{ rank = 4, alpha = 8 }}
schedule = {{ learning_rate = 1e-2, warmup_steps = 1, batch = {4 // count}, steps = 6, dtype = "float32" }}
[[train]]
file = "train.jsonl"
task = "extract-section"
"""
        (tmp_path / "r.toml").write_text(text, encoding="utf-8")
        words = ["--recipe", str(tmp_path / "r.toml"), "--work", str(work)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(paths.program_folder())}
        environment.pop("TENSORBOARD_LOGGING_DIR", None)
        subprocess.run([sys.executable, "-m", "training", "prepare", *words], check=True, env=environment)
        launch = ["-m", "torch.distributed.run", "--nproc_per_node", str(count), "--master_port", "29713"]
        subprocess.run([sys.executable, *launch, "-m", "training", "finetune", *words], check=True, env=environment)
        (facts,) = json.loads((work / "training.json").read_text(encoding="utf-8"))
        assert facts["processes"] == count
        losses.append(facts["train_loss"])
    assert losses[0] == pytest.approx(losses[1], rel=2e-3)


def test_private_training_reports_what_it_spent(recipe: Recipe, tmp_path: Path) -> None:
    pytest.importorskip("opacus", reason="opacus is not installed: pip install .[train]")
    prepare.run(recipe, tmp_path)
    private = replace(recipe, privacy=Privacy(noise=1.0, clip=1.0))
    facts = finetune.run(private, tmp_path)
    assert 0 < facts["privacy"]["epsilon"] < 100
    assert facts["privacy"]["delta"] == 1e-5


def test_rows_of_the_toy_set_differ() -> None:
    assert len({row["source"] for row in rows(12)}) == 12
