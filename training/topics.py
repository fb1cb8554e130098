"""topics: train the section detector of `app/prompts/topics.py`.

    python -m training topics --data FOLDER [--to resources/topics]

Rows are those of `mtsamples_extract`: a note, a topic, and the passage that was copied from it or "Not recorded.". A
row whose note has headings is learnt twice, with and without them. Logistic regression with an L2 penalty, fitted by
L-BFGS; the least probability is the one of a small grid with the best F1 over a row's passages in five folds over the
notes of the training rows. The valid rows are only measured.
"""

from __future__ import annotations

import hashlib
import json
import random
import statistics
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import torch
from rouge_score.rouge_scorer import RougeScorer

from app import disk, paths
from app.drafts.assemble import copied
from app.notes import intake, segments
from app.notes.note import Note, Passage
from app.prompts.tasks import SectionTask
from app.prompts.topics import MANIFEST, WEIGHTS, Topics, hashed
from training.arguments import RecipeError
from training.data import read_rows
from training.scores import NOT_RECORDED

_FILE = "mtsamples_extract/{}.jsonl"
_BITS = 15
_PENALTY = 0.25  # 1 / C of the usual notation; .1, .25 and 1 were tried
_GRID = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
_FOLDS = 5
_STEPS = 200
_RESAMPLES = 1000
_BYTE = 127
Features: TypeAlias = "tuple[array[int], array[float]]"  # places in the hash, and their values


def run(data: Path, to: Path | None = None) -> dict[str, Any]:
    """Train, measure and write.

    Args:
        data: Folder of the data sets.
        to: Folder to write; `resources/topics` if left out.

    Returns:
        What was measured on the valid rows.

    Raises:
        RecipeError: The rows are not there.
    """
    train, valid = (_rows(data / _FILE.format(part)) for part in ("train", "valid"))
    least = _best_least(train)
    topics = replace(fit(train), least=least)
    measured = measure(topics, valid)
    folder = to or paths.resources() / "topics"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(topics.weights.tobytes())
    told = {
        "topics": topics.names,
        "bits": topics.bits,
        "least": topics.least,
        "scales": topics.scales,
        "biases": topics.biases,
        "weights_sha256": hashlib.sha256(topics.weights.tobytes()).hexdigest(),
        "data_sha256": {part: disk.sha256(data / _FILE.format(part)) for part in ("train", "valid")},
        "rows": {"train": len(train), "valid": len(valid)},
        "valid": measured,
    }
    (folder / MANIFEST).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(json.dumps(measured, indent=2))
    return measured


def fit(rows: Sequence[dict[str, Any]]) -> Topics:
    """Fit a classifier for every topic of the rows.

    Args:
        rows: Rows `{source, target, section}`.

    Returns:
        The classifier, with weights rounded to 8 bit.
    """
    names = tuple(sorted({str(row["section"]) for row in rows}))
    weights, scales, biases = array("b"), [], []
    for name in names:
        learnt, bias = _logistic(one for row in rows if row["section"] == name for one in _examples(row))
        scale = float(learnt.abs().max()) / _BYTE or 1.0
        weights.extend(torch.round(learnt / scale).to(torch.int8).tolist())
        scales.append(scale)
        biases.append(bias)
    return Topics(names, weights, tuple(scales), tuple(biases), _BITS, 0.5)


def answer(topics: Topics, row: dict[str, Any]) -> str:
    """What the app writes for a row: the passages, or that nothing is recorded."""
    note = _note(row["source"])
    spans = topics.find(note, row["section"])
    return copied(SectionTask(row["section"], ""), note, spans).text if spans else NOT_RECORDED


