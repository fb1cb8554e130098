"""The lean engine: our own loop over `engine_llama` on the CPU, with caches that outlive a request.

What prompts begin with alike is read once, as keys and values stay in memory between requests. Guesses from the notes
(`engine_lookup`) are checked several at a time. Neither changes a bit of the text; see `engine_llama` for why.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from app.errors import InstructionTooLong, ModelUnsupported, OutOfMemory
from app.model import cache
from app.model.engine_chat import Chat, Words
from app.model.engine_device import bytes_needed, choose, look, threads
from app.model.engine_llama import BLOCK, Cache, Llama, reason_against
from app.model.engine_lookup import Lookup
from app.model.engine_native import Floats, Machine
from app.model.interface import IsCancelled, OnProgress, OnText, Outcome
from app.model.messages import Limits, Load, Ready, Reason
from app.prompts.chat import Conversation

_MOST_CACHES = 4
_MOST_KEPT_TOKENS = 16_384  # of all caches together: 378 MB for the embedded model


class LeanEngine:
    """See `interface.Engine` for what each method promises.

    Args:
        guesses: Whether to guess from the notes. The text is the same without; a test compares.
    """

    def __init__(self, *, guesses: bool = True) -> None:
        self._guesses = guesses
        self._caches: list[Cache] = []  # the one used last is last
        self._llama: Llama
        self._chat: Chat
        self._model = ""

    def load(self, order: Load, on_progress: OnProgress) -> Ready:
        """Verify every file, merge the adapter, round to 8 bit."""
        folder, adapter = Path(order.folder), Path(order.adapter) if order.adapter else None
        on_progress(0.0, "Checking the model's files")
        cache.verify(folder)
        if adapter:
            cache.verify(adapter)
        if why_not := refusal(order):
            raise ModelUnsupported(model=order.model, why=why_not)
        _, why = choose("cpu", bytes_needed(folder), look())
        on_progress(0.2, "Reading the tokenizer")
        self._chat, self._model = Chat(folder), order.model
        on_progress(0.4, "Rounding the weights to 8 bit")
        try:
            self._llama = Llama(folder, adapter, Machine(threads(order.threads)))
        except MemoryError as error:
            raise OutOfMemory from error
        except ValueError as error:
            raise ModelUnsupported(model=order.model, why="its weights do not fit its config.json") from error
        on_progress(1.0, "Ready")
        return Ready(order.model, "cpu", self._llama.nbytes // 2**20, why, self._llama.shape.window)

    def count(self, conversation: Conversation) -> int:
        """Tokens of the rendered conversation."""
        return len(self._chat.encode(conversation))

    def forget(self) -> None:
        """Drop all that is kept of earlier requests."""
        self._caches.clear()

    def read(self, conversation: Conversation, is_cancelled: IsCancelled) -> None:
        """Read a conversation, so that a later request finds it read."""
        tokens = self._chat.encode(conversation)
        if len(tokens) < self._llama.shape.window:
            with contextlib.suppress(_CancelledError):
                self._read(tokens, len(tokens), _looking(is_cancelled))

    def generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        """Greedy decoding."""
        tokens = self._chat.encode(conversation)
        if len(tokens) + limits.new_tokens > self._llama.shape.window:
            raise InstructionTooLong(model=self._model, window=self._llama.shape.window)
        answer = _Answer(tokens, limits, self._chat.ends, self._chat.words(on_text))
        try:
            self._answer(answer, limits, _looking(is_cancelled))
        except _CancelledError:
            answer.reason = "cancelled"
        except MemoryError as error:
            self.forget()
            raise OutOfMemory from error
        answer.words.end()
        return Outcome(answer.reason, len(tokens), answer.written, answer.first_token_s)

    def _answer(self, answer: _Answer, limits: Limits, look: Callable[[], None]) -> None:
        prompt = answer.tokens
        lookup = Lookup(prompt) if self._guesses else None
        cache, rows = self._read(prompt, len(prompt) + limits.new_tokens, look)
        answer.take(self._llama.scores(rows[-1:]), [])
        while not answer.is_done:
            guess: list[int] = []
            if lookup:
                for token in answer.tokens[lookup.length :]:
                    lookup.add(token)
                guess = lookup.guess(limits.new_tokens - answer.written - 1)
            rows = self._llama.read([answer.tokens[-1], *guess], cache, look)
            right = answer.take(self._llama.scores(rows), guess)
            if lookup and guess:
                lookup.learn(len(guess), right)
                del cache.tokens[len(cache.tokens) - len(guess) + right :]

    def _read(self, tokens: list[int], room: int, look: Callable[[], None]) -> tuple[Cache, Floats]:
        """Have all of a prompt in a cache; gives what the last layer made of its last tokens, one at least."""
        cache = self._best_cache(tokens)
        cache.reserve(room)
        while len(cache.tokens) < len(tokens):
            start = len(cache.tokens)
            rows = self._llama.read(tokens[start : start + BLOCK], cache, look)
        return cache, rows

    def _best_cache(self, tokens: list[int]) -> Cache:
        """The cache that begins like a prompt, cut to what they share; a fresh one if it would lose most."""
        shared, best = max(
            ((_shared(one.tokens, tokens), index) for index, one in enumerate(self._caches)), default=(0, -1)
        )
        if best >= 0 and 2 * shared >= len(self._caches[best].tokens):
            chosen = self._caches.pop(best)
            del chosen.tokens[shared:]
        else:
            chosen = Cache(self._llama.shape)
            if shared:
                chosen.copy(self._caches[best], shared)
        self._caches.append(chosen)
        while len(self._caches) > 1 and (
            len(self._caches) > _MOST_CACHES or sum(one.room for one in self._caches) > _MOST_KEPT_TOKENS
        ):
            del self._caches[0]
        return chosen


def refusal(order: Load) -> str:
    """Why the lean engine cannot take a model, in words; empty if it can."""
    folder = Path(order.folder)
    try:
        config = _json(folder / "config.json")
        adapter = _json(Path(order.adapter) / "adapter_config.json") if order.adapter else {}
    except (OSError, ValueError):
        return "its configuration cannot be read"
    if not (folder / "tokenizer.json").exists():
        return "its tokenizer is of another kind"
    return reason_against(config, adapter)


class _Answer:
    """The text as it grows: chooses tokens, checks guesses, counts."""

    def __init__(self, prompt: list[int], limits: Limits, ends: set[int], words: Words) -> None:
        self.tokens = list(prompt)
        self.written = 0
        self.first_token_s = 0.0
        self.is_done = False
        self.reason: Reason = "stop"
        self.words = words
        self._limits = limits
        self._ends = ends
        self._started = time.perf_counter()
        self._size = limits.no_repeat_tokens
        self._follows: dict[tuple[int, ...], set[int]] = {}
        for end in range(self._size, len(prompt) + 1):
            self._note_run(end)

    def take(self, scores: Floats, guess: list[int]) -> int:
        """Write the best token after each row, for as long as the guesses were right.

        Args:
            scores: Scores after the last token and after each guessed one.
            guess: The tokens guessed.

        Returns:
            How many guesses were right.
        """
        best = scores.argmax(-1).tolist()
        for index, token in enumerate(best):
            chosen = self._allowed(scores[index], token)
            self._write(chosen)
            if self.is_done or index == len(guess) or guess[index] != chosen:
                return index + int(index < len(guess) and guess[index] == chosen)
        return len(guess)

    def _write(self, token: int) -> None:
        self.tokens.append(token)
        self.written += 1
        self.first_token_s = self.first_token_s or time.perf_counter() - self._started
        if self._size:
            self._note_run(len(self.tokens))
        self.words.add(token)
        if token in self._ends:
            self.is_done = True
        elif self.written >= self._limits.new_tokens:
            self.is_done, self.reason = True, "length"

    def _allowed(self, scores: Floats, token: int) -> int:
        """The best token that does not repeat a run; runs of the prompt count, as in transformers."""
        if not self._size:
            return token
        banned = self._follows.get(tuple(self.tokens[len(self.tokens) - self._size + 1 :]), ())
        if token not in banned:
            return token
        scores = scores.copy()
        scores[list(banned)] = -np.inf
        return int(scores.argmax())

    def _note_run(self, end: int) -> None:
        if self._size and end >= self._size:
            run = self.tokens[end - self._size : end]
            self._follows.setdefault(tuple(run[:-1]), set()).add(run[-1])


class _CancelledError(Exception):
    """Raised between two layers to leave at once."""


def _looking(is_cancelled: IsCancelled) -> Callable[[], None]:
    def look() -> None:
        if is_cancelled():
            raise _CancelledError

    return look


def _shared(kept: list[int], tokens: list[int]) -> int:
    """Tokens that two prompts begin with alike, leaving at least one of the second to read."""
    most = min(len(kept), len(tokens) - 1)
    return next((place for place in range(most) if kept[place] != tokens[place]), most)


def _json(file: Path) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return table
