"""Does the draft give another resuscitation status than the notes?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checks import facts, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.drafts.draft import Section
from app.notes.note import Note

_ATTEMPT = r"(?:(?:cardiopulmonary )?resus\w*|CPR)\b"
_NOT_FOR = re.compile(
    r"\bDNA?(?:CP)?R\b|\bDNAR\b"
    rf"|\bnot? (?:be )?(?:for |to (?:be )?|attempt )(?:attempted |full )?{_ATTEMPT}|\bdo not (?:attempt )?{_ATTEMPT}"
    r"|不(?:予|行|做)?心肺复苏|拒绝(?:心肺)?复苏",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf"\bfull code\b|\bfor (?:full |attempted |active )?{_ATTEMPT}|\bfor full (?:active )?escalation\b", re.IGNORECASE
)


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare the resuscitation status that one sentence of a draft gives with that of the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        A finding of the kind `negation`, which blocks; none where the notes give both: they contradict each other.
    """
    own = _status(sentence.span.of(section.text))
    if own is None:
        return
    theirs = [(one, status) for one in facts.of_note(note) if (status := _status(one.span.of(note.text))) is not None]
    if theirs and all(status != own for _, status in theirs):
        first = theirs[0][0].span
        mine, other = (
            span.of(whole).strip(" .\u3002") for span, whole in ((sentence.span, section.text), (first, note.text))
        )
        message = said(wording.OPPOSITE, value=mine, source=other)
        yield block("negation", message, (first,), section=section.key, draft=sentence.span)


def _status(text: str) -> bool | None:
    """Whether a text is for resuscitation; None where it does not say, or says both."""
    is_not, rest = bool(_NOT_FOR.search(text)), _NOT_FOR.sub(" ", text)
    is_for = bool(_FOR.search(rest))
    return None if is_for == is_not else is_for
