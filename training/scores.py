"""Scores of one system on one suite, each with a bootstrap interval.

ROUGE is Google's `rouge-score` without stemming (rougeLsum is what ACI-Bench calls "ROUGE-L"), BLEU is
`sacrebleu` with its defaults. BERTScore, BLEURT and MEDCON are left out: their weights or licences are not at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU

from training import facts

NOT_RECORDED = "Not recorded."
_ROUGE = ("rouge1", "rouge2", "rougeLsum")
_DRAWS = 1000

Interval = tuple[float, float, float]
"""Value, and the lower and upper end of its 95 % interval."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One output to score.

    Attributes:
        source: What it was written from.
        target: The reference.
        output: What the system wrote.
        seconds: How long it took; shared out over a batch.
    """

    source: str
    target: str
    output: str
    seconds: float = 0.0


def score(rows: Sequence[Scored], seed: int) -> dict[str, Interval]:
    """Score one system on one suite.

    Args:
        rows: Outputs with references.
        seed: Seed of the bootstrap.

    Returns:
        Metric -> value and 95 % interval (percentile bootstrap over rows). ROUGE, BLEU, shares and F1 in
        percent, length in words, seconds for a row.
    """
    draws = np.random.default_rng(seed).integers(0, len(rows), (_DRAWS, len(rows)))
    scorer = RougeScorer(list(_ROUGE), use_stemmer=False)
    rouge = [scorer.score(row.target, row.output) for row in rows]
    result = {name: _mean([100 * one[name].fmeasure for one in rouge], draws) for name in _ROUGE}
    result["bleu"] = _bleu(rows, seed)
    found = [facts.faults(row.output, row.source) for row in rows]
    counts = np.array([one.sentences for one in found])
    names = ("numbers", "doses", "drugs", "any_unsupported", "negations", "sides")
    for name in names:
        hits = np.array([getattr(one, name) for one in found])
        result[f"{name}_of_sentences"] = _ratio(hits, counts, draws)
    result |= _omissions(rows, draws)
    result |= _refusals(rows, draws)
    result["words"] = _mean([len(row.output.split()) for row in rows], draws)
    result["repetition"] = _mean([100 * facts.repetition(row.output) for row in rows], draws)
    result["seconds"] = _mean([row.seconds for row in rows], draws)
    return {name: _rounded(one) for name, one in result.items()}


def is_refusal(text: str) -> bool:
    """Whether a text says only that nothing is recorded."""
    return bool(re.fullmatch(r"\W*not recorded\W*", text, re.IGNORECASE))


def _bleu(rows: Sequence[Scored], seed: int) -> Interval:
    bleu = BLEU()
    if len(rows) < 2:
        return (bleu.corpus_score([row.output for row in rows], [[row.target for row in rows]]).score,) * 3
    np.random.seed(seed)  # sacrebleu draws from numpy's global state
    done = bleu.corpus_score([row.output for row in rows], [[row.target for row in rows]], n_bootstrap=200)
    half = getattr(done, "_ci", 0.0)
    return done.score, done.score - half, done.score + half


def _omissions(rows: Sequence[Scored], draws: np.ndarray) -> dict[str, Interval]:
    """Share of the reference's supported drugs, and of rows with allergies or follow-up, that are left out."""
    wanted = [facts.drugs(row.target) & facts.drugs(row.source) for row in rows]
    missing = [len(one - facts.drugs(row.output)) for one, row in zip(wanted, rows, strict=True)]
    result = {"drugs_omitted": _ratio(np.array(missing), np.array([len(one) for one in wanted]), draws)}
    asks: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("allergies_omitted", facts.has_allergy),
        ("follow_up_omitted", facts.has_follow_up),
    )
    for name, has in asks:
        due = np.array([has(row.target) and has(row.source) for row in rows], dtype=int)
        left_out = np.array([not has(row.output) for row in rows], dtype=int) * due
        result[name] = _ratio(left_out, due, draws)
    return result


def _refusals(rows: Sequence[Scored], draws: np.ndarray) -> dict[str, Interval]:
    said = np.array([is_refusal(row.output) for row in rows], dtype=int)
    due = np.array([is_refusal(row.target) for row in rows], dtype=int)
    if not due.any():
        return {}
    both = said * due
    return {
        "not_recorded_precision": _ratio(both, said, draws),
        "not_recorded_recall": _ratio(both, due, draws),
        "not_recorded_f1": _ratio(2 * both, said + due, draws),
    }


def _mean(values: Sequence[float], draws: np.ndarray) -> Interval:
    array = np.array(values, dtype=float)
    low, high = np.percentile(array[draws].mean(axis=1), [2.5, 97.5])
    return float(array.mean()), float(low), float(high)


def _ratio(hits: np.ndarray, counts: np.ndarray, draws: np.ndarray) -> Interval:
    """Share in percent; nan where nothing was counted."""
    total = counts.sum()
    if not total:
        return (float("nan"),) * 3
    below = counts[draws].sum(axis=1)
    shares = hits[draws].sum(axis=1)[below > 0] / below[below > 0]
    low, high = np.percentile(100 * shares, [2.5, 97.5])
    return float(100 * hits.sum() / total), float(low), float(high)


def _rounded(one: Interval) -> Interval:
    return round(one[0], 2), round(one[1], 2), round(one[2], 2)
