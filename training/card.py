"""The model card: data, licences, settings, hours, every score, and what the model is bad at. Pure text."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from training.arguments import Recipe

_COLUMNS = {
    "rouge1": "R-1",
    "rouge2": "R-2",
    "rougeLsum": "R-Lsum",
    "bleu": "BLEU",
    "numbers_of_sentences": "numbers",
    "doses_of_sentences": "doses",
    "drugs_of_sentences": "drugs",
    "any_unsupported_of_sentences": "any of 3",
    "negations_of_sentences": "negation",
    "sides_of_sentences": "side",
    "drugs_omitted": "drugs left out",
    "allergies_omitted": "allergies left out",
    "follow_up_omitted": "follow-up left out",
    "not_recorded_precision": "NR precision",
    "not_recorded_recall": "NR recall",
    "not_recorded_f1": "NR F1",
    "words": "words",
    "repetition": "repeated",
    "seconds": "s",
}
_SHORT = ("rouge1", "rouge2", "rougeLsum", "bleu", "any_unsupported_of_sentences", "not_recorded_f1", "words")


def table(metrics: dict[str, Any], columns: tuple[str, ...] = _SHORT) -> str:
    """Markdown tables, one for each suite, value with its 95 % interval.

    Args:
        metrics: What `evaluate` found.
        columns: Metrics to show, of those in `scores`.
    """
    parts = []
    for name, systems in metrics["scores"].items():
        about = metrics["suites"][name]
        unit = f"{about['notes']} notes, {about['rows']} sections" if about["notes"] != about["rows"] else ""
        shown = [one for one in columns if any(one in scores for scores in systems.values())]
        lines = [
            f"**{name}** ({unit or str(about['rows']) + ' rows'})",
            "",
            "| system | " + " | ".join(_COLUMNS[one] for one in shown) + " |",
            "|---" * (len(shown) + 1) + "|",
        ]
        lines += [
            f"| {system} | " + " | ".join(_cell(scores.get(one)) for one in shown) + " |"
            for system, scores in systems.items()
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _cell(interval: list[float] | tuple[float, ...] | None) -> str:
    if interval is None or math.isnan(interval[0]):
        return "-"
    value, low, high = interval
    return f"{value:.1f}" if low == high else f"{value:.1f} ({low:.1f} to {high:.1f})"


def write(recipe: Recipe, work: Path, metrics: dict[str, Any]) -> str:
    """Write the card.

    Args:
        recipe: The recipe.
        work: The work folder; `training.json` and `prepared/report.json` are read where they are there.
        metrics: What `evaluate` found.

    Returns:
        Markdown.
    """
    quality = ("rouge1", "rouge2", "rougeLsum", "bleu", "words", "repetition", "seconds")
    safety = tuple(one for one in _COLUMNS if one not in quality)
    sections = [
        f"# {recipe.name}: {recipe.title}",
        f"LoRA adapter for `{recipe.base}`, made by `training/` of this project. Drafts must be read and corrected by"
        " a doctor. Not a medical device.",
        "## Training",
        _training(recipe, work),
        "## Data",
        _data(recipe, work),
        "## Scores",
        "Sets for validation; sealed tests were not seen. ROUGE without stemming, rougeLsum with real line breaks,"
        " BLEU by sacrebleu. 95 % intervals by bootstrap over rows. Weights in 8 bit as the app runs them; greedy."
        " BERTScore, BLEURT and MEDCON were not run: their weights or licences are not at hand.",
        table(metrics, quality),
        "### Faithfulness",
        "Share of sentences, in percent, with a number, dose or drug that the source lacks, with a negation or side"
        ' turned round; share of supported drugs and of rows with allergies or follow-up left out; "Not recorded."'
        " (NR). Counted on surface forms before any check of the app: compare systems, do not read them as error rates"
        " found by doctors. Dialogues answer questions in other words, so negations are over-counted there.",
        table(metrics, safety),
        "## Where rules win",
        verdicts(metrics),
    ]
    for name, title in (("bias.md", "## Bias"), ("canary.md", "## Memorised secrets")):
        if (work / name).exists():
            sections += [title, (work / name).read_text(encoding="utf-8").strip()]
    if (notes := work / "notes.md").exists():
        sections += ["## Notes and weaknesses", notes.read_text(encoding="utf-8").strip()]
    return "\n\n".join(sections) + "\n"


def verdicts(metrics: dict[str, Any]) -> str:
    """For every suite: the best system by ROUGE-1, and whether the tuned model beats every rule."""
    lines = []
    for name, systems in metrics["scores"].items():
        rules = {key: one for key, one in systems.items() if key in ("lead", "heading rule")}
        if "tuned" not in systems or not rules:
            continue
        best = max(rules, key=lambda key: rules[key]["rouge1"][0])
        tuned, rule = systems["tuned"]["rouge1"], rules[best]["rouge1"]
        word = "beats" if tuned[1] > rule[2] else "is level with" if tuned[2] >= rule[1] else "is beaten by"
        lines.append(f"- {name}: the tuned model {word} the best rule ({best}): {_cell(tuned)} against {_cell(rule)}.")
    return "\n".join(lines)


def _training(recipe: Recipe, work: Path) -> str:
    path = work / "training.json"
    parts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    plan, lora = recipe.schedule, recipe.lora
    at_once = plan.batch * plan.accumulate
    step = f"{at_once} packed sequence(s) of {plan.pack_tokens} tokens" if plan.pack_tokens else f"{at_once} rows"
    kept = f"; {lora.keep_of_start:.0%} of the weights of the adapter it went on from" if lora.keep_of_start else ""
    lines = [
        f"- Recipe hash `{recipe.sha256}`, seed {recipe.seed}.",
        f"- LoRA rank {lora.rank}, alpha {lora.alpha}, all linear layers; base in {plan.dtype}"
        f"{', 8 bit' if lora.eight_bit_base else ''}{kept}; loss on the answer only; {step} a"
        f" step; peak learning rate {plan.learning_rate:g}, {plan.scheduler}, {plan.warmup_steps} warm-up steps;"
        f" weight decay {plan.weight_decay:g}.",
    ]
    if parts:
        last = parts[-1]
        hours = sum(one["seconds"] for one in parts) / 3600
        unit = "sequences" if plan.pack_tokens else "rows"
        lines.append(
            f"- {last['steps']} steps, {last['epochs']} epochs of {last['rows']} {unit}"
            f" ({last['tokens_an_epoch']:,} tokens), {hours:.2f} hours on {last['device']}"
            f" with {last['threads']} threads and {last['processes']} process(es)."
        )
        losses = [f"{step}: {loss:.3f}" for one in parts for step, loss in one["valid_loss_by_step"]]
        if losses:
            lines.append(f"- Loss on valid rows by step: {', '.join(losses)}.")
    return "\n".join(lines)


def _data(recipe: Recipe, work: Path) -> str:
    lines = [f"- {one}" for one in recipe.licences]
    path = work / "prepared" / "report.json"
    if path.exists():
        for one in json.loads(path.read_text(encoding="utf-8"))["train"]:
            left = ", ".join(f"{count} {why}" for why, count in one["left_out"].items()) or "none"
            lines.append(f"- `{one['file']}`: {one['rows']} rows an epoch; left out: {left}.")
    return "\n".join(lines)
