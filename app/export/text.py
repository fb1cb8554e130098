"""A draft as plain text for people."""

from __future__ import annotations

from collections.abc import Sequence

from app.checks.finding import Finding
from app.drafts.draft import Draft

_RULE = "-" * 72
_MARKS = {
    "written": "",
    "copied": "  [copied from the notes]",
    "not documented": "",
    "incomplete": "  [INCOMPLETE: {}]",
    "failed": "  [FAILED: {}]",
}


def render(draft: Draft, findings: Sequence[Finding]) -> str:
    """Write a draft as text: sections, then what to check, then what it was made with.

    Args:
        draft: The draft.
        findings: What the checks found.

    Returns:
        Text; its line ends are line feeds.
    """
    lines = [f"{draft.title} - DRAFT, not signed", _RULE, ""]
    for section in draft.sections:
        if section.state == "copied" and section.problem:
            lines += [f"{section.title}  [{section.problem}]", section.text, ""]
            continue
        lines += [f"{section.title}{_MARKS[section.state].format(section.problem)}", section.text, ""]
    lines += [_RULE, f"To check ({len(findings)})"]
    lines += [f"- {finding.message}" for finding in findings] or ["- Nothing was found. Read it all the same."]
    lines += ["", *(f"Note: {warning}" for warning in draft.warnings)]
    stamp = draft.stamp
    lines += [
        f"Model {stamp.model_name}{' with ' + stamp.adapter_name if stamp.adapter_name else ''}. {draft.device}",
        f"Hashes: model {stamp.model[:12]}, prompt {stamp.prompt[:12]}, notes {stamp.input[:12]}",
        "",
    ]
    return "\n".join(lines)
