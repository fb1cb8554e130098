"""What a draft says was done with drugs against what the notes say: stopped for started, done for planned or denied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.checks import actions, facts, vocabulary, wording
from app.checks.actions import Act, Action
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said, warn
from app.drafts.draft import Section
from app.notes.note import Note

_OPPOSED: dict[Act, frozenset[Act]] = {
    "started": frozenset({"stopped", "withheld"}),
    "restarted": frozenset({"stopped", "withheld"}),
    "stopped": frozenset({"started", "continued", "increased", "restarted", "reduced", "withheld"}),
    "withheld": frozenset({"started", "continued", "increased", "stopped"}),
    "increased": frozenset({"reduced", "stopped", "withheld"}),
    "reduced": frozenset({"increased", "stopped"}),
    "continued": frozenset({"stopped", "withheld"}),
}
_OVER = re.compile(
    r"\b(?:complet\w+|finish\w+|defer\w*|held|hold|avoid\w*|not for|later"
    r"|course|days|weeks?|off|chang\w+|switch\w+|replac\w+|until|last dose|removed)\b",
    re.IGNORECASE,
)
_SOME_TIME = re.compile(r"\b(?:prior|before|pre-?op\w*|peri-?op\w*|until|till|temporar\w+|for now)\b", re.IGNORECASE)
# "Restart once retics > 80": what waits for something was not done.
_PLANS = re.compile(r"\b(?:will|to be|should|shall|is to|are to|due to|plan\w*)\b|拟|将|计划", re.IGNORECASE)
_WAITS = re.compile(
    r"\b(?:once(?! (?:daily|a|an|per|every|weekly|monthly|nightly|only|at|in|each|more))|unless|until|till"
    r"|(?:only )?if(?! (?:required|needed))|when(?! (?:required|needed)))\b|^\W*[<>\u2264\u2265]|一旦|若|如",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:could you|please|kindly|gp to|consider|would you|to)\s*$", re.IGNORECASE)
# A dose that was begun on a day of the stay: "100 mg from 21/08"; one of a year was taken before it.
_BEGUN = re.compile(
    r"\b(?:from|(?:re-?)?start\w*|commenc\w+|beg[au]n)(?: on)?"
    r" (?:\d{1,2}[/.-]\d{1,2}(?![/.-]?\d)|today|tonight|tomorrow)",
    re.IGNORECASE,
)


def compare(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare what one sentence of a draft says was done with drugs with the notes.

    Yields:
        Findings of the kind `opposite`; all block.
    """
    yield from _compare_denied(note, section, sentence)
    for action in actions.read(section.text, sentence):
        theirs = [one for one in actions.of_note(note) if one.drug == action.drug]
        same = [one for one in theirs if one.act == action.act]
        if same and all(_waits(note.text, one) for one in same) and _is_told_as_done(section.text, action):
            message = said(wording.FLIP_DONE, what=f"{action.drug}: {said(action.act)}")
            yield block("planned", message, (same[0].sentence.span,), section=section.key, draft=action.span)
            continue
        acts = {one.act for one in theirs}
        is_class = action.drug in vocabulary.drug_classes()
        is_put_off = action.act == "withheld" and any(
            (one.drug, one.act) == (action.drug, "started") for one in actions.denied(note)
        )
        if is_put_off and not acts:
            continue  # "meropenem NOT started"
        if not acts and action.act in ("stopped", "withheld") and not is_class and not _is_over(note, action.drug):
            message = said(wording.STOP_ABSENT, drug=action.drug, value=said(action.act))
            yield warn("opposite", message, section=section.key, draft=action.span)
        denied = [one for one in actions.denied(note) if (one.drug, one.act) == (action.drug, action.act)]
        denied = [one for one in denied if not (_is_bounded(note.text, one) and _is_begun_later(note, one))]
        if denied and action.act not in acts:
            message = said(wording.ACTION_DENIED, drug=action.drug, value=said(action.act))
            yield block("opposite", message, (denied[0].sentence.span,), section=section.key, draft=action.span)
            continue
        if action.act in acts or not acts & _OPPOSED[action.act]:
            continue
        other = next(one for one in theirs if one.act in _OPPOSED[action.act])
        if _can_both_be(note, section.text, action, theirs, other):
            continue
        message = said(wording.ACTION_DIFFERS, drug=action.drug, value=said(action.act), source=said(other.act))
        yield block("opposite", message, (other.sentence.span,), section=section.key, draft=action.span)


