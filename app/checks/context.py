"""How a text speaks of something: denied, uncertain, past, planned, done, of a relative."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from app.checks import facts, relatives, scopes, vocabulary
from app.checks.facts import Facts
from app.checks.moments import Moment
from app.checks.scopes import Scope, Way
from app.checks.words import Word
from app.notes.note import Note, Span

_DATE_REACH = 60  # characters
# A specimen that was sent has no result yet; what is booked for a day is yet to come.
_NOT_YET = re.compile(
    r"[.;]|\b(?:goes|will|sent|taken|collected|requested|ordered|booked|due|listed|sched\w*|appt|planned|arranged|repeat\w*)\b"
    r"|送检|采集|预约",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*(?:[.;)]|$)", re.MULTILINE)
_DOING = frozenset(vocabulary.stem(one) for one in ("done", "performed", "carried", "tolerated", "possible", "taken"))
_SIDES = frozenset({"left", "right", "bilateral", "both"})
_YEAR_AHEAD = re.compile(r"年曾?(?:行|做过?|因|患过?|诊断(?:为)?)?")
_AHEAD = re.compile(
    r" (?:in |at )?(?!0\d/)\d+(?:-\d+)? ?(?:/52|/12|mo\b|mths?\b|months?\b|wks?\b|weeks?\b)(?! ago| post| after| of)",
    re.IGNORECASE,
)
_BARE_YEAR = re.compile(r"(?: (?:left|right|l|r))?\s?\(?(?:dx )?", re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:\[?\w+\]?: ?)?(?:(?:ok(?:ay)?|and|so|now|alright|well)[, ]+)*(?:any|do|does|did|have|has|had|are|is|was|were"
    r"|can|could|would|what|when|where|how|which|who|why|you)\b[^?]*\?",
    re.IGNORECASE,
)
_HEADINGS: tuple[tuple[Way, re.Pattern[str]], ...] = (
    ("relative", re.compile(r"family history|fhx?$|家族史", re.IGNORECASE)),
    ("past", re.compile(r"past|pmh|psh|previous|background|comorbid|既往", re.IGNORECASE)),
    ("planned", re.compile(r"plan|pending|outstanding|follow|actions?|待回报|随访|计划", re.IGNORECASE)),
)
_SIGN = re.compile(r"[^A-Za-z]*(?:nil|none|no|absent|negative)?[^A-Za-z]*", re.IGNORECASE)
_NON = re.compile(r"\bnon-?\s?$", re.IGNORECASE)
_NONE_KNOWN = frozenset({"nkda", "nka"})
_INSIDE_WORD = {
    "afebrile": "fever",
    "apyrexial": "fever",
    "apyrexic": "fever",
    "asymptomatic": "symptom",
    "afeb": "fever",
    "nonop": "surgery",
    "apyrexia": "fever",
    "anicteric": "jaundice",
    "acyanotic": "cyanosis",
    "nontender": "tenderness",
    "nbi": "fracture",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A word with how it is spoken of.

    Attributes:
        word: The word.
        ways: What holds for it by the words round it.
        by_heading: What holds for it by the heading above it only.
        sentence: The sentence it stands in.
    """

    word: Word
    ways: frozenset[Way]
    by_heading: frozenset[Way]
    sentence: Facts


@lru_cache(maxsize=2)
def of_note(note: Note) -> dict[Span, tuple[Mention, ...]]:
    """Read every sentence of a note, by its place; what is only asked about, in a talk, is not said."""
    return {one.span: () if _asks(one.span.of(note.text)) else read(note.text, one) for one in facts.of_note(note)}


def _asks(sentence: str) -> bool:
    """Whether a sentence is a question of a talk: "Any fever?"; "PE?" of a note is a doubt."""
    return bool(_QUESTION.fullmatch(sentence.strip()))


def read(text: str, sentence: Facts) -> tuple[Mention, ...]:
    """Read how each word of a sentence is spoken of.

    Args:
        text: The whole text.
        sentence: What `facts` read of the sentence.

    Returns:
        One entry per word that carries a fact.
    """
    cast = [*scopes.of_sentence(text, sentence.span), *scopes.of_relatives(text, sentence.span)]
    families = list(scopes.families(text, sentence.span))
    said = [one.trigger for one in cast if one.way == "uncertain"]
    above = by_heading(sentence.heading)
    found = []
    for word in sentence.words:
        if word.kind in ("", "number") or (word.kind == "other" and (_overlaps(word, said) or _tells_nothing(word))):
            continue
        if text[max(0, word.start - 4) : word.start].casefold() == "not-":
            continue  # "a do-not-resuscitate order"
        ways = _by_scopes(text, cast, word)
        ways |= _by_dates(text, sentence, word, ways | above)
        if word.is_clinical and "relative" not in ways and _may_be_of_relatives(text, families, word):
            ways.add("kin")
        written = text[word.start : word.end].casefold()
        if written in _INSIDE_WORD:
            word = Word(_INSIDE_WORD[written], "symptom", word.start, word.end)
            ways.add("negated")
        elif written in _NONE_KNOWN or _NON.search(text, max(0, word.start - 4), word.start):
            ways.add("negated")
        found.append(Mention(word, frozenset(ways), above, sentence))
    return tuple(found)


