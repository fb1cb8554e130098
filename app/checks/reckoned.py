"""Values that the notes do not write down but bear out: differences, sums, so many tablets of one strength."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from app.checks.quantities import Quantity

_DIFFERENCE = re.compile(
    r"\b(?:by|lost|loss|gain(?:ed)?|fall|fell|drop(?:ped)?|rise|rose|change|difference|net|total"
    r"|(?:short|long|low|high|light|heavi|small|larg|great|few|bett)er|more|less)\b",
    re.I,
)
# What is to be done has its own time, which no two dates of the notes bear out.
_ORDER = re.compile(
    r"\b(?:restart|resume|remov|repeat|review|stop|start|flight|fl[iy]|needs?|needed|may|should|must|to be"
    r"|recheck)\w*\b[^.\n]*$",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\s?(?:mgs?|mcg|g)?\s?[x\u00d7]\s?", re.IGNORECASE)
_MOST_TABLETS = 20
_TWICE = 2.0
_REACH = 80  # characters


def is_difference(sentence: str, value: Quantity, *some: Sequence[Quantity]) -> bool:
    """Tell whether a sentence gives the difference or the sum of two values: "six kilograms lower".

    Args:
        sentence: The sentence.
        value: Its value.
        some: Values of the notes; two of one group are compared.

    Returns:
        Whether it says so and two such values have it.
    """
    return bool(_DIFFERENCE.search(sentence)) and any(_differ_by(value, of) for of in some)


def _differ_by(value: Quantity, of: Sequence[Quantity]) -> bool:
    values = [one.value for one in of if one.dimension == value.dimension][:60]
    if value.subject_kind == "quantity" and value.dimension and value.numbers and value.numbers[0]:  # "84 kg (was 89)"
        size = value.value / value.numbers[0]
        some = [
            one.numbers[0] * size for one in of if one.numbers and one.subject == value.subject and not one.dimension
        ]
        near = [(a, b) for a in values for b in some[:60] if max(a, b) < _TWICE * min(a, b)]
        if any(abs(abs(a - b) - value.value) <= 1e-6 * max(a, b) for a, b in near):
            return True
    bare = [one.numbers[0] for one in of if one.numbers and not one.dimension][:60]
    if value.numbers and any(abs(abs(a - b) - value.numbers[0]) <= 1e-6 * max(a, 1e-9) for a in bare for b in bare):
        return True
    return any(
        abs(abs(a - b) - value.value) <= 1e-6 * max(a, b, 1e-9)
        or (value.subject_kind != "drug" and abs(a + b - value.value) <= 1e-6 * max(a, b, 1e-9))  # no doses are added
        for n, a in enumerate(values)
        for b in values[n + 1 :]
    )


def is_ordered(text: str, value: Quantity) -> bool:
    """Tell whether a span of time is that of something to be done: "restart apixaban 7 days after surgery".

    Args:
        text: The draft's text.
        value: The span of time.
    """
    return bool(_ORDER.search(text, max(0, value.span.start - _REACH), value.span.start))


def is_product(text: str, value: Quantity, of: Sequence[Quantity]) -> bool:
    """Tell whether a dose is that of so many tablets: "81 x4" for 324 mg.

    Args:
        text: The notes.
        value: The dose.
        of: Values of the notes, in the order of each sentence.

    Returns:
        Whether two values that stand side by side have it as their product.
    """
    return any(
        bool(a.numbers and b.numbers and value.numbers)
        and not b.dimension  # "3 mg x 7 days" is a week of 3 mg
        and 1 < b.numbers[0] <= _MOST_TABLETS
        and a.numbers[0] * b.numbers[0] == value.numbers[0]
        and bool(_TIMES.fullmatch(text[a.span.start + len(f"{a.numbers[0]:g}") : b.span.start]))
        for a, b in pairwise(of)
    )