def _can_both_be(note: Note, text: str, action: Action, theirs: Sequence[Action], other: Action) -> bool:
    """Whether what a draft says was done with a drug can stand beside something else that the notes say of it."""
    acts = {one.act for one in theirs}
    if action.act == "started":  # "will be started again"; what was stopped had been started, or was started again
        is_later = _is_begun_later(note, other)
        return "restarted" in acts or is_later or _ends_as(text, action.sentence, action, acts)
    is_last = theirs[-1].act in _OPPOSED[action.act] and not _is_named_later(note, theirs[-1])
    if (action.act, other.act) == ("restarted", "withheld"):
        return not is_last and _is_named_later(note, other)  # withheld, and in the list at discharge
    if (action.act, other.act) == ("withheld", "stopped"):  # "stop 7 days before the operation"
        return bool(_SOME_TIME.search(other.sentence.span.of(note.text)))
    return False


def _compare_denied(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """What the draft says was not done, and the notes say was."""
    for action in actions.read(section.text, sentence, is_denied=True):
        theirs = [one for one in actions.of_note(note) if one.drug == action.drug]
        same = [one for one in theirs if one.act == action.act and not _waits(note.text, one)]
        is_ours = any((one.drug, one.act) == (action.drug, action.act) for one in actions.denied(note))
        is_bounded = _is_bounded(section.text, action)
        if same and not is_ours and not is_bounded and not {one.act for one in theirs} & _OPPOSED[action.act]:
            message = said(wording.ACTION_DONE, drug=action.drug, value=said(action.act))
            yield block("opposite", message, (same[0].sentence.span,), section=section.key, draft=action.span)


def _waits(text: str, one: Action) -> bool:
    """Whether something must happen first: "restart once", "start only if"."""
    asked = bool(_ASKED.search(text, max(one.sentence.span.start, one.span.start - 24), one.span.start))
    if asked and actions.ORDER.fullmatch(one.span.of(text)):
        return True
    return _is_bounded(text, one) and bool(actions.ORDER.fullmatch(one.span.of(text)))


def _is_bounded(text: str, one: Action) -> bool:
    """Whether what follows says until or from when, or on what condition."""
    return bool(_WAITS.search(text, one.span.end, one.sentence.span.end))


def _is_told_as_done(text: str, one: Action) -> bool:
    own = one.sentence.span.of(text)
    if _PLANS.search(text, one.sentence.span.start, one.span.start):
        return False
    is_done = re.search(
        r"\b(?:was|were|has been|have been|(?:has|have) already been)\W+(?:\w+\W+)?$",
        text[one.sentence.span.start : one.span.start],
    )
    return bool(is_done) and not _WAITS.search(own)


def _is_named_later(note: Note, one: Action) -> bool:
    later = (fact for fact in facts.of_note(note) if fact.span.start > one.sentence.span.start)
    return any(word.key == one.drug for fact in later for word in fact.words)


def _is_begun_later(note: Note, one: Action) -> bool:
    """Whether the notes, behind what was done with a drug, give a dose of it that was begun: "100 mg from 21/08"."""
    later = (fact for fact in facts.of_note(note) if fact.span.start > one.sentence.span.start)
    return any(
        dose.drug == one.drug and dose.amounts and _BEGUN.search(fact.span.of(note.text))
        for fact in later
        for dose in fact.doses
    )


def _ends_as(text: str, sentence: Facts, action: Action, acts: set[Act]) -> bool:
    """Whether a sentence goes on to say of a drug what the notes say: "started on 4 December and stopped"."""
    last = [one.act for one in actions.read(text, sentence) if one.drug == action.drug][-1]
    return last != action.act and last in acts


def _is_over(note: Note, drug: str) -> bool:
    """Whether the notes do not name the drug, which is told elsewhere, or speak of its end in other words."""
    every = facts.of_note(note)
    said_so = [n for n, one in enumerate(every) if any(word.key == drug for word in one.words)]
    said_after = [
        n + 1 for n in said_so if n + 1 < len(every) and not any(one.kind == "drug" for one in every[n + 1].words)
    ]
    return not said_so or any(_OVER.search(every[n].span.of(note.text)) for n in (*said_so, *said_after))
