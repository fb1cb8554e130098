"""Is the draft's list of medicines at discharge the list of the notes? A dose of another day is none of this day's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.checks import actions, facts, medications, wording
from app.checks.doses import Dose, same_frequency
from app.checks.dosing import often
from app.checks.facts import Facts
from app.checks.finding import Finding, Said, block, named, said, warn
from app.checks.quantities import Quantity
from app.checks.sameness import same
from app.drafts.draft import Draft, Section
from app.notes.note import Note

KEY = "medications"
_NO_TEXT = ("not documented", "failed")
_REACH = 20  # characters
_AS_NEEDED = "as needed"
# "(reduced from 3 mg)", "(was 3 mg)", "3 mg -> 2 mg": how it was taken before.
_BEFORE = re.compile(
    r"(?:\b(?:from|previously|instead of|old dose|on admission)\W{1,3}|\((?:was|were|before|not)\W{1,3}"
    r"|原(?:为|来)?\W?)$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s*(?:->|\u2192|to)\s*\d", re.IGNORECASE)


def find(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """Hold each drug of the draft's list against the notes as a whole.

    That a line stands in the notes word for word excuses nothing: the dose on admission stands there too.

    Args:
        note: The notes.
        draft: The draft. Of one written elsewhere, what stands below a heading of medicines at discharge.

    Returns:
        Findings of the kind `medicine` that block: a drug that was stopped; a dose or a frequency that the notes give,
        but not in their list at discharge. A warning where only "as needed" differs.
    """
    rows = {row.drug: row for row in medications.reconcile(note)}
    found: list[Finding] = []
    for section, sentence in sentences(draft):
        stopped = stopped_in(section, sentence)
        for dose in sentence.doses:
            row = rows.get(dose.drug)
            if row is None or dose.drug in stopped:
                continue
            if row.status == "stopped":
                message = said(wording.STOPPED_LISTED, drug=row.drug)
                found.append(block("medicine", message, row.spans, section=section.key, draft=dose.drug_span))
            found += _of_dose(note, section, dose)
    return tuple(found)


def sentences(draft: Draft) -> Iterator[tuple[Section, Facts]]:
    """Give the sentences of the draft's list of medicines at discharge, each with its section."""
    for section in draft.sections:
        is_own = section.key == KEY
        if section.state in _NO_TEXT or not (is_own or draft.task == "external"):
            continue
        for sentence in facts.of_text(section.text):
            if is_own or medications.is_discharge_list(sentence.heading):
                yield section, sentence


def stopped_in(section: Section, sentence: Facts) -> set[str]:
    """Give the drugs that a sentence of the list names as stopped or withheld."""
    done = actions.read(section.text, sentence)
    return {action.drug for action in done if action.act in ("stopped", "withheld")}


def _of_dose(note: Note, section: Section, mine: Dose) -> Iterator[Finding]:
    theirs = medications.at_discharge(note).get(mine.drug, ())
    elsewhere = [one for sentence in facts.of_note(note) for one in sentence.doses if one.drug == mine.drug]
    spans = tuple(one.span for one in theirs)
    wrong = _wrong_amount([one for one in mine.amounts if not _is_former(section.text, one)], theirs, elsewhere)
    if wrong is not None:
        message = _message(mine, wrong[0].text, " / ".join(dict.fromkeys(one.text for one in wrong[1])))
        yield block("medicine", message, spans, section=section.key, draft=wrong[0].span)
    yield from _of_frequency(section, mine, theirs, [name for one in elsewhere for name in one.frequencies])


def _of_frequency(section: Section, mine: Dose, theirs: Sequence[Dose], known: Sequence[str]) -> Iterator[Finding]:
    """Compare how often. One that the notes never give for the drug is told by `dosing`."""
    spans = tuple(one.span for one in theirs)
    listed = [name for one in theirs for name in one.frequencies]
    own, regular = ([name for name in names if name != _AS_NEEDED] for names in (mine.frequencies, listed))
    for name in own if regular else ():
        is_known = any(same_frequency(name, other) for other in known)
        if is_known and not any(same_frequency(name, other) for other in regular):
            message = _message(mine, often(name), often(regular[0]))
            yield block("medicine", message, spans, section=section.key, draft=mine.span)
    if mine.frequencies and listed and bool(own) != bool(regular) and mine.frequencies[0] in known:
        message = _message(mine, often(mine.frequencies[0]), often(listed[0]))
        yield warn("medicine", message, spans, section=section.key, draft=mine.span)


def _is_former(text: str, amount: Quantity) -> bool:
    before = text[max(0, amount.span.start - _REACH) : amount.span.start]
    return bool(_BEFORE.search(before) or _AFTER.match(text, amount.span.end))


def _wrong_amount(
    mine: Sequence[Quantity], theirs: Sequence[Dose], elsewhere: Sequence[Dose]
) -> tuple[Quantity, list[Quantity]] | None:
    """An amount that the notes give for the drug, but not at discharge, and those they give then."""
    listed = [amount for one in theirs for amount in one.amounts]
    known = [amount for one in elsewhere for amount in one.amounts]  # an amount that none of these has: `numbers`
    for amount in mine:
        rivals = [one for one in listed if one.dimension == amount.dimension]
        if rivals and any(same(amount, one) for one in known) and not any(same(amount, one) for one in listed):
            return amount, rivals
    return None


def _message(mine: Dose, value: str, source: str) -> Said:
    return said(wording.LIST_DIFFERS, drug=named(mine.drug), value=value, source=source)
