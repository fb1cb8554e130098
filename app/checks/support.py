"""Does the notes' own wording support the draft? Numbers and words of a section that they lack.

A first, strict net: exact numbers and whole words. What a sentence means (negation, dose, side) is
asked by checks of their own.
"""

from __future__ import annotations

import re

from app.checks.finding import Finding
from app.drafts.draft import Draft, Section
from app.notes.note import Note, Span
from app.notes.segments import sentences

# Digits with inner separators: 2.5, 142/88, 03/11/2026, 1,200. A trailing full stop is not part of it.
_NUMBER = re.compile(r"\d+(?:[.,/:\-]\d+)*")
_WORD = re.compile(r"[^\W\d_]{5,}")
_LEAST_SHARE = 0.5


def find(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """Compare each sentence of a draft with the whole notes.

    Args:
        note: The notes.
        draft: The draft made from them.

    Returns:
        Findings with the place inside the section's text as `draft_span`.
    """
    numbers = {_plain(number) for number in _NUMBER.findall(note.text)}
    stems = {_stem(word) for word in _WORD.findall(note.text)}
    found: list[Finding] = []
    for section in draft.sections:
        if section.state in ("written", "incomplete"):
            for span in sentences(section.text):
                found += _look_at(section, span, numbers, stems)
    return tuple(found)


def _look_at(section: Section, span: Span, numbers: set[str], stems: set[str]) -> list[Finding]:
    sentence = span.of(section.text)
    findings = []
    missing = [number for number in _NUMBER.findall(sentence) if _plain(number) not in numbers]
    if missing:
        message = f"{section.title}: the notes do not have {_list(missing)}."
        findings.append(Finding("number", "serious", False, message, (), span))
    words = _WORD.findall(sentence)
    strange = [word for word in words if _stem(word) not in stems]
    if words and len(strange) / len(words) > _LEAST_SHARE:
        message = f"{section.title}: no support in the notes for a sentence with {_list(strange[:4])}."
        findings.append(Finding("support", "serious", False, message, (), span))
    return findings


def _plain(number: str) -> str:
    return number.replace(",", "")


def _stem(word: str) -> str:
    """First letters only, so that "elevated" meets "elevation"."""
    return word.casefold()[:5]


def _list(words: list[str]) -> str:
    return ", ".join(dict.fromkeys(words))
