"""Does the draft give a thing another state than the notes do: done for awaited, normal for raised, over for ongoing?

One rule for every question: of the parts of the notes that speak of the same thing, those most like the draft's count;
where each of them has an answer that cannot hold together with the draft's, the draft is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.checks import likeness, states, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.states import Part
from app.drafts.draft import Section
from app.notes.note import Note, Span

# The draft's answer, and the notes' answers that it cannot stand beside.
_AGAINST: dict[str, dict[str, frozenset[str]]] = {
    "order": {
        "done": frozenset({"undone", "refused", "planned", "not planned", "awaited", "held"}),
        "resulted": frozenset({"undone", "refused", "planned", "not planned", "awaited", "held"}),
        "undone": frozenset({"done", "resulted"}),
        "refused": frozenset({"done", "resulted"}),
        "planned": frozenset({"done", "resulted", "refused", "not planned"}),
        "awaited": frozenset({"resulted"}),
    },
    "result": {
        "normal": frozenset({"abnormal", "high", "low", "positive"}),
        "abnormal": frozenset({"normal", "negative"}),
        "high": frozenset({"normal", "low", "negative"}),
        "low": frozenset({"normal", "high"}),
        "positive": frozenset({"negative", "normal"}),
        "negative": frozenset({"positive"}),
    },
    "course": {
        "ongoing": frozenset({"over", "past"}),
        "over": frozenset({"ongoing"}),
    },
    "trend": {
        "better": frozenset({"worse"}),
        "worse": frozenset({"better"}),
        "rising": frozenset({"falling"}),
        "falling": frozenset({"rising"}),
        "not better": frozenset({"better"}),
        "not worse": frozenset({"worse"}),
        "not rising": frozenset({"rising"}),
        "not falling": frozenset({"falling"}),
    },
}
_KINDS: dict[str, frozenset[str]] = {
    "order": frozenset({"test", "procedure", "device", "drug"}),
    "result": frozenset({"test", "quantity"}),
    "course": frozenset({"condition", "symptom"}),
    "trend": frozenset({"condition", "symptom", "quantity", "test"}),
}
_NEVER: dict[str, frozenset[str]] = {
    "order": frozenset({"condition", "symptom", "quantity"}),
    "result": frozenset({"condition", "device"}),
    "course": frozenset({"drug", "test", "procedure", "quantity", "device"}),
    "trend": frozenset({"drug", "procedure", "device"}),
}
_CHANGED = re.compile(r"(?:in|de)creased|reduced", re.IGNORECASE)
# What was broken off was begun; a further one is to come where the first was done.
_BROKEN_OFF = re.compile(r"abandoned|aborted|incomplete", re.IGNORECASE)
_FURTHER = re.compile(
    r"\b(?:second|third|next|further|another|repeat\w*|rpt|again|booster|follow-?up|last|final|re-?\w*scan\w*)\b",
    re.IGNORECASE,
)
# A part of a draft that was planned and called off is neither planned nor done; `states` knows the words themselves.
_CALLED_OFF = re.compile(r"\b(?:called off|cancell?ed|did not go ahead)\b", re.IGNORECASE)
# "planned 8/8, postponed (chest); done 12/8": nothing but a bracket and a joining word may stand between.
_DONE_LATER = re.compile(
    r"\s*(?:\(?[^()\n.;]{0,30}\)\s*)?[;,]\s*(?:(?:but|and|then|later|finally) )*"
    r"(?:done|performed|went ahead|took place)\b",
    re.IGNORECASE,
)
_RECURS = re.compile(
    r"\b(?:every|each) (?:\w+ )?(?:day|week|month)s?\b|\b(?:once|twice|times) (?:a|per|each) (?:day|week|month|year)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:second|further|repeat\w*|rpt|again)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|any|without|nor|nothing)\s(?:\w+\s){0,1}$", re.IGNORECASE)


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare the states that one sentence of a draft gives with those of the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        Findings of the kinds `planned`, `opposite` and `time`; all block.
    """
    for part in states.read(section.text, sentence):
        if part.depends:
            continue
        is_off = _CALLED_OFF.search(section.text, part.span.start, part.span.end)
        for axis, (value, place) in part.states.items():
            if value == "planned" and _RECURS.search(section.text, part.span.start, part.span.end):
                continue  # what is due every four weeks is being done
            against = _AGAINST[axis].get(value) if not (is_off and value in ("done", "resulted", "planned")) else None
            their = _clash(note, section.text, part, axis, against) if against else None
            if their is not None:
                yield _finding(note, section, axis, place, their)


def _finding(note: Note, section: Section, axis: str, place: Span, their: Part) -> Finding:
    message = said(wording.OPPOSITE, value=place.of(section.text), source=their.span.of(note.text).strip())
    return block(_kind(axis), message, (their.span,), section=section.key, draft=place)


