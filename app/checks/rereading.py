"""A second reading of each sentence by the encoder of `entailment`: where the lists of words end, and where they err.

The rules name what is wrong and are sure of numbers, doses, drugs and dates; how a thing is spoken of (denied, unsure,
planned, over, better) is said in more ways than lists hold. So the encoder adds a finding where it doubts a sentence of
which no rule says anything; and of a few kinds in which rules err more often than it does, it makes a warning of one
that blocks where it tends to believe the sentence, and takes it back where it is sure. No value, drug, side, allergy or
status of resuscitation is among these. The bounds were chosen on notes that no training saw: ARCHITECTURE.md has the
figures.
"""

from __future__ import annotations

import math
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from app.checks import assertions, clashes, context, evidence, facts, support, wording
from app.checks.facts import Facts
from app.checks.finding import Evidence, Finding, Said, block, said, warn
from app.drafts.draft import Draft, Section
from app.errors import SetupError
from app.notes import numerals
from app.notes.note import Note, Span

if TYPE_CHECKING:
    from app.checks.entailment import Encoder, Files, Verdict

# Kinds of errors that the encoder tells better than rules do, and the log-odds below which it doubts a sentence without
# a finding: of 5,842 faithful and 2,869 false sentences that no rule names, in 347 notes that it was not taught, it
# doubts 135 and 1,365. Of values it must be very sure.
DOUBTED_BELOW: Mapping[str, float] = {
    "negation": -2.0, "planned": -1.5, "uncertainty": -1.0, "time": -1.0, "opposite": -1.5, "invented": -1.5,
    "action": -3.0, "condition": -3.0, "relative": -2.0, "side": -2.0, "duration": -3.0, "frequency": -3.0,
    "number": -4.5, "date": -4.5, "dose": -4.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounds:
    """Log-odds of a sentence, from which on a finding of it is only a warning, and from which on it is none.

    Attributes:
        warns: From here it does not block.
        silent: From here it is taken back.
    """

    warns: float
    silent: float


# Findings of which rules err more often than it does, by kind and template: in the same notes those of 116 faithful
# sentences and of 39 false ones are taken back, and 188 faithful ones are stopped no longer. What a strange word stands
# in is not weighed (see `_weighed`): it believes a sentence of which one word is made up.
SURE_FROM: Mapping[tuple[str, str], Bounds] = {
    ("support", wording.NO_SUPPORT): Bounds(0, 4),
    ("support", wording.NOT_MENTIONED): Bounds(2, 3),
    ("negation", wording.FLIP_NEGATED): Bounds(-1, 4),
    ("negation", wording.FLIP_AFFIRMED): Bounds(2, 6.5),
    ("uncertainty", wording.FLIP_UNCERTAIN): Bounds(0, 6),
    ("uncertainty", wording.FLIP_CERTAIN): Bounds(0, 5),
    ("planned", wording.FLIP_DONE): Bounds(4, 4.5),
    ("planned", wording.FLIP_PLANNED): Bounds(2, 4),
    ("planned", wording.OPPOSITE): Bounds(3, 4.5),
    ("relative", wording.FLIP_PATIENT): Bounds(0, 4.5),
    ("relative", wording.FLIP_RELATIVE): Bounds(1, 3.5),
    ("time", wording.FLIP_CURRENT): Bounds(2, 5),
    ("time", wording.FLIP_PAST): Bounds(2, 6),
}
_KINDS = {"invented": "support"}  # the kind of a finding, where it has another name
_SIGNED = re.compile(r"[A-Za-z)] ?[+-](?=\s*(?:[,.;)]|$))")
# Allergies and the status of resuscitation are for the rules alone, whatever finding names them.
_RESUSCITATION = re.compile(r"resus|\bd?n?a?cpr\b|\bcode\b|\bDNR\b", re.IGNORECASE)
_NEVER_WEIGHED = re.compile(rf"allerg|anaphyla|{_RESUSCITATION.pattern}", re.IGNORECASE)
_VALUES = ("number", "dose", "date", "duration")
_IN_WORDS = re.compile(rf"\b{numerals.PATTERN}\b", re.IGNORECASE)
_STAY = re.compile(r"\b(?:hospital|in-?patient|admission|stay)\b", re.IGNORECASE)
_LONGEST_QUOTE = 160  # characters
_one_at_a_time = threading.Lock()  # two threads that ask at once would load it twice
# Scripts that the encoder was not taught: all but the Latin one and its signs.
OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence that was read again.

    Attributes:
        basis: Its place.
        section: Text of its section.
        sentence: What `facts` read of it.
        near: The passages it was read beside, the nearest first.
        verdict: What the encoder made of it.
    """

    basis: Evidence
    section: str
    sentence: Facts
    near: tuple[Span, ...]
    verdict: Verdict


def settle(
    note: Note, draft: Draft, basis: Sequence[Evidence], found: Sequence[Finding], *, only_adds: bool = False
) -> tuple[Finding, ...]:
    """Read each sentence again beside the passages nearest to it.

    Args:
        note: The notes.
        draft: The draft made from them.
        basis: What `evidence.of` gave for them.
        found: What the checks of single sentences found.
        only_adds: Where no person has looked yet: no finding is weaker for it, and what is doubted must not stand.

    Returns:
        Those findings that stand, and those of the second reading. Only what was found, as it was, for tasks that
        reword on purpose and for sentences that are not English: the encoder was taught neither.
    """
    if draft.task in support.REWORDING:
        return tuple(found)
    asked = [one for one in basis if _can_matter(one, found, only_adds=only_adds)]
    try:
        read = list(_again(_reader(), note, draft, asked))
    except SetupError:  # what the rules found stands, and the doctor knows that they were alone
        return (*found, warn("support", said(wording.NOT_READ_AGAIN)))
    weighed = found if only_adds else [_weighed(note, finding, read) for finding in found]
    stays = [finding for finding in weighed if finding is not None]
    make = block if only_adds else warn  # a person judges for himself; what nobody has read yet is written anew
    for one in read:
        kind = one.verdict.kind
        is_told = any(one.basis.is_of(finding) for finding in found)
        if is_told or one.verdict.agreement >= DOUBTED_BELOW.get(kind, -math.inf):
            continue
        if kind == "negation" and any(_SIGNED.search(span.of(note.text)) for span in one.near):
            continue  # it was not taught "fever +, rash -"; the rules were
        if _is_left_to_rules(note, one):
            continue
        if kind in clashes.borne_out(note, one.section, one.sentence):
            continue  # the rules have looked for it, and found an answer on both sides
        own, nearest = one.basis.draft_span.of(one.section), one.near[0].of(note.text)
        message = said(wording.NOT_BORNE_OUT, sentence=_quoted(own), source=_quoted(nearest))
        place = one.basis.draft_span
        stays.append(make(_KINDS.get(kind, kind), message, one.near[:1], section=one.basis.section, draft=place))
    return tuple(stays)


@cache
def _files() -> Future[Files]:
    """The files of the encoder, which are read beside other work."""
    # Threads that wait for each other cost five times as much beside other work; asked for before NumPy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from app.checks import entailment  # numpy and the tokenizers are loaded where something is read, not at start

    pool = ThreadPoolExecutor(1)
    reading = pool.submit(entailment.read, entailment.folder())
    pool.shutdown(wait=False)
    return reading


@cache
def _loaded() -> Encoder | SetupError:
    """The encoder, or why its files cannot be used; tried once."""
    from app.checks import entailment

    try:
        return entailment.Encoder(_files().result())
    except SetupError as error:
        return error
    finally:
        _files.cache_clear()  # twice the room of the encoder


def get_ready() -> None:
    """Begin to read the files of the encoder beside other work, where it is not there yet."""
    with _one_at_a_time:
        if not _loaded.cache_info().currsize:
            _files()


def _reader() -> Encoder:
    """The encoder.

    Raises:
        SetupError: Its files cannot be used.
    """
    with _one_at_a_time:
        found = _loaded()
    if isinstance(found, SetupError):
        raise found
    return found


def _again(reader: Encoder, note: Note, draft: Draft, basis: Sequence[Evidence]) -> Iterator[_Read]:
    """The verdict on each sentence that states a fact and is no quotation."""
    sections = {section.key: section for section in draft.sections}
    asked: list[tuple[Evidence, str, Facts, tuple[Span, ...], str]] = []
    for one in basis:
        section = sections[one.section]
        if OTHER_SCRIPT.search(one.draft_span.of(section.text)) or assertions.is_whole_quote(note, section, one):
            continue
        sentence = next((each for each in facts.of_text(section.text) if each.span == one.draft_span), None)
        # "Stroke." below "Family history" says more than it is read with.
        if sentence is None or _is_said_by_heading(section, sentence.heading) or not support.says_something(sentence):
            continue
        # A quotation of a part leaves out what the notes say round it; what supports any other was looked for already.
        near = evidence.to_read(note, section.text, sentence, reader.passages, one)
        beside = evidence.beside(note, near)
        if near and not OTHER_SCRIPT.search(beside):
            asked.append((one, section.text, sentence, near, beside))
    verdicts = reader.judge([(one.draft_span.of(text), beside) for one, text, _, _, beside in asked])
    for (one, text, sentence, near, _), verdict in zip(asked, verdicts, strict=True):
        yield _Read(one, text, sentence, near, verdict)


def _can_matter(one: Evidence, found: Sequence[Finding], *, only_adds: bool) -> bool:
    """Whether a verdict on a sentence can change anything: where no rule names it, or one that it may weigh does."""
    own = [finding for finding in found if one.is_of(finding)]
    return not own or (not only_adds and any(_name(finding) in SURE_FROM for finding in own))


def _is_left_to_rules(note: Note, one: _Read) -> bool:
    """Whether a doubt is about what it was not taught: numbers in words, how long the stay was, resuscitation.

    The rules read numbers both ways, reckon the stay from its days, and compare a status as a whole.
    """
    kind, own = one.verdict.kind, one.basis.draft_span.of(one.section)
    if _RESUSCITATION.search(own) or (kind == "duration" and _STAY.search(own)):
        return True
    return kind in _VALUES and any(_IN_WORDS.search(span.of(note.text)) for span in one.near)


def _is_said_by_heading(section: Section, heading: str) -> bool:
    return any(context.by_heading(one) for one in (section.key, section.title, heading))


def _weighed(note: Note, finding: Finding, read: Sequence[_Read]) -> Finding | None:
    """The finding; weaker, or none, where the encoder believes its sentence and has read what the finding rests on."""
    own = next((one for one in read if one.basis.is_of(finding)), None)
    bounds = SURE_FROM.get(_name(finding))
    if own is None or bounds is None or not _were_read(finding.source_spans, own.near):
        return finding
    if _NEVER_WEIGHED.search(own.basis.draft_span.of(own.section)):
        return finding
    if finding.kind == "support" and evidence.has_strangers(note, own.section, own.sentence):
        return finding
    if own.verdict.agreement >= bounds.silent:
        return None
    return replace(finding, severity="warning", blocking=False) if own.verdict.agreement >= bounds.warns else finding


def _name(finding: Finding) -> tuple[str, str]:
    return finding.kind, finding.message.template if isinstance(finding.message, Said) else ""


def _were_read(sources: Sequence[Span], near: Sequence[Span]) -> bool:
    """Whether what a finding rests on is among the passages that were read."""
    return all(any(one.start <= source.start < one.end for one in near) for source in sources[:1])


def _quoted(passage: str) -> str:
    line = " ".join(passage.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
