"""Is the draft whole? Sections that were stopped, failed or left parts of the notes unread."""

from __future__ import annotations

from app.checks.finding import Finding
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
        Finding("incomplete", "serious", False, f"{section.title}: {section.problem}")
        for section in draft.sections
        if section.state in ("incomplete", "failed")
    ]
    for state, said in (("skipped", "was not used"), ("condensed", "was condensed before it was read")):
        spans = tuple(one.span for one in draft.coverage if one.state == state)
        if spans:
            share = sum(span.end - span.start for span in spans) / max(1, len(note.text))
            why = next((f": {one.why}" for one in draft.coverage if one.state == state and one.why), "")
            message = f"{max(1, round(100 * share))} % of the notes {said}{why}."
            findings.append(Finding("coverage", "warning", False, message, spans))
    return tuple(findings)
