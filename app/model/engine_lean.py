"""The lean engine: our own loop over `engine_llama` on the CPU, with a cache that outlives a request.

Prompts that begin alike are read once: whole blocks stay in memory between requests. Guesses from the notes
(`engine_lookup`) are checked several at a time. Neither changes a bit of the text; see `engine_llama` for why.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from app.errors import InstructionTooLong, ModelUnsupported, OutOfMemory
from app.model import cache
from app.model.engine_chat import Chat, Words
from app.model.engine_device import bytes_needed, choose, look, threads
from app.model.engine_llama import BLOCK, SPAN, STEP, Cache, Llama, reason_against
from app.model.engine_lookup import Lookup
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
        torch.set_num_threads(threads(order.threads))
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
            with torch.inference_mode():
                self._llama = Llama(folder, adapter)
        except MemoryError as error:
            raise OutOfMemory from error
        on_progress(1.0, "Ready")
        return Ready(order.model, "cpu", self._llama.nbytes // 2**20, why, self._llama.shape.window)

    def count(self, conversation: Conversation) -> int:
        """Tokens of the rendered conversation."""
        return len(self._chat.encode(conversation))

    def forget(self) -> None:
        """Drop all that is kept of earlier requests."""
        self._caches.clear()

    def read(self, conversation: Conversation, is_cancelled: IsCancelled) -> None:
        """Read the whole blocks of a conversation, so that a later request finds them."""
        tokens = self._chat.encode(conversation)
        if len(tokens) < self._llama.shape.window:
            with torch.inference_mode():
                try:
                    self._read_blocks(tokens, len(tokens), _looking(is_cancelled))
                except _CancelledError:
                    return

    def generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        """Greedy decoding."""
        tokens = self._chat.encode(conversation)
        if len(tokens) + limits.new_tokens > self._llama.shape.window:
            raise InstructionTooLong(model=self._model, window=self._llama.shape.window)
        answer = _Answer(tokens, limits, self._chat.ends, self._chat.words(on_text))
        try:
            with torch.inference_mode():
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
        cache, start = self._read_blocks(prompt, len(prompt) + limits.new_tokens, look)
        rows = self._llama.read(prompt[start:], start, cache, look)
        answer.take(self._llama.logits(rows[-1:]), [])
        while not answer.is_done:
            place = len(answer.tokens) - 1
            guess: list[int] = []
            if lookup:
                for token in answer.tokens[lookup.length :]:
                    lookup.add(token)
                room = min(STEP, SPAN - place % SPAN, limits.new_tokens - answer.written) - 1
                guess = lookup.guess(room)
            rows = self._llama.read([answer.tokens[-1], *guess], place, cache, look)
            right = answer.take(self._llama.logits(rows), guess)
            if lookup and guess:
                lookup.learn(len(guess), right)

    def _read_blocks(self, tokens: list[int], room: int, look: Callable[[], None]) -> tuple[Cache, int]:
        """Have all whole blocks of a prompt in a cache; at least its last token is left to read."""
        cache = self._best_cache(tokens)
        cache.reserve(room)
        start, end = len(cache.kept), (len(tokens) - 1) // BLOCK * BLOCK
        for place in range(start, end, BLOCK):
            block = tokens[place : place + BLOCK]
            self._llama.read(block, place, cache, look)
            cache.kept += block
        return cache, end

    def _best_cache(self, tokens: list[int]) -> Cache:
        """The cache that begins like a prompt, cut to what they share; a fresh one if it would lose most."""
        shared, best = max(
            ((_shared(one.kept, tokens), index) for index, one in enumerate(self._caches)), default=(0, -1)
        )
        if best >= 0 and 2 * shared >= len(self._caches[best].kept):
            chosen = self._caches.pop(best)
            del chosen.kept[shared:]
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

    def take(self, logits: torch.Tensor, guess: list[int]) -> int:
        """Write the best token after each row, for as long as the guesses were right.

        Args:
            logits: Scores after the last token and after each guessed one.
            guess: The tokens guessed.

        Returns:
            How many guesses were right.
        """
        best = logits.argmax(-1).tolist()
        for index, token in enumerate(best):
            chosen = self._allowed(logits[index], token)
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

    def _allowed(self, scores: torch.Tensor, token: int) -> int:
        """The best token that does not repeat a run; runs of the prompt count, as in transformers."""
        if not self._size:
            return token
        banned = self._follows.get(tuple(self.tokens[len(self.tokens) - self._size + 1 :]), ())
        if token not in banned:
            return token
        scores = scores.clone()
        scores[list(banned)] = -torch.inf
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
    """Tokens of whole blocks that two prompts share, leaving at least one of the second to read."""
    most = min(len(kept), len(tokens) - 1)
    same = next((place for place in range(most) if kept[place] != tokens[place]), most)
    return same // BLOCK * BLOCK


def _json(file: Path) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return table
