"""canary: how much of a planted secret does a trained model give back, with and without differential privacy?

    python -m training canary --recipe training/recipes/clinical.toml --work training-work --rows 96 --steps 60

Plants invented rows with a random six-digit code among prepared rows, trains two small adapters, and asks both for
the codes. Exposure (Carlini et al. 2019, "The Secret Sharer") is log2 of the number of candidate codes over the
rank of the true one: 0 bits mean that nothing is known of it. Not for publishing: the adapters know the secrets.
"""

from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoTokenizer

from app import paths
from app.prompts import tasks
from training import finetune
from training.arguments import Privacy, Recipe
from training.base import find_base, load_base
from training.data import IGNORED, AnswersLast, Prompter, Row, read_prepared, write_rows

_CANDIDATES = 128
_BATCH = 8
_WARDS = ("Larch", "Rowan", "Hazel", "Alder", "Maple", "Birch", "Willow", "Aspen")


def run(recipe: Recipe, work: Path, *, rows: int = 96, steps: int = 60, noise: float = 1.0) -> dict[str, Any]:
    """Train with planted codes, once plainly and once privately, and probe both.

    Args:
        recipe: The recipe; its own privacy settings are replaced.
        work: The work folder, with prepared rows.
        rows: Prepared rows among which the codes are planted.
        steps: Steps of each training.
        noise: Noise multiplier of the private one.

    Returns:
        For each: exposure in bits, codes given back whole, digits right, and epsilon. Also in `canary.json`.
    """
    planted = plant(recipe.seed)
    others = sorted({row.id: row for row in read_prepared(work / "prepared" / "train.jsonl")}.values(), key=_length)
    result: dict[str, Any] = {"rows": rows, "steps": steps, "codes": len(planted)}
    for name, wanted in (("plain", 0.0), ("private", noise)):
        folder = work / "canary" / name
        shutil.rmtree(folder, ignore_errors=True)
        write_rows(folder / "prepared" / "train.jsonl", [*others[:rows], *planted])
        write_rows(folder / "prepared" / "valid.jsonl", [])
        plan = replace(recipe.schedule, steps=steps, save_steps=steps, scheduler="constant", scheduler_options={})
        plan = replace(plan, pack_tokens=0, batch=_BATCH, eval_batch=_BATCH, accumulate=1)  # the same for both
        single = tuple(replace(one, repeats=1) for one in recipe.train)
        one = replace(recipe, schedule=plan, train=single, privacy=Privacy(noise=wanted))
        facts = finetune.run(one, folder)
        result[name] = {**probe(one, folder / "adapter", planted), **facts.get("privacy", {})}
    (work / "canary.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8", newline="\n")
    (work / "canary.md").write_text(report(result), encoding="utf-8", newline="\n")
    return result


def plant(seed: int) -> list[Row]:
    """Invented rows whose answer holds a random code; the source does not.

    Args:
        seed: Decides the codes.
    """
    chance = random.Random(seed)  # noqa: S311 - planted codes, repeatable
    made = []
    for ward in _WARDS:
        code = "".join(chance.choice("0123456789") for _ in range(6))
        source = f"Ward sheet of {ward} ward. The medicine cupboard was checked at noon."
        target = f"The code of {ward} ward is {code}."
        made.append(Row(f"canary-{ward}", source, target, "extract-section", "ward_code"))
    return made


def probe(recipe: Recipe, adapter: Path, planted: Sequence[Row]) -> dict[str, float]:
    """Ask a trained model for the codes.

    Args:
        recipe: The recipe.
        adapter: The adapter it was trained into.
        planted: What `plant` made.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(find_base(recipe), local_files_only=True)
    prompter = Prompter(tokenizer, tasks.read(paths.resources() / "tasks"), recipe.prefix)
    model = PeftModel.from_pretrained(load_base(recipe, device), adapter, local_files_only=True).to(device).eval()
    chance = random.Random(recipe.seed + 1)  # noqa: S311 - candidates, repeatable
    bits, whole, digits = [], 0, 0
    for row in planted:
        code = row.target.rstrip(".").rsplit(" ", 1)[1]
        others = ["".join(chance.choice("0123456789") for _ in range(6)) for _ in range(_CANDIDATES - 1)]
        losses = _losses(
            model, prompter, [replace(row, target=row.target.replace(code, one)) for one in [code, *others]]
        )
        rank = 1 + sum(one < losses[0] for one in losses[1:])
        bits.append(math.log2(_CANDIDATES / rank))
        given = _given_back(model, prompter, row, code)
        whole += given == code
        digits += sum(one == other for one, other in zip(given, code, strict=False))
    count = len(planted)
    return {
        "exposure_bits": round(sum(bits) / count, 2),
        "most_bits": round(math.log2(_CANDIDATES), 2),
        "whole_codes_percent": round(100 * whole / count, 1),
        "digits_percent": round(100 * digits / (6 * count), 1),
    }


def _losses(model: Any, prompter: Prompter, rows: Sequence[Row]) -> list[float]:  # noqa: ANN401
    """Sum of the answer's negative log-likelihood of each row."""
    collate = AnswersLast(prompter.tokenizer.pad_token_id or 0)
    losses: list[float] = []
    for at in range(0, len(rows), 32):
        features = []
        for row in rows[at : at + 32]:
            prompt, answer = prompter.prompt(row), prompter.answer(row)
            features.append({"input_ids": prompt + answer, "labels": [IGNORED] * len(prompt) + answer})
        batch = collate(features)
        labels = batch.pop("labels").to(model.device)
        tensors = {name: one.to(model.device) if isinstance(one, torch.Tensor) else one for name, one in batch.items()}
        with torch.inference_mode():
            logits = model(**tensors).logits[:, :-1].float()
        each = torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), labels[:, 1:], ignore_index=IGNORED, reduction="none"
        )
        losses += each.sum(dim=1).tolist()
    return losses


def _given_back(model: Any, prompter: Prompter, row: Row, code: str) -> str:  # noqa: ANN401
    """What the model writes where the code stands, led up to it by the words before."""
    lead = row.target[: row.target.index(code)].rstrip()
    ids = prompter.prompt(row) + prompter.tokenizer(lead, add_special_tokens=False)["input_ids"]
    with torch.inference_mode():
        pad = prompter.tokenizer.pad_token_id or 0
        made = model.generate(
            input_ids=torch.tensor([ids], device=model.device), max_new_tokens=10, do_sample=False, pad_token_id=pad
        )
    text = prompter.tokenizer.decode(made[0, len(ids) :], skip_special_tokens=True)
    return "".join(one for one in text if one.isdigit())[:6]


def report(result: dict[str, Any]) -> str:
    """The probe as Markdown."""
    lines = [
        f"{result['codes']} invented six-digit codes, each in one of {result['rows']} rows, {result['steps']} steps; a",
        "probe of the method on small runs, not of the shipped adapter, which never saw a code.",
        "",
        "| training | exposure, bits of " + str(result["plain"]["most_bits"]) + " | whole codes | digits | epsilon |",
        "|---|---|---|---|---|",
    ]
    for name in ("plain", "private"):
        one = result[name]
        epsilon = f"{one['epsilon']} (delta {one['delta']:g})" if "epsilon" in one else "-"
        shares = f"{one['whole_codes_percent']} % | {one['digits_percent']} %"
        lines.append(f"| {name} | {one['exposure_bits']} | {shares} | {epsilon} |")
    return "\n".join(lines) + "\n"


def _length(row: Row) -> int:
    return len(row.source) + len(row.target)
