"""Units as notes write them, each with its dimension and its size in that dimension's own unit.

An own table of the units that stand in letters. Pint knows more and checks dimensions as well, but takes a third of a
second to import and reads "U", "h" and "C" otherwise than a ward does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Name for people, dimension, size, spellings.
_UNITS: tuple[tuple[str, str, float, str], ...] = (
    ("kg", "mass", 1e3, r"kgs?|kilograms?|kilos?|公斤|千克"),
    ("mg", "mass", 1e-3, r"mgs?|milligrams?|毫克"),
    ("mcg", "mass", 1e-6, r"mcgs?|[µμu]g|micrograms?|微克"),
    ("ng", "mass", 1e-9, r"ng|nanograms?"),
    ("pg", "mass", 1e-12, r"pg|picograms?"),
    ("g", "mass", 1.0, r"g|gm|gms|grams?|克"),
    ("mmol", "amount", 1e-3, r"mmols?|millimoles?"),
    ("umol", "amount", 1e-6, r"[µμu]mols?|micromols?|micromoles?"),
    ("nmol", "amount", 1e-9, r"nmols?"),
    ("pmol", "amount", 1e-12, r"pmols?"),
    ("mmHg", "pressure", 1.0, r"mm ?hg|millimet(?:re|er)s of mercury|毫米汞柱"),
    ("kPa", "kilopascal", 1.0, r"kpa"),
    ("cmH2O", "water", 1.0, r"cm ?h2o"),
    ("mL", "volume", 1e-3, r"mls?|millilit(?:re|er)s?|ccs?|毫升"),
    ("dL", "volume", 1e-1, r"dl|decilit(?:re|er)s?"),
    ("L", "volume", 1.0, r"l|lit(?:re|er)s?|升"),
    ("units", "unit", 1.0, r"international units?|units?|iu|u|单位"),
    ("mU", "unit", 1e-3, r"m(?:i)?u"),
    ("m2", "area", 1.0, r"m2|m\u00b2|sq(?:uare|\.)? ?met(?:re|er)s?|m sq"),
    ("cm2", "area", 1e-4, r"cm2|cm\u00b2|sq(?:uare|\.)? ?(?:cm|centimet(?:re|er)s?)"),
    ("mm", "length", 1e-3, r"mm|millimet(?:re|er)s?|毫米"),
    ("cm", "length", 1e-2, r"cms?|centimet(?:re|er)s?|厘米"),
    ("m", "length", 1.0, r"m|met(?:re|er)s?|米"),
    ("seconds", "time", 1 / 3600, r"s|secs?|seconds?|秒"),
    ("minutes", "time", 1 / 60, r"mins?|minutes?|分钟"),
    ("hours", "time", 1.0, r"h|hrs?|hours?|小时"),
    ("days", "time", 24.0, r"d|days?|nights?|天|日(?!次)"),
    ("fortnights", "time", 336.0, r"fortnights?"),
    ("weeks", "time", 168.0, r"wks?|weeks?|周|星期"),
    ("months", "month", 1.0, r"mths?|months?|mos?|个?月"),
    ("years", "month", 12.0, r"y|yrs?|years?|年"),
    ("%", "percent", 1.0, r"%|percent|per cent|\uff05"),
    ("bpm", "rate", 1.0, r"bpm|beats per minute|breaths per minute|breaths/min|beats/min|/min|per minute|次/分"),
    ("C", "temperature", 1.0, r"°? ?c(?:elsius)?|℃|degrees(?: c(?:elsius)?)?|度"),
    ("x10^9", "count", 1.0, r"[x\u00d7*] ?10 ?[\^*]? ?[9⁹]"),
    ("x10^12", "tera", 1.0, r"[x\u00d7*] ?10 ?[\^*]? ?12"),
    ("tablets", "piece", 1.0, r"tabs?|tablets?|片"),
    ("capsules", "piece", 1.0, r"caps?|capsules?|粒"),
    ("puffs", "puff", 1.0, r"puffs?|喷"),
    ("drops", "drop", 1.0, r"drops?|滴"),
    ("sachets", "sachet", 1.0, r"sachets?|袋"),
    ("mEq", "equivalent", 1.0, r"meq"),
    ("pack-years", "pack", 1.0, r"pack[ -]years?"),
    ("Fr", "french", 1.0, r"fr|french|ch|charri[e\u00e8]res?"),
    ("sessions", "session", 1.0, r"sessions?|cycles?"),
    ("pillows", "pillow", 1.0, r"pillows?"),
    ("lb", "mass", 453.592, r"lbs?|pounds?"),
    ("oz", "mass", 28.35, r"oz|ounces?"),
    ("inches", "length", 0.0254, r"inch(?:es)?"),
    ("feet", "length", 0.3048, r"ft|feet|foot"),
    ("yards", "length", 0.9144, r"yds?|yards?"),
    ("miles", "length", 1609.34, r"miles?"),
    ("km", "length", 1000.0, r"kms?|kilomet(?:re|er)s?|公里"),
    ("pints", "pint", 1.0, r"pints?"),
    ("cigarettes", "cigarette", 1.0, r"cigs?|cigarettes?|支"),
)
_ONE = "|".join(f"(?P<u{number}>{spelling})" for number, (*_, spelling) in enumerate(_UNITS))
_BARE = "|".join(f"(?:{spelling})" for *_, spelling in _UNITS)
# Longest first is not needed: the word end decides, and a Chinese character may follow at once.
# "5 units an hour", "5 mg for each kilogram"; "every hour", "a day" and "a week" are how often, not how fast.
_PER = r"\s?/\s?|\sper\s|\san\s(?=hour)|\sa\s(?=minute)|\sfor (?:each|every)\s(?=kg|kilo)"
_UNIT = re.compile(
    rf"(?P<unit>{_BARE})(?![A-Za-zµ])"
    rf"(?P<per>(?:(?:{_PER})(?:1\.73 ?m[2²]|\d*\s?(?:{_BARE}))(?![A-Za-zµ])){{0,2}})",
    re.IGNORECASE,
)
_NAMED = re.compile(_ONE, re.IGNORECASE)
_DENOMINATOR = re.compile(rf"(?:{_PER})(?P<times>\d*)\s?(?P<unit>1\.73 ?m[2²]|(?:{_BARE})(?![A-Za-zµ]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that follows a number.

    Attributes:
        name: For people.
        dimension: Units of the same one can be compared; "mass/volume" where one divides another.
        size: Factor to the dimension's own unit.
        end: Where it ends in the text.
    """

    name: str
    dimension: str
    size: float
    end: int


def at(text: str, position: int) -> Unit | None:
    """Read the unit that stands at a place of a text, spaces and a hyphen before it skipped.

    Args:
        text: The text.
        position: Where the number ends.

    Returns:
        The unit, or None where no known one follows.
    """
    start = re.compile(r"[ \u3000]?[- ]?").match(text, position)
    match = _UNIT.match(text, start.end() if start else position)
    if match is None or match["unit"] in ("HR", "D", "S"):  # "BP 162/94 HR 88"
        return None
    name, dimension, size = _named(match["unit"])
    for per in _DENOMINATOR.finditer(match["per"] or ""):
        if not per["unit"].startswith("1.73"):
            under_name, under_dimension, under_size = _named(per["unit"])
            name, dimension = f"{name}/{under_name}", f"{dimension}/{under_dimension}"
            size /= under_size * (float(per["times"] or 1) or 1.0)  # "0%/0" is a slip, not a size
    return Unit(name, dimension, size, match.end())


def _named(spelling: str) -> tuple[str, str, float]:
    match = _NAMED.fullmatch(spelling)
    number = int(next(name for name, value in match.groupdict().items() if value is not None)[1:]) if match else 0
    return _UNITS[number][:3]
