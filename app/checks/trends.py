"""Does a value go the way the draft says: up or down, better or worse?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from app.checks import facts, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.quantities import Quantity
from app.drafts.draft import Section
from app.notes.note import Note, Span

_WAYS = re.compile(
    r"\b(?:(?P<up>rose|risen|rising|increased|went up|gone up|climb(?:ed|ing)|up from|higher"
    r"|(?:continu\w+|kept) (?:to )?(?:climb|ris|increas)\w*)"
    r"|(?P<down>fell|fallen|falling|dropp(?:ed|ing)|decreased|came down|come down|coming down|went down"
    r"|gone down|down from|lower|(?:continu\w+|kept) (?:to )?(?:fall|drop|decreas)\w*)"
    r"|(?P<better>(?:continu\w+ to )?improv\w+|recover\w+|better)"
    r"|(?P<worse>worse|(?:continu\w+ to )?worsen\w*|deteriorat\w+))\b"
    r"|(?P<zh_up>上升|升高|升至|增高)|(?P<zh_down>下降|降低|降至)",
    re.IGNORECASE,
)
# Values of which more is better, and of which less is.
_MORE = frozenset(
    {"lvef", "haemoglobin", "platelets", "albumin", "egfr", "oxygen saturation", "fev1", "fvc", "gcs", "sodium", "abpi",
     "peak flow", "mmse", "moca", "amts", "urine output"}
)  # fmt: skip
_LESS = frozenset(
    {
        "creatinine",
        "crp",
        "white cells",
        "lactate",
        "bilirubin",
        "urea",
        "pain score",
        "alt",
        "troponin",
        "hba1c",
        "esr",
        "ntprobnp",
        "ammonia",
        "das28",
        "cea",
        "psa",
        "alp",
        "ast",
        "d-dimer",
        "inr",
        "ck",
        "procalcitonin",
        "bnp",
    }
)
# What stands for a value without naming it.
_OTHERWISE = (
    (re.compile(r"\b(?:renal|kidney) function\b|肾功能", re.IGNORECASE), "creatinine"),
    (re.compile(r"\binflammatory markers\b", re.IGNORECASE), "crp"),
    (re.compile(r"\bejection fraction\b", re.IGNORECASE), "lvef"),
)
_THEN = re.compile(r"\s*[a-zA-Z%/^\d.]{0,10}\s*(?:[-=]*>|\u2192|\||to|then)\s*")
# "48 (was 42)", "67 (Oct 108)", "112 (C1 129)": what stands in brackets came before.
_BEFORE = re.compile(
    r"\W{0,4}(?:was|prior|prev\w*|from|peak|nadir|baseline|b/l|bl|pre|up from|down from|峰值)\W{0,3}"
    r"|\s?\(\s?(?:(?!target|aim|goal|normal|ref|max|min|range|limit|then|now|post|after|by|dry)[a-z][\w/-]{0,9}\W{1,2}){0,2}",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(
    r"\b(?:target|aim\w*|goal|if|>|<|normal|ref\w*|range|keep|until|once)\W{0,3}(?:\w+\W)?$", re.IGNORECASE
)
_NO_TREND = re.compile(
    r"\b(?:never|then|after|before(?! (?:discharge|going|leaving|(?:s?he|they) (?:left|went)))|again|peak\w*"
    r"|than(?! (?:on|at|when) (?:admission|presentation|arrival|baseline)))\b|后",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?:\bnot|n['’]t|\bno) (?:yet )?$", re.IGNORECASE)


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare the way a value goes in one sentence of a draft with the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        Findings of the kind `opposite`; all block. None where the notes' values go both ways.
    """
    own = sentence.span.of(section.text)
    ways = list(_WAYS.finditer(own))
    named = {word.key for word in sentence.words if word.kind == "quantity"}
    named |= {subject for pattern, subject in _OTHERWISE if not named and pattern.search(own)}
    if len(ways) != 1 or len(named) != 1 or _NO_TREND.search(own):
        return
    (subject,) = named
    rises = _rises(ways[0], subject)
    values = {one.numbers[0] for one in sentence.quantities if one.numbers and one.subject in ("", subject)}
    is_denied = bool(_NOT.search(own[: ways[0].start()]))
    steps = _fitting(_steps_of(note, subject), _series(note, subject), values)
    if rises is None or not steps or any((_has_risen(first, last) == rises) != is_denied for first, last in steps):
        return
    first, last = steps[0]
    place = Span(sentence.span.start + ways[0].start(), sentence.span.start + ways[0].end())
    source = Span(min(first.span.start, last.span.start), max(first.span.end, last.span.end))
    quote = source.of(note.text) if source.end - source.start < _QUOTE else f"{first.text} \u2192 {last.text}"
    message = said(wording.OPPOSITE, value=ways[0][0], source=quote)
    yield block("opposite", message, (first.span, last.span), section=section.key, draft=place)


