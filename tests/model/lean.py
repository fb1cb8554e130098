"""What several tests do with the lean engine and its layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.model.engine_lean import LeanEngine
from app.model.engine_llama import Cache, Llama
from app.model.engine_native import Floats
from app.model.messages import Load


def loaded(folder: Path, adapter: str = "", *, guesses: bool = True) -> LeanEngine:
    """The engine with a model and perhaps an adapter."""
    engine = LeanEngine(guesses=guesses)
    engine.load(Load("tiny", str(folder), "cpu", adapter), lambda _part, _what: None)
    return engine


def read(llama: Llama, tokens: list[int], sizes: list[int]) -> Floats:
    """Scores after every token, read in portions of these sizes in turn."""
    kept, rows = Cache(llama.shape), []
    kept.reserve(len(tokens))
    while (place := len(kept.tokens)) < len(tokens):
        size = sizes[len(rows) % len(sizes)]
        rows.append(llama.scores(llama.read(tokens[place : place + size], kept, lambda: None)))
    return np.concatenate(rows)
