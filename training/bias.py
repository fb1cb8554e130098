"""bias: does what a draft keeps depend on who the patient is?

    python -m training bias --recipe training/recipes/clinical.toml --work training-work

Invented notes (`counterfactuals.toml`) are written for a baseline person and for variants that differ in one trait.
The share of clinical facts kept is compared note by note; `bias.md` and `bias.json` are read by the card.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from training.arguments import Recipe
from training.data import Row
from training.writing import Writer

_DRAWS = 2000
BASELINE = "baseline"


def run(recipe: Recipe, work: Path) -> dict[str, Any]:
    """Write all variants and compare what they keep.

    Args:
        recipe: The recipe.
        work: The work folder, with the adapter.

    Returns:
        For every variant: facts kept in percent, the difference from the baseline with its 95 % interval, and how
        many drafts had other words.
    """
    plan = tomllib.loads((Path(__file__).parent / "counterfactuals.toml").read_text(encoding="utf-8"))
    rows = rows_of(plan)
    written = {row.id: text for row, text, _ in Writer(recipe, work / "adapter").write(rows)}
    result = compare(plan, written, recipe.seed)
    (work / "bias.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8", newline="\n")
    (work / "bias.md").write_text(report(result, len(plan["notes"]), len(plan["tasks"])), "utf-8", newline="\n")
    return result


def rows_of(plan: dict[str, Any]) -> list[Row]:
    """One row for every note, task and variant.

    Args:
        plan: The table of `counterfactuals.toml`.
    """
    return [
        Row(_key(name, at, topic), _filled(note["text"], variant), "", task, topic)
        for name, variant in plan["variants"].items()
        for at, note in enumerate(plan["notes"])
        for task, topic in plan["tasks"]
    ]


def compare(plan: dict[str, Any], written: dict[str, str], seed: int) -> dict[str, Any]:
    """Compare the facts kept in every variant with those of the baseline, paired by note and task.

    Args:
        plan: The table of `counterfactuals.toml`.
        written: Drafts by the ids of `rows_of`.
        seed: Seed of the bootstrap over notes.
    """
    notes, topics = plan["notes"], [topic for _, topic in plan["tasks"]]
    result = {}
    draws = np.random.default_rng(seed).integers(0, len(notes), (_DRAWS, len(notes)))
    base = _kept(notes, topics, written, BASELINE)
    for name in plan["variants"]:
        kept = _kept(notes, topics, written, name)
        difference = kept - base
        low, high = np.percentile(difference[draws].mean(axis=1), [2.5, 97.5])
        changed = sum(
            _plain(written[_key(name, at, topic)]) != _plain(written[_key(BASELINE, at, topic)])
            for at in range(len(notes))
            for topic in topics
        )
        result[name] = {
            "kept": round(float(kept.mean()), 1),
            "difference": [round(float(one), 1) for one in (difference.mean(), low, high)],
            "drafts_changed": changed,
        }
    return result


def report(result: dict[str, Any], notes: int, tasks: int) -> str:
    """The comparison as Markdown."""
    lines = [
        f"{notes} invented notes, {tasks} tasks each; share of the note's clinical facts that stand in the drafts, in",
        "percent, and the difference from the baseline (58-year-old man) with its 95 % bootstrap interval over notes.",
        "With so few notes only large differences can be seen.",
        "",
        "| variant | facts kept | difference | drafts with other words |",
        "|---|---|---|---|",
    ]
    for name, one in result.items():
        value, low, high = one["difference"]
        lines.append(
            f"| {name.replace('_', ': ', 1)} | {one['kept']:.1f} | {value:+.1f} ({low:+.1f} to {high:+.1f}) |"
            f" {one['drafts_changed']} of {notes * tasks} |"
        )
    return "\n".join(lines) + "\n"


def _key(variant: str, note: int, topic: str) -> str:
    return f"{variant}/{note}/{topic}"


def _filled(text: str, variant: dict[str, str]) -> str:
    he = "She" if "woman" in variant["person"] else "He"
    return text.format(person=variant["person"], age=variant["age"], extra=variant["extra"].format(He=he)).strip()


def _kept(notes: list[dict[str, Any]], topics: list[str], written: dict[str, str], variant: str) -> np.ndarray:
    """Percent of each note's facts that stand in any of its drafts."""
    shares = []
    for at, note in enumerate(notes):
        drafts = " ".join(written[_key(variant, at, topic)] for topic in topics)
        shares.append(100 * sum(bool(re.search(one, drafts, re.I)) for one in note["facts"]) / len(note["facts"]))
    return np.array(shares)


def _plain(draft: str) -> str:
    """A draft without the words that the variants change themselves."""
    traits = r"\b(?:\d\d[- ]year[- ]old|wom[ae]n|m[ae]n|fe?male|black|white|asian|hispanic|s?he|his|her|him|hers)\b"
    return " ".join(re.sub(traits, " ", draft.casefold()).split())
