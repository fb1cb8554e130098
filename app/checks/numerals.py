"""Numbers in words, as dictation leaves them: "one hundred and thirty four", "thirty-eight point seven"."""

from __future__ import annotations

import re

_UNITS = {
    "nought": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SIZES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_FIRST = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth"
)
# By words with single spaces and no hyphens.
ORDINALS = {word: number for number, word in enumerate(_FIRST.split(), 1)} | {"thirtieth": 30, "thirty first": 31}
ORDINALS |= {f"twenty {word}": 20 + number for number, word in enumerate(_FIRST.split()[:9], 1)}
ORDINALS |= {key.replace(" ", "-"): value for key, value in list(ORDINALS.items())}
_WORD = "|".join([*_UNITS, *_TENS, *_SIZES])
# "two" alone is no match: it may count anything. "one hundred", "twenty one", "four point five" are.
PATTERN = (
    rf"(?:(?:{_WORD})(?:[ -](?:and )?(?:{_WORD}))+(?: point(?: (?:{_WORD}))+)?|(?:{_WORD}) point(?: (?:{_WORD}))+"
    rf"|{'|'.join(_TENS)}|{'|'.join(list(_UNITS)[13:])})"
)


def value(words: str) -> float:
    """Read a number in words.

    Args:
        words: What `PATTERN` matched, of any case.
    """
    whole, _, part = re.sub(r"[-\s]+", " ", words.casefold()).partition(" point ")
    digits = "".join(str(_plain(one)) for one in part.split())
    return float(f"{_whole(whole.split())}.{digits or 0}")


def _whole(words: list[str]) -> int:
    total = part = 0
    for word in words:
        if word in _SIZES and word != "hundred":
            total, part = total + max(part, 1) * _SIZES[word], 0
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word != "and":
            part += _plain(word)
    return total + part


def _plain(word: str) -> int:
    return _UNITS.get(word, _TENS.get(word, _SIZES.get(word, 0)))
