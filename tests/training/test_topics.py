"""The section detector is learnt, written, read back, and points at notes it never saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.prompts import topics as detector
from training import topics
from training.arguments import RecipeError

DRUGS = ("Aspirin", "Ramipril", "Metformin", "Bisoprolol", "Atorvastatin", "Omeprazole")
HABITS = ("never smoked", "smokes five a day", "stopped smoking", "drinks wine", "walks daily", "lives with a friend")


def row(number: int, topic: str, *, headed: bool) -> dict[str, Any]:
    drugs = f"{DRUGS[number % 6]} {5 * (number + 1)} mg once daily, {DRUGS[(number + 1) % 6]} 20 mg at night."
    habit = f"He {HABITS[number % 6]}."
    names = ("MEDICATIONS: ", "SOCIAL HISTORY: ") if headed else ("", "")
    parts = [f"Seen on day {number} with cough.", f"{names[0]}{drugs}", f"{names[1]}{habit}"]
    target = {"medications": drugs, "social_history": habit}[topic]
    if number % 3 == 0:  # the note is silent on the topic
        parts.pop(1 if topic == "medications" else 2)
        target = "Not recorded."
    return {
        "id": f"{topic}-{number}",
        "source": "\n\n".join(parts),
        "target": target,
        "section": topic,
        "meta": {"headings_in_source": headed},
    }


def some(first: int, count: int) -> list[dict[str, Any]]:
    return [
        row(number, topic, headed=number % 2 == 0)
        for number in range(first, first + count)
        for topic in ("medications", "social_history")
    ]


def written(folder: Path, train: list[dict[str, Any]], valid: list[dict[str, Any]]) -> Path:
    for name, rows in (("train", train), ("valid", valid)):
        file = folder / "mtsamples_extract" / f"{name}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return folder


def test_it_points_at_notes_it_never_saw(tmp_path: Path) -> None:
    data = written(tmp_path / "data", some(0, 24), some(30, 12))
    measured = topics.run(data, tmp_path / "made")
    assert measured["all"]["rouge1"][0] > 95
    assert measured["all"]["not_recorded_f1"][0] > 95
    again = detector.read(tmp_path / "made")
    assert again.names == ("medications", "social_history")
    assert 0 < again.least < 1
    made = [(tmp_path / "made" / name).read_bytes() for name in (detector.WEIGHTS, detector.MANIFEST)]
    topics.run(data, tmp_path / "again")
    assert made == [(tmp_path / "again" / name).read_bytes() for name in (detector.WEIGHTS, detector.MANIFEST)]


def test_the_figures_fall_where_the_answers_are_wrong(tmp_path: Path) -> None:
    fitted = topics.fit(some(0, 24))
    right = topics.measure(fitted, some(30, 12))["all"]
    swapped = [
        {**one, "target": "Not recorded." if index % 2 else one["target"]} for index, one in enumerate(some(30, 12))
    ]
    wrong = topics.measure(fitted, swapped)["all"]
    assert wrong["rouge1"][0] < right["rouge1"][0]
    assert wrong["not_recorded_f1"][0] < right["not_recorded_f1"][0]


def test_missing_rows_are_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"train\.jsonl"):
        topics.run(tmp_path)
