"""Does the notes' own wording support a sentence at all? What no passage supports was invented.

Numbers, doses and dates are asked by `numbers`, what a sentence asserts by `assertions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.checks import derived, facts, likeness, vocabulary, wording, words
from app.checks.facts import Facts
from app.checks.finding import Evidence, Finding, block, said, warn
from app.checks.likeness import Likeness
from app.checks.words import Word
from app.drafts.draft import Draft, Section
from app.notes.note import Note, Span

_INVENTED = 0.25  # share of a sentence's weight; below it nothing of the sentence stands in the notes
# Tasks that say things in other words on purpose: their sentences share few words with the notes.
REWORDING = frozenset({"plain-language", "dialogue-section", "consultation-note"})
_LEAST_MIXED = 4  # letters of an abbreviation with letters from inside its words
_NAMED = frozenset({"condition", "procedure", "device"})
_SHORT = re.compile(r"\b[A-Z][a-z]?[A-Z]{1,5}\b")
# Endings by which a disease tells that it is one, where no list has it: sarcoidosis, uveitis, lymphoma, myopathy.
_DISEASE = re.compile(r"[a-z]{3,}(?:itis|osis|oma|pathy)", re.IGNORECASE)
# One named after a person: "Lambert-Eaton syndrome".
_EPONYM = re.compile(
    r"\b([A-Z][a-z]{3,})(?:[-\u2013]([A-Z][a-z]{3,}))?(?:['’]s)? (?:syndrome|disease|palsy|disorder)\b"
)
_NO_DISEASE = frozenset({"diagnosis", "prognosis", "aroma", "diploma", "sympathy", "empathy", "apathy", "telepathy"})


@dataclass(frozen=True, slots=True)
class _Notes:
    """What the notes have.

    Attributes:
        keys: Keys of their words, and of wider names that hold where those do.
        shorts: Abbreviations: one that no list has may stand for any name that begins with its letters.
        like: Which words may stand for others.
        text: The notes in small letters.
    """

    keys: set[str]
    shorts: frozenset[str]
    like: Likeness
    text: str


def find(note: Note, draft: Draft, evidence: Sequence[Evidence], *, every_word: bool = False) -> tuple[Finding, ...]:
    """Name sentences without support, and conditions, procedures and devices that the notes never mention.

    Args:
        note: The notes.
        draft: The draft made from them.
        evidence: What `evidence.of` gave for them.
        every_word: Whether tests, symptoms and words of no list count too, in a model's text: where there is something
            better to put in its place ("flatulent", of a patient who slept flat).

    Returns:
        Findings of the kind `support`; they block where nothing of the sentence stands in the notes, and where a model
        names what the notes never mention: a doctor may know of it, a model cannot. None for tasks that reword on
        purpose.
    """
    if draft.task in REWORDING:
        return ()
    known = {word.key for word in words.read(note.text)}
    known |= {name for one in facts.of_note(note) for name in derived.names(one.quantities)}
    known |= _wider(words.read(note.text))
    known = known.union(*(vocabulary.wider().get(name, ()) for name in known))
    notes = _Notes(known, frozenset(_SHORT.findall(note.text)), likeness.of_text(note.text), note.text.casefold())
    sections = {section.key: section for section in draft.sections}
    is_ours = draft.task != "external"  # nobody knows who wrote one from elsewhere
    return tuple(
        finding
        for one in evidence
        for finding in _of_sentence(
            sections[one.section],
            one,
            notes,
            by_model=is_ours and _is_models(sections[one.section]),
            every_word=every_word,
        )
    )


def _wider(some: Sequence[Word]) -> set[str]:
    """Names that hold for whatever of their kind the notes have: an operation, chemotherapy."""
    kinds = {word.kind for word in some}
    groups = {vocabulary.group(word.key) for word in some if word.kind == "drug"}
    return {*(("surgery",) if "procedure" in kinds else ()), *(("chemotherapy",) if "chemotherapy" in groups else ())}


def _is_models(section: Section) -> bool:
    """Whether the words are a model's, and no person has been at them since."""
    return section.state in ("written", "incomplete") and section.review != "edited"


