"""Whose illness does a text speak of: the patient's, a relative's, or is it not told?

A relative may be named before the illness ("her father had asthma"), behind it ("asthma affects his mother") or in the
middle of it; a clause that hangs on the relative ("his mother, with whom he lives, has") leaves the subject as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checks import vocabulary
from app.checks.facts import Facts
from app.checks.words import Word
from app.notes.note import Span

# What speaks of another person again.
_OTHER_PERSON = re.compile(
    r"[;；。\n]|(?<! d)\.(?=\s|$)|,?\s\b(?:but|however|although|though|whereas|while|yet|except|apart from)\b"
    r"|,?\s(?:and\s)?(?=(?:he|she|they|the patient|(?:the )?patient['’]s|pt|(?:his|her) own)\b)(?<!when )(?<!because )"
    r"(?<!that )(?<!as )(?<!while )(?<!until )(?<!after )(?<!before )(?<!since )(?<!whom )"
    r"|\s[-\u2013]\s(?=(?:pt|patient|he|she)\b)|，|(?-i:(?<=[\u3400-\u9fff]),|,(?=[\u3400-\u9fff]))",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r",\s*(?:(?:with |of |for |by |to |from )?(?:who(?:m|se)?|which)|now|aged|herself|himself|themselves)\b"
    r"[^,;.()\n]*,|,? (?:(?:and|but) )?(?:not|rather than) (?:in )?the patient(?: (?:him|her)self)?\b,?",
    re.IGNORECASE,
)
_NOT_ITS = re.compile(
    r",\s*(?=(?:and \w+ (?:makes?|made|gives?|gave|causes?|caused)"
    r"|no|not|nil|denie[sd]|without|but|he|she|has|is|was|pt|patient)\b)",
    re.IGNORECASE,
)
# "Her mother's mother", "her father's side": a relative of a relative.
_OF_ANOTHER = re.compile(
    r"\b(?:mother|father|mum|dad|husband|wife|partner)(?:['’]s|s['’]) \w+|-in-law\b", re.IGNORECASE
)
_STOP = re.compile(r"(?<! d)[.;]")
_PATIENT = re.compile(r"\b(?:he|she|patient(?!['’])|pt)\b", re.IGNORECASE)


def clauses(text: str, sentence: Span) -> Iterator[Span]:
    """Cut a sentence where it may turn to another person."""
    own = without_asides(text, sentence)
    start = 0
    for match in _OTHER_PERSON.finditer(own):
        if own[start : match.start()].strip():
            yield Span(sentence.start + start, sentence.start + match.start())
        start = match.end()
    yield Span(sentence.start + start, sentence.end)


def without_asides(text: str, sentence: Span) -> str:
    """Give a sentence with what only hangs on its subject blanked out, letter for letter: ", who is 39,"."""
    return _ASIDE.sub(lambda match: " " * len(match[0]), sentence.of(text))


def reach(text: str, start: int, end: int) -> int:
    """Where what is said of a relative ends: with its clause, or where a list turns to the patient."""
    stop = _NOT_ITS.search(text, start, end)
    return stop.start() if stop else end


def leaves_open(text: str, clause: Span, places: list[int], word: Word) -> bool:
    """Tell whether a clause that names relatives leaves open whose a thing is: the patient is not named after them.

    Args:
        text: The text.
        clause: The clause.
        places: Where it names relatives.
        word: The thing.
    """
    last = max((place for place in places if place < word.start), default=clause.start)
    return not _PATIENT.search(text, last, word.start)


def named(sentence: Facts, text: str, word: Word) -> frozenset[str]:
    """Tell which relatives a thing may be of: the nearest before it, and the nearest behind it in its own clause."""
    if _OF_ANOTHER.search(sentence.span.of(text)):
        return frozenset()
    some = [one for one in sentence.words if one.key in vocabulary.RELATIVES]
    before = [one for one in some if one.end <= word.start and not _STOP.search(text, one.end, word.start)]
    after = [one for one in some if one.start >= word.end and not re.search(r"[,;.]", text[word.end : one.start])]
    return frozenset(one.key for one in (*before[-1:], *after[:1]))
