"""Does the draft speak of a drug or a complaint as going on where by the notes it is over?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checks import actions, facts, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.words import Word
from app.drafts.draft import Section
from app.notes.note import Note, Span

_GOES_ON = re.compile(
    r"\b(?:takes|uses|injects|smokes|(?:is|are|remains?|stays?) (?:still |currently )?(?:on(?! hold)|taking|using)"
    r"|current(?:ly| medic\w+| tablets| drugs)"
    r"|remains"
    r"|still|persist\w*|in place|in situ|continu(?:es (?:to take|on|with)|ing))\b"
    r"|目前|现服|仍在|仍服|正在|继续(?:服|口服|使用)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:not|no longer|never|stop\w*|ceas\w+|quit|gave up|given up|until|till|off|held|withh\w+|instead|previous\w*"
    r"|used to|discontinu\w+|ex|former\w*|if|once)\b|停|曾|不再|戒",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"\b(?:stopp?e?d?|discontinued|ceased|withdrawn|given up|gave up|off|completed|finished|last dose"
    r"|removed|taken out)\b|停|已停",
    re.IGNORECASE,
)

# As things stand now, or stood when the patient left.
_IN_THE_END = re.compile(
    r"\b(?:at|on|up to|until) (?:the (?:time|day) of )?(?:his |her |their )?discharge"
    r"|\b(?:when|as|day) (?:he|she|they|the patient) (?:left|leaves|went home|goes home|go home|was discharged"
    r"|is discharged|returned home)"
    r"|\bhome with\b|\b(?:remains?|stays?|is|are|still) in (?:place|situ)\b"
    r"|\b(?:is|are|has|have|takes|uses|needs|requires|remains) still\b|\bstill (?:is|has|takes|uses|needs|requires"
    r"|on)\b"
    r"|\b(?:currently|at present)\b|出院时|目前",
    re.IGNORECASE,
)
_OVER_BEHIND = re.compile(
    r"\W*(?:\([^()]*\)\W*)?(?:is |was |were |now |has |all |then )*(?:out|off|down|removed|stopped|resolved|settled"
    r"|gone"
    r"|recovered|ceased|finished|weaned|withdrawn|cleared|discontinued|completed|taken (?:out|down)"
    r"|d/?c['’]?d)\b(?! for)"
    r"|\W*(?:已)?(?:停|拔)",
    re.IGNORECASE,
)
_OVER_AHEAD = re.compile(
    r"(?:\b(?:off|out of|no longer (?:on|has|needs|in)?|weaned (?:off|from)|came off|stopped|removed|ceased)"
    r"|停用?)\W*$",
    re.IGNORECASE,
)
_THINGS = frozenset({"drug", "device", "procedure", "condition", "symptom"})
_REACH, _BEFORE = 24, 14  # characters
_OVER = re.compile(r"\b(?:resolved|settled|cleared|gone|afeb\w*)\b|消失|缓解|已愈", re.IGNORECASE)
_GIVEN_UP = re.compile(r"\b(?:given up|gave up|stopped|off|previously on|was on)\W*$|曾用|停用?$", re.IGNORECASE)


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare what one sentence of a draft calls ongoing with the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        Findings of the kind `time`; all block.
    """
    own = sentence.span.of(section.text)
    if _ENDS.search(own):
        return
    if not _GOES_ON.search(own):
        return
    is_in_the_end = bool(_IN_THE_END.search(own))
    for word in sentence.words:
        end = _last(note, word) if is_in_the_end and word.kind in _THINGS else None
        end = end or (_end(note, word) if word.kind == "drug" else _resolved(note, word))
        if end:
            place = Span(word.start, word.end)
            message = said(wording.FLIP_CURRENT, what=place.of(section.text))
            yield block("time", message, (end.span,), section=section.key, draft=place)


def _last(note: Note, word: Word) -> Facts | None:
    """The sentence that names a thing last, where it says there that it is over."""
    named = [(fact, one) for fact in facts.of_note(note) for one in fact.words if one.key == word.key]
    if not named:
        return None
    fact, one = named[-1]
    is_over = _OVER_BEHIND.match(note.text, one.end, fact.span.end)
    before = note.text[max(fact.span.start, one.start - _BEFORE) : one.start]
    return fact if is_over or _OVER_AHEAD.search(before) else None


def _resolved(note: Note, word: Word) -> Facts | None:
    """The sentence that says of a condition or a symptom that it is over, if the notes name it nowhere else."""
    if word.kind not in ("condition", "symptom"):
        return None
    named = [(fact, one) for fact in facts.of_note(note) for one in fact.words if one.key == word.key]
    if len(named) != 1:
        return None
    fact, one = named[0]
    return fact if _OVER.search(note.text, one.end, min(fact.span.end, one.end + _REACH)) else None


def _end(note: Note, drug: Word) -> Facts | None:
    """The sentence that ends a drug, where no later one names it and no action takes it up again."""
    acts = [one for one in actions.of_note(note) if one.drug == drug.key]
    if any(one.act in ("started", "restarted", "continued", "increased", "reduced") for one in acts):
        return None
    named = [one for one in facts.of_note(note) if any(word.key == drug.key for word in one.words)]
    if not named or len(named) > 1 + bool(acts):
        return None
    last = named[-1]
    if any(one.act == "stopped" for one in acts):
        return last
    place = max(word.end for word in last.words if word.key == drug.key)
    after = re.split(r"[;；。]|\.(?=\s|$)", note.text[place : last.span.end])[0][:_REACH]
    before = note.text[max(last.span.start, _last_start(last, drug) - _BEFORE) : _last_start(last, drug)]
    return last if _LEAVES.search(after) or _GIVEN_UP.search(before) else None


def _last_start(sentence: Facts, drug: Word) -> int:
    """Where a sentence last names a drug."""
    return max(word.start for word in sentence.words if word.key == drug.key)
