"""Is what the draft calls an allergy one of the notes, and no drug of an allergy taken?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from app.checks import actions, facts, medications, notgiven, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.words import Word
from app.drafts.draft import Section
from app.notes.note import Note, Span

_ALLERGY = re.compile(r"\ballerg\w*|\bhypersensitiv\w*|\banaphyla\w*|\bintoleran\w*|过敏", re.IGNORECASE)
_ALLERGIC_TO = re.compile(
    r"\b(?:allergic|allerg(?:y|ies)|intoleran\w+|hypersensitiv\w+) (?:to|of)\b"
    r"|\ballerg(?:y|ies)(?: (?:is|are))?\s?:?|过敏",
    re.IGNORECASE,
)
_REACTION = re.compile(
    r"\ballerg\w*|\banaphyla\w*|\bintoleran\w*|\bhypersensitiv\w*|\breact\w*|\brash\w*|\bhives\b|\burticaria\w*"
    r"|\bangio-?o?edema\w*|\bswell\w*|\bwheez\w*|\bs/e\b|\bside.effects?\b|\badverse\b|\bsensitiv\w*|\bvomit\w*|\bitch\w*"
    r"|过敏|皮疹",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?:no|nil|not?|denie[sd]|without|never)\b[^.;]{0,24}\b(?:allerg|intoleran)|\bNK?D?A\b|(?:无|否认)[^。；]{0,8}过敏",
    re.IGNORECASE,
)
_NO_KNOWN = re.compile(
    r"\bno (?:known )?(?:drug |medication )?allerg\w*|\bNKDA\b|\b(?:is|are) not allergic to any", re.IGNORECASE
)
_HAS_SOME = re.compile(
    r"\b(?:has|have|had|known|several|multiple|with)\s(?:\w+\s){0,3}allerg(?:y|ies)\b(?! (?:to|test|clinic))",
    re.IGNORECASE,
)
_AND = re.compile(r"[\s,/&]*(?:and|or)?[\s,/&]*", re.IGNORECASE)
_NEAR = 24  # characters in which "penicillin allergy", "rash with trimethoprim" stand together
_TAKEN = ("started", "continued", "increased", "restarted")


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare what one sentence of a draft says of allergies with the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        Findings of the kinds `drug` and `negation`; all block.
    """
    own = sentence.span.of(section.text)
    allergic, others = _drugs(note)
    if _NONE.search(own):
        named = [span for spans in allergic.values() for span in spans]
        if named and _NO_KNOWN.search(own) and not any(_NO_KNOWN.search(one.span.of(note.text)) for one in _all(note)):
            yield block("drug", said(wording.ALLERGY_DENIED), (named[0],), section=section.key, draft=sentence.span)
        return
    denied = [one.span for one in _all(note) if _NO_KNOWN.search(one.span.of(note.text))]
    if (some := _HAS_SOME.search(own)) and denied and not allergic:
        message = said(wording.FLIP_AFFIRMED, what=some[0])
        yield block("negation", message, (denied[0],), section=section.key, draft=sentence.span)
    for word in _called_allergies(section.text, sentence):
        if word.key in others and word.key not in allergic:
            place = Span(word.start, word.end)
            message = said(wording.NOT_ALLERGIC, drug=place.of(section.text))
            yield block("drug", message, (others[word.key][0],), section=section.key, draft=place)
    if _REACTION.search(own) or re.search(r"\bavoid\w*|\bnot\b|\bno\b", own, re.IGNORECASE):
        return
    acts = [one for one in actions.read(section.text, sentence) if one.act in _TAKEN]
    taken = {one.drug: one.span for one in acts}
    if notgiven.says_given(own):  # "she was given penicillin" is none of these acts
        taken = {word.key: Span(word.start, word.end) for word in sentence.words if word.kind == "drug"} | taken
    for drug, place in taken.items():
        if drug in allergic and drug not in others:
            message = said(wording.ALLERGIC, drug=drug)
            yield block("drug", message, (allergic[drug][0],), section=section.key, draft=place)


def _called_allergies(text: str, sentence: Facts) -> Iterator[Word]:
    """The drugs that a sentence calls allergies: "allergic to A and B", "A allergy"."""
    drugs = [word for word in sentence.words if word.kind == "drug"]
    for match in _ALLERGIC_TO.finditer(text, sentence.span.start, sentence.span.end):
        end = match.end()
        for word in drugs:
            is_next = end == match.end() or _AND.fullmatch(text, end, word.start)
            if word.start >= end and is_next and len(text[end : word.start]) < _NEAR:
                yield word
                end = word.end
        before = [word for word in drugs if word.end <= match.start()]
        if before and text[before[-1].end : match.start()].strip() == "":
            yield before[-1]


def _all(note: Note) -> tuple[Facts, ...]:
    return facts.of_note(note)


@lru_cache(maxsize=2)
def _drugs(note: Note) -> tuple[dict[str, list[Span]], dict[str, list[Span]]]:
    """Where the notes may name each drug as an allergy, and where they name it otherwise."""
    allergic: dict[str, list[Span]] = {}
    others: dict[str, list[Span]] = {}
    for sentence in facts.of_note(note):
        is_headed = bool(_ALLERGY.search(sentence.heading)) or medications.is_of_allergies(note, sentence)
        for word in sentence.words:
            if word.kind == "drug":
                near = note.text[
                    max(sentence.span.start, word.start - _NEAR) : min(sentence.span.end, word.end + _NEAR)
                ]
                is_allergy = _is_allergy(near) or (is_headed and not _is_taken(note.text, word.start, word.end))
                (allergic if is_allergy else others).setdefault(word.key, []).append(Span(word.start, word.end))
    return allergic, others


def _is_allergy(near: str) -> bool:
    return bool(_REACTION.search(near)) and not re.search(r"\bno (?:known )?(?:drug )?allerg|NKDA", near, re.IGNORECASE)


def _is_taken(text: str, start: int, end: int) -> bool:
    """Whether a dose or "on" makes a drug of a sentence about allergies one that is taken."""
    before, after = text[max(0, start - 12) : start], text[end : end + 10]
    return bool(re.search(r"\b(?:on|takes|taking)\W+$", before, re.IGNORECASE) or re.match(r"\W{0,2}\d", after))
