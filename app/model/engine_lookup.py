"""Prompt lookup: guess the next tokens from the notes, which drafts mostly quote (Saxena 2023).

A guess is only ever checked, never believed, so it changes the speed and not the text.
"""

from __future__ import annotations

_FEW, _MOST = 3, 15
_GRAMS = (4, 3)
_PAUSE = 16


class Lookup:
    """Guesses for one answer.

    Args:
        tokens: The prompt; `add` tells what is written after it.
    """

    def __init__(self, tokens: list[int]) -> None:
        self._tokens = list(tokens)
        self._follows: dict[tuple[int, ...], int] = {}
        self._length = _FEW
        self._misses = 0
        self._paused_until = 0
        for end in range(1, len(tokens)):
            self._remember(end)

    @property
    def length(self) -> int:
        """Tokens it knows."""
        return len(self._tokens)

    def add(self, token: int) -> None:
        """Take a token that was written."""
        self._remember(len(self._tokens))
        self._tokens.append(token)

    def guess(self, most: int) -> list[int]:
        """What may follow: the words after the latest place where the last few tokens stood before.

        Args:
            most: Most tokens to guess.
        """
        if len(self._tokens) < self._paused_until:
            return []
        for size in _GRAMS:
            place = self._follows.get(tuple(self._tokens[-size:]))
            if place is not None:
                return self._tokens[place : place + min(most, self._length)]
        return []

    def learn(self, guessed: int, right: int) -> None:
        """Guess further where guesses hold, less where they do not, and pause where they keep failing.

        Args:
            guessed: How many tokens were guessed.
            right: How many of them were written.
        """
        if right == guessed:
            self._length, self._misses = min(_MOST, 2 * self._length), 0
        elif right:
            self._length, self._misses = max(_FEW, right + 1), 0
        else:
            self._length, self._misses = _FEW, self._misses + 1
            if self._misses > 1:
                self._paused_until = len(self._tokens) + _PAUSE * self._misses

    def _remember(self, end: int) -> None:
        for size in _GRAMS:
            if end >= size:
                self._follows[tuple(self._tokens[end - size : end])] = end
