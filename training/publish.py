"""publish: put the adapter where the app finds it, if it is not worse than the one in use.

    python -m training publish --recipe training/recipes/clinical.toml --work training-work [--to FOLDER] [--force]

The folder `<to>/<name>/<revision>/` gets weights, card, recipe, scores and provenance, and a manifest with every hash.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app import disk, paths
from app.model import adapters, cache
from training import card
from training.arguments import Recipe, RecipeError
from training.base import find_base

_MOST_BYTES = 20 * 2**20
# How much worse than the adapter in use is still "not worse": about half an interval on 100 rows is noise, but a
# guard that lets noise through would let the model slide down by steps.
_TOLERANCE = {"rouge1": 0.5, "not_recorded_f1": 1.0, "any_unsupported_of_sentences": 1.0}
_LOWER_IS_BETTER = {"any_unsupported_of_sentences"}


def run(recipe: Recipe, work: Path, *, to: Path | None = None, force: bool = False) -> Path:
    """Publish the adapter of a work folder.

    Args:
        recipe: The recipe.
        work: The work folder, after `evaluate`.
        to: Folder of adapters; `resources/adapters` if left out.
        force: Publish although the guard says no; the provenance records it.

    Returns:
        The new revision's folder.

    Raises:
        RecipeError: The guard says no, the adapter is too large, or `evaluate` has not scored it.
    """
    root = to or paths.resources() / "adapters"
    weights = work / "adapter" / "adapter_model.safetensors"
    metrics = _metrics(recipe, work, weights)
    worse = list(guard(metrics))
    if worse and not force:
        raise RecipeError("Not published. On the guard set it is worse: " + "; ".join(worse))
    if weights.stat().st_size > _MOST_BYTES:
        raise RecipeError(f"Not published: {weights.stat().st_size / 2**20:.1f} MB is more than 20; lower the rank.")
    revision = f"{time.strftime('%Y%m%d-%H%M', time.gmtime())}-{disk.sha256(weights)[:8]}"
    folder = root / recipe.name / revision
    folder.mkdir(parents=True)
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        shutil.copyfile(work / "adapter" / name, folder / name)
    shutil.copyfile(work / "metrics.json", folder / "metrics.json")
    (folder / "README.md").write_text(card.write(recipe, work, metrics), encoding="utf-8", newline="\n")
    facts = {**provenance(recipe, work), "guard": {"worse": worse, "forced": bool(worse)}, "summary": _summary(metrics)}
    text = json.dumps(facts, indent=2, sort_keys=True) + "\n"
    (folder / adapters.PROVENANCE).write_text(text, encoding="utf-8", newline="\n")
    cache.write_manifest(folder, model=recipe.name, revision=revision, source={"recipe": recipe.sha256})
    return folder


def guard(metrics: dict[str, Any]) -> Iterator[str]:
    """Where the tuned model is worse than the adapter in use, or than the untuned model where none is in use.

    Args:
        metrics: What `evaluate` found.

    Yields:
        One phrase for each guard suite and metric that fell by more than its tolerance.
    """
    for name, systems in metrics["scores"].items():
        if not metrics["suites"][name]["guard"]:
            continue
        reference = "in use" if "in use" in systems else "untuned"
        for metric, tolerance in _TOLERANCE.items():
            new, old = (systems[one].get(metric, [math.nan])[0] for one in ("tuned", reference))
            loss = new - old if metric in _LOWER_IS_BETTER else old - new
            if loss > tolerance:
                yield f"{name}, {metric}: {new} after {old}"


def provenance(recipe: Recipe, work: Path) -> dict[str, Any]:
    """Hashes of data, base and code.

    Args:
        recipe: The recipe.
        work: The work folder.
    """
    data = paths.program_folder() / recipe.data
    sets = (*recipe.train, *recipe.valid, *(suite.rows for suite in recipe.suites))
    files = {one.file: (Path(__file__).parent if one.is_ours else data) / one.file for one in sets}
    code = sorted(
        one
        for folder in ("training", "app/prompts", "app/notes")
        for one in (paths.program_folder() / folder).rglob("*.py")
    )
    digest = hashlib.sha256(b"".join(one.read_bytes() for one in code)).hexdigest()
    return {
        "base": recipe.base,
        "base_sha256": "" if recipe.base_folder else cache.read_manifest(find_base(recipe)).sha256,
        "recipe_sha256": recipe.sha256,
        "data_sha256": {name: disk.sha256(path) for name, path in sorted(files.items())},
        "prepared_sha256": disk.sha256(work / "prepared" / "train.jsonl"),
        "code_sha256": digest,
        "licences": list(recipe.licences),
    }


def _metrics(recipe: Recipe, work: Path, weights: Path) -> dict[str, Any]:
    try:
        metrics: dict[str, Any] = json.loads((work / "metrics.json").read_text(encoding="utf-8"))
        is_of_these = metrics["adapter_sha256"] == disk.sha256(weights) and metrics["recipe"] == recipe.sha256
    except (OSError, ValueError, KeyError) as error:
        raise RecipeError("Not published: run `evaluate` first.") from error
    if not is_of_these:
        raise RecipeError("Not published: recipe or weights changed since they were evaluated.")
    return metrics


def _summary(metrics: dict[str, Any]) -> str:
    parts = [
        f"{name} {systems['tuned']['rouge1'][0]:.1f} (untuned {systems['untuned']['rouge1'][0]:.1f})"
        for name, systems in metrics["scores"].items()
    ]
    return "ROUGE-1: " + ", ".join(parts) + "."
