"""What an engine is, inside the worker: `engine.py` is the real one, `scripted.py` the one for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

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


class Engine(Protocol):
    """Loads one model and continues conversations with it, one at a time."""

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
