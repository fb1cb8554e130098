"""Tiny models, invented rows and recipes. Everything here is skipped where the training packages are missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import tiny_model

for _needed in ("datasets", "rouge_score", "sacrebleu", "tensorboard"):
    pytest.importorskip(_needed, reason="the training packages are not installed: pip install .[train]")

from training.arguments import Lora, Recipe, RowSet, Schedule, Suite  # noqa: E402 - after the check above

DRUGS = ("aspirin", "morphine", "nitroglycerin")
LEADS = ("II", "III", "aVF")
# Libraries below us that warn about themselves while training.
QUIET = (
    "ignore:.*is_gradient_checkpointing:FutureWarning",
    "ignore:.*lr_scheduler.step:UserWarning",
    "ignore:.*pin_memory:UserWarning",
    "ignore:.*os.fork:DeprecationWarning",
    "ignore::ResourceWarning",
    "ignore:Full backward hook is firing:UserWarning",  # the first layer reads embeddings, which are not trained
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/training" in item.path.as_posix():
            for rule in QUIET:
                item.add_marker(pytest.mark.filterwarnings(rule))


def rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Invented rows: which drug was given."""
    made = []
    for at in range(first, first + count):
        drug, lead = DRUGS[at % 3], LEADS[at // 3 % 3]
        text = f"the patient {at} was given {drug} for chest pain\nECG showed ST elevation in {lead}"
        if first >= 100:  # held-out rows: other words, or they would leak
            text = f"chest pain\n{drug} was given to patient {at}\nST elevation {lead} showed only ECG"
        made.append(
            {"id": f"row-{at}", "source": text, "target": f"given {drug}.", "task": "x", "section": "medications"}
        )
    return made


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base") / "llama"
    tiny_model("LlamaForCausalLM", folder, head_dim=16)
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, list[dict[str, Any]]], str]:
    """Writes rows into the data folder of `recipe`; gives the file's name."""

    def done(name: str, content: list[dict[str, Any]]) -> str:
        (tmp_path / "data").mkdir(exist_ok=True)
        text = "".join(json.dumps(one) + "\n" for one in content)
        (tmp_path / "data" / name).write_text(text, encoding="utf-8")
        return name

    return done


@pytest.fixture
def recipe(tiny: Path, tmp_path: Path, write: Callable[[str, list[dict[str, Any]]], str]) -> Recipe:
    """A recipe over twelve invented rows and a tiny model."""
    train, valid = write("train.jsonl", rows(12)), write("valid.jsonl", rows(6, first=100))
    return Recipe(
        name="tiny",
        title="For tests",
        base="tiny",
        base_folder=str(tiny),
        data=str(tmp_path / "data"),
        train=(RowSet(train, "extract-section"),),
        valid=(RowSet(valid, "extract-section", most_rows=2),),
        suites=(Suite("toy", RowSet(valid, "extract-section"), guard=True),),
        lora=Lora(rank=4, alpha=8),
        schedule=Schedule(learning_rate=1e-2, warmup_steps=1, batch=4, steps=4, save_steps=2, dtype="float32"),
        sha256="0" * 64,
    )


def with_steps(recipe: Recipe, steps: int) -> Recipe:
    """The recipe with another number of steps."""
    return replace(recipe, schedule=replace(recipe.schedule, steps=steps))
