"""Is a result outside what is usual? `resources/clinical/ranges.txt` says; ranks omissions and bears out words."""

from __future__ import annotations

from functools import cache

from app import paths
from app.checks import units, vocabulary
from app.checks.quantities import Quantity

_HALF = 0.5
_MICROGRAM = 1e-6  # grams
_MOST_GRAMS = 20  # of a drug in one dose
_LEAST_MICROGRAMS = 10  # no dose in mg of a drug that is given in micrograms
_IN_UNITS_TOO = frozenset({"enoxaparin", "colecalciferol", "erythropoietin", "penicillin", "vitamin a", "nystatin"})
_FAR = 50  # times less or more than usual
_IN_MOLES = frozenset({"sodium", "potassium", "chloride", "bicarbonate"})


def is_abnormal(value: Quantity) -> bool:
    """Tell whether a value of a quantity is outside its range; bare numbers are read in the first unit listed."""
    for dimension, low, high in _ranges().get(value.subject, ()):
        if value.dimension == dimension:
            return not low <= value.value <= high
        if not value.dimension:
            size = _sizes()[value.subject]
            return not low <= value.value * size <= high
    return False


def places(value: Quantity) -> tuple[float, ...]:
    """Tell where a value lies in its range: 0 at the lower end, 1 at the upper; a bare one in any of its units."""
    return tuple(
        (value.value * (1.0 if value.dimension else size) - low) / (high - low)
        for size, (dimension, low, high) in zip(
            _all_sizes().get(value.subject, ()), _ranges().get(value.subject, ()), strict=True
        )
        if value.dimension in ("", dimension)
    )


@cache
def _all_sizes() -> dict[str, tuple[float, ...]]:
    sizes: dict[str, list[float]] = {}
    for name, unit, _, _ in _lines():
        sizes.setdefault(name, []).append(unit.size if unit else 1.0)
    return {name: tuple(some) for name, some in sizes.items()}


def is_implausible(value: Quantity) -> bool:
    """Tell whether nobody measures so: a glucose of 1.4 umol/L, a sodium in mg/L."""
    known = [(low, high) for dimension, low, high in _ranges().get(value.subject, ()) if dimension == value.dimension]
    if not known:
        return value.subject in _IN_MOLES and "mass" in value.dimension
    return all(low and (value.value * _FAR < low or value.value > high * _FAR) for low, high in known)


@cache
def _ranges() -> dict[str, tuple[tuple[str, float, float], ...]]:
    found: dict[str, list[tuple[str, float, float]]] = {}
    for name, unit, low, high in _lines():
        size = unit.size if unit else 1.0
        found.setdefault(name, []).append((unit.dimension if unit else "", low * size, high * size))
    return {name: tuple(some) for name, some in found.items()}


@cache
def _sizes() -> dict[str, float]:
    sizes: dict[str, float] = {}
    for name, unit, _, _ in _lines():
        sizes.setdefault(name, unit.size if unit else 1.0)
    return sizes


@cache
def _lines() -> tuple[tuple[str, units.Unit | None, float, float], ...]:
    text = (paths.resources() / "clinical" / "ranges.txt").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple((row[0].strip(), units.at(row[1].strip(), 0), float(row[2]), float(row[3])) for row in rows)


def is_implausible_dose(value: Quantity) -> bool:
    """Whether the unit that a draft puts to a bare dose of the notes is none of that drug: carvedilol 12.5 mcg.

    Args:
        value: The draft's value; of a quantity, `is_implausible` answers.

    Returns:
        Whether it is; never for values that are neither of a drug nor of a quantity.
    """
    if value.subject_kind == "quantity":
        return is_implausible(value)
    if value.subject_kind != "drug" or value.dimension not in ("mass", "unit"):
        return False
    usual = vocabulary.usual_unit(value.subject)
    if value.dimension == "unit":
        return usual in ("mg", "mcg") and value.subject not in _IN_UNITS_TOO
    written = value.value / value.numbers[0] if value.numbers and value.numbers[0] else 0.0
    if usual == "units":
        return value.subject not in _IN_UNITS_TOO
    if abs(written - _MICROGRAM) < _MICROGRAM / 2:
        return usual != "mcg"
    if abs(written - 1) < _HALF:
        return value.numbers[0] >= _MOST_GRAMS
    return usual == "mcg" and value.numbers[0] >= _LEAST_MICROGRAMS
