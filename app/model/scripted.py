"""An engine without a model, for tests and for trying the window: same interface, same suite.

It answers with the text of the last message it was given, word by word, so that a test can tell what
the model was asked to read. Words in the conversation steer it, since tests have no other way in:

- `[[say: TEXT]]` answers TEXT instead;
- `[[slow]]` waits 20 ms before each word; `[[hang]]` never looks at cancellation;
- `[[crash]]` ends the process after three words; `[[fault]]` raises; `[[memory]]` runs out of memory;
  `[[gpu]]` loses its GPU.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence

from app.errors import OutOfMemory, WorkerLost
from app.model.interface import Ask, IsCancelled, OnEnd, OnProgress, OnText, Outcome, one_by_one
from app.model.messages import Limits, Load, Ready, Reason
from app.prompts.chat import Conversation

CONTEXT_TOKENS = 2048
_SAY = re.compile(r"\[\[say: (.*?)\]\]", re.DOTALL)


class ScriptedEngine:
    """See the module's docstring. A token is a word."""

    def load(self, order: Load, on_progress: OnProgress) -> Ready:
        """Report progress as the real engine does; nothing is read."""
        on_progress(0.0, "Loading the scripted engine")
        on_progress(1.0, "Ready")
        return Ready(order.model, "cpu", 0, "Using no model: this is the scripted engine.", CONTEXT_TOKENS)

    def count(self, conversation: Conversation) -> int:
        """Count words and CJK characters."""
        return sum(len(_words(message.content)) for message in conversation)

    def forget(self) -> None:
        """Nothing is kept between requests here."""

    def read(self, conversation: Conversation, is_cancelled: IsCancelled) -> None:
        """Nothing is kept between requests here; `[[slow]]` takes a while."""
        for word in range(1000 if "[[slow]]" in conversation[-1].content else 0):
            if is_cancelled():
                return
            _follow("[[slow]]", word)

    def generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        """Answer as the script in the conversation says."""
        asked = conversation[-1].content
        script = "\n".join(message.content for message in conversation)
        said = _SAY.search(script)
        words = _words(said.group(1) if said else re.sub(r"\[\[.*?\]\]", "", asked))
        if "[[memory]]" in script:
            raise OutOfMemory
        if "[[gpu]]" in script:
            raise WorkerLost
        started = time.perf_counter()
        first = 0.0
        for index, word in enumerate(words[: limits.new_tokens]):
            if is_cancelled() and "[[hang]]" not in script:
                return self._outcome("cancelled", conversation, index, first)
            _follow(script, index)
            on_text(word)
            first = first or time.perf_counter() - started
        reason: Reason = "length" if len(words) > limits.new_tokens else "stop"
        return self._outcome(reason, conversation, min(len(words), limits.new_tokens), first)

    def generate_many(self, asks: Sequence[Ask], on_end: OnEnd) -> None:
        """One after the other."""
        one_by_one(self, asks, on_end)

    def _outcome(self, reason: Reason, conversation: Conversation, tokens: int, first_token_s: float) -> Outcome:
        return Outcome(reason, self.count(conversation), tokens, first_token_s)


def _words(text: str) -> list[str]:
    """Split so that joining gives the text back, a run of white space going with the word before it."""
    return re.findall(r"[㐀-鿿]\s*|[^\s㐀-鿿]+\s*|^\s+", text)


def _follow(script: str, index: int) -> None:
    if "[[slow]]" in script:
        time.sleep(0.02)
    if "[[hang]]" in script and index == 2:
        time.sleep(3600)
    if "[[crash]]" in script and index == 3:
        os._exit(9)
    if "[[fault]]" in script and index == 2:
        raise RuntimeError(script)
