"""A drug that the notes name only as what was not given: does the draft give it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checks import facts, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.words import Word
from app.drafts.draft import Section
from app.notes.note import Note, Span

_NEVER = re.compile(
    r"\b(?:not (?:an option|prescribed|rx['’]?d|started|supplied|required|needed|advised|given|indicated"
    r"|used|recommended|appropriate)|contra-?indicated|declined|refused|avoid(?:ed)?)\b|未用|未予|拒绝",
    re.IGNORECASE,
)
_NEVER_BEFORE = re.compile(r"\b(?:avoid(?:ed|ing)?|declined|refused|no need for|not for|without)\W+$", re.IGNORECASE)
_REACH = 40  # characters
_GIVEN = re.compile(
    r"\b(?:(?:was|were|has been|had been) (?:given|prescribed|issued|administered|commenced|started|used|supplied)"
    r"|received|agreed to (?:try|take|start)|treated with|(?:course|supply) of)\b",
    re.IGNORECASE,
)
# Words by which a draft does not say that it was given, or not yet.
_ELSE = re.compile(
    r"\b(?:not?|never|without|declin\w+|refus\w+|against|avoid\w*|nor|neither|unless|if|instead|rather|will|to be"
    r"|should|shall|plan\w*)\b",
    re.IGNORECASE,
)


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare the drugs that one sentence of a draft says were given with the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        Findings of the kind `opposite`; all block.
    """
    own = sentence.span.of(section.text)
    given = _GIVEN.search(own)
    if given is None or not says_given(own):
        return
    place = Span(sentence.span.start + given.start(), sentence.span.start + given.end())
    for drug in dict.fromkeys(word.key for word in sentence.words if word.kind == "drug"):
        named = [(one, word) for one in facts.of_note(note) for word in one.words if word.key == drug]
        if named and all(_is_not_given(note.text, one, word) for one, word in named):
            message = said(wording.ACTION_DENIED, drug=drug, value=said("started"))
            yield block("opposite", message, (named[0][0].span,), section=section.key, draft=place)


def says_given(sentence: str) -> bool:
    """Tell whether a sentence says that something was given, without a word that denies it or puts it off."""
    return bool(_GIVEN.search(sentence)) and not _ELSE.search(sentence)


def _is_not_given(text: str, sentence: Facts, drug: Word) -> bool:
    """Whether the words round a drug say that it was not given; the next drug or the end of a clause ends them."""
    following = [one.start for one in sentence.words if one.kind == "drug" and one.start > drug.start]
    end = min([*following, sentence.span.end, drug.end + _REACH])
    clause = re.search(r"[;.](?=\s|$)", text[drug.end : end])
    near = text[drug.end : drug.end + clause.start() if clause else end]
    return bool(_NEVER.search(near) or _NEVER_BEFORE.search(text, sentence.span.start, drug.start))
