"""Every setting, once: its name, its type, its default and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Least and most of settings where not every number makes sense.
BOUNDS = {
    "least_words": (1, 1000),
    "most_characters": (1000, 10_000_000),
    "cancel_wait_s": (0.1, 60),
    "idle_lock_minutes": (1, 240),
    "retention_days": (0, 36_500),
}


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one run. `settings.file` says where each value came from.

    Attributes:
        model: Name of the model in `resources/models.toml`.
        adapter: `auto` for the program's own adapter of the model, `none`, or `name` or `name/revision`.
        device: `auto` uses the GPU if the model fits; `cpu` never; `cuda` asks for it.
        least_words: Fewest words a note must have to be drafted from.
        most_characters: Most characters of one case.
        cancel_wait_s: Seconds a worker has to stop before it is ended.
        idle_lock_minutes: Minutes without a key or click until the history locks, 1 to 240.
        retention_days: Days after which a case loses its content when the history is opened; 0 for never.
        training_pairs: Whether signed drafts may leave the history as de-identified pairs for training; only what IT
            fixed counts.
    """

    model: str = "smollm2-135m-instruct"
    adapter: str = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    least_words: int = 5
    most_characters: int = 400_000
    cancel_wait_s: float = 5.0
    idle_lock_minutes: int = 15
    retention_days: int = 0
    training_pairs: bool = False
