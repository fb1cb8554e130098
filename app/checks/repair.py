"""Never worse than the source: a sentence that fails a check is written anew once, else the notes are quoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.checks import evidence, sentences, wording
from app.checks.finding import Evidence, Finding, said
from app.drafts.draft import NOT_DOCUMENTED, Draft, Section, Stamp
from app.notes.note import Note

Redraft = Callable[[str], str]

_MOST_REDRAFTS = 3  # of one section: each takes the model as long as the section did
_NO_STAMP = Stamp("", "", "", "")


@dataclass(slots=True)
class _Done:
    """What was done to a section."""

    replaced: int = 0
    redrafted: int = 0
    removed: int = 0
    asked: int = 0


def blocking(note: Note, section: Section) -> tuple[tuple[Evidence, tuple[Finding, ...]], ...]:
    """Give the sentences of a section that must not stand as they are.

    Args:
        note: The notes.
        section: A section the model wrote.

    Returns:
        Their evidence, and the blocking findings on them.
    """
    draft = Draft("", "", (section,), (), _NO_STAMP, "")
    basis = evidence.of(note, draft)
    found = sentences.find(note, draft, basis, every_word=True)
    wrong = [one for one in found if one.blocking and one.draft_span is not None]
    pairs = ((one, tuple(finding for finding in wrong if one.is_of(finding))) for one in basis)
    return tuple((one, findings) for one, findings in pairs if findings)


def mend(note: Note, section: Section, redraft: Redraft | None = None) -> Section:
    """Repair the sentences of a section that fail numbers, assertions or support.

    Args:
        note: The notes.
        section: A section the model wrote; others are given back as they are.
        redraft: Writes the facts of a passage of the notes anew; asked once per sentence. Without it, and where what
            it writes fails as well, the passage itself takes the sentence's place.

    Returns:
        The section with `problem` saying what was done; `not documented` where nothing of it has support.
    """
    if section.state != "written":
        return section
    wrong = blocking(note, section)
    if not wrong:
        return section
    done, text, written = _Done(), section.text, {""}
    for one, _ in reversed(wrong):
        better = _better(note, section, one, redraft, done)
        better = "" if better in written else better
        written.add(better)
        text = text[: one.draft_span.start] + better + text[one.draft_span.end :]
    text = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    if not text:
        return replace(section, text=NOT_DOCUMENTED, state="not documented", problem=_problem(done))
    problem = " ".join(part for part in (section.problem, _problem(done)) if part)
    return replace(section, text=text, problem=problem)


def _better(note: Note, section: Section, one: Evidence, redraft: Redraft | None, done: _Done) -> str:
    if not one.source_spans:
        done.removed += 1
        return ""
    passage = one.source_spans[0].of(note.text).strip(" -*•\n")
    if redraft is not None and done.asked < _MOST_REDRAFTS:
        done.asked += 1
        text = redraft(passage).strip()
        if text and text not in section.text and _rests_on(note, replace(section, text=text), one):
            done.redrafted += 1
            return text
    done.replaced += 1
    return passage if passage[-1:] in ".!?。" else f"{passage}."


def _rests_on(note: Note, section: Section, one: Evidence) -> bool:
    """Whether what was written anew is sound, and says what the passage says."""
    basis = evidence.of_section(note, section)
    return bool(basis) and one.source_spans[0] in basis[0].source_spans and not blocking(note, section)


def _problem(done: _Done) -> str:
    counts: Sequence[tuple[str, int]] = (
        (wording.REPLACED, done.replaced), (wording.REDRAFTED, done.redrafted), (wording.REMOVED, done.removed),
    )  # fmt: skip
    return " ".join(said(template, count=count) for template, count in counts if count)
