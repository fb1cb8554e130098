"""The ordered list of checks: what stops first comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.checks import (
    completeness,
    contradictions,
    copies,
    discharge_list,
    evidence,
    identity,
    medications,
    omissions,
    progress,
    rereading,
    sentences,
    support,
)
from app.checks.finding import Evidence, Finding
from app.drafts.draft import Draft
from app.drafts.standards import Standard
from app.notes.note import Note, Span


@dataclass(frozen=True, slots=True)
class Examined:
    """Everything the program can say of notes and a draft.

    Attributes:
        note: The notes.
        findings: What the checks found.
        evidence: What supports each sentence of the draft.
        unused: Sentences of the notes that no sentence of the draft rests on; empty where there is no draft.
    """

    note: Note
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...] = ()
    unused: tuple[Span, ...] = ()


def run(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """Ask every question of the notes and the draft.

    Args:
        note: The notes.
        draft: The draft made from them.

    Returns:
        All findings, in the order of the list.
    """
    return examine(note, draft).findings


def examine(
    note: Note, draft: Draft | None, standard: Standard | None = None, typed: Mapping[str, str] | None = None
) -> Examined:
    """Ask every question there is, and keep what supports the draft.

    Args:
        note: The notes.
        draft: The draft; None or an empty one where there is none yet: then only the notes are asked.
        standard: The standard that a letter must answer; None for other tasks.
        typed: Facts of the letter's head that a person typed or chose, by name.

    Returns:
        Findings in the order of the list, and the evidence.
    """
    if draft is not None and draft.sections and draft.task not in support.REWORDING:
        rereading.get_ready()  # half a second that other checks take anyway
    of_notes = (*identity.find(note), *contradictions.find(note), *copies.find(note))
    if draft is None or not draft.sections:
        return Examined(note, of_notes)
    basis = evidence.of(note, draft)
    findings = (
        *of_notes,
        *progress.find(note, draft),
        *(completeness.find(note, draft, standard, typed) if standard is not None else ()),
        *sentences.find(note, draft, basis),
        *discharge_list.find(note, draft),
        *medications.find(note),
        *omissions.find(note, draft),
    )
    return Examined(note, findings, basis, evidence.unused(note, basis))
