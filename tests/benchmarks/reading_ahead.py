"""The first word of a draft, with and without reading ahead: `python -m tests.benchmarks.reading_ahead [--repeats N]`.

Through the worker, as the app asks it: a note of about 2,000 tokens that differs each time, so that nothing of it was
read before. Prints JSON: seconds to the first word, both ways in turn, and their ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

from app import start
from app.model.client import ModelClient
from app.model.messages import Finished, Limits
from app.prompts.chat import ChatMessage, Conversation

_TEXT = Path(__file__).with_name("text.txt")
_IDLE_S = 8  # longer than the reading takes on the slowest machine that was tried
_TOKENS = 8


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    session = start.build({}).open_session()
    taken: dict[str, list[float]] = {"cold": [], "read ahead": []}
    tokens = 0
    try:
        for _ in session.client.starting():
            pass
        for number in range(repeats):
            cold, tokens = first_word(session.client, asked(2 * number))
            taken["cold"].append(cold)
            ahead = asked(2 * number + 1)
            session.client.read_ahead(ahead)
            time.sleep(_IDLE_S)
            taken["read ahead"].append(first_word(session.client, ahead)[0])
    finally:
        session.client.close()
    middle = {name: statistics.median(found) for name, found in taken.items()}
    figures = {
        "tokens": tokens,
        "first_word_s": {name: round(one, 3) for name, one in middle.items()},
        "cold_over_read_ahead": round(middle["cold"] / middle["read ahead"], 1),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


def asked(number: int) -> Conversation:
    """A conversation over a note that begins like no other."""
    note = f"Case {number}. {_TEXT.read_text(encoding='utf-8')}"
    return (
        ChatMessage("system", "You summarise clinical notes. Use only what the notes say."),
        ChatMessage("user", f"{note}\n\nSummarise these notes in two sentences."),
    )


def first_word(client: ModelClient, conversation: Conversation) -> tuple[float, int]:
    """Seconds to the first word, and the tokens of the conversation."""
    last = list(client.generate(conversation, Limits(_TOKENS)))[-1]
    if not isinstance(last, Finished):
        raise TypeError(type(last).__name__)
    return last.first_token_s, last.prompt_tokens


if __name__ == "__main__":
    sys.exit(main())
