"""What state a text says a thing is in: was it done, what did it show, is it still there, which way does it go?

A sentence is cut into parts that speak of one thing each: "CXR NAD", "histology awaited", "declined NG tube". A part
has things and, for each question, at most one answer; one without a thing of its own speaks of the part before it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from app import paths
from app.checks import facts, vocabulary
from app.checks.facts import Facts
from app.checks.words import Word
from app.notes.note import Note, Span

_CUT = re.compile(
    r"[;；。\n|]|[(（](?![-+HL↑↓\u2013]+[)）])|(?<![-+HL↑↓\u2013])[)）]|(?<!\d)[,，、]|[,，](?!\d)|\.(?=\s|$)|[:：](?=\s|\D)|\s[-\u2013]{1,2}\s"
    r"|\b(?:but|however|although|though|while|whereas|because|after|before|until|since|despite|so that|which|who|when"
    r"|following|due to|with|as|then)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\b(?:and|&)\b|\+(?=\s)|/(?=\s)", re.IGNORECASE)
_FOR = re.compile(r"[\s\-*•]*for\s(?!\d)", re.IGNORECASE)
_NO = re.compile(r"[\s\-*•]*(?:no|nil|without)\s(?!growth|change|need|indication|role|longer)", re.IGNORECASE)
# "For pain he was given morphine" tells of what was done, "for CT" of what is to come.
_FINITE = re.compile(r"\b(?:was|were|is|are|has|had|have|takes?|took|(?:he|she|they) \w+)\b", re.IGNORECASE)
_NOT = re.compile(r"(?:\b(?:not|never|without|nor|no|non|neither)|n['’]t)\W(?:\w+\W){0,2}$", re.IGNORECASE)
_DEPENDS = re.compile(
    r"\b(?:if|unless|once(?! (?:daily|a|an|per|every|weekly|monthly|nightly|at|in|each|more)\b)|until"
    r"|should|in case|whether|may|might|would|prn)\b|\bcould(?! not|n.t)|\?|若|如|可能|疑",
    re.IGNORECASE,
)
_NEGATED = {
    "done": "undone", "normal": "abnormal", "abnormal": "normal", "high": "normal", "low": "normal",
    "positive": "negative", "negative": "positive", "ongoing": "over", "over": "ongoing",
    "planned": "not planned", "better": "not better", "worse": "not worse",
    "rising": "not rising", "falling": "not falling",
}  # fmt: skip
_FAMILY = vocabulary.RELATIVES | {"family history"}
# Names of the lists that tell how a thing is spoken of, and are none themselves.
_NO_THINGS = frozenset(
    {"patient", "history", "examination", "diagnosed", "treated", "review", "discharged", "admitted", "ward", "planned",
     "started", "stopped", "withheld", "increased", "reduced", "improved", "worsened", "pending", "declined", "removed",
     "continued", "restarted", "small", "severe", "moderate", "large", "once daily", "twice daily", "as required",
     "intravenous", "by mouth", "outpatient", "follow up", "outstanding result", "detected", "deficient", "growth",
     "result", "report", "level", "function", "daily", "positive", "negative", "norm", "abnorm", "left", "right",
     "test"}
)  # fmt: skip
_LASTING = frozenset({"refused", "undone"})  # whatever the part says besides: "did not want to be referred"
_GIVEN = frozenset({"drug", "procedure", "device"})
_SUBORDINATE = re.compile(r"\s*(?:after|before|until|since|despite|following|pending|when)\b", re.IGNORECASE)
_WAS = re.compile(r"\b(?:was|were|has|have|had)\b", re.IGNORECASE)
_DAY = (
    r"(?:(?!\d{1,2}(?:-\d{1,2})?/(?:52|7)\b)\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?"
    r"|(?:\d{1,2} )?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\w*)"
)
_FINDING = re.compile(
    rf"(?: \w+)?(?: {_DAY})?\s?(?::| - )\s?(?!\S*\s?(?:if|to|for|await|pend|book|request|due|plan|declin"
    rf"|not|outst|tbc|repeat|rpt|\?|{_DAY}))(?=\w+ \w)"
    rf"| {_DAY},? (?!at|with|in|on|for|booked|due|if|to|sent|pending|await\w*)"
    r"(?!Dr|clinic|ward|cons|[ap]m\b)(?=[a-z]+)",
    re.IGNORECASE,
)
# Weeks or months right behind a test are when it is due: "CT 4-6/52", "pelvic USS 3/12 for cyst".
_DUE = re.compile(
    r"(?: (?:in )?)\d{1,2}(?:-\d{1,2})?/(?:52|12(?= (?:for|to|re)\b)|12(?<=-\d/12)|12(?<=-\d\d/12))(?![-/\d])"
    r"(?! (?:ago|back|hx|history|post|of|old))",
    re.IGNORECASE,
)
_CHINESE = re.compile("[\u3400-\u9fff]")
_VERB = re.compile(r"\s*(?:was|were|is|are|has|had|have|did|does|will|he|she|it|they)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence that speaks of one thing, or of several alike.

    Attributes:
        span: Its place.
        things: The words for what it speaks of; those of the part before where it has none.
        keys: Their keys, and those of the words round them.
        states: The answer to each question it answers, and the words that give it.
        depends: Whether it holds under a condition only, or is in doubt.
        sentence: Its sentence.
        is_aside: Whether it only tells when: "after the CT".
    """

    span: Span
    things: tuple[Word, ...]
    keys: frozenset[str]
    states: Mapping[str, tuple[str, Span]]
    depends: bool
    sentence: Facts
    is_aside: bool = False


