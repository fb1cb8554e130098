"""What an engine is, inside the worker: `engine.py` is the real one, `scripted.py` the one for tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.errors import WorkerLost
from app.model.messages import Limits, Load, Ready, Reason
from app.prompts.chat import Conversation

OnProgress = Callable[[float, str], None]
OnText = Callable[[str], None]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a generation ended. See `messages.Finished` for the fields."""

    reason: Reason
    prompt_tokens: int
    tokens: int
    first_token_s: float
    device_note: str = ""
    seconds: float = 0.0


OnEnd = Callable[[int, Outcome | Exception], None]


@dataclass(frozen=True, slots=True)
class Ask:
    """One of the conversations to continue; see `Engine.generate` for the fields."""

    conversation: Conversation
    limits: Limits
    on_text: OnText
    is_cancelled: IsCancelled


class Engine(Protocol):
    """Loads one model and continues conversations with it."""

    def load(self, order: Load, on_progress: OnProgress) -> Ready:
        """Verify and load a model.

        Raises:
            ModelError: It is missing, altered, unsupported or does not fit.
        """

    def count(self, conversation: Conversation) -> int:
        """Number of tokens of a conversation in the model's own chat format."""

    def forget(self) -> None:
        """Drop all that is kept of earlier conversations."""

    def read(self, conversation: Conversation, is_cancelled: IsCancelled) -> None:
        """Read a conversation that will probably be continued soon; changes the speed and nothing else.

        Args:
            conversation: What to read.
            is_cancelled: Asked often; once true the reading ends.
        """

    def generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        """Continue a conversation, greedily: the same conversation gives the same text.

        Args:
            conversation: What to continue.
            limits: How much to write.
            on_text: Called with each new piece of text.
            is_cancelled: Asked at least once per token; once true the generation ends.

        Raises:
            ModelError: It could not be done; text already given stays valid.
        """

    def generate_many(self, asks: Sequence[Ask], on_end: OnEnd) -> None:
        """Continue several conversations: each gets the very text that it gets alone.

        Args:
            asks: The conversations.
            on_end: Told the place among `asks` and how it ended, once for each, in any order; what goes wrong with one
                ends only that one.

        Raises:
            WorkerLost: The process cannot go on.
        """


def one_by_one(engine: Engine, asks: Sequence[Ask], on_end: OnEnd) -> None:
    """`generate_many` of an engine that writes one text at a time."""
    for index, ask in enumerate(asks):
        end: Outcome | Exception
        try:
            end = _one(engine, ask)
        except WorkerLost:
            raise
        except Exception as error:  # noqa: BLE001 - one bad request must not end the others
            end = error
        on_end(index, end)


def _one(engine: Engine, ask: Ask) -> Outcome:
    if ask.is_cancelled():  # before it began: its prompt need not be read
        return Outcome("cancelled", 0, 0, 0.0)
    started = time.perf_counter()
    outcome = engine.generate(ask.conversation, ask.limits, ask.on_text, ask.is_cancelled)
    return replace(outcome, seconds=time.perf_counter() - started)


def alone(engine: Engine, ask: Ask) -> Outcome:
    """`generate` of an engine that writes many at a time."""
    ends: list[Outcome | Exception] = []
    engine.generate_many([ask], lambda _, end: ends.append(end))
    if isinstance(ends[0], Exception):
        raise ends[0]
    return ends[0]
