"""Does the notes' own wording support a text? Numbers and words it has and they lack.

A first, strict net: exact numbers, acronyms and the beginnings of words. What a sentence means (negation,
dose, side) is asked by checks of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.checks import wording
from app.checks.finding import Finding, said, warn
from app.drafts.draft import Draft
from app.notes.note import Note, Span
from app.notes.segments import sentences

# Digits with inner separators: 2.5, 142/88, 03/11/2026, 1,200. A trailing full stop is not part of it.
_NUMBER = re.compile(r"\d+(?:[.,/:\-]\d+)*")
_WORD = re.compile(r"[^\W\d_]{5,}|\b[A-Z][A-Za-z]*[A-Z]\b")
# Words that report, whatever they report: they need no source of their own.
_REPORTING = re.compile(
    r"about|accom|admin|admit|after|along|befor|being|chang|clini|compl|condi|conti|curre|descr|diagn"
    r"|disch|docto|durin|evalu|exami|findi|follo|found|given|havin|histo|hospi|howev|inclu|indic|known"
    r"|later|medic|noted|notes|patie|presc|prese|previ|recei|recom|repor|resul|revea|revie|secti|showe"
    r"|shown|since|start|state|still|summa|taken|their|there|these|those|treat|under|until|visit|which"
    r"|while|whose|withi|witho|woman|would|years"
)
_MOST_STRANGE = 0.25


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A sentence with what its source lacks.

    Attributes:
        span: Its place in the text.
        numbers: Numbers that do not stand in the source.
        words: Words that do not, where they are more than a quarter of the sentence's; else empty.
    """

    span: Span
    numbers: tuple[str, ...]
    words: tuple[str, ...]


def unsupported(text: str, source: str) -> tuple[Unsupported, ...]:
    """Find the sentences of a text that its source does not support.

    Args:
        text: What was written.
        source: What it was written from.

    Returns:
        One entry per such sentence, in order.
    """
    numbers = {_plain(number) for number in _NUMBER.findall(source)}
    stems = {_stem(word) for word in _WORD.findall(source)}
    found = []
    for span in sentences(text):
        sentence = span.of(text)
        missing = tuple(number for number in _NUMBER.findall(sentence) if _plain(number) not in numbers)
        words = [word for word in _WORD.findall(sentence) if not _REPORTING.fullmatch(_stem(word))]
        strange = tuple(word for word in words if _stem(word) not in stems)
        if len(strange) <= _MOST_STRANGE * len(words):
            strange = ()
        if missing or strange or not (words or _NUMBER.search(sentence)):
            found.append(Unsupported(span, missing, strange))
    return tuple(found)


def find(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """Compare each sentence the model wrote with the whole notes.

    Args:
        note: The notes.
        draft: The draft made from them.

    Returns:
        Findings with the place inside the section's text as `draft_span`.
    """
    found: list[Finding] = []
    for section in draft.sections:
        if section.state not in ("written", "incomplete"):
            continue
        for one in unsupported(section.text, note.text):
            if one.numbers:
                message = said(wording.NO_NUMBER, section=section.title, values=_list(one.numbers))
                found.append(warn("number", message, section=section.key, draft=one.span))
            elif one.words:
                message = said(wording.NO_WORDS, section=section.title, words=_list(one.words[:4]))
                found.append(warn("support", message, section=section.key, draft=one.span))
            else:
                found.append(
                    warn(
                        "support", said(wording.NO_SUPPORT, section=section.title), section=section.key, draft=one.span
                    )
                )
    return tuple(found)


def _plain(number: str) -> str:
    return number.replace(",", "")


def _stem(word: str) -> str:
    """First letters only, so that "elevated" meets "elevation"."""
    return word.casefold()[:5]


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(words))
