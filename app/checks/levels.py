"""Does a draft call a result low, normal or high where every value of the notes says otherwise?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checks import facts, ranges, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.quantities import Quantity
from app.drafts.draft import Section
from app.notes.note import Note, Span

_LEVEL = re.compile(
    r"\b(?:(?P<low>low|suppressed|subnormal)|(?P<high>high|raised|elevated)|(?P<normal>normal|unremarkable))\b"
    r"(?![- ](?:dose|flow|risk|grade|resolution|molecular|mood|salt|fat|residue|saline|sinus"
    r"|rhythm|dependency|vaginal|delivery))"
    r"|(?P<zh_low>偏低|降低|减低)|(?P<zh_high>升高|偏高|增高)|(?P<zh_normal>正常)",
    re.IGNORECASE,
)
# Words that make a level one of another time, of another thing, or none.
_OTHER = re.compile(
    r"\b(?:not?|never|without|neither|nor|target|aim\w*|if|should|keep|until|once|than|again|after|before|since|then"
    r"|prior|previous\w*|usual\w*|baseline|from|to have|was to|remain\w*|still|fell|rose"
    r"|back|return\w*|normali[sz]\w*)\b"
    r"|[不无未]|恢复|后",
    re.IGNORECASE,
)


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare the level that a sentence of a draft gives to one result with the values of the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        Findings of the kind `opposite`; all block. None where a value of the notes, or their words, may be meant.
    """
    own = sentence.span.of(section.text)
    named = {word.key for word in sentence.words if word.kind == "quantity"}
    levels = list(_LEVEL.finditer(own))
    if len(named) != 1 or len(levels) != 1 or sentence.quantities or _OTHER.search(own):
        return
    (subject,) = named
    level = (levels[0].lastgroup or "").removeprefix("zh_")
    values = [one for fact in facts.of_note(note) for one in fact.quantities if one.subject == subject and one.numbers]
    if values and not any(_may_be(one, level) for one in values) and not _is_so_called(note, subject, level):
        place = Span(sentence.span.start + levels[0].start(), sentence.span.start + levels[0].end())
        message = said(wording.OPPOSITE, value=levels[0][0], source=values[0].text)
        yield block("opposite", message, (values[0].span,), section=section.key, draft=place)


def _may_be(value: Quantity, level: str) -> bool:
    """Whether a value may be called so; ranges differ between laboratories, so what is near a bound may."""
    places = ranges.places(value)
    return not places or any(
        {"low": place < _NEAR, "high": place > 1 - _NEAR, "normal": -_NEAR < place < 1 + _NEAR}[level]
        for place in places
    )


_NEAR = 0.1  # of the width of a range
_BESIDE = 25  # characters
_STOP = re.compile(r"[,;.](?=\s)|[，；。]")


def _is_so_called(note: Note, subject: str, level: str) -> bool:
    """Whether the notes call the result so beside its name."""
    named = [word for one in facts.of_note(note) for word in one.words if word.key == subject]
    return any(
        (found.lastgroup or "").endswith(level)
        for word in named
        for text in (
            _STOP.split(note.text[max(0, word.start - _BESIDE) : word.start])[-1],
            _STOP.split(note.text[word.end : word.end + _BESIDE])[0],
        )
        for found in _LEVEL.finditer(text)
    )