def borne_out(note: Note, text: str, sentence: Facts) -> frozenset[str]:
    """Tell to which questions a sentence gives an answer that can stand beside one of the notes on the same thing.

    Args:
        note: The notes.
        text: The text the sentence stands in.
        sentence: What `facts` read of it.

    Returns:
        Kinds of findings that have been looked for, and not found, with an answer on both sides.
    """
    return frozenset(
        _kind(axis)
        for part in states.read(text, sentence)
        for axis, (value, _) in part.states.items()
        for alike in _alike(note, text, part, axis)
        if {_answer(one, axis) for one in alike} - {""} - _AGAINST[axis].get(value, frozenset())
    )


def _kind(axis: str) -> str:
    return {"order": "planned", "course": "time"}.get(axis, "opposite")


def _clash(note: Note, text: str, mine: Part, axis: str, against: frozenset[str]) -> Part | None:
    """The part of the notes that the draft's part contradicts; None where something bears it out, or may."""
    value, place = mine.states[axis]
    if value == "planned" and _FURTHER.search(mine.span.of(text)):
        against = against - {"done", "resulted"}
    if _BROKEN_OFF.fullmatch(place.of(text)):
        against = against - {"done"}
    is_first = value in ("done", "resulted") and not _FURTHER.search(mine.span.of(text))
    for alike in _alike(note, text, mine, axis):
        clash = _worst(alike, axis, against)
        if clash and is_first and _DONE_LATER.match(note.text, clash.span.end):
            continue
        if clash and not (is_first and any(_is_further(note, one) for one in alike)):
            return clash
    return None


def _alike(note: Note, text: str, mine: Part, axis: str) -> Iterator[list[Part]]:
    """The parts of the notes that speak of each thing of the draft's part."""
    value, place = mine.states[axis]
    things = mine.things
    if place.of(text).endswith(" for"):  # "negative for nitrite"
        things = tuple(one for one in things if one.start >= place.end) or things
    if value == "resulted":  # nothing but a test shows what was found, where there is one
        things = tuple(one for one in things if one.kind == "test") or things
    if value in ("done", "resulted", "planned"):
        things = tuple(one for one in things if not _DENIED.search(text, max(0, one.start - 24), one.start))
    stand_ins = likeness.of_text(note.text).stand_ins(text, things, frozenset(states.of_note(note)))
    keys = [(one, {one.key, *(stand_ins.get(one.key, ()) if one.kind != "quantity" else ())}) for one in things]
    if axis == "result" and _CHANGED.fullmatch(place.of(text)):  # of a drug it tells what was done with it
        keys = [(one, names) for one, names in keys if one.kind != "drug"]
    kinds = _KINDS[axis] | ({"quantity"} if value == "resulted" else set())
    fitting = [names for one, names in keys if one.kind in kinds]
    others = [names for one, names in keys if one.kind not in _NEVER[axis]]
    for things_alike in [[names] for names in fitting] or ([others] if others else []):
        yield _like(note, mine, things_alike)


def _is_further(note: Note, one: Part) -> bool:
    """Whether a part tells of a further test: "repeat CT in two weeks" tells nothing of the first."""
    return bool(_AGAIN.search(note.text, one.sentence.span.start, one.span.end))


def _like(note: Note, mine: Part, things: Sequence[set[str]]) -> list[Part]:
    """The parts of the notes that name all these things, most like the draft's part."""
    known = states.of_note(note)
    own = [
        {id(part): part for key in known if any(_is_same(one, key) for one in names) for part in known[key]}
        for names in things
    ]
    every = [part for place, part in own[0].items() if all(place in some for some in own)]
    best = max((len(mine.keys & one.keys) for one in every), default=0)
    return [one for one in every if len(mine.keys & one.keys) == best]


def _is_same(mine: str, their: str) -> bool:
    """Whether the notes' name is the draft's, or a closer one: CT, CT of the head."""
    return mine == their or (set(mine.split()) < set(their.split()))


def _worst(alike: Sequence[Part], axis: str, against: frozenset[str]) -> Part | None:
    answered = [one for one in alike if _answer(one, axis)]
    if axis == "course" and answered:  # what is said last holds
        alike = alike[alike.index(answered[-1]) :]
    told = {one.sentence.span for one in answered}
    alike = [one for one in alike if one in answered or (one.sentence.span not in told and not one.is_aside)]
    return alike[0] if alike and all(_answer(one, axis) in against for one in alike) else None


def _answer(one: Part, axis: str) -> str:
    """The notes' answer; empty where they give none, which excuses whatever the draft says."""
    if axis == "order" and one.depends:  # "?malignant" of a nodule plans nothing, that of a drug or test may
        return "planned" if any(thing.kind in _KINDS["order"] for thing in one.things) else ""
    return one.states[axis][0] if axis in one.states and not one.depends else ""