def _of_sentence(
    section: Section, basis: Evidence, notes: _Notes, *, by_model: bool, every_word: bool
) -> Iterator[Finding]:
    if basis.is_verbatim:
        return
    span = basis.draft_span
    sentence = next(one for one in facts.of_text(section.text) if one.span == span)
    stand_ins = notes.like.stand_ins(section.text, sentence.words, frozenset(notes.keys))
    strange = [
        word
        for word in sentence.words
        if word.key not in stand_ins
        and (word.kind in _NAMED or _is_disease(section.text, word) or (by_model and every_word and _is_content(word)))
        and word.key not in notes.keys
        and word.key not in vocabulary.general()
        and not _is_change(sentence.words, word)
        and not section.text.startswith(_OF_A_GERM, word.end)
        and not _is_written_in_part(section.text, word, notes.text)
        and not _is_known_in_part(word.key, notes.keys)
        and not _is_abbreviated(section.text, word, notes.shorts)
    ]
    if not basis.is_supported and says_something(sentence):
        make = block if basis.support < _INVENTED or (by_model and strange) else warn
        yield make("support", said(wording.NO_SUPPORT, sentence=span.of(section.text)), section=section.key, draft=span)
    for place in _eponyms(section.text, span, sentence.words, notes) if basis.is_supported else ():
        make = block if by_model else warn
        message = said(wording.NOT_MENTIONED, what=place.of(section.text))
        yield make("support", message, basis.source_spans, section=section.key, draft=place)
    for word in strange if basis.is_supported else ():
        place = Span(word.start, word.end)
        message = said(wording.NOT_MENTIONED, what=place.of(section.text))
        make = block if by_model else warn
        yield make("support", message, basis.source_spans, section=section.key, draft=place)


# Of a germ, as in "methicillin-sensitive": the notes may write MSSA, and nobody is given it.
_OF_A_GERM = ("-sensitive", "-resistant", "-susceptible")


def _eponyms(text: str, span: Span, some: Sequence[Word], notes: _Notes) -> Iterator[Span]:
    """Diseases of no list that are named after persons whom the notes never name, nor abbreviate."""
    for match in _EPONYM.finditer(text, span.start, span.end):
        own = [one for one in some if match.start() <= one.start < match.end()]
        names = [name for name in match.groups() if name]
        initials = "".join(name[0] for name in (*names, *match[0].split()[-1:])).upper()
        is_listed = any(one.is_clinical for one in own) or match.start() == span.start
        if not is_listed and names[0].casefold() not in notes.text and initials not in notes.shorts:
            yield Span(match.start(), match.end())


def _is_change(some: Sequence[Word], word: Word) -> bool:
    """Whether a fall is one of a value: "a fall in platelets"."""
    following = next((one for one in some if one.start >= word.end and one.kind), None)
    return word.key == "falls" and following is not None and following.kind == "quantity"


def _is_content(word: Word) -> bool:
    """Whether a word says more than a story does: such a word of a model must stand in the notes."""
    if word.kind in ("test", "symptom"):
        return True
    return word.kind == "other" and len(word.key) > 4 and word.key not in vocabulary.narrative()


def _is_written_in_part(text: str, word: Word, notes: str) -> bool:
    """Whether two neighbours of a name of three words or more stand in the notes so: "left bundle as before"."""
    parts = text[word.start : word.end].casefold().split()
    return len(parts) > 2 and any(
        f"{one} {other}" in notes for one, other in pairwise(parts) if len(one) > 3 < len(other)
    )


def _is_disease(text: str, word: Word) -> bool:
    written = text[word.start : word.end].casefold()
    return word.kind == "other" and bool(_DISEASE.fullmatch(written)) and written not in _NO_DISEASE


def _is_abbreviated(text: str, word: Word, shorts: frozenset[str]) -> bool:
    """Whether the notes may have it as an abbreviation: "SBP" for "spontaneous bacterial peritonitis"."""
    before = re.search(r"(?:[A-Za-z]{4,} ){0,2}$", text[max(0, word.start - 40) : word.start])
    own = text[word.start : word.end].split()
    ahead = before[0].split() if before else []
    names = [[*ahead[number:], *own] for number in range(len(ahead) + 1)]
    return any(_stands_for(short, name) for name in names if len(name) > 1 for short in shorts)


def _stands_for(short: str, name: Sequence[str]) -> bool:
    """Whether the letters stand in the name in order, the first of each word among them."""
    if len(name) < len(short) < _LEAST_MIXED:
        return False
    rest = iter(" ".join(name).upper())
    has_firsts = re.fullmatch("".join(f"{re.escape(part[0])}.*" for part in name), short, re.IGNORECASE)
    return bool(has_firsts) and all(letter in rest for letter in short)


def says_something(sentence: Facts) -> bool:
    """Whether a sentence states a fact; "Dear Doctor" does not."""
    facts_in_it = [word for word in sentence.words if word.kind]
    return len(facts_in_it) > 2 or any(word.is_clinical or word.kind == "number" for word in facts_in_it)


def _is_known_in_part(key: str, known: set[str]) -> bool:
    """Whether the notes have a wider or a narrower name for it: pneumonia, aspiration pneumonia; "heart" is neither."""
    mine = set(key.split())
    names = vocabulary.clinical_names()
    return any(
        mine < set(other.split()) or (set(other.split()) < mine and other in names)
        for other in known
        if " " in other or " " in key
    )
