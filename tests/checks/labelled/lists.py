"""Errors that only a whole list of medicines shows: every dose in it stands somewhere in the notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checks import evidence, facts, medications, omissions
from app.checks.doses import Dose, same_frequency
from app.checks.facts import Facts
from app.checks.finding import Finding
from app.checks.sameness import same
from app.drafts.draft import Draft, Section, Stamp
from app.notes.note import Note

OTHER_WORDS = (("once daily", "OD"), ("twice daily", "BD"), ("at night", "nocte"), ("micrograms", "mcg"))


def draft(note: Note, text: str) -> Draft:
    """A letter whose list a person typed; the course names every drug, so that none is absent altogether."""
    names = ", ".join(
        dose.drug_span.of(note.text) for doses in medications.at_discharge(note).values() for dose in doses
    )
    sections = (
        Section("medications", "Medicines", text, "copied", review="edited"),
        Section("course", "Course", f"The pharmacist spoke of {names}.", "written"),
        Section("changes", "Changes", "", "copied"),
    )
    return Draft("discharge-letter", "", sections, (), Stamp("", "", "", ""), "")


def lines(note: Note) -> dict[str, str]:
    """The lines of the notes' list at discharge by drug; those with one drug, and only where all have one."""
    listed = medications.at_discharge(note)
    found = {}
    for drug, doses in listed.items():
        sentence = next(one for one in facts.of_note(note) if one.span.start <= doses[-1].span.start < one.span.end)
        own = {one.drug for one in sentence.doses}
        if own == {drug} and sentence.span in evidence.index(note).spans:
            found[drug] = sentence.span.of(note.text).strip(" -*")
    return found if len(found) == len(listed) else {}


def faithful(note: Note) -> Iterator[str]:
    """The list as it is, and in other words."""
    known = lines(note)
    if known:
        text = "\n".join(known.values())
        yield text
        for word, other in OTHER_WORDS:
            text = text.replace(word, other)
        yield text


def planted(note: Note) -> Iterator[tuple[str, str, str]]:
    """Kind, the list with one error, and the drug it concerns."""
    known = lines(note)
    for drug, line in known.items():
        rest = [one for other, one in known.items() if other != drug]
        for other in dict.fromkeys(_other_day(note, drug, line)):
            yield "dose of another day", "\n".join([*rest, other]), drug
        if rest:
            yield "off the list", "\n".join(rest), drug
    for row in medications.reconcile(note) if known else ():
        if row.status == "stopped" and row.on_admission:
            yield "stopped drug listed", "\n".join([*known.values(), f"{row.drug} {row.on_admission}"]), row.drug


def is_of(note: Note, one: Finding, kind: str, drug: str) -> bool:
    """Whether a finding tells what was planted."""
    if kind != "off the list":
        return one.kind in ("medicine", "dose", "number") and drug in one.message.casefold()
    return one.kind == "omission" and one.insert == lines(note)[drug]


def omitted(note: Note, one: Draft) -> list[Finding]:
    """What is told to be missing of the list."""
    listed = medications.at_discharge(note)
    found = (other for other in omissions.ranked(note, one) if other.name in listed)
    return [finding for finding in omissions.find(note, one) if any(o.span in finding.source_spans for o in found)]


def _other_day(note: Note, drug: str, line: str) -> Iterator[str]:
    """The line with each dose, and each frequency, that the notes give the drug on another day."""
    mine = _of(drug, facts.of_text(line))
    if len(mine) != 1 or not mine[0].amounts:
        return
    amount, often = mine[0].amounts[0], mine[0].frequencies
    for other in _of(drug, facts.of_note(note)):
        for one in other.amounts:
            if one.dimension == amount.dimension and not same(one, amount):
                yield line[: amount.span.start] + one.text + line[amount.span.end :]
        words = re.search(r"once daily|twice daily|three times daily|four times daily", other.span.of(note.text))
        at = re.search(r"once daily|twice daily|three times daily|four times daily", line)
        if words and at and often and not any(same_frequency(a, b) for a in often for b in other.frequencies):
            yield line[: at.start()] + words[0] + line[at.end() :]


def _of(drug: str, sentences: tuple[Facts, ...]) -> list[Dose]:
    return [dose for sentence in sentences for dose in sentence.doses if dose.drug == drug]
