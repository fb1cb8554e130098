"""Are two values the same? After conversion, rounded, in another unit that people leave out."""

from __future__ import annotations

import re
from dataclasses import replace

from app.checks import loose_times
from app.checks.quantities import Quantity

_COUNTED = ("unit", "pint", "cigarette", "volume", "length")  # of which notes leave out "a day" or "a week"
_KILO = re.compile(r"kgs?\b|kilo", re.IGNORECASE)  # "6 kg/3mo" is a weight lost


def same(one: Quantity, other: Quantity) -> bool:
    """Tell whether two values are equal: after conversion, or where one is the other rounded.

    Bare numbers equal numbers with a unit: people leave out the unit of what everybody knows.
    """
    for fraction, time in ((one, other), (other, one)):
        if fraction.hours is not None and time.dimension in ("time", "month"):
            return _close(
                fraction.hours, time.value * (loose_times.HOURS_OF_A_MONTH if time.dimension == "month" else 1.0)
            )
    if one.dimension == other.dimension:
        return _equal(one, other)
    if {one.dimension, other.dimension} == {"time", "month"}:
        return _equal(_in_hours(one), _in_hours(other))
    if {one.dimension, other.dimension} in [{name, f"{name}/time"} for name in _COUNTED]:
        return one.numbers == other.numbers  # "80 units a week", "home oxygen 1 L", "22 cm" behind "a second"
    if {one.dimension, other.dimension} == {"mass", "mass/month"} and "drug" not in (
        one.subject_kind,
        other.subject_kind,
    ):
        return one.numbers == other.numbers and _KILO.search(one.text) is not None and bool(_KILO.search(other.text))
    if "ratio" in (one.dimension, other.dimension) and len(one.numbers) > 1:
        return one.numbers == other.numbers  # "24/26" of two drugs in one tablet
    if "" in (one.dimension, other.dimension) and not {"age", "grade"} & {one.dimension, other.dimension}:
        return one.numbers == other.numbers or _is_end(one, other) or _is_end(other, one)
    return False


def _is_end(one: Quantity, other: Quantity) -> bool:
    """Whether a number is an end of a range: "between 92 and 97 percent" for "92-97"."""
    is_range = other.other is not None and not other.dimension
    return is_range and one.dimension == "percent" and len(one.numbers) == 1 and one.numbers[0] in other.numbers


def is_in(hours: float, one: Quantity, rate: Quantity) -> bool:
    """Tell whether an amount is what a rate gives in so many hours: "5 mg every week" for "5 mg/wk"."""
    is_rate = rate.dimension == f"{one.dimension}/time" and one.other is None and rate.other is None
    return is_rate and _close(one.value, rate.value * hours)


def _in_hours(one: Quantity) -> Quantity:
    if one.dimension == "time":
        return one
    other = None if one.other is None else one.other * loose_times.HOURS_OF_A_MONTH
    return replace(one, value=one.value * loose_times.HOURS_OF_A_MONTH, other=other)


def _equal(one: Quantity, other: Quantity) -> bool:
    mine, theirs = (
        [v for v in (one.value, one.other) if v is not None],
        [v for v in (other.value, other.other) if v is not None],
    )
    if len(mine) == len(theirs):
        return all(_close(a, b) for a, b in zip(mine, theirs, strict=True)) or (
            len(mine) == 1 and _is_rounded(one, other)
        )
    # One end of a range, or a pressure's first number alone.
    return one.dimension != "pressure" and any(_close(a, b) for a in mine for b in theirs) and len(mine) < len(theirs)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other))


def _is_rounded(one: Quantity, other: Quantity) -> bool:
    """Whether the first is the second with fewer digits, and nearly the same."""
    is_temperature = "temperature" in (one.dimension, other.dimension, one.subject)  # 37.4 C is no 37 C
    if one.decimals >= other.decimals or not other.value or one.subject_kind == "drug" or is_temperature:
        return False
    number, exact = one.numbers[0], other.numbers[0]
    return round(exact, one.decimals) == number and abs(one.value - other.value) < 0.02 * other.value
