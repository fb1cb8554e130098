"""What was done with a drug: started, stopped, withheld, increased, reduced, continued, switched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from app.checks import facts, vocabulary
from app.checks.facts import Facts
from app.checks.words import Word
from app.notes.note import Note, Span

Act = Literal["started", "stopped", "withheld", "increased", "reduced", "continued", "restarted"]

_ACTS: tuple[tuple[Act, str], ...] = (
    (
        "restarted",
        r"re-?start(?:ed|ing)?|resum(?:e|ed|ing)|re-?commenc(?:e|ed|ing)|re-?introduc(?:e|ed)"
        r"|re-?instat(?:e|ed)|back on|re-?institut(?:e|ed)|re-?initiat(?:e|ed)|恢复",
    ),
    (
        "started",
        r"start(?:ed|ing)?|commenc(?:e|ed|ing)|initiat(?:e|ed|ing)|begun|began"
        r"|new(?:ly started)?|added|add|introduced|put on|placed on|begin(?:ning)?|initiation"
        r"|commencement|agreed to (?:try|start|take)|instituted|加用|开始|新增",
    ),
    (
        "withheld",
        r"with?held|w/h|withhold(?:ing)?|defer(?:red)?|postponed?|put(?:ting)? (?:\w+ )?off|delayed"
        r"|held|hold|suspend(?:ed)?|pausing"
        r"|(?:still|remains?|stays?) off"
        r"|paused?|omit(?:ted)?|on hold|not given for now"
        r"|暂停|暂时停[用药]|temporarily stopped|stopped for now",
    ),
    (
        "stopped",
        r"stop(?:ped|ping|s)?|discontinu(?:e|ed|ing)|ceas(?:e|ed|ing)|withdrawn|withdrew|dc['’]?d"
        r"|cessation|discontinuation|d/?c['’]?d|finish(?:ed|es)|weaned off|came off"
        r"|come off|taken off|given up|gave up|off(?=\s*(?:[.,;(]|$|since|at\b|from\b|\d{1,2}[:.]\d\d|\d{1,2}/\d))"
        r"|停用|停药|停",
    ),
    (
        "increased",
        r"increas(?:e|ed|ing)|up-?titrat(?:e|ed|ing|ion)|doubled|doubling|tripled|trebled|stepped up|titrated up"
        r"|up to(?= \d+(?:\.\d+)?(?![\d.-]| ?(?:january|february|march|april|may|june|july|august|september"
        r"|october|november|december|days?|weeks?|months?)\b))|went up|gone up|put up|raised"
        r"|\u2191(?= ?(?:to )?\d)|增加|加量",
    ),
    (
        "reduced",
        r"reduc(?:e|ed|ing)|halved|brought down|cut (?:from|to|down)?|dropped (?:to|from)|decreas(?:e|ed)"
        r"|lower(?:ed)?|halv(?:e|ing)|down-?titrat(?:e|ed|ing|ion)|stepped down|titrated down"
        r"|down to(?= \d)|\u2193(?= ?(?:to )?\d)|wean(?:ed|ing)?"
        r"|taper(?:ed|ing)?|减量|(?<!以)(?<!为)(?<!为了)减少",
    ),
    (
        "continued",
        r"continu(?:e|ed|ing|es)|unchanged|(?:kept|keeps?|still) (?:on )?taking|stayed on"
        r"|carry on|carried on|carries on|to stay on|remain(?:s"
        r"|ed)? on(?! hold)|maintain(?:ed)?|继续",
    ),
)
_ACT = re.compile(
    "|".join(rf"(?P<{act}>(?<![A-Za-z])(?:{said_as})(?![A-Za-z]))" for act, said_as in _ACTS), re.IGNORECASE
)
_CLAUSE = re.compile(
    r"[;；。，\n]|\.(?=\s|$)|\b(?:because|as|since|due to|now that|after|but|while|whereas|until"
    r"|owing to|when|in favou?r of)\b",
    re.IGNORECASE,
)
# "Stop aspirin" is an order for what follows.
ORDER = re.compile(
    r"(?:re-?)?start|stop|commence|continue|hold|withhold|increase|reduce|add|discontinue", re.IGNORECASE
)
_NEXT_WORDS = 4
_GAP = 25  # characters between two acts on one drug
_VALUES_REACH = 60  # characters
# A cell that lists drugs: "| aspirin 75, ramipril on hold |".
_CELL_OF_MANY = re.compile(r"\|[^|]*,[^|]*,[^|]*\|")
_AMOUNT = r"\d[\d,]*(?:\.\d+)?"
_VALUES = re.compile(
    rf"[^\d;.\n]{{0,20}}?(?:(?P<before>{_AMOUNT}) ?[a-z]{{0,10}}(?: [a-z]{{1,10}})? ?(?:[-=]+>"
    rf"|\u2192) ?(?P<after>{_AMOUNT})"
    rf"|(?P<now>{_AMOUNT}) ?[a-z]{{0,10}}(?: [a-z]{{1,10}})?[,|]?(?: ?\|)?(?: changed)?"
    rf" \((?:was|previously|from) (?P<was>{_AMOUNT}))",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|no)\b", re.IGNORECASE)
_DOSE = re.compile(r"(?: \w+)? (?:dos\w+|amount)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:the|an?|his|her|their) $", re.IGNORECASE)
# "The enzymes were raised, and ramipril ...", "the fit stopped without midazolam": another thing's act.
_OF_ONE = re.compile(r"\s*(?:was|is|has)\b", re.IGNORECASE)
_APART = re.compile(r", and\b|\bwithout\b", re.IGNORECASE)
_PUT_OFF = re.compile(r"\b(?:held|hold|put) off $", re.IGNORECASE)
_QUESTION = re.compile(r"(?: \w+){0,3}\?")


@dataclass(frozen=True, slots=True)
class Action:
    """Something done with a drug.

    Attributes:
        drug: Key of the drug.
        act: What was done.
        span: Place of the words that say so.
        sentence: The sentence they stand in.
    """

    drug: str
    act: Act
    span: Span
    sentence: Facts


def read(text: str, sentence: Facts, *, is_denied: bool = False) -> tuple[Action, ...]:
    """Find what a sentence says was done with its drugs; with `is_denied`, what it says was not done."""
    drugs = [one for word in sentence.words if (one := _as_drug(word)) is not None]
    found: list[Action] = []
    before: list[Word] = []
    before_it: list[Word] = []
    for clause in _clauses(text, sentence.span) if drugs else ():
        inside = [word for word in drugs if clause.start <= word.start < clause.end]
        if not inside and before and text[clause.start - 1] == "，":
            inside = before[-1:]  # "左氧氟沙星0.5g，4月8日停用"
        before = inside
        if "|" in sentence.span.of(text) and not _CELL_OF_MANY.search(text, clause.start, clause.end):
            inside = inside[:1]  # a row of a table speaks of its first drug
        acts = [
            match
            for match in _ACT.finditer(text, clause.start, clause.end)
            if not _is_of_a_noun(text, match, inside) and _is_denied(text, clause, match) == is_denied
        ]
        for number, match in enumerate(acts):
            stop = acts[number + 1].start() if number + 1 < len(acts) else clause.end
            last = acts[number - 1].end() if number else clause.start
            meant = _meant(text, match, inside, last, stop)
            if number and _goes_on(text, inside, acts[number - 1], match):
                meant = before_it  # "held 17/5, restarted 21/5"
            before_it = meant
            is_of_dose = _act(match) in ("increased", "reduced")
            for word in (one for one in meant if not (is_of_dose and text[one.start : one.end].endswith("level"))):
                found.append(Action(word.key, _act(match), Span(match.start(), match.end()), sentence))
    if is_denied:
        return tuple(found)
    return (*found, *_by_values(text, sentence, drugs, {one.drug for one in found}))


def _as_drug(word: Word) -> Word | None:
    """The drug or the class of drugs that a word names, also where its level is named: "Lithium level 1.9, held"."""
    if word.kind == "drug" or word.key in vocabulary.drug_classes():
        return word
    name = word.key.removesuffix(" level")
    return replace(word, key=name) if name != word.key and vocabulary.group(name) else None


def _by_values(text: str, sentence: Facts, drugs: list[Word], told: set[str]) -> Iterator[Action]:
    """Changes that only values tell: "20 -> 10 mg", "14 units (was 20)"."""
    for number, word in enumerate(drugs):
        end = drugs[number + 1].start if number + 1 < len(drugs) else sentence.span.end
        match = _VALUES.match(text, word.end, min(end, word.end + _VALUES_REACH)) if word.key not in told else None
        if match:
            first, second = (match["before"], match["after"]) if match["before"] else (match["was"], match["now"])
            one, other = (float(value.replace(",", "")) for value in (first, second))
            if one != other:
                act: Act = "increased" if other > one else "reduced"
                yield Action(word.key, act, Span(match.start(), match.end()), sentence)


@lru_cache(maxsize=2)
def of_note(note: Note) -> tuple[Action, ...]:
    """Find every action on a drug in the notes, in order."""
    every = (action for sentence in facts.of_note(note) for action in read(note.text, sentence))
    return tuple(one for one in every if not _is_asked(note.text, one))


def _is_asked(text: str, one: Action) -> bool:
    """Whether the notes only ask it: "acamprosate - start in clinic?"."""
    return bool(_QUESTION.match(text, one.span.end))


@lru_cache(maxsize=2)
def denied(note: Note) -> tuple[Action, ...]:
    """What the notes say was not, or is not to be, done: "should not be restarted"."""
    return tuple(one for sentence in facts.of_note(note) for one in read(note.text, sentence, is_denied=True))


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    start = sentence.start
    for match in _CLAUSE.finditer(text, sentence.start, sentence.end):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, sentence.end)


def _act(match: re.Match[str]) -> Act:
    act: Act = match.lastgroup  # type: ignore[assignment]
    return act


def _is_denied(text: str, clause: Span, match: re.Match[str]) -> bool:
    before = text[max(clause.start, match.start() - 12) : match.start()]
    return bool(_NOT.search(before) or _PUT_OFF.search(before))


def _is_of_a_noun(text: str, match: re.Match[str], drugs: Sequence[Word]) -> bool:
    """Whether a word of change tells of what kind a thing is: "held for the raised creatine kinase"."""
    is_told = _act(match) in ("increased", "reduced") and _ARTICLE.search(
        text, max(0, match.start() - 8), match.start()
    )
    is_drug = any(word.start == match.end() + 1 for word in drugs)
    return bool(is_told) and not is_drug and not _DOSE.match(text, match.end())


def _meant(text: str, match: re.Match[str], drugs: list[Word], last: int, stop: int) -> list[Word]:
    """The drugs an act belongs to: those right after it, else those before it."""
    after = [word for word in drugs if match.end() <= word.start < stop]
    before = [word for word in drugs if last <= word.end <= match.start()]
    if after and _APART.search(text, match.end(), after[0].start):
        after = []
    item = [word for word in drugs if _is_one_item(text, word, match)]
    if text.startswith(":", match.end()) and after:
        return _joined(text, after)  # "Stopped: ramipril, naproxen"
    if len(item) == 1 and not ORDER.fullmatch(match[0]):  # "apixaban 2.5 mg restarted 28/6, clopidogrel stopped"
        return _run(text, before, match.start()) if before and before[-1] is item[0] else item
    if _act(match) == "started" and match[0].casefold() == "new":
        return before[-1:] or after[:1]
    if ORDER.fullmatch(match[0]) and after and len(text[match.end() : after[0].start].split()) <= _NEXT_WORDS:
        return _joined(text, after)
    if before and re.search(
        r"\b(?:was|were|been|is|are|to be|and|then|dose)\s*$|[(,:]\s*$|^\s*$", text[before[-1].end : match.start()]
    ):
        return _run(text, before, match.start())
    if after and len(text[match.end() : after[0].start].split()) <= _NEXT_WORDS:
        return _joined(text, after)
    return _run(text, before, match.start()) if before else after[:1]


def _is_one_item(text: str, word: Word, match: re.Match[str]) -> bool:
    """Whether no comma and no other word of joining stands between a drug and what was done with it."""
    between = text[word.end : match.start()] if word.end <= match.start() else text[match.end() : word.start]
    return not re.search(r"[,;(]|\b(?:and|with|without|to|for|on)\b", between) and len(between) < 40


def _goes_on(text: str, drugs: list[Word], last: re.Match[str], match: re.Match[str]) -> bool:
    """Whether an act follows another with no drug between them, nor right behind it: both are of the same drug."""
    between = text[last.end() : match.start()]
    is_bare = not any(last.end() <= word.start < match.start() for word in drugs)
    follows = [word for word in drugs if match.end() <= word.start]
    ahead = text[match.end() : follows[0].start] if follows else ","
    return (
        is_bare and len(between) < _GAP and bool(re.search(r"[,;.]", ahead)) and not re.search(r"[;.](?=\s)", between)
    )


def _joined(text: str, after: list[Word]) -> list[Word]:
    """A drug and those that follow it in a list: "stop aspirin and clopidogrel"."""
    kept = after[:1]
    for word in after[1:]:
        if len(text[kept[-1].end : word.start]) > 40:
            break
        kept.append(word)
    return kept


def _run(text: str, before: list[Word], end: int) -> list[Word]:
    """The last drug before an act, with those joined to it: "aspirin and clopidogrel were stopped"."""
    kept = before[-1:]
    is_of_one = bool(kept) and bool(_OF_ONE.match(text, kept[0].end))
    for word in reversed(before[:-1]):
        if is_of_one and "," in text[word.end : kept[0].start]:
            break  # "it interacts with dolutegravir, and lamotrigine was carried on"
        if re.fullmatch(r"\s*(?:,|and|&|,\s*and)\s*", text[word.end : kept[0].start]):
            kept.insert(0, word)
        else:
            break
    return kept if end - kept[-1].end < 60 else []