def _by_scopes(text: str, cast: Sequence[Scope], word: Word) -> set[Way]:
    """How the trigger words of its sentence speak of a word."""
    ways = {one.way for one in cast if _holds(one, word)}
    if "unproven" in ways:  # neither sure nor denied
        ways = ways - {"unproven", "negated"} | {"uncertain", "unclear"}
    is_denied = any(_denies(scope, word) or _is_signed(text, scope, word) for scope in cast)
    if is_denied and not any(one.way == "unclear" and one.is_forward and _holds(one, word) for one in cast):
        ways.discard("unclear")  # "no chest pain and did not collapse"
    if word.kind == "other" and "negated" in ways and not is_denied:
        ways.remove("negated")  # "the hip was not fractured" denies no hip
    return ways


def _by_dates(text: str, sentence: Facts, word: Word, known: Set[Way]) -> set[Way]:
    """What the dates beside a word tell of it."""
    ways: set[Way] = set()
    is_ordered = word.kind in ("procedure", "test") and "planned" not in known
    if is_ordered and any(_is_dated(text, word, one) for one in sentence.moments):
        ways.add("done")  # "TURP 13/02/2026"
    if word.kind in ("procedure", "test") and _AHEAD.match(text, word.end):
        ways.add("planned")  # "CT chest 3/12"
    if any(_is_of_year(text, word, one) for one in sentence.moments):
        ways.add("dated")  # "cholecystectomy 2019"
    return ways


def _may_be_of_relatives(text: str, families: Sequence[tuple[Span, list[int]]], word: Word) -> bool:
    """Whether a clause names relatives and does not tell whose a thing is."""
    return any(
        clause.start <= word.start < clause.end and relatives.leaves_open(text, clause, places, word)
        for clause, places in families
    )


def _tells_nothing(word: Word) -> bool:
    """Whether a word of no list is one of the story or of doing, or a part of a Chinese word."""
    return (
        word.key in vocabulary.narrative()
        or word.key in _DOING
        or word.key in _SIDES
        or "\u3400" <= word.key[0] <= "\u9fff"
    )


def _overlaps(word: Word, said: list[Span]) -> bool:
    """Whether a word is part of what tells how others are spoken of: "unlikely", "suggested"."""
    return any(one.start <= word.start and word.end <= one.end for one in said)


def by_heading(heading: str) -> frozenset[Way]:
    """Tell how a heading speaks of what stands below it: "Pending", "Family history"."""
    return frozenset(way for way, pattern in _HEADINGS if pattern.search(heading))


def _is_dated(text: str, word: Word, moment: Moment) -> bool:
    """Whether a date follows a procedure or test in its clause: what has a date and is not planned was done."""
    between = text[word.end : moment.span.start] if moment.span.start >= word.end else ";"
    # "PET-CT 11/21." may be past or to come; an operation with its day was done.
    is_bare = word.kind == "test" and moment.value.startswith("????") and _ENDS.match(text, moment.span.end)
    return moment.kind == "date" and not is_bare and len(between) < _DATE_REACH and not _NOT_YET.search(between)


def _is_of_year(text: str, word: Word, moment: Moment) -> bool:
    """Whether a bare year stands right behind a condition or a procedure: of this stay a day or a month is known."""
    if moment.kind != "year" or word.kind not in ("condition", "procedure"):
        return False
    if moment.span.end <= word.start:
        return bool(_YEAR_AHEAD.fullmatch(text[moment.span.end : word.start]))
    return moment.span.start >= word.end and bool(_BARE_YEAR.fullmatch(text[word.end : moment.span.start]))


def _denies(scope: Scope, word: Word) -> bool:
    return scope.way == "negated" and scope.is_forward and _holds(scope, word)


def _holds(scope: Scope, word: Word) -> bool:
    return scope.span.start <= word.start < scope.span.end


def _is_signed(text: str, scope: Scope, word: Word) -> bool:
    """Whether a sign right behind a word denies it: "rigidity -", "seizures: none"."""
    is_next = scope.way == "negated" and not scope.is_forward and 0 <= scope.trigger.start - word.end <= 2
    return is_next and bool(_SIGN.fullmatch(scope.trigger.of(text)))
