"""Surrogates for identifying pieces of text: the same piece of a row gets the same one, dates move together."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
_SURROGATE_FORENAMES = [
    "Alex",
    "Robin",
    "Jamie",
    "Morgan",
    "Taylor",
    "Casey",
    "Drew",
    "Jordan",
    "Avery",
    "Quinn",
    "Rowan",
    "Sasha",
    "Kim",
    "Leslie",
]
_SURROGATE_SURNAMES = [
    "Archer",
    "Bishop",
    "Carver",
    "Dalton",
    "Ellery",
    "Fisher",
    "Garner",
    "Hobbs",
    "Ives",
    "Jarrett",
    "Keller",
    "Lomax",
    "Mercer",
]
_SURROGATE_TOWNS = ["Ashbury", "Brookfield", "Claymoor", "Denholm", "Elmstead", "Foxley", "Greenhythe", "Holmfield"]
HOUSE = r"(?:Hospital|Infirmary|Clinic|Medical Cent(?:er|re)|Health Cent(?:er|re)|Surgery|Hospice|Nursing Home|Ward)"


@dataclass(frozen=True, slots=True)
class Found:
    """An identifying piece of text.

    Attributes:
        start: Its first character.
        end: The character after its last.
        kind: What it is.
        match: The match that found it; None for a name seen before.
    """

    start: int
    end: int
    kind: str
    match: re.Match[str] | None = None


class Surrogates:
    """Surrogates of one row.

    Args:
        chance: Source of the surrogates.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._shift = datetime.timedelta(days=chance.choice([-1, 1]) * chance.randint(30, 1500))
        self._known: dict[tuple[str, str], str] = {}

    def make(self, found: Found, original: str) -> str:
        """The surrogate of a piece."""
        if found.kind in ("date", "month", "year"):
            return self._date(found, original)
        if found.kind == "person":
            return re.sub(r"[\w'’-]{2,}", lambda part: self._name(part[0]), original)
        key = found.kind, original.casefold()
        if key not in self._known:
            self._known[key] = self._new(found.kind, original)
        return self._known[key]

    def _name(self, part: str) -> str:
        """One part of a name: forenames and surnames need not be told apart to stay consistent."""
        key = "name", part.casefold()
        if key not in self._known:
            used = set(self._known.values())
            pool = [one for one in (*_SURROGATE_FORENAMES, *_SURROGATE_SURNAMES) if one not in used]
            self._known[key] = self._chance.choice(pool or _SURROGATE_SURNAMES)
        return self._known[key]

    def _new(self, kind: str, original: str) -> str:
        town = self._chance.choice(_SURROGATE_TOWNS)
        fixed: dict[str, Callable[[], str]] = {
            "email": lambda: f"person{self._chance.randint(100, 999)}@example.org",
            "url": lambda: "https://example.org",
            "age": lambda: "90",
            "town": lambda: town,
            "hospital": lambda: f"{town} {found[0] if (found := re.search(HOUSE + '$', original)) else 'Hospital'}",
            "address": lambda: f"{self._chance.randint(1, 99)} {town} Road, {town}",
        }
        return fixed[kind]() if kind in fixed else self._same_shape(original)

    def _same_shape(self, original: str) -> str:
        """Other digits and capitals, everything else as it was."""
        digits = re.sub(r"\d", lambda _: str(self._chance.randint(1, 9)), original)
        prefix = re.match(r"^(?:MRN|NHS|ID|SSN)\b", digits)
        start = prefix.end() if prefix else 0
        return digits[:start] + re.sub(r"[A-Z]", lambda _: self._chance.choice("ABCDEFGHJK"), digits[start:])

    def _date(self, found: Found, original: str) -> str:
        parts = {name[0]: value for name, value in (found.match.groupdict() if found.match else {}).items() if value}
        if found.kind == "year":
            return str((datetime.date(int(original), 7, 1) + self._shift).year)
        year = int(parts["y"]) + (0 if len(parts["y"]) == 4 else 2000 if int(parts["y"]) < 50 else 1900)
        month, day = _month_and_day(parts)
        try:
            moved = datetime.date(year, month, day) + self._shift
        except (ValueError, OverflowError):
            return self._same_shape(original)
        return _written_alike(found.kind, parts, original, moved)


def _month_and_day(parts: dict[str, str]) -> tuple[int, int]:
    if "a" in parts:  # 3/4: which is the day is unknown, and does not matter as long as both are written back alike
        first, second = int(parts["a"]), int(parts["b"])
        return (second, first) if second <= 12 else (first, second)
    word = parts["m"]
    month = (
        int(word)
        if word.isdigit()
        else next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(word[:3].casefold()))
    )
    return month, int(parts.get("d", "1"))


def _written_alike(kind: str, parts: dict[str, str], original: str, moved: datetime.date) -> str:
    """Write the moved date in the form the original had."""
    year = f"{moved.year:04}"[-len(parts["y"]) :]
    if "a" in parts:
        is_day_first = int(parts["b"]) <= 12
        first, second = (moved.day, moved.month) if is_day_first else (moved.month, moved.day)
        width = 2 if len(parts["a"]) == 2 and len(parts["b"]) == 2 else 1
        return f"{first:0{width}}{parts['s']}{second:0{width}}{parts['s']}{year}"
    if parts["m"].isdigit():
        return f"{year}-{moved.month:02}-{moved.day:02}"
    name = _MONTHS[moved.month - 1].capitalize()
    if kind == "month":
        return f"{name} {year}"
    return f"{moved.day} {name} {year}" if original[0].isdigit() else f"{name} {moved.day}, {year}"
