"""Which engine runs a model: the lean one where it can, else transformers, and the doctor is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.errors import NeedsFullPackage
from app.model import cache, fit
from app.model.engine_device import choose, look
from app.model.engine_lean import LeanEngine, refusal
from app.model.engine_memory import needed
from app.model.interface import Ask, Engine, IsCancelled, OnEnd, OnProgress, OnText, Outcome
from app.model.messages import Limits, Load, Ready
from app.prompts.chat import Conversation


class AutoEngine:
    """See `interface.Engine` for what each method promises."""

    def __init__(self) -> None:
        self._engine: Engine

    def load(self, order: Load, on_progress: OnProgress) -> Ready:
        """Choose the engine, then let it load."""
        folder = Path(order.folder)
        cache.read_manifest(folder)  # says what is missing before anything is looked for
        why_not = refusal(order)
        device, why_device = choose(order.device, needed(folder, is_lean=not why_not), look())
        if device == "cpu" and not why_not:
            self._engine = LeanEngine()
            return replace(self._engine.load(order, on_progress), why_this_device=why_device)
        if not fit.has_general_engine():
            raise NeedsFullPackage(model=order.model, why=why_not)
        # Imported only where it is needed: transformers takes seconds.
        from app.model.engine import TransformersEngine

        self._engine = TransformersEngine()
        ready = self._engine.load(order, on_progress)
        if ready.device == "cuda" or not why_not:
            return ready
        return replace(ready, why_this_device=f"{ready.why_this_device} It runs the slower general way: {why_not}.")

    def count(self, conversation: Conversation) -> int:
        """Tokens of the rendered conversation."""
        return self._engine.count(conversation)

    def forget(self) -> None:
        """Drop all that is kept of earlier requests."""
        self._engine.forget()

    def read(self, conversation: Conversation, is_cancelled: IsCancelled) -> None:
        """Read ahead."""
        self._engine.read(conversation, is_cancelled)

    def generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        """Greedy decoding."""
        return self._engine.generate(conversation, limits, on_text, is_cancelled)

    def generate_many(self, asks: Sequence[Ask], on_end: OnEnd) -> None:
        """Several conversations."""
        self._engine.generate_many(asks, on_end)
