"""Does the draft speak of each thing as the notes do: present or denied, sure or unsure, past or present, whose?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.checks import (
    allergies,
    clashes,
    context,
    denials,
    facts,
    habits,
    ongoing,
    opposites,
    polarity,
    relatives,
    resuscitation,
    sides,
    trends,
    vocabulary,
    wording,
)
from app.checks.context import Mention
from app.checks.facts import Facts
from app.checks.finding import Evidence, Finding, block, said, warn
from app.drafts.draft import Draft, Section
from app.notes.note import Note, Span

# Conditions that stay: "history of COPD" and "COPD" say the same of a patient.
_CHRONIC = vocabulary.listed_lines("chronic.txt")
_DATED = frozenset({"condition", "procedure"})
_ORDERED = frozenset({"test", "procedure", "device"})
_PATIENTS = frozenset({"condition", "symptom"})
_OF_SOMEONE = _PATIENTS | {"procedure", "device"}
_CHANGES = frozenset({"recurrence", "improved", "worsened", "increased", "reduced"})
_ANY = frozenset({"surgery"})  # "an earlier operation" is one of several
_TAKEN_OUT = re.compile(r"\b(?:remov\w+|(?:taken|came|come|pulled|slid) out|out|withdrawn|extubat\w+)\b", re.IGNORECASE)
_PARTED = re.compile(
    r"[,;:]|\b(?:as|because|since|given|due to)\b", re.IGNORECASE
)  # "if breathless, as she had an embolism"
_HISTORY_SECTION = re.compile(r"history|past|background|pmh|comorbid|既往", re.IGNORECASE)


def find(note: Note, draft: Draft, evidence: Sequence[Evidence]) -> tuple[Finding, ...]:
    """Compare how the draft speaks of things with how the notes do.

    Args:
        note: The notes.
        draft: The draft made from them.
        evidence: What `evidence.of` gave for them.

    Returns:
        Findings of the kinds `negation`, `uncertainty`, `time`, `planned`, `relative`, `side` and `opposite`.
    """
    by_place = {(one.section, one.draft_span): one for one in evidence}
    found: list[Finding] = []
    for section in draft.sections:
        if section.state in ("not documented", "failed"):
            continue
        for sentence in facts.of_text(section.text):
            basis = by_place.get((section.key, sentence.span))
            if not is_whole_quote(note, section, basis):
                found += of_sentence(note, section, sentence, basis)
    return tuple(found)


def of_sentence(note: Note, section: Section, sentence: Facts, basis: Evidence | None) -> Iterator[Finding]:
    """Compare one sentence; see `find`."""
    spans = basis.source_spans if basis else ()
    mentions = context.read(section.text, sentence)
    flips = [
        flip
        for mention in mentions
        if not denials.is_of_denied(note, mention, mentions)
        for flip in _of_mention(note, section, mention, basis)
    ]
    surely = {flip.kind for flip in flips if flip.blocking}
    # A word of no list tells nothing more where a word of the lists has told it, and one such word is enough.
    unsure = {flip.kind: flip for flip in reversed(flips) if not flip.blocking and flip.kind not in surely}
    yield from (flip for flip in flips if flip.blocking)
    yield from unsure.values()
    yield from ongoing.of_sentence(note, section, sentence)
    yield from trends.of_sentence(note, section, sentence)
    yield from sides.of_sentence(note, section, sentence, spans)
    yield from opposites.of_sentence(note, section, sentence, spans)
    yield from clashes.of_sentence(note, section, sentence)
    yield from habits.of_sentence(note, section, sentence)
    if not any(flip.kind == "negation" for flip in flips):
        yield from polarity.of_sentence(note, section, sentence, spans)
    yield from allergies.of_sentence(note, section, sentence)
    yield from resuscitation.of_sentence(note, section, sentence)


def is_whole_quote(note: Note, section: Section, basis: Evidence | None) -> bool:
    """Whether a sentence quotes whole sentences: a part of one can lose its "no".

    It may lose a heading on its line where that says nothing ("Examination:") or the section says as much: what the
    notes have below "Pending:" is pending below "Results still pending" too.
    """
    if basis is None or not basis.is_verbatim:
        return False
    span = basis.source_spans[0]
    whole = (
        one for one in facts.of_note(note) if span.start - 2 <= one.body < span.end and one.span.end <= span.end + 1
    )
    own = context.by_heading(section.key) | context.by_heading(section.title)
    return any(one.span.start >= span.start - 2 or context.by_heading(one.heading) <= own for one in whole)


def _of_mention(note: Note, section: Section, mention: Mention, basis: Evidence | None) -> Iterator[Finding]:
    if mention.word.key == "resuscitation":
        return  # `resuscitation` reads the status as a whole: DNACPR denies it without a word of denial
    spans = basis.source_spans if basis else ()
    known = denials.mentions(note)
    narrower = _narrower(known, mention.word.key)
    # "No STEMI" does not deny an infarction.
    every = known.get(mention.word.key) or [
        one for one in narrower if {"negated"} & mention.ways or "negated" not in one.ways
    ]
    if not every:
        return
    theirs = _alike(mention, _first_of_the_same(note, section.text, mention, every), spans)
    if not theirs:
        return
    own = mention.sentence.span.of(section.text)
    what = section.text[mention.word.start : mention.word.end]
    place = Span(mention.word.start, mention.word.end)
    sources = tuple(Span(one.word.start, one.word.end) for one in theirs[:3])
    for kind, template, blocks in _flips(note, section, mention, theirs, every):
        shared = (one for one in narrower if _is_relatives(one) == _is_relatives(mention))
        if kind == "relative" and any("negated" not in one.ways for one in shared):
            continue  # the father's diabetes, and the patient's type 2 diabetes
        is_denied = template == wording.FLIP_NEGATED
        if kind == "negation" and polarity.is_unclear(note, own, basis, is_denied=is_denied):
            continue
        yield (block if blocks else warn)(kind, said(template, what=what), sources, section=section.key, draft=place)


def _numbers(text: str, one: Mention) -> set[str]:
    """The numbers beside a mention, an age most often, up to where a semicolon or a stop parts it from another."""
    words = one.sentence.words
    return {
        word.key
        for word in words
        if word.kind == "number"
        and not re.search(r"[;；。]", text[min(word.end, one.word.end) : max(word.start, one.word.start)])
    }


def _first_of_the_same(note: Note, text: str, mine: Mention, every: Sequence[Mention]) -> Sequence[Mention]:
    """The mentions of the same person, if any: the mother's asthma says nothing of the patient's."""
    if mine.word.kind not in _OF_SOMEONE or "kin" in mine.ways:
        return every
    same = _of_the_same(mine, every)
    shared = [one for one in every if _numbers(text, mine) & _numbers(note.text, one)]
    return same if not shared or any(one in same for one in shared) else every


def _narrower(known: Mapping[str, tuple[Mention, ...]], key: str) -> tuple[Mention, ...]:
    """Mentions of what is one of a kind that the notes never name itself: a STEMI, for a myocardial infarction."""
    return tuple(one for name in vocabulary.wider() if key in vocabulary.wider()[name] for one in known.get(name, ()))


def _alike(mention: Mention, every: Sequence[Mention], spans: tuple[Span, ...]) -> list[Mention]:
    """The mentions in the sentences most like the draft's: those that share the most words with it.

    A word of no list counts only beside another word that both have.
    """
    mine = _content(mention)
    best = max(len(mine & _content(one)) for one in every)
    if best < min(2, len(mine)) and not mention.word.is_clinical and not _is_denied_throughout(mention, every):
        return []
    alike = [one for one in every if len(mine & _content(one)) == best]
    near = [one for one in alike if any(span.start <= one.word.start < span.end for span in spans)]
    return near if best < 2 and near else alike


def _is_denied_throughout(mine: Mention, every: Sequence[Mention]) -> bool:
    """Whether the notes deny each time what a draft says there is: then one word is enough."""
    return not mine.ways & {"negated", "unclear", "uncertain", "planned", "kin", "relative"} and all(
        "negated" in one.ways for one in every
    )


def _content(mention: Mention) -> set[str]:
    return {word.key for word in mention.sentence.words if word.kind not in ("", "number")}


def _flips(
    note: Note,
    section: Section,
    mine: Mention,
    theirs: Sequence[Mention],
    every: Sequence[Mention],
) -> Iterator[tuple[str, str, bool]]:
    """Kind, sentence and whether it blocks, of each way in which the two differ."""
    word = mine.word
    if word.kind in _OF_SOMEONE:
        yield from _whose(note, section.text, mine, theirs)
        theirs, every = _of_the_same(mine, theirs), _of_the_same(mine, every)
    if word.kind != "test" and (word.is_clinical or word.kind == "other" or word.key in _CHANGES):
        yield from denials.flips(note, section.text, mine, theirs, every)
    if (
        word.kind in _ORDERED and {"done", "negated"} <= mine.ways
    ):  # "was negative" of a test that is awaited denies no test
        yield from _planned(mine, theirs, every)
        return
    if "negated" in mine.ways or all("negated" in one.ways for one in theirs):
        return
    yield from _certainty(section.text, mine, theirs)
    if word.kind in _DATED and word.key not in _ANY and not _is_relatives(mine) and not _is_reaction(mine):
        yield from _time(section, mine, theirs, every)
    is_out = word.kind in ("device", "procedure") and _TAKEN_OUT.search(mine.sentence.span.of(section.text))
    if is_out and not any(_TAKEN_OUT.search(one.sentence.span.of(note.text)) for one in theirs):
        return  # what was taken out is not what is planned
    if word.kind in _ORDERED or word.kind == "drug":
        yield from _planned(mine, theirs, every)


def _of_the_same(mine: Mention, some: Sequence[Mention]) -> Sequence[Mention]:
    """The mentions of the same person: what is said of relatives says nothing of the patient."""
    return [one for one in some if _is_relatives(one) == _is_relatives(mine)] or some


def _certainty(text: str, mine: Mention, theirs: Sequence[Mention]) -> Iterator[tuple[str, str, bool]]:
    is_unsure = "uncertain" in mine.ways
    is_other = all(("uncertain" in one.ways) != is_unsure for one in theirs if "negated" not in one.ways)
    if is_unsure and mine.word.kind == "symptom":
        return  # what a symptom comes from is in doubt, not the symptom
    if is_unsure and vocabulary.stem(mine.word.key) in vocabulary.sites():
        return
    ifs = [word for word in mine.sentence.words if word.key == "if"]
    is_condition = bool(ifs) and (mine.word.kind == "other" or (not is_unsure and ifs[0].end < mine.word.start))
    is_condition = is_condition and not _PARTED.search(text, ifs[0].end, max(ifs[0].end, mine.word.start))
    if is_other and mine.word.kind in ("other", *_PATIENTS) and not is_condition:
        yield "uncertainty", wording.FLIP_UNCERTAIN if is_unsure else wording.FLIP_CERTAIN, mine.word.is_clinical


def _time(
    section: Section, mine: Mention, theirs: Sequence[Mention], every: Sequence[Mention]
) -> Iterator[tuple[str, str, bool]]:
    is_history = any(_HISTORY_SECTION.search(one) for one in (section.key, section.title, mine.sentence.heading))
    is_now = "current" in mine.ways
    was_past = [_is_past(one) or (is_now and _is_dated(one)) for one in theirs]
    if _share_a_year(mine, theirs):
        return
    if "past" in mine.ways and "current" not in mine.ways:
        is_never_past = not any(_is_past(one) or _is_dated(one) for one in every) and mine.word.key not in _CHRONIC
        if not any(was_past) and (is_never_past or any("current" in one.ways for one in theirs)):
            yield "time", wording.FLIP_PAST, True
    elif (
        all(was_past)
        and not is_history
        and all(_is_past(one) or (is_now and _is_dated(one)) for one in every)
        and _must_be_dated(mine, theirs)
    ):
        yield "time", wording.FLIP_CURRENT, True


def _is_reaction(mine: Mention) -> bool:
    """Whether it is what an allergy led to: that lies in the past, whether it is said or not."""
    return any(one.key.startswith("allerg") or one.key == "过敏" for one in mine.sentence.words)


def _must_be_dated(mine: Mention, theirs: Sequence[Mention]) -> bool:
    """Whether leaving out "previous" changes the meaning: not of what stays, and not where the heading said it."""
    if "current" in mine.ways:
        return True
    return mine.word.key not in _CHRONIC and all("past" in one.ways for one in theirs)


def _is_past(one: Mention) -> bool:
    return ("past" in one.ways or "past" in one.by_heading) and "current" not in one.ways


def _share_a_year(mine: Mention, theirs: Sequence[Mention]) -> bool:
    """Whether both sentences give the same bare year: then neither says another time than the other."""
    years = {one.value for one in mine.sentence.moments if one.kind == "year"}
    return any(one.value in years for their in theirs for one in their.sentence.moments if one.kind == "year")


def _is_dated(one: Mention) -> bool:
    """Whether a bare year stands beside it, "CABG 2014"; weaker than a word that says so."""
    return "dated" in one.ways and "current" not in one.ways


def _planned(mine: Mention, theirs: Sequence[Mention], every: Sequence[Mention]) -> Iterator[tuple[str, str, bool]]:
    is_drug = mine.word.kind == "drug"
    is_open, is_done = "planned" in mine.ways, "done" in mine.ways
    if is_done and not is_open and not any("done" in one.ways for one in every):
        if all(_is_planned(one, by_heading=not is_drug) for one in theirs):
            yield "planned", wording.FLIP_DONE, True
    elif is_open and not is_done and not is_drug and all("done" in one.ways for one in theirs):
        is_never_open = not any(_is_planned(one, by_heading=True) for one in every)
        if is_never_open:
            yield "planned", wording.FLIP_PLANNED, True


def _is_planned(one: Mention, *, by_heading: bool) -> bool:
    is_open = "planned" in one.ways or (by_heading and "planned" in one.by_heading)
    return is_open and "done" not in one.ways


def _whose(note: Note, text: str, mine: Mention, theirs: Sequence[Mention]) -> Iterator[tuple[str, str, bool]]:
    is_relatives = _is_relatives(mine)
    if any("kin" in one.ways for one in (mine, *theirs)):
        return
    if all(_is_relatives(one) != is_relatives for one in theirs):
        yield "relative", wording.FLIP_RELATIVE if is_relatives else wording.FLIP_PATIENT, True
    elif is_relatives:
        own = relatives.named(mine.sentence, text, mine.word)
        named = {name for one in theirs for name in relatives.named(one.sentence, note.text, one.word)}
        if own and named and not own & named:
            yield "relative", wording.FLIP_OTHER_RELATIVE, True


def _is_relatives(one: Mention) -> bool:
    return "relative" in one.ways or "relative" in one.by_heading
