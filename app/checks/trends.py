"""Does a value go the way the draft says: up or down, better or worse?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.checks import facts, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.quantities import Quantity
from app.drafts.draft import Section
from app.notes.note import Note, Span

_WAYS = re.compile(
    r"\b(?:(?P<up>rose|risen|rising|increased|went up|gone up|climbed|up from|higher)"
    r"|(?P<down>fell|fallen|falling|dropped|decreased|came down|come down|went down|gone down|down from|lower)"
    r"|(?P<better>improv\w+|recover\w+)|(?P<worse>worse|worsen\w*|deteriorat\w+))\b"
    r"|(?P<zh_up>上升|升高|升至|增高)|(?P<zh_down>下降|降低|降至)",
    re.IGNORECASE,
)
# Values of which more is better, and of which less is.
_MORE = frozenset({"lvef", "haemoglobin", "platelets", "albumin", "egfr", "oxygen saturation", "fev1", "gcs", "sodium"})
_LESS = frozenset({"creatinine", "crp", "white cells", "lactate", "bilirubin", "urea", "pain score", "alt", "troponin"})
_THEN = re.compile(r"\s*[a-zA-Z%/^\d.]{0,10}\s*(?:[-=]*>|\u2192|\||to)\s*")
_BEFORE = re.compile(r"\W{0,4}(?:was|prior|prev\w*|from|peak|nadir|baseline|b/l|bl|pre|峰值)\W{0,3}", re.IGNORECASE)
_NO_TREND = re.compile(r"\b(?:not|no|never|then|after|before|again|peak\w*|than)\b|后", re.IGNORECASE)


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
    if len(ways) != 1 or len(named) != 1 or _NO_TREND.search(own):
        return
    (subject,) = named
    rises = _rises(ways[0], subject)
    found = [step for one in facts.of_note(note) for step in _steps(note.text, one.quantities, subject)]
    values = {number for one in sentence.quantities for number in one.numbers}
    alike = (
        [step for step in found if {step[0].numbers[0], step[1].numbers[0]} <= values] if len(values) == 2 else found
    )
    if (
        rises is None
        or len(values) > 2
        or not alike
        or any((last.value > first.value) == rises for first, last in alike)
    ):
        return
    first, last = alike[0]
    place = Span(sentence.span.start + ways[0].start(), sentence.span.start + ways[0].end())
    source = Span(min(first.span.start, last.span.start), max(first.span.end, last.span.end))
    message = said(wording.OPPOSITE, value=ways[0][0], source=source.of(note.text))
    yield block("opposite", message, (source,), section=section.key, draft=place)


def _rises(way: re.Match[str], subject: str) -> bool | None:
    """Whether the words say that the value rises; None where they do not tell for this value."""
    name = (way.lastgroup or "").removeprefix("zh_")
    if name in ("up", "down"):
        return name == "up"
    if subject in _MORE | _LESS:
        return (name == "better") == (subject in _MORE)
    return None


def _steps(text: str, values: Sequence[Quantity], subject: str) -> Iterator[tuple[Quantity, Quantity]]:
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