_QUOTE = 60  # characters
Step = tuple[Quantity, Quantity]


def _fitting(told: Sequence[Step], series: Sequence[Quantity], values: set[float]) -> list[Step]:
    """The steps that a sentence with these values may speak of."""
    if len(values) > 2:
        return []
    if len(values) == 2:
        every = [*told, *((one, other) for n, one in enumerate(series) for other in series[n + 1 :])]
        return [step for step in every if {step[0].numbers[0], step[1].numbers[0]} == values]
    if values:
        (value,) = values
        steps = [step for step in told if step[1].numbers[0] == value]
        return steps or [step for step in pairwise(series) if step[1].numbers[0] == value]
    steps = list(pairwise(series))
    goes_one_way = len({_has_risen(first, last) for first, last in steps}) == 1
    return list(told) or (steps if goes_one_way else [])


def _has_risen(first: Quantity, last: Quantity) -> bool:
    """Whether the second value is the higher; where one has no unit it has the other's."""
    if first.dimension == last.dimension:
        return last.value > first.value
    return last.numbers[0] > first.numbers[0]


def _rises(way: re.Match[str], subject: str) -> bool | None:
    """Whether the words say that the value rises; None where they do not tell for this value."""
    name = (way.lastgroup or "").removeprefix("zh_")
    if name in ("up", "down"):
        return name == "up"
    if subject in _MORE | _LESS:
        return (name == "better") == (subject in _MORE)
    return None


@lru_cache(maxsize=64)
def _steps_of(note: Note, subject: str) -> tuple[Step, ...]:
    return tuple(step for one in facts.of_note(note) for step in _steps(note.text, one.quantities, subject))


def _steps(text: str, values: Sequence[Quantity], subject: str) -> Iterator[Step]:
    """Pairs of values of one thing that follow each other in time: "9.1 -> 8.6", "48 (was 42)"."""
    mine = [one for one in values if one.subject == subject and one.numbers]
    for one, other in pairwise(mine):
        between = text[one.span.end : other.span.start]
        if one.value == other.value:
            continue
        if _THEN.fullmatch(between):
            yield one, other
        elif _BEFORE.fullmatch(between):
            yield other, one


@lru_cache(maxsize=64)
def _series(note: Note, subject: str) -> tuple[Quantity, ...]:
    """The values of one thing in the order of time, as far as the order of the text and "was" tell it.

    Documents are put in the order of their dates; none where some have no date.
    """
    documents = [one.date for one in note.documents]
    if len(documents) > 1 and not all(documents):
        return ()
    found: list[Quantity] = []
    for sentence in sorted(facts.of_note(note), key=lambda one: documents[one.document]):
        mine = [one for one in sentence.quantities if one.subject == subject and len(one.numbers) == 1]
        kept: list[Quantity] = []
        for one in mine:
            if _NO_VALUE.search(note.text, max(0, one.span.start - 20), one.span.start):
                continue
            if kept and _BEFORE.fullmatch(note.text[kept[-1].span.end : one.span.start]):
                kept.insert(len(kept) - 1, one)
            else:
                kept.append(one)
        found += kept
    dimensions = {one.dimension for one in found} - {""}
    distinct = [one for n, one in enumerate(found) if not n or one.value != found[n - 1].value]
    return tuple(distinct) if len(dimensions) < 2 and (not dimensions or all(one.dimension for one in found)) else ()
