"""Does the notes' own wording support a sentence at all? What no passage supports was invented.

Numbers, doses and dates are asked by `numbers`, what a sentence asserts by `assertions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.checks import facts, wording, words
from app.checks.evidence import Evidence
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said, warn
from app.drafts.draft import Draft, Section
from app.notes.note import Note, Span

_INVENTED = 0.25  # share of a sentence's weight; below it nothing of the sentence stands in the notes
# Tasks that say things in other words on purpose: their sentences share few words with the notes.
_REWORDING = frozenset({"plain-language", "dialogue-section", "consultation-note"})
_NAMED = frozenset({"condition", "procedure", "device"})


def find(note: Note, draft: Draft, evidence: Sequence[Evidence]) -> tuple[Finding, ...]:
    """Name sentences without support, and conditions, procedures and devices that the notes never mention.

    Args:
        note: The notes.
        draft: The draft made from them.
        evidence: What `evidence.of` gave for them.

    Returns:
        Findings of the kind `support`; they block where nothing of the sentence stands in the notes. None for tasks
        that reword on purpose.
    """
    if draft.task in _REWORDING:
        return ()
    known = {word.key for word in words.read(note.text)}
    sections = {section.key: section for section in draft.sections}
    return tuple(finding for one in evidence for finding in of_sentence(sections[one.section], one, known))


def of_sentence(section: Section, basis: Evidence, known: set[str]) -> Iterator[Finding]:
    """Judge one sentence.

    Args:
        section: Its section.
        basis: Its evidence.
        known: Keys of the words of the notes.

    Yields:
        Findings; see `find`.
    """
    if section.state == "copied" or basis.is_verbatim:
        return
    span = basis.draft_span
    sentence = next(one for one in facts.of_text(section.text) if one.span == span)
    if not basis.is_supported and _says_something(sentence):
        make = block if basis.support < _INVENTED else warn
        yield make("support", said(wording.NO_SUPPORT, sentence=span.of(section.text)), section=section.key, draft=span)
    for word in sentence.words if basis.is_supported else ():
        if word.kind in _NAMED and word.key not in known and not _is_known_in_part(word.key, known):
            place = Span(word.start, word.end)
            message = said(wording.NOT_MENTIONED, what=place.of(section.text))
            yield warn("support", message, basis.source_spans, section=section.key, draft=place)


def _says_something(sentence: Facts) -> bool:
    """Whether a sentence states a fact; "Dear Doctor" does not."""
    facts_in_it = [word for word in sentence.words if word.kind]
    return len(facts_in_it) > 2 or any(word.is_clinical or word.kind == "number" for word in facts_in_it)


def _is_known_in_part(key: str, known: set[str]) -> bool:
    """Whether the notes have a wider or a narrower name for it: pneumonia, aspiration pneumonia."""
    mine = set(key.split())
    return any(mine < set(other.split()) or set(other.split()) < mine for other in known if " " in other or " " in key)
