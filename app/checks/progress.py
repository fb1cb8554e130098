"""Is the draft whole? Sections that were stopped, failed or left parts of the notes unread."""

from __future__ import annotations

from app.checks import wording
from app.checks.finding import Finding, remark, said, warn
from app.drafts.draft import Draft
from app.notes.note import Note


def find(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """Tell what is incomplete.

    Args:
        note: The notes.
        draft: The draft made from them.

    Returns:
        One finding per incomplete or failed section, and one for notes that were condensed or skipped.
    """
    findings = [
        warn("incomplete", said(wording.INCOMPLETE, section=one.title, problem=one.problem), section=one.key)
        for one in draft.sections
        if one.state in ("incomplete", "failed")
    ]
    findings += [
        remark("repaired", said(wording.REPAIRED, section=one.title, problem=one.problem), section=one.key)
        for one in draft.sections
        if one.state in ("written", "not documented") and one.problem
    ]
    for state, template in (("skipped", wording.NOT_USED), ("condensed", wording.CONDENSED)):
        spans = tuple(one.span for one in draft.coverage if one.state == state)
        if spans:
            percent = max(1, round(100 * sum(span.end - span.start for span in spans) / max(1, len(note.text))))
            why = next((one.why for one in draft.coverage if one.state == state and one.why), "")
            message = (
                said(wording.NOT_USED_WHY, percent=percent, why=said(why)) if why else said(template, percent=percent)
            )
            findings.append(warn("coverage", message, spans))
    return tuple(findings)
