"""A second reading of each sentence by the encoder of `entailment`: where the lists of words end, and where they err.

The rules name what is wrong and are sure of numbers, doses, drugs and dates; how a thing is spoken of (denied, unsure,
planned, over, better) is said in more ways than lists hold. So the encoder adds a finding where it doubts a sentence of
which no rule says anything, and makes a warning of one that blocks, of a few kinds in which rules err often, where it
is sure of the sentence. It silences nothing. The bounds were chosen on notes that no training saw: ARCHITECTURE.md has
the figures.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from app.checks import assertions, clashes, context, evidence, facts, support, wording
from app.checks.facts import Facts
from app.checks.finding import Evidence, Finding, Said, block, said, warn
from app.drafts.draft import Draft, Section
from app.errors import SetupError
from app.notes.note import Note, Span

if TYPE_CHECKING:
    from app.checks.entailment import Encoder, Verdict

# Kinds of errors that the encoder tells better than rules do, and the log-odds below which it doubts a sentence without
# a finding: of 4,187 faithful and 5,849 false sentences, 277 false ones and 55 faithful ones that no rule names.
DOUBTED_BELOW: Mapping[str, float] = {
    "planned": -3.5, "time": -2.5, "opposite": -3.0, "invented": -3.0, "negation": -4.5, "uncertainty": -4.5,
    "relative": -4.0,
}  # fmt: skip
# Findings of which rules err often, by kind and template, and the log-odds from which on they no longer block. None is
# taken back: on 3,567 faithful and 5,381 false sentences that would silence 58 false alarms, and 48 errors.
SOFTENED = frozenset(
    {
        ("negation", wording.FLIP_NEGATED), ("uncertainty", wording.FLIP_UNCERTAIN),
        ("uncertainty", wording.FLIP_CERTAIN), ("planned", wording.FLIP_DONE), ("planned", wording.FLIP_PLANNED),
        ("planned", wording.OPPOSITE),
    }
)  # fmt: skip
SOFTENED_FROM = 2.0
_KINDS = {"invented": "support"}  # the kind of a finding, where it has another name
_LONGEST_QUOTE = 160  # characters
# Scripts that the encoder was not taught: all but the Latin one and its signs.
_OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")


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
        only_adds: Where no person has looked yet: nothing is softened, and what is doubted must not stand.

    Returns:
        Those findings, and those of the second reading. Only what was found, as it was, for tasks that reword on
        purpose and for sentences that are not English: the encoder was taught neither.
    """
    if draft.task in support.REWORDING:
        return tuple(found)
    asked = [one for one in basis if _can_matter(one, found, only_adds=only_adds)]
    try:
        read = list(_again(_reader(), note, draft, asked))
    except SetupError:  # what the rules found stands, and the doctor knows that they were alone
        return (*found, warn("support", said(wording.NOT_READ_AGAIN)))
    stays = list(found) if only_adds else [_weighed(finding, read) for finding in found]
    make = block if only_adds else warn  # a person judges for himself; what nobody has read yet is written anew
    for one in read:
        kind = one.verdict.kind
        is_told = any(one.basis.is_of(finding) for finding in found)
        if is_told or one.verdict.agreement >= DOUBTED_BELOW.get(kind, -math.inf):
            continue
        if kind in clashes.borne_out(note, one.section, one.sentence):
            continue  # the rules have looked for it, and found an answer on both sides
        own, nearest = one.basis.draft_span.of(one.section), one.near[0].of(note.text)
        message = said(wording.NOT_BORNE_OUT, sentence=_quoted(own), source=_quoted(nearest))
        place = one.basis.draft_span
        stays.append(make(_KINDS.get(kind, kind), message, one.near[:1], section=one.basis.section, draft=place))
    return tuple(stays)


@cache
def _loaded() -> Encoder | SetupError:
    """The encoder, or why its files cannot be used; tried once."""
    # Threads that wait for each other cost five times as much beside other work; asked for before NumPy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from app.checks import entailment  # numpy and the tokenizers are loaded where something is read, not at start

    try:
        return entailment.Encoder(entailment.folder())
    except SetupError as error:
        return error


def _reader() -> Encoder:
    """The encoder.

    Raises:
        SetupError: Its files cannot be used.
    """
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
        if _OTHER_SCRIPT.search(one.draft_span.of(section.text)) or assertions.is_whole_quote(note, section, one):
            continue
        sentence = next((each for each in facts.of_text(section.text) if each.span == one.draft_span), None)
        # "Stroke." below "Family history" says more than it is read with.
        if sentence is None or _is_said_by_heading(section, sentence.heading) or not support.says_something(sentence):
            continue
        # A quotation of a part leaves out what the notes say round it; what supports any other was looked for already.
        is_known = one.is_supported and not one.is_verbatim
        near = one.source_spans if is_known else evidence.nearest(note, section.text, sentence)
        near = near[: reader.passages]
        beside = evidence.beside(note, near)
        if near and not _OTHER_SCRIPT.search(beside):
            asked.append((one, section.text, sentence, near, beside))
    verdicts = reader.judge([(one.draft_span.of(text), beside) for one, text, _, _, beside in asked])
    for (one, text, sentence, near, _), verdict in zip(asked, verdicts, strict=True):
        yield _Read(one, text, sentence, near, verdict)


def _can_matter(one: Evidence, found: Sequence[Finding], *, only_adds: bool) -> bool:
    """Whether a verdict on a sentence can change anything: where no rule names it, or one that may be softened does."""
    own = [finding for finding in found if one.is_of(finding)]
    return not own or (not only_adds and any(_name(finding) in SOFTENED for finding in own))


def _is_said_by_heading(section: Section, heading: str) -> bool:
    return any(context.by_heading(one) for one in (section.key, section.title, heading))


def _weighed(finding: Finding, read: Sequence[_Read]) -> Finding:
    """The finding; as a warning where the encoder is sure of its sentence and has read what the finding rests on."""
    own = next((one for one in read if one.basis.is_of(finding)), None)
    is_sure = own is not None and own.verdict.agreement >= SOFTENED_FROM and _were_read(finding.source_spans, own.near)
    return replace(finding, severity="warning", blocking=False) if is_sure and _name(finding) in SOFTENED else finding


def _name(finding: Finding) -> tuple[str, str]:
    return finding.kind, finding.message.template if isinstance(finding.message, Said) else ""


def _were_read(sources: Sequence[Span], near: Sequence[Span]) -> bool:
    """Whether what a finding rests on is among the passages that were read."""
    return all(any(one.start <= source.start < one.end for one in near) for source in sources[:1])


def _quoted(passage: str) -> str:
    line = " ".join(passage.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
