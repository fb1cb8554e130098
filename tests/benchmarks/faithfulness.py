"""How close every 8-bit path is to the unrounded model, on a fixed text of 2,000 tokens (`text.txt`, invented).

Teacher forcing: at every token of the text, the distribution of the next one. The bounds are those that no path may
miss: mean KL divergence 0.01, the same first choice for 96 % of tokens, perplexity within 1 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from app.model.engine_native import LEVELS, library
from tests.benchmarks.engines import has_llama_cpp, scores_of_lean, scores_of_llama_cpp
from tests.benchmarks.general import load_llm_int8, load_plain, quantise, scores_of_transformers

TEXT = Path(__file__).with_name("text.txt")
TOKENS = 2000
FEW = 300  # for the path that takes a third of a second a token
BOUNDS = {"mean_kl": 0.01, "top1_agreement": 0.96, "perplexity_change": 0.01}
# What is measured beside ours; the bounds are not theirs.
RIVALS = ("llama.cpp Q8_0", "LLM.int8(), generate", "bf16, generate")


def measure(folder: Path, tokens: list[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Measure path after path.

    Args:
        folder: The model.
        tokens: The text.

    Yields:
        Name of a path, and its figures.
    """
    truth = scores_of_transformers(load_plain(folder, torch.float32), tokens, one_by_one=False).log_softmax(-1)
    for name, scores in _paths(folder, tokens).items():
        ours = scores().log_softmax(-1)
        yield name, compare(truth[: len(ours)], ours, tokens[: len(ours)])


def compare(truth: Tensor, ours: Tensor, tokens: list[int]) -> dict[str, float]:
    """Figures of one path.

    Args:
        truth: Log-probabilities of the unrounded model, (tokens, vocabulary).
        ours: The same of a path.
        tokens: The text.
    """
    after = torch.tensor(tokens[1:])[:, None]
    loss, true_loss = (-one[:-1].gather(-1, after).mean() for one in (ours, truth))
    return {
        "mean_kl": round(float((truth.exp() * (truth - ours)).sum(-1).mean()), 4),
        "top1_agreement": round(float((truth.argmax(-1) == ours.argmax(-1)).float().mean()), 4),
        "perplexity": round(float(loss.exp()), 3),
        "perplexity_change": round(float((loss - true_loss).exp()) - 1, 4),
    }


def misses(figures: dict[str, dict[str, float]]) -> list[str]:
    """Paths of ours outside the bounds."""
    return [
        name
        for name, one in figures.items()
        if name not in RIVALS
        and (
            one["mean_kl"] > BOUNDS["mean_kl"]
            or one["top1_agreement"] < BOUNDS["top1_agreement"]
            or abs(one["perplexity_change"]) > BOUNDS["perplexity_change"]
        )
    ]


def _paths(folder: Path, tokens: list[int]) -> dict[str, Callable[[], Tensor]]:
    paths: dict[str, Callable[[], Tensor]] = {}
    found = library()
    if found:
        paths["lean, blocks"] = lambda: torch.from_numpy(scores_of_lean(folder, tokens, 128))
        paths["lean, token by token"] = lambda: torch.from_numpy(scores_of_lean(folder, tokens, 1))
        for level in range(1, found.lean_level()):
            paths[f"lean, {LEVELS[level]}"] = lambda level=level: torch.from_numpy(  # type: ignore[misc]
                scores_of_lean(folder, tokens, 128, level)
            )
        paths["general, the library's layers"] = lambda: _general(folder, tokens, with_library=True)
    paths["general, torch's layers, blocks"] = lambda: _general(folder, tokens, with_library=False)
    paths["general, torch's layers, token by token"] = lambda: _general(
        folder, tokens[:FEW], with_library=False, one_by_one=True
    )
    if has_llama_cpp():
        paths[RIVALS[0]] = lambda: torch.from_numpy(scores_of_llama_cpp(folder, tokens))
    paths[RIVALS[1]] = lambda: scores_of_transformers(load_llm_int8(folder), tokens, one_by_one=False)
    paths[RIVALS[2]] = lambda: scores_of_transformers(load_plain(folder, torch.bfloat16), tokens, one_by_one=False)
    return paths


def _general(folder: Path, tokens: list[int], *, with_library: bool, one_by_one: bool = False) -> Tensor:
    model = load_plain(folder, torch.bfloat16)
    quantise(model, use_library=with_library)
    return scores_of_transformers(model, tokens, one_by_one=one_by_one)
