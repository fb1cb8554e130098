"""The lean engine: our own loop over `engine_llama` on the CPU, with caches that outlive a request.

What prompts begin with alike is read once, as keys and values stay in memory between requests. Guesses from the notes
(`engine_lookup`) are checked several at a time. Neither changes a bit of the text; see `engine_llama` for why.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from app.errors import InstructionTooLong, ModelUnsupported, OutOfMemory
from app.model import cache
from app.model.engine_chat import Chat, Words
from app.model.engine_device import choose, look, threads
from app.model.engine_llama import BLOCK, Cache, Llama, reason_against
from app.model.engine_lookup import Lookup
from app.model.engine_memory import MOST_KEPT_TOKENS, free_memory, kept_tokens, needed
from app.model.engine_native import Floats, Machine
from app.model.interface import Ask, IsCancelled, OnEnd, OnProgress, OnText, Outcome, alone
from app.model.messages import Limits, Load, Ready, Reason
from app.prompts.chat import Conversation

_MOST_CACHES = 4
_MOST_AT_ONCE = 8  # texts; from there on a step takes about as much longer as it writes more
_MOST_GUESSES = 24  # of all texts together in one step


class LeanEngine:
    """See `interface.Engine` for what each method promises.

    Args:
        guesses: Whether to guess from the notes. The text is the same without; a test compares.
    """

    def __init__(self, *, guesses: bool = True) -> None:
        self._guesses = guesses
        self._caches: list[Cache] = []  # the one used last is last
        self._most_kept = MOST_KEPT_TOKENS  # of all of them together
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
        _, why = choose("cpu", needed(folder, is_lean=True), look())
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
                self._read(tokens, _looking(is_cancelled))

    def generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        """Greedy decoding."""
        return alone(self, Ask(conversation, limits, on_text, is_cancelled))

    def generate_many(self, asks: Sequence[Ask], on_end: OnEnd) -> None:
        """Greedy decoding of several conversations; the weights are read once for a token of each."""
        texts: list[_Text] = []
        for index, ask in enumerate(asks):
            tokens = self._chat.encode(ask.conversation)
            if len(tokens) + ask.limits.new_tokens > self._llama.shape.window:
                on_end(index, InstructionTooLong(model=self._model, window=self._llama.shape.window))
                continue
            texts.append(self._text(tokens, ask.limits, self._chat.ends, self._chat.words(ask.on_text)))
            texts[-1].is_cancelled, texts[-1].on_end = ask.is_cancelled, partial(on_end, index)
        self._write(texts)

    def _text(self, tokens: list[int], limits: Limits, ends: set[int], words: Words) -> _Text:
        return _Text(_Answer(tokens, limits, ends, words), limits, Lookup(tokens) if self._guesses else None)

    def _write(self, texts: list[_Text]) -> None:
        """Write texts side by side. One after the other begins; while a prompt is read, the others go on."""
        self._look_at_memory()
        waiting, writing = deque(texts), list[_Text]()
        while waiting or writing:
            try:
                if waiting and self._has_place(waiting[0], writing):
                    self._begin(waiting.popleft(), writing)
                if writing:
                    self._step(writing)
            except _CancelledError:
                pass
            except MemoryError:
                self._caches.clear()
                for text in writing:
                    text.error = OutOfMemory()
            for text in [one for one in writing if one.is_over]:
                writing.remove(text)
                text.end()

    def _look_at_memory(self) -> None:
        """Bound what is kept by the memory that there is now: other programs may have taken some since."""
        token = self._llama.shape.token_bytes
        self._most_kept = kept_tokens(token, token * sum(one.room for one in self._caches), free_memory())

    def _has_place(self, text: _Text, writing: list[_Text]) -> bool:
        """Whether a text may begin: alone always, else if nobody else's prompt is being read and there is memory."""
        kept = sum(one.cache.room for one in writing)
        return not writing or (
            len(writing) < _MOST_AT_ONCE
            and not any(one.left_to_read for one in writing)
            and kept + text.room <= self._most_kept
        )

    def _begin(self, text: _Text, writing: list[_Text]) -> None:
        """Let a text begin; where there is no memory for it, it alone ends."""
        text.answer.begin()
        try:
            text.cache = self._best_cache(text.answer.tokens, text.room, writing)
        except MemoryError:
            self._caches.clear()
            text.error = OutOfMemory()
            text.end()
        else:
            writing.append(text)

    def _step(self, writing: list[_Text]) -> None:
        """Read the next tokens of each text and write what follows."""
        most = BLOCK if len(writing) == 1 else BLOCK // 2
        guesses = _MOST_GUESSES // len(writing)
        read = [(text.next(most, guesses), text) for text in sorted(writing, key=lambda one: id(one.cache.before))]
        rows = self._llama.read_together([(tokens, text.cache) for tokens, text in read], partial(_look, writing))
        wanted: list[tuple[_Text, Floats]] = []
        place = 0
        for tokens, text in read:
            place += len(tokens)
            if not text.left_to_read:
                wanted.append((text, rows[place - 1 - len(text.guess) : place]))
        if not wanted:
            return
        scores = self._llama.scores(np.concatenate([mine for _, mine in wanted]))
        place = 0
        for text, mine in wanted:
            text.take(scores[place : place + len(mine)])
            place += len(mine)

    def _read(self, tokens: list[int], look: Callable[[], None]) -> None:
        """Have all of a prompt in a cache."""
        self._look_at_memory()
        cache = self._best_cache(tokens, len(tokens), [])
        while len(cache.tokens) < len(tokens):
            start = len(cache.tokens)
            self._llama.read(tokens[start : start + BLOCK], cache, look)

    def _best_cache(self, tokens: list[int], room: int, writing: list[_Text]) -> Cache:
        """The cache that begins like a prompt, cut to what they share; a fresh one if it would lose most.

        Where it is written into, the prompt is read over what they share, if that is most of the prompt. It gets room
        for so many tokens, and others are dropped for it.
        """
        in_use = [one for text in writing for one in (text.cache, text.cache.before)]
        shared, best = max(
            ((_shared(one.tokens, tokens), index) for index, one in enumerate(self._caches)), default=(0, -1)
        )
        is_free = best >= 0 and not any(self._caches[best] is one for one in in_use)
        if best >= 0 and not is_free and 2 * shared >= len(tokens):
            over = Cache(self._llama.shape, self._caches[best], shared // 16 * 16)
            over.reserve(room)
            return over
        if is_free and 2 * shared >= len(self._caches[best].tokens):
            chosen = self._caches.pop(best)
            del chosen.tokens[shared:]
        else:
            chosen = Cache(self._llama.shape)
            if shared:
                chosen.copy(self._caches[best], shared)
        self._caches.append(chosen)
        free = [one for one in self._caches[:-1] if not any(one is other for other in in_use)]
        more = max(0, room - chosen.room)
        while free and (
            len(self._caches) > _MOST_CACHES or sum(one.room for one in self._caches) + more > self._most_kept
        ):
            oldest = free.pop(0)
            self._caches = [one for one in self._caches if one is not oldest]
        chosen.reserve(room)
        return chosen


class _Text:
    """One of the texts that are written side by side.

    Args:
        answer: Its prompt, and the text as it grows.
        limits: How much to write.
        lookup: Guesses from the prompt; None for none.
    """

    def __init__(self, answer: _Answer, limits: Limits, lookup: Lookup | None) -> None:
        self.answer = answer
        self.guess: list[int] = []
        self.error: Exception | None = None
        self.room = len(answer.tokens) + limits.new_tokens
        self.cache: Cache
        self.is_cancelled: IsCancelled = lambda: False
        self.on_end: Callable[[Outcome | Exception], None] = lambda _: None
        self._lookup = lookup
        self._prompt = len(answer.tokens)

    @property
    def left_to_read(self) -> int:
        """Tokens of the prompt that are not in the cache."""
        return max(0, self._prompt - len(self.cache.tokens))

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be written."""
        if self.is_cancelled() and not self.answer.is_done:
            self.answer.is_done, self.answer.reason = True, "cancelled"
        return self.answer.is_done or self.error is not None

    def next(self, most: int, guesses: int) -> list[int]:
        """Tokens to read: more of the prompt, or the last one written and what may follow it."""
        self.guess = []
        start = len(self.cache.tokens)
        if self.answer.written == 0:
            return self.answer.tokens[start : start + most]
        if self._lookup is not None:
            for token in self.answer.tokens[self._lookup.length :]:
                self._lookup.add(token)
            self.guess = self._lookup.guess(min(guesses, self.room - len(self.answer.tokens) - 1))
        return [self.answer.tokens[-1], *self.guess]

    def take(self, scores: Floats) -> None:
        """Write what follows; what goes wrong ends this text alone."""
        try:
            right = self.answer.take(scores, self.guess)
        except Exception as error:  # noqa: BLE001
            self.error = error
            return
        if self._lookup is not None and self.guess:
            self._lookup.learn(len(self.guess), right)
            del self.cache.tokens[len(self.cache.tokens) - len(self.guess) + right :]

    def end(self) -> None:
        """Tell how it ended."""
        answer = self.answer
        if self.error is None:
            answer.words.end()
        outcome = Outcome(answer.reason, self._prompt, answer.written, answer.first_token_s, seconds=answer.seconds)
        self.on_end(self.error or outcome)


def refusal(order: Load) -> str:
    """Why the lean engine cannot take a model, in words; empty if it can."""
    folder = Path(order.folder)
    try:
        config = _json(folder / "config.json")
        adapter = _json(Path(order.adapter) / "adapter_config.json") if order.adapter else {}
        if not (folder / "tokenizer.json").exists():
            return "its tokenizer is of another kind"
        return reason_against(config, adapter)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "its configuration cannot be read"


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
        self._started = 0.0
        self._size = limits.no_repeat_tokens
        self._runs: set[tuple[int, ...]] = set()

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return time.perf_counter() - self._started if self._started else 0.0

    def begin(self) -> None:
        """Its turn has come."""
        self._started = time.perf_counter()

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
            self._write(token)
            if self.is_done or index == len(guess) or guess[index] != token:
                return index + int(index < len(guess) and guess[index] == token)
        return len(guess)

    def _write(self, token: int) -> None:
        self.tokens.append(token)
        self.written += 1
        self.first_token_s = self.first_token_s or time.perf_counter() - self._started
        self.words.add(token)
        if token in self._ends:
            self.is_done = True
        elif self._is_repeated():
            self.is_done, self.reason = True, "repeats"
        elif self.written >= self._limits.new_tokens:
            self.is_done, self.reason = True, "length"

    def _is_repeated(self) -> bool:
        """Whether the last tokens were written before, in this order."""
        if not self._size or self.written < self._size:
            return False
        run = tuple(self.tokens[-self._size :])
        is_known = run in self._runs
        self._runs.add(run)
        return is_known


class _CancelledError(Exception):
    """Raised between two layers to leave at once."""


def _look(writing: list[_Text]) -> None:
    if any(text.is_cancelled() for text in writing):
        raise _CancelledError


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
