"""evaluate: score the adapter and its baselines on the recipe's suites; print one table, write JSON and a card.

    python -m training evaluate --recipe training/recipes/clinical.toml --work training-work

Outputs lie in `outputs/` of the work folder and are not written again; `metrics.json` and `card.md` beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import paths
from app.model import adapters
from training import baselines, card
from training.arguments import Recipe, Suite
from training.data import Row, read_prepared
from training.prepare import Maker
from training.scores import Interval, Scored, score
from training.writing import Writer, write_once

TUNED, UNTUNED = "tuned", "untuned"
Outputs = dict[str, tuple[str, float]]
Table = dict[str, dict[str, dict[str, Interval]]]


@dataclass(frozen=True, slots=True)
class _System:
    """A model to score: its name in the table, and its adapter."""

    name: str
    adapter: Path | None


def run(recipe: Recipe, work: Path) -> dict[str, Any]:
    """Score everything.

    Args:
        recipe: The recipe.
        work: The work folder, with the adapter that `finetune` saved.

    Returns:
        What `metrics.json` holds: settings and, for every suite, system and metric, value and interval.
    """
    maker = Maker(recipe)
    suites = {suite.name: (suite, rows_of(maker, suite)) for suite in recipe.suites}
    table: Table = {name: {} for name in suites}
    for system in _systems(recipe, work):
        folder = work / "outputs" / _identity(system)
        writer: Writer | None = None
        for name, (suite, rows) in suites.items():
            kept = folder / f"{_file_name(name)}.jsonl"
            if writer is None:
                writer = Writer(recipe, system.adapter)
            outputs = write_once(writer, rows, kept, f"{system.name}, {name}")
            table[name][system.name] = _scored(recipe, suite, rows, outputs)
    for name, (suite, rows) in suites.items():
        for rule, write in _rules(work).items():
            texts = {row.id: write(row) for row in rows}
            if all(text is not None for text in texts.values()):
                outputs = {key: (text or "", 0.0) for key, text in texts.items()}
                table[name][rule] = _scored(recipe, suite, rows, outputs)
    metrics = {
        "recipe": recipe.sha256,
        "adapter_sha256": hashlib.sha256((work / "adapter" / "adapter_model.safetensors").read_bytes()).hexdigest(),
        "suites": {name: _described(suite, rows) for name, (suite, rows) in suites.items()},
        "scores": table,
    }
    (work / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8", newline="\n")
    text = card.write(recipe, work, metrics)
    (work / "card.md").write_text(text, encoding="utf-8", newline="\n")
    print(card.table(metrics))
    return metrics


def rows_of(maker: Maker, suite: Suite) -> list[Row]:
    """The rows of a suite, in a seeded order; whole notes where they are scored by note."""
    rows = maker.rows(suite.rows, Counter())
    if not suite.by_note:
        return rows[: suite.most_rows or None]
    groups = list(dict.fromkeys(row.group for row in rows))
    kept: list[Row] = []
    for group in groups:
        of_group = [row for row in rows if row.group == group]
        if suite.most_rows and len(kept) + len(of_group) > suite.most_rows:
            break
        kept += of_group
    return kept


def _systems(recipe: Recipe, work: Path) -> list[_System]:
    """The tuned model, the untuned one, and the adapter in use where there is one of this name."""
    systems = [_System(TUNED, work / "adapter"), _System(UNTUNED, None)]
    installed = [
        one for one in adapters.installed(paths.resources() / "adapters") if one.name.split("/")[0] == recipe.name
    ]
    if installed:
        systems.append(_System("in use", installed[-1].folder))
    return systems


def _identity(system: _System) -> str:
    """A folder name that changes with the weights, so that no output of other weights is taken."""
    if system.adapter is None:
        return UNTUNED
    weights = (system.adapter / "adapter_model.safetensors").read_bytes()
    return hashlib.sha256(weights).hexdigest()[:12]


def _rules(work: Path) -> dict[str, Callable[[Row], str | None]]:
    nearest = baselines.Nearest(read_prepared(work / "prepared" / "train.jsonl"))
    return {"lead": baselines.lead, "heading rule": baselines.by_heading, "nearest note": nearest.answer}


def _scored(recipe: Recipe, suite: Suite, rows: list[Row], outputs: Outputs) -> dict[str, Interval]:
    each = [(row, Scored(row.source, row.target, *outputs[row.id])) for row in rows]
    if not suite.by_note:
        return score([one for _, one in each], recipe.seed)
    notes: dict[str, list[Scored]] = {}
    for row, one in sorted(each, key=lambda pair: _division(pair[0])):
        notes.setdefault(row.group, []).append(one)
    joined = [
        Scored(
            parts[0].source,
            "\n\n".join(one.target for one in parts),
            "\n\n".join(one.output for one in parts),
            sum(one.seconds for one in parts),
        )
        for parts in notes.values()
    ]
    return score(joined, recipe.seed)


def _division(row: Row) -> int:
    order = ("subjective", "objective_exam", "objective_results", "assessment_and_plan")
    return order.index(row.section) if row.section in order else len(order)


def _described(suite: Suite, rows: list[Row]) -> dict[str, Any]:
    return {
        "rows": len(rows),
        "notes": len({row.group for row in rows}) if suite.by_note else len(rows),
        "file": suite.rows.file,
        "task": suite.rows.task,
        "guard": suite.guard,
        "ids": hashlib.sha256("\n".join(sorted(row.id for row in rows)).encode()).hexdigest(),
    }


def _file_name(name: str) -> str:
    return "".join(one if one.isalnum() else "-" for one in name.casefold())