@cache
def _axes() -> dict[str, re.Pattern[str]]:
    table = tomllib.loads((paths.resources() / "clinical" / "states.toml").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = {}
    for one in table["state"]:
        said = "|".join(one["words"]).replace("BE ", f"{table['be']} ")
        groups.setdefault(one["axis"], []).append(
            rf"(?P<{one['value']}>(?:(?<![A-Za-z])|(?=[^A-Za-z]))(?:{said})(?:(?<=[^A-Za-z])|(?![A-Za-z])))"
        )
    return {axis: re.compile("|".join(some), re.IGNORECASE) for axis, some in groups.items()}


@lru_cache(maxsize=2)
def of_note(note: Note) -> dict[str, tuple[Part, ...]]:
    """Read the parts of a note, by the key of each thing."""
    found: dict[str, list[Part]] = {}
    for sentence in facts.of_note(note):
        for part in read(note.text, sentence):
            for key in {one.key for one in part.things}:
                found.setdefault(key, []).append(part)
    return {key: tuple(some) for key, some in found.items()}


def read(text: str, sentence: Facts) -> tuple[Part, ...]:
    """Cut a sentence into its parts.

    Args:
        text: The whole text.
        sentence: What `facts` read of the sentence.

    Returns:
        Parts that name or carry on a thing, in order; none for what is said of relatives.
    """
    found: list[Part] = []
    for span in _spans(text, sentence):
        part = _part(text, sentence, span)
        if part.keys & _FAMILY and "order" not in part.states:
            found.append(Part(span, (), frozenset(), {}, depends=True, sentence=sentence))
            continue
        is_alone = not part.things and not part.is_aside  # "after declining tablets" tells nothing of what was given
        if is_alone and part.states and found and found[-1].things and not _names_more(text, part):
            last = found[-1]
            part = Part(span, last.things, last.keys | part.keys, part.states, part.depends, sentence)
            if "order" in part.states and part.states["order"][0] in ("awaited", "undone", "refused"):
                found[-1] = Part(  # "Holter done, report not back"
                    last.span, last.things, last.keys, {**last.states, "order": part.states["order"]}, last.depends,
                    sentence,
                )  # fmt: skip
        found.append(part)
    return tuple(one for one in found if one.things)


def _names_more(text: str, part: Part) -> bool:
    """Whether a Chinese part holds more than its state: it speaks of a thing that no list has, not of the last one."""
    told = sum(place.end - place.start for _, place in part.states.values())
    return len(_CHINESE.findall(part.span.of(text))) > told + 1


def _spans(text: str, sentence: Facts) -> Iterator[Span]:
    """Parts between commas and joining words; "and" parts only what has a state on both sides."""
    start = sentence.span.start
    ends = [(match.start(), match.end()) for match in _CUT.finditer(text, start, sentence.span.end)]
    for stop, following in [*ends, (sentence.span.end, sentence.span.end)]:
        first = start
        for match in _AND.finditer(text, start, stop):
            one, other = Span(first, match.start()), Span(match.end(), stop)
            if _VERB.match(text, other.start) or (_has_state(text, one) and _has_state(text, other)):
                yield one
                first = match.end()
        if text[first:stop].strip():
            yield Span(first, stop)
        is_word = text[stop:following].strip().isalpha()
        start = stop if is_word and text[stop:following].strip().lower() not in ("but", "then") else following


def _has_state(text: str, span: Span) -> bool:
    return any(pattern.search(text, span.start, span.end) for pattern in _axes().values())


def _said(text: str, span: Span) -> tuple[dict[str, tuple[str, Span]], list[Span]]:
    """The answers that the words of a part give, and the places of those words."""
    states: dict[str, tuple[str, Span]] = {}
    said: list[Span] = []
    for axis, pattern in _axes().items():
        for match in pattern.finditer(text, span.start, span.end):
            place = Span(match.start(), match.end())
            said.append(place)
            value = match.lastgroup or ""
            if value in _NEGATED and _NOT.search(text[max(span.start, match.start() - 24) : match.start()]):
                if "seen" in match[0] or "identified" in match[0]:
                    continue  # "no fracture was seen on the X-ray" tells what it showed
                value = _NEGATED[value]
            if axis not in states or states[axis][0] not in _LASTING:
                states[axis] = (value, place)
    return states, said


def _part(text: str, sentence: Facts, span: Span) -> Part:
    states, said = _said(text, span)
    own = text[span.start : span.end]
    inside = [word for word in sentence.words if span.start <= word.start < span.end]
    things = tuple(one for one in inside if _is_thing(one, said))
    for pattern, value in ((_FOR, "planned"), (_NO, "undone")):
        lead = pattern.match(own)
        is_lead = lead and (not _FINITE.search(own) if value == "planned" else things and things[0].kind in _GIVEN)
        if lead and is_lead and "order" not in states:
            states["order"] = (value, Span(span.start, span.start + lead.end()))
    if "order" not in states and (due := _due(text, span, things)):
        states["order"] = ("planned", due)
    is_repeat = "order" in states and states["order"][1].of(text).casefold() in ("repeat", "rpt")
    if ("order" not in states or is_repeat) and (shown := _shown(text, sentence, span, things)):
        states["order"] = ("resulted", shown)
    depends = _depends(text, span, states)
    if states.get("order", ("",))[0] == "done" and not depends and _DEPENDS.search(own):
        del states["order"]  # "started, going up if tolerated": one step is done, the next is to come
    keys = frozenset(one.key for one in inside if one.kind and not _is_said(one, said))
    return Part(span, things, keys, states, depends, sentence, bool(_SUBORDINATE.match(own)))


def _depends(text: str, span: Span, states: Mapping[str, tuple[str, Span]]) -> bool:
    """Whether a part is in doubt; what was begun is done, whatever the next step depends on."""
    doubt = _DEPENDS.search(text, span.start, span.end)
    if not doubt:
        return False
    value, place = states.get("order", ("", span))
    return not (value == "done" and place.end <= doubt.start() and _WAS.search(text, span.start, place.end))


def _due(text: str, span: Span, things: tuple[Word, ...]) -> Span | None:
    """When the one test of a part is due, if only that is told of it."""
    tests = [one for one in things if one.kind == "test"]
    due = _DUE.match(text, tests[0].end, span.end) if len(tests) == 1 else None
    return Span(due.start(), due.end()) if due else None


def _shown(text: str, sentence: Facts, span: Span, things: tuple[Word, ...]) -> Span | None:
    """The test that a part gives what it found of: "CT head: no bleed", "(angio Oct: irregular)", "Bronch 02/12 thick".

    A date ahead of what it found is the day it was done; alone it may be the day it is due.
    """
    test = next((one for one in things if one.kind == "test"), None)
    if test is None or any(one.kind == "test" for one in things if one is not test):
        return None
    found = _FINDING.match(text, test.end, sentence.span.end)
    return Span(test.start, found.end()) if found else None


def _is_thing(word: Word, said: list[Span]) -> bool:
    if word.kind in ("", "number") or word.key in _NO_THINGS or word.key in vocabulary.narrative():
        return False
    if word.kind == "other" and ("\u3400" <= word.key[0] <= "\u9fff"):
        return False
    return word.is_clinical or not _is_said(word, said)


def _is_said(word: Word, said: list[Span]) -> bool:
    """Whether a word is part of what tells the state."""
    return any(one.start < word.end and word.start < one.end for one in said)
