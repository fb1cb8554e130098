"""Times that notes write in figures which are no value by themselves: "D6", "40+6", "q6mo", "5 days/wk", "6 kg/3mo".

They bear out what a draft says; they contradict nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

HOURS_OF_A_MONTH = 730.5
PARTS = {24: 1.0, 7: 24.0, 52: 168.0, 12: HOURS_OF_A_MONTH}  # hours: hours, days, weeks, months, as in "2/52"
_HOURS_OF = {"h": 1.0, "d": 24.0, "w": 168.0, "m": HOURS_OF_A_MONTH}
_LOOSE_TIME = re.compile(
    r"\b(?:day|pod|d) ?(?P<day>\d{1,2})\b|(?<![\d.])(?P<weeks>[1-4]\d)(?:\+(?P<more>[0-6])(?!\d)|/40\b)"
    r"|第(?P<zh>\d{1,2})天",
    re.IGNORECASE,
)
Rhythm = Literal["every", "each", "over"]
_RHYTHM_GROUPS: dict[Rhythm, tuple[str, ...]] = {"every": ("q", "ly"), "each": ("on",), "over": ("under", "hours")}
# How often, and out of what time: "q6mo", "3-monthly", "3/12ly", "5 days/wk", "3h/night", "6 kg/3mo".
_RHYTHM = re.compile(
    r"\bq ?(?P<q>\d{1,2}) ?(?P<q_unit>h|d|w|mo|m)(?:rs?|ays?|ks?|o?s?)?\b"
    r"|(?<![\d/])(?P<ly>\d{1,2})[- ]?(?P<ly_unit>hour|week|month)ly\b"
    r"|(?<![\d/])(?P<part>\d{1,2})/(?P<of>7|52|12) ?ly\b"
    r"|(?<![\d/])(?P<on>\d{1,2}) ?(?P<on_unit>d|h)(?:ays?|ours?|rs?)?/(?:wk|week|night|day)\b"
    r"|(?:(?<=[A-Za-z])/(?P<under>\d{1,2}) ?(?P<under_unit>d|w|mo)|(?<=mg)/(?P<hours>\d{1,2}) ?(?P<hours_unit>h))"
    r"(?:rs?|ours?|ays?|ks?|eeks?|nths?)?\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4)
def loosely(text: str) -> frozenset[float]:
    """Give the times, in hours, that some figures of notes may mean: "D6", "40+6", "28/40".

    They bear out what a draft says; they contradict nothing.
    """
    found: set[float] = set()
    for match in _LOOSE_TIME.finditer(text):
        if match["day"] or match["zh"]:
            found.add(24.0 * int(match["day"] or match["zh"]))
        else:
            found |= {168.0 * int(match["weeks"]), 24.0 * int(match["more"] or 0)}
    return frozenset(found)


@lru_cache(maxsize=8)
def recurring(text: str, how: Rhythm) -> frozenset[float]:
    """Give the times, in hours, that notes write as a rhythm.

    Args:
        text: The notes.
        how: `every` for "q6mo", "3-monthly" and "3/12ly", `each` for "5 days/wk" and "3h/night", `over` for "6 kg/3mo".
    """
    found: set[float] = set()
    for match in _RHYTHM.finditer(text):
        for name in _RHYTHM_GROUPS[how]:
            if match[name]:
                found.add(int(match[name]) * _HOURS_OF[match[f"{name}_unit"][0].lower()])
        if how == "every" and match["part"]:
            found.add(int(match["part"]) * PARTS[int(match["of"])])
    return frozenset(found)
