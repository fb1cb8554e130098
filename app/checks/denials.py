"""Does the draft deny what the notes affirm, or the reverse? With all that may excuse such a difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.checks import context, facts, states, vocabulary, wording
from app.checks.context import Mention
from app.notes.note import Note

_WEAK_DENIALS = frozenset(
    {
        "withheld",
        "stopped",
        "declined",
        *(vocabulary.stem(word) for word in ("avoid", "avoided", "poorly", "badly", "inadequately")),
    }
)
_GIVEN = frozenset({"drug", "procedure", "device"})
_NOT_GIVEN = frozenset({"undone", "refused", "held"})
_ORDERED = frozenset({"test", "procedure", "device"})
_FORBIDS = re.compile(
    r"\bavoid\w*|\bstop\w*|\bheld\b|\bwithh\w+|\bcontra-?indicat\w*|\ballerg\w*|\bnot to\b|\bintoleran\w*"
    r"|\bdefer\w*|\bdeclin\w*|\brefus\w*|\b(?:run|ran|running) out\b|\bomit\w*|\bpostpon\w*|\bnot for\b|\bspared\b"
    r"|停|禁|避免|过敏",
    re.IGNORECASE,
)
# A drug that came to its end "is not taken", though the notes nowhere deny it.
_ENDS = re.compile(
    r"\bdiscontinu\w*|\bd/?c['\u2019]?d\b|\bceas\w*|\bcomplet\w*|\bfinish\w*|\boff\b|\bswitch\w*|\bchang\w*|\breplac\w*"
    r"|\bprev\w*|\bno longer\b|\buntil\b|\bon hold\b|\bpaused?\b|\u2192|->",
    re.IGNORECASE,
)
_ENUMERATES = re.compile(r"[\s,/&+]*(?:and|or)?[\s,/&+]*", re.IGNORECASE)
# What brought the patient is not denied by "no breathlessness" of the day of discharge.
_PRESENTED = re.compile(
    r"\bpresent(?:ed|ing|ation)\b|\badmi(?:tted|ssion)\b|\b(?:came|brought|arriv\w+|attended|referred|sent)\b|因|入院|就诊",
    re.IGNORECASE,
)
# No symptom that "settled" or "resolved": an invented one is not excused by being over.
_OVER = re.compile(r"\b(?:eradicat\w+|cured|in remission|no longer|gone)\b", re.IGNORECASE)
_IF = re.compile(r"\b(?:if|should|unless|in case|an option|under consideration|a possibility)\b", re.IGNORECASE)
_LAPSED = re.compile(r"\b(?:ran|run|running) out\b|\b(?:miss|omit|forgot|skip|laps)\w*|\bnot tak\w+", re.IGNORECASE)
_NO_LONGER = re.compile(r"\bno longer\b[^,;.]*$", re.IGNORECASE)
_YET = re.compile(r"\b(?:yet|so far|to date)\b", re.IGNORECASE)
_OF_IT = re.compile(
    r" (?:changes?|attacks?|exacerbations?|flares?|flare-ups?|medications?|meds|tablets|treatment|therapy|clinic|nurse"
    r"|review|complications?|symptoms?|team|surgery|relapse|recurrence|progression|screening|crisis|crises)\b",
    re.IGNORECASE,
)
_IN = re.compile(r"\b(?:in|of|at|on|from|to)(?: the| an?| his| her)? $", re.IGNORECASE)
_NO_FURTHER = re.compile(r"\bno (?:further|more|repeat|other) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Case:
    """A word of the draft that is denied where the notes affirm it, or the reverse.

    Attributes:
        note: The notes.
        text: The text of the draft.
        mine: The word in the draft.
        theirs: The notes' mentions most like it; each is spoken of the other way.
        every: All mentions of the notes.
        is_denied: Whether it is the draft that denies.
    """

    note: Note
    text: str
    mine: Mention
    theirs: Sequence[Mention]
    every: Sequence[Mention]
    is_denied: bool


def flips(
    note: Note, text: str, mine: Mention, theirs: Sequence[Mention], every: Sequence[Mention]
) -> Iterator[tuple[str, str, bool]]:
    """Tell whether a word of the draft is denied where the notes affirm it, or the reverse.

    Args:
        note: The notes.
        text: The text of the draft.
        mine: The word in the draft.
        theirs: The notes' mentions most like it.
        every: All mentions of the notes.

    Yields:
        Kind, template and whether it blocks.
    """
    is_denied = "negated" in mine.ways
    if any("unclear" in one.ways for one in (mine, *theirs)):
        return
    if "relative" in mine.ways and any("kin" in one.ways for one in theirs):
        return
    if any(("negated" in one.ways) == is_denied for one in theirs):
        return
    case = _Case(note, text, mine, theirs, every, is_denied)
    if not any(excuse(case) for excuse in _EXCUSES):
        yield "negation", wording.FLIP_NEGATED if is_denied else wording.FLIP_AFFIRMED, mine.word.is_clinical


@lru_cache(maxsize=2)
def mentions(note: Note) -> dict[str, tuple[Mention, ...]]:
    """Give every mention in the notes by its word."""
    found: dict[str, list[Mention]] = {}
    for sentence in facts.of_note(note):
        for one in context.of_note(note)[sentence.span]:
            found.setdefault(one.word.key, []).append(one)
    return {key: tuple(some) for key, some in found.items()}


def is_of_denied(note: Note, one: Mention, own: Sequence[Mention]) -> bool:
    """Tell whether a word of no list only describes what both deny: "no carotid plaque" denies no carotid."""
    if one.word.kind != "other" or "negated" not in one.ways:
        return False
    after = next((other for other in own if other.word.start > one.word.start), None)
    if after is None or after.word.start != one.word.end + 1 or "negated" not in after.ways:
        return False
    return any("negated" in their.ways for their in mentions(note).get(after.word.key, ()))


@lru_cache(maxsize=2)
def _is_feverish(note: Note) -> bool:
    """Whether a fever was measured."""
    values = (one for sentence in facts.of_note(note) for one in sentence.quantities)
    return any(one.subject == "temperature" and 37.8 <= one.numbers[0] <= 43 for one in values)


def _has_narrower(note: Note, key: str) -> bool:
    """Whether the notes affirm a symptom that is one of this kind: chest pain is a pain."""
    some = (some for other, some in mentions(note).items() if other.endswith(f" {key}"))
    return any("negated" not in one.ways for group in some for one in group)


def _is_not_to_be_given(note: Note, one: Mention) -> bool:
    """Whether what is said of a drug forbids or ends it: "avoid ibuprofen", "stopped: aspirin, ramipril"."""
    return bool(_FORBIDS.search(_said_of(note.text, one)))


def _is_ended(note: Note, one: Mention) -> bool:
    return one.word.kind == "drug" and bool(_ENDS.search(_said_of(note.text, one)))


def _said_of(text: str, one: Mention) -> str:
    """The words round a thing of a sentence that no other of its kind is nearer to; a list is one thing."""
    span, others = one.sentence.span, [word for word in one.sentence.words if word.kind == one.word.kind]
    at = next(n for n, word in enumerate(others) if word.start <= one.word.start < word.end)
    first = last = at
    while first and _ENUMERATES.fullmatch(text, others[first - 1].end, others[first].start):
        first -= 1
    while last + 1 < len(others) and _ENUMERATES.fullmatch(text, others[last].end, others[last + 1].start):
        last += 1
    before = text[others[first - 1].end if first else span.start : others[first].start]
    after = text[others[last].end : others[last + 1].start if last + 1 < len(others) else span.end]
    return f"{re.split(r'[,;.]', before)[-1]} {re.split(r'[;.]', after)[0]}"


def _was_there(case: _Case) -> bool:
    """Whether a symptom was there before the notes denied it: "pain free" after the chest pain that brought her."""
    if case.is_denied or case.mine.word.kind != "symptom":
        return False
    if case.mine.word.key == "fever" and _is_feverish(case.note):
        return True  # "afebrile" of a later day denies no fever that was measured
    if _has_narrower(case.note, case.mine.word.key):
        return True
    return bool(_PRESENTED.search(case.mine.sentence.span.of(case.text))) and any(
        not one.ways & {"negated", "planned", "relative", "uncertain"} for one in case.every
    )


def _is_of_further_ones(case: _Case) -> bool:
    """Tell a further one: "no further chest pain": there was some, there is none."""
    text = case.note.text
    return any(_NO_FURTHER.search(text, max(0, one.word.start - 20), one.word.start) for one in case.theirs)


def _is_a_result(case: _Case) -> bool:
    """As "troponin was negative" denies no troponin, and "sputum AFB neg" says "negative for AFB"."""
    own = {word.key for word in case.mine.sentence.words}
    kinds = ("quantity",) if case.is_denied else ("quantity", "other")
    if case.mine.word.kind in kinds and own & {"negative", "positive"}:
        return True
    parts = states.of_note(case.note).get(case.mine.word.key, ())
    return case.is_denied and any(one.states.get("result", ("",))[0] == "negative" for one in parts)


def _is_weak(case: _Case) -> bool:
    """As in "mitomycin was withheld", "poorly controlled"."""
    own = {word.key for word in case.mine.sentence.words}
    return bool(own & _WEAK_DENIALS) and case.mine.word.kind in ("drug", "other")


def _is_over(case: _Case) -> bool:
    """As in "no longer takes warfarin", of one who finished it, or "no longer coughs" of one who did."""
    if case.is_denied and case.mine.word.kind in ("condition", "symptom"):
        before = case.text[case.mine.sentence.span.start : case.mine.word.start]
        return bool(_NO_LONGER.search(before))
    if not case.is_denied or case.mine.word.kind not in _GIVEN:
        return False
    parts = states.of_note(case.note).get(case.mine.word.key, ())
    is_not_given = any(part.states.get("order", ("",))[0] in _NOT_GIVEN for part in parts)
    return is_not_given or any(_is_ended(case.note, one) for one in case.theirs)


def _is_to_come(case: _Case) -> bool:
    """As "not done this time" denies nothing that is planned, and "not yet started" nothing that is to start."""
    if case.is_denied and case.mine.word.kind in (*_ORDERED, "drug"):
        is_not_yet = _YET.search(case.mine.sentence.span.of(case.text))
        return bool(is_not_yet) and not any("done" in one.ways for one in case.theirs)
    return not case.is_denied and case.mine.word.kind in _ORDERED and "planned" in case.mine.ways


def _is_conditional(case: _Case) -> bool:
    """As "should bleeding recur" and "prednisolone remains an option" say that there is none as yet."""
    if case.is_denied or "planned" not in case.mine.ways or case.mine.word.kind not in ("condition", "symptom", "drug"):
        return False
    return bool(_IF.search(case.mine.sentence.span.of(case.text)))


def _is_forbidden(case: _Case) -> bool:
    kinds = ("drug", "other", *(("procedure", "device") if case.is_denied else ()))
    return case.mine.word.kind in kinds and any(_is_not_to_be_given(case.note, one) for one in case.theirs)


def _is_part_of_another(case: _Case) -> bool:
    """A word of no list flips only where the notes never speak of it so: it may be part of another phrase."""
    is_listed = case.mine.word.is_clinical
    return not is_listed and any(("negated" in one.ways) == case.is_denied for one in case.every)


def _sites(text: str, one: Mention) -> set[str]:
    """The places in the body that are named beside a mention, in its part of the sentence."""
    known, span = vocabulary.sites(), one.sentence.span
    before = re.split(r"[,;:.()]", text[span.start : one.word.start])[-1]
    after = re.split(r"[,;:.()]", text[one.word.end : span.end])[0]
    stems = (
        vocabulary.stem(token.text)
        for token in vocabulary.tokens(f"{before}{text[one.word.start : one.word.end]}{after}")
    )
    return {known[key] for key in stems if key in known}


def _is_elsewhere(case: _Case) -> bool:
    """Whether the two speak of different places in the body: varices of the oesophagus, none in the stomach."""
    if case.mine.word.kind not in ("condition", "symptom", "other"):
        return False
    if case.mine.word.kind == "other" and case.mine.word.key in vocabulary.sites():
        text = case.note.text  # "no contrast in the colon" denies no colon
        return any(_IN.search(text, max(0, one.word.start - 12), one.word.start) for one in case.theirs)
    own, theirs = _sites(case.text, case.mine), [_sites(case.note.text, one) for one in case.theirs]
    if case.is_denied:  # "none in the stomach": one that the notes place elsewhere, and none there
        return bool(own) and any(theirs) and not any(own & their for their in theirs)
    return bool(own) and all(their and not own & their for their in theirs)


def _is_of_it(case: _Case) -> bool:
    """As "no asthma attacks" and "no hyperkalaemia changes" deny neither asthma nor hyperkalaemia."""
    if case.is_denied or case.mine.word.kind != "condition" or len(case.every) == len(case.theirs):
        return False
    own = case.mine.sentence.span.of(case.text)
    theirs = [_OF_IT.match(case.note.text, one.word.end) for one in case.theirs]
    return all(one is not None and one[0].strip().rstrip("s") not in own for one in theirs)


def _is_told_over(case: _Case) -> bool:
    """Whether a draft says that what the notes deny was there, and is over: "hepatitis C had been eradicated"."""
    if case.is_denied or case.mine.word.kind not in ("condition", "symptom"):
        return False
    after = re.split(r"[,;.]", case.text[case.mine.word.end : case.mine.sentence.span.end])[0]
    return bool(_OVER.search(after))


def _is_lapse(case: _Case) -> bool:
    """Whether a draft says that the patient went without a drug, and the notes that something ran out or was missed."""
    if not case.is_denied or case.mine.word.kind != "drug":
        return False
    if not any(_LAPSED.search(one.sentence.span.of(case.note.text)) for one in case.theirs):
        return False
    before = case.text[case.mine.sentence.span.start : case.mine.word.start]
    return bool(re.search(r"\bwithout\b", before, re.IGNORECASE))


def _neighbours(text: str, one: Mention) -> tuple[str, str]:
    """The words of facts right before and right behind a word: "haematoma" behind "septal" of "septal haematoma"."""
    some = [word for word in one.sentence.words if word.kind not in ("", "number")]
    some = [word for word in some if word.key not in vocabulary.narrative()]
    before = next((word for word in reversed(some) if word.end <= one.word.start), None)
    after = next((word for word in some if word.start >= one.word.end), None)
    is_before = before and not text[before.end : one.word.start].strip(" -")
    is_after = after and not text[one.word.end : after.start].strip(" -")
    return (before.key if before and is_before else ""), (after.key if after and is_after else "")


def _describes_another(case: _Case) -> bool:
    """Whether a word of no list is part of another phrase in the notes: T wave inversion, "no delta wave"."""
    if case.mine.word.is_clinical:
        return False
    before, after = _neighbours(case.text, case.mine)
    if case.is_denied:
        return bool(after) and all(_neighbours(case.note.text, one)[1] not in ("", after) for one in case.theirs)
    return all(
        (their_after and their_after != after)
        or (after and not their_after and their_before and their_before != before)
        for their_before, their_after in (_neighbours(case.note.text, one) for one in case.theirs)
    )


def _is_measured(case: _Case) -> bool:
    """Whether the draft gives a quantity the value that it has in the notes: "no INR" there is of another day."""
    key, mine = case.mine.word.key, case.mine.sentence.quantities
    theirs = (one for sentence in facts.of_note(case.note) for one in sentence.quantities if one.subject == key)
    values = {one.numbers for one in mine if one.subject == key}
    return not case.is_denied and any(one.numbers in values for one in theirs)


_EXCUSES: tuple[Callable[[_Case], bool], ...] = (
    _was_there, _is_of_further_ones, _is_a_result, _is_weak, _is_over, _is_to_come, _is_forbidden, _is_part_of_another,
    _describes_another, _is_elsewhere, _is_told_over, _is_of_it, _is_lapse, _is_conditional,
    _is_measured,
)  # fmt: skip
