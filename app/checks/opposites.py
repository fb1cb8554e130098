"""Opposite words: positive for negative, started for stopped, upper for lower."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from app.checks import action_flips, facts, levels, notgiven, vocabulary, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said, warn
from app.checks.words import Word
from app.drafts.draft import Section
from app.notes.note import Note, Span

_CUT = re.compile(r"[,;，；。]|\.(?=\s|$)|\b(?:but|and)\b")
_CHANGE = re.compile(
    r"\b(?:(?P<down>reduc\w+|fell|decreas\w+|dropped|lowered|fallen)|(?P<up>increas\w+|rose|risen|raised))\b"
    r"(?: \w+){0,3}? from (?P<first>\d[\d,]*(?:\.\d+)?)[^\d.;]{0,12} to (?P<second>\d[\d,]*(?:\.\d+)?)(?![\d/])",
    re.IGNORECASE,
)
# Word, opposite, whether a change of one for the other blocks.
_PAIRS: tuple[tuple[str, str, bool], ...] = (
    ("positive", "negative", True),
    ("normal", "abnormal", True),
    ("increased", "reduced", True),
    ("improved", "worsened", True),
    ("stable", "unstable", True),
    ("regular", "irregular", True),
    ("upper", "lower", True),
    ("upper lobe", "lower lobe", True),
    ("left atrial", "right atrial", True),
    ("mild", "severe", True),
    ("acute", "chronic", True),
    ("benign", "malignant", True),
    ("anterior", "posterior", True),
    ("inferior", "anterior", True),
    ("proximal", "distal", False),
    ("medial", "lateral", False),
    ("systolic", "diastolic", True),
    ("sensitive", "resistant", True),
    ("tachycardia", "bradycardia", True),
    ("hyperkalaemia", "hypokalaemia", True),
    ("hypertension", "hypotension", True),
    ("hyperthyroidism", "hypothyroidism", True),
    ("arterial", "venous", True),
    ("present", "absent", True),
    ("complete", "incomplete", True),
    ("displaced", "undisplaced", True),
    ("superficial", "deep", True),
    ("superior", "inferior", True),
    ("internal", "external", True),
    ("symmetrical", "asymmetrical", True),
    ("primary", "secondary", False),
    ("flexion", "extension", True),
    ("abduction", "adduction", True),
    ("successful", "failed", True),
    ("resectable", "unresectable", True),
    ("reducible", "irreducible", True),
    ("responsive", "unresponsive", True),
    ("hyperglycaemia", "hypoglycaemia", True),
    ("hypernatraemia", "hyponatraemia", True),
    ("hypercalcaemia", "hypocalcaemia", True),
    ("rhesus positive", "rhesus negative", False),
    ("intact", "ruptured", True),
    ("mobile", "immobile", True),
    ("continent", "incontinent", True),
    ("independent", "dependent", True),
    ("patent", "occluded", True),
    ("oriented", "disoriented", True),
    ("orientated", "disorientated", True),
    ("compliant", "non-compliant", True),
)
_NOT = re.compile(r"(?:\b(?:not|never)|n['\u2019]t)\s$", re.IGNORECASE)
_LEAST_TURNED = 4  # letters of a word that "un" turns round: safe, unsafe


@cache
def _stems() -> dict[str, dict[str, bool]]:
    known: dict[str, dict[str, bool]] = {}
    names = vocabulary.names()
    for one, other, blocks in _PAIRS:
        first, second = (word if word in names else vocabulary.stem(word) for word in (one, other))
        known.setdefault(first, {})[second] = blocks
        known.setdefault(second, {})[first] = blocks
    return known


def of_sentence(note: Note, section: Section, sentence: Facts, spans: tuple[Span, ...]) -> Iterator[Finding]:
    """Compare one sentence of a draft with the passages it rests on.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.
        spans: Those passages.

    Yields:
        Findings of the kind `opposite`.
    """
    pairs = _stems()
    for word in sentence.words:
        others = pairs.get(word.key) or _turned(word)
        if others:
            yield from _of_word(note, section, sentence, word, others, spans)
    yield from _directions(section, sentence)
    yield from action_flips.compare(note, section, sentence)
    yield from levels.of_sentence(note, section, sentence)
    yield from notgiven.of_sentence(note, section, sentence)


def _turned(word: Word) -> dict[str, bool]:
    """What "un" makes of a word: unsafe of safe, and the reverse."""
    if word.kind != "other" or len(word.key) < _LEAST_TURNED:
        return {}
    return {word.key.removeprefix("un") if word.key.startswith("un") else f"un{word.key}": True}


def _directions(section: Section, sentence: Facts) -> Iterator[Finding]:
    """Tell where words and values disagree: "reduced from 18 to 22"."""
    for match in _CHANGE.finditer(section.text, sentence.span.start, sentence.span.end):
        first, second = (float(match[name].replace(",", "")) for name in ("first", "second"))
        if (second > first) if match["down"] else (second < first):
            place = Span(match.start(), match.end())
            yield block("opposite", said(wording.DIRECTION, value=match[0]), section=section.key, draft=place)


def _of_word(
    note: Note, section: Section, sentence: Facts, word: Word, others: dict[str, bool], spans: tuple[Span, ...]
) -> Iterator[Finding]:
    """Whether the word's neighbours in the notes stand beside its opposite, and never beside the word."""
    neighbours = _neighbours(section.text, sentence, word)
    wanted = {word.key, *others}
    theirs = [(one, their) for one in facts.of_note(note) for their in one.words if their.key in wanted]
    if not theirs or not neighbours or _says_both(section.text, sentence, neighbours, others):
        return

    def shared(one: tuple[Facts, Word]) -> tuple[int, bool]:
        return len(neighbours & _neighbours(note.text, one[0], one[1])), any(
            _overlap(one[0].span, span) for span in spans
        )

    best = max(map(shared, theirs))
    alike = [their for one, their in theirs if shared((one, their)) == best]
    if best[0] and not any(their.key == word.key for their in alike):
        is_turned = alike[0].key in (f"un{word.key}", word.key.removeprefix("un"))
        if is_turned and _is_denied(section.text, word.start) != _is_denied(note.text, alike[0].start):
            return  # "not witnessed" is unwitnessed
        there = Span(alike[0].start, alike[0].end)
        place = Span(word.start, word.end)
        message = said(wording.OPPOSITE, value=place.of(section.text), source=there.of(note.text))
        make = block if others[alike[0].key] else warn
        yield make("opposite", message, (there,), section=section.key, draft=place)


def _is_denied(text: str, place: int) -> bool:
    return bool(_NOT.search(text, max(0, place - 8), place))


def _says_both(text: str, sentence: Facts, neighbours: set[str], others: dict[str, bool]) -> bool:
    """Whether a sentence gives the opposite for the same: "tests for ruptured membranes; they were intact"."""
    return any(one.key in others and neighbours & _neighbours(text, sentence, one) for one in sentence.words)


def _neighbours(text: str, sentence: Facts, word: Word) -> set[str]:
    """The words round a word, in its clause."""
    cuts = [match.end() for match in _CUT.finditer(text, sentence.span.start, word.start)]
    stop = _CUT.search(text, word.end, sentence.span.end)
    start, end = (cuts[-1] if cuts else sentence.span.start), (stop.start() if stop else sentence.span.end)
    said_words = [one for one in sentence.words if start <= one.start < end and _tells(one)]
    at = said_words.index(word) if word in said_words else 0
    return {one.key for one in said_words[max(0, at - 4) : at + 5]} - {word.key}


def _tells(word: Word) -> bool:
    """Whether a word can tell one finding from another: a fact, or a date."""
    return bool(word.kind) and (word.kind != "number" or "-" in word.key)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
