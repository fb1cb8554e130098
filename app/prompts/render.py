"""Notes and a task become chat messages. Training renders its examples through this same module.

The notes come first and the instruction last: all sections of a letter then share one beginning, and a
sentence inside a note stands before the instruction, never after it.
"""

from __future__ import annotations

import hashlib
import re

from app.prompts.chat import ChatMessage, Conversation
from app.prompts.tasks import SectionTask, Task

# Raise it whenever the same task and notes give other messages: it is part of the prompt hash.
RENDERING = 1

_FENCE = re.compile(r"</?\s*notes\s*>", re.IGNORECASE)


def render(task: Task, section: SectionTask, source: str, prefix: str = "") -> Conversation:
    """Build the conversation for one section.

    Args:
        task: The task.
        section: One of its sections.
        source: Note text to write from. It is data: fenced, and unable to close its fence.
        prefix: For encoder-decoder models, which take no instruction: their prompt word, such as
            `summarize: ` (Raffel et al. 2020, T5); empty for chat models.

    Returns:
        Messages for the model.
    """
    if prefix:
        return (ChatMessage("user", prefix + " ".join(source.split())),)
    fenced = f"<notes>\n{fence(source)}\n</notes>\n\n{section.instruction.strip()}"
    return (ChatMessage("system", task.role), ChatMessage("user", fenced))


def fence(source: str) -> str:
    """Make note text safe between the fences: a tag that would end them loses its brackets."""
    return _FENCE.sub("(notes)", source.strip())


def prompt_hash(task: Task, condense: Task) -> str:
    """Hash of everything but the notes that shapes the prompts, hex SHA-256.

    Args:
        task: The task.
        condense: The task that shortens notes too long for the model: it shapes what is read.
    """
    return hashlib.sha256(f"{RENDERING}\n{task.sha256}\n{condense.sha256}".encode()).hexdigest()
