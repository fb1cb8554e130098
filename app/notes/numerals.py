"""Numbers in words: "two", "两", and as dictation leaves them, "one hundred and thirty four", "four point five"."""

from __future__ import annotations

import re

UNITS = {
    "nought": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
CHINESE = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
# How many days, weeks or tablets: words that count small numbers.
COUNTS = {word: number for word, number in UNITS.items() if 1 <= number <= 14} | {"twenty-one": 21}
LONGEST_FIRST = sorted(COUNTS, key=len, reverse=True)  # "fourteen" before "four"
_SIZES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_FIRST = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth"
)
# By words with single spaces and no hyphens.
ORDINALS = {word: number for number, word in enumerate(_FIRST.split(), 1)} | {"thirtieth": 30, "thirty first": 31}
ORDINALS |= {f"twenty {word}": 20 + number for number, word in enumerate(_FIRST.split()[:9], 1)}
ORDINALS |= {key.replace(" ", "-"): value for key, value in list(ORDINALS.items())}
_WORD = "|".join([*UNITS, *TENS, *_SIZES])
# "two" alone is no match: it may count anything. "one hundred", "twenty one", "four point five" are.
PATTERN = (
    rf"(?:(?:{_WORD})(?:(?:[ -]|(?<=hundred) and |(?<=thousand) and )(?:{_WORD}))+(?: point(?: (?:{_WORD}))+)?"
    rf"|(?:{_WORD}) point(?: (?:{_WORD}))+"
    rf"|{'|'.join(TENS)}|{'|'.join(list(UNITS)[13:])})"
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
    return UNITS.get(word, TENS.get(word, _SIZES.get(word, 0)))
