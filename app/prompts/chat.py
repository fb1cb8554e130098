"""Chat messages: what prompts make and the model takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a conversation with the model."""

    role: Role
    content: str


Conversation = tuple[ChatMessage, ...]
