"""Is every heading of the standard answered? What it demands and nobody wrote must be settled before signing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.checks import contradictions, wording
from app.checks.finding import Finding, block, remark, said, warn
from app.drafts import fields
from app.drafts.assemble import copied
from app.drafts.draft import Draft, Section, Stamp
from app.drafts.fields import Field
from app.drafts.labels import Language
from app.drafts.standards import Standard
from app.notes.note import Note, Span
from app.prompts.select import select
from app.prompts.tasks import Task

# Filled when a doctor signs.
_BY_SIGNING = frozenset({"author"})


def read(note: Note, draft: Draft, standard: Standard, typed: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    """Fill every heading and tell its state.

    Args:
        note: The notes.
        draft: The draft, with a person's changes.
        standard: The standard.
        typed: Facts of the head that a person typed or chose, by name.

    Returns:
        A field for each heading, in the standard's order. One is `conflicting` where its text holds both sides of a
        contradiction of the notes, or more than one date of the same kind.
    """
    disputes = [one.source_spans for one in contradictions.find(note)]
    filled = fields.fill(note, draft, standard, fields.facts(note, typed or {}))
    return tuple(_judged(note, field, disputes) for field in filled)


def find(
    note: Note,
    draft: Draft,
    standard: Standard,
    typed: Mapping[str, str] | None = None,
    language: Language | None = None,
) -> tuple[Finding, ...]:
    """Name the headings that are open.

    Args:
        note: The notes.
        draft: The draft, with a person's changes.
        standard: The standard.
        typed: Facts of the head that a person typed or chose, by name.
        language: Of the headings' names; by default the standard's.

    Returns:
        Findings of the kind `completeness`, whose `section` is the heading's key: blocking for a mandatory heading
        that is not documented and for one that conflicts, a warning for a required one, a remark on one that is too
        long. Optional ones may be absent. A section of the draft that no heading shows is a warning, under its own key.
    """
    found = (_finding(one, language or standard.language) for one in read(note, draft, standard, typed))
    hidden = (
        warn("completeness", said(wording.LEFT_OUT, section=one.title), section=one.key)
        for one in fields.left_out(draft, standard)
    )
    return (*(one for one in found if one is not None), *hidden)


def of_text(text: Note, task: Task, standard: Standard) -> Draft:
    """Divide a letter written elsewhere into sections, as the notes are divided, so that `find` can be asked.

    Args:
        text: The letter, read as a note; to be given to `find` in the notes' place, as its head is in it too.
        task: The task whose sections to look for, by their headings and cues.
        standard: The standard whose headings to look for, as they are.
    """
    titles = {title.casefold(): one for one in standard.headings for title in one.title.values()}
    own = {one.span: titles[key] for one in text.passages if (key := one.heading.casefold()) in titles}
    sections = []
    for section in task.sections:
        spans = tuple(one for one in select(text, task, section) if section.reads != "rest" or one not in own)
        sections += [copied(section, text, spans)] if spans else []
    for passage in text.passages:
        heading, body = own.get(passage.span), passage.body.of(text.text)
        if heading is not None and body.strip():
            sections.append(Section(heading.key, heading.key, body, "written"))
    return Draft("external", "", tuple(sections), (), Stamp("", "", "", ""), "")


def _judged(note: Note, field: Field, disputes: list[tuple[Span, ...]]) -> Field:
    text = " ".join(field.text.split())
    both = [spans for spans in disputes if text and all(_stands(note, span, text) for span in spans)]
    if not both:
        return field
    return replace(field, state="conflicting", sources=(*field.sources, *(one for spans in both for one in spans)))


def _stands(note: Note, span: Span, text: str) -> bool:
    """Whether a quote stands in a text, with or without the heading on its line."""
    quote = " ".join(span.of(note.text).split()).strip(" -*•.")
    return quote in text or (":" in quote and quote.split(":", 1)[1].strip() in text)


def _finding(field: Field, language: Language) -> Finding | None:
    heading = field.heading
    title = heading.title[language]
    if field.state == "conflicting":
        return block("completeness", said(wording.CONFLICTING, heading=title), field.sources, section=heading.key)
    is_by_signing = bool(heading.facts) and not heading.sections and set(heading.facts) <= _BY_SIGNING
    if heading.words and (count := field.words) > heading.words:
        message = said(wording.TOO_LONG, heading=title, words=count, most=heading.words)
        return remark("completeness", message, section=heading.key)
    if field.state != "not documented" or heading.need == "optional" or is_by_signing:
        return None
    # What belongs here goes along for the card in which a person writes it.
    facts = {"heading": title, "about": heading.about}
    if heading.need == "mandatory":
        return block("completeness", said(wording.MANDATORY_ABSENT, **facts), section=heading.key)
    return warn("completeness", said(wording.REQUIRED_ABSENT, **facts), section=heading.key)