def measure(topics: Topics, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Score answers against the rows' targets.

    Args:
        topics: The classifier.
        rows: Rows with targets.

    Returns:
        ROUGE-1 without stemming and precision, recall and F1 of "Not recorded.", in percent, with 95 % intervals
        (percentile bootstrap over rows), for all rows and for notes with and without headings.
    """
    scorer = RougeScorer(["rouge1"])
    answers = [answer(topics, row) for row in rows]
    scored = [
        (
            100 * scorer.score(row["target"], said)["rouge1"].fmeasure,
            row["target"] == NOT_RECORDED,
            said == NOT_RECORDED,
            bool(row.get("meta", {}).get("headings_in_source")),
        )
        for row, said in zip(rows, answers, strict=True)
    ]
    parts = {
        "all": scored,
        "notes with headings": [one for one in scored if one[3]],
        "notes without headings": [one for one in scored if not one[3]],
    }
    return {name: _scores(part) for name, part in parts.items() if part}


def _scores(part: list[tuple[float, bool, bool, bool]]) -> dict[str, Any]:
    def interval(value: Callable[[Sequence[tuple[float, bool, bool, bool]]], float]) -> list[float]:
        draw = random.Random(7)  # noqa: S311 - resampling, not secrets
        found = sorted(value(draw.choices(part, k=len(part))) for _ in range(_RESAMPLES))
        return [round(found[int(_RESAMPLES * share)], 1) for share in (0.025, 0.975)]

    def rouge(some: Sequence[tuple[float, bool, bool, bool]]) -> float:
        return statistics.fmean(one[0] for one in some)

    precision, recall = _precision_recall((one[1], one[2]) for one in part)
    return {
        "rows": len(part),
        "rouge1": [round(rouge(part), 1), *interval(rouge)],
        "not_recorded_precision": round(100 * precision, 1),
        "not_recorded_recall": round(100 * recall, 1),
        "not_recorded_f1": [
            round(100 * _f1((one[1], one[2]) for one in part), 1),
            *interval(lambda some: 100 * _f1((one[1], one[2]) for one in some)),
        ],
    }


def _precision_recall(verdicts: Iterable[tuple[bool, bool]]) -> tuple[float, float]:
    pairs = list(verdicts)
    both = sum(wanted and said for wanted, said in pairs)
    return both / max(1, sum(said for _, said in pairs)), both / max(1, sum(wanted for wanted, _ in pairs))


def _f1(verdicts: Iterable[tuple[bool, bool]]) -> float:
    """F1 of the verdicts (wanted, said); 1 where nothing was wanted and nothing said."""
    verdicts = list(verdicts)
    if not any(wanted or said for wanted, said in verdicts):
        return 1.0
    precision, recall = _precision_recall(verdicts)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _best_least(rows: Sequence[dict[str, Any]]) -> float:
    """The least probability that points best at the passages of notes that were not learnt from."""
    points = dict.fromkeys(_GRID, 0.0)
    for fold in range(_FOLDS):
        topics = fit([row for row in rows if _fold(row) != fold])
        for row in rows:
            if _fold(row) != fold or row["section"] not in topics.names:
                continue
            note = _note(row["source"])
            likely, wanted = topics.probabilities(note, row["section"]), _labels(note, row["target"])
            for least in points:
                points[least] += _f1((bool(label), one >= least) for one, label in zip(likely, wanted, strict=True))
    return max(_GRID, key=points.__getitem__)


def _fold(row: dict[str, Any]) -> int:
    return hashlib.sha256(row["source"].encode()).digest()[0] % _FOLDS


def _examples(row: dict[str, Any]) -> Iterator[tuple[Features, int]]:
    for note, features in _seen(row["source"]):
        yield from zip(features, _labels(note, row["target"]), strict=True)


@cache
def _seen(source: str) -> tuple[tuple[Note, list[Features]], ...]:
    """A note as it is, and without its headings where it has any; each with the features of its passages."""
    note = _note(source)
    found = [note]
    if any(one.heading for one in note.passages):
        bodies = [one for one in note.passages if one.body.of(note.text).strip()]
        bare = tuple(Passage(one.body, one.body, "", one.document) for one in bodies)
        found.append(Note(note.text, note.documents, bare, note.sentences))
    return tuple((one, [(array("q", f), array("f", f.values())) for f in hashed(one, _BITS)]) for one in found)


def _labels(note: Note, target: str) -> list[int]:
    """Which passages stand in the answer, word for word."""
    wanted = " ".join(target.split())
    texts = (" ".join(one.body.of(note.text).split()) for one in note.passages)
    return [int(bool(text) and wanted != NOT_RECORDED and text in wanted) for text in texts]


def _logistic(examples: Iterable[tuple[Features, int]]) -> tuple[torch.Tensor, float]:
    """Fit weights `(1 << _BITS,)` and bias by L-BFGS: the loss is convex, so the start does not matter."""
    places, values, starts, labels = array("q"), array("f"), array("q"), []
    for (own, worth), label in examples:
        starts.append(len(places))
        places.extend(own)
        values.extend(worth)
        labels.append(float(label))
    index, value, start = torch.tensor(places), torch.tensor(values), torch.tensor(starts)
    wanted_ = torch.tensor(labels)
    weights = torch.zeros(1 << _BITS, 1, requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    solver = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        solver.zero_grad()
        logits = torch.nn.functional.embedding_bag(index, weights, start, mode="sum", per_sample_weights=value)
        each = torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0] + bias, wanted_, reduction="sum")
        total = each + _PENALTY / 2 * (weights * weights).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    solver.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach()[:, 0], float(bias.detach())


@cache
def _note(source: str) -> Note:
    return segments.gather([("row", intake.clean(source))])


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise RecipeError(f"{path.name} is not in that folder: see the data sets in training/README.md.")
    return [dict(one) for one in read_rows(path)]
