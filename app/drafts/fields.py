"""What fills each heading of a standard: facts, sections of the draft, else what the notes say below such a heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.drafts import header, states
from app.drafts.assemble import copied
from app.drafts.draft import Draft, Section
from app.drafts.header import Fact
from app.drafts.standards import Heading, Standard, pattern
from app.drafts.states import State
from app.notes.note import Note, Span
from app.prompts.select import select
from app.prompts.tasks import SectionTask, Task

DATES = frozenset({"born", "admitted", "discharged"})
_BROKEN = ("incomplete", "failed")


@dataclass(frozen=True, slots=True)
class Field:
    """One heading, filled.

    Attributes:
        heading: The heading.
        state: See `states.State`.
        facts: Facts of the head of the letter; several of one name where the notes give several values.
        sections: Texts of the draft, or one quoted from the notes.
        sources: Places in the notes that conflict.
    """

    heading: Heading
    state: State
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    sources: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The texts under the heading."""
        return "\n".join(section.text for section in self.sections)

    @property
    def words(self) -> int:
        """Words of the texts, a Chinese character counting as one."""
        return count_words(self.text)


def count_words(text: str) -> int:
    """Count words, a Chinese character as one."""
    chinese = sum("一" <= one <= "鿿" for one in text)
    return chinese + len("".join(" " if "一" <= one <= "鿿" else one for one in text).split())


def facts(note: Note, typed: Mapping[str, str]) -> tuple[Fact, ...]:
    """Give the facts of the head: those a person typed, then those of the notes.

    Args:
        note: The notes.
        typed: Facts a person typed or chose, by name; dates as ISO 8601. They take the place of the notes'.
    """
    own = [Fact(name, value) for name, value in typed.items() if value]
    return (*own, *(one for one in header.facts(note) if not typed.get(one.name)))


def fill(note: Note, draft: Draft, standard: Standard, known: Sequence[Fact]) -> tuple[Field, ...]:
    """Fill every heading of a standard.

    Args:
        note: The notes.
        draft: The draft made from them, with a person's changes. A section whose key is a heading's fills that heading.
        standard: The standard.
        known: What `facts` gave.

    Returns:
        A field for each heading, in the standard's order.
    """
    own = _without_quoted(note, draft, standard)
    return tuple(_field(note, own, heading, known) for heading in standard.headings)


def left_out(draft: Draft, standard: Standard) -> tuple[Section, ...]:
    """Give the sections with text that no heading of a standard shows: they are not in its letter."""
    shown = {key for heading in standard.headings for key in (*heading.sections, heading.key)}
    written = (one for one in draft.sections if one.state != "not documented" and one.text.strip())
    return tuple(one for one in written if one.key not in shown)


def _without_quoted(note: Note, draft: Draft, standard: Standard) -> Draft:
    """Leave out of copied sections what a heading of its own quotes: diagnoses on admission are none at discharge."""
    quoted = {
        span
        for heading in standard.headings
        if heading.headings and not heading.sections and not any(one.key == heading.key for one in draft.sections)
        for one in _quoted(note, heading, ())
        for span in one.read
    }
    return replace(draft, sections=tuple(_less(note, one, quoted) for one in draft.sections))


def _less(note: Note, section: Section, quoted: set[Span]) -> Section:
    rest = tuple(span for span in section.read if span not in quoted)
    task = SectionTask(section.key, section.title, by="copy")
    is_as_copied = section.state == "copied" and section.text == copied(task, note, section.read).text
    return copied(task, note, rest) if rest and rest != section.read and is_as_copied else section


def _field(note: Note, draft: Draft, heading: Heading, known: Sequence[Fact]) -> Field:
    found = tuple(one for name in heading.facts for one in known if one.name == name)
    sections = _sections(note, draft, heading)
    state = states.of_text("\n".join(one.text for one in sections), is_exclusive=heading.is_exclusive)
    sources = _conflicts(found)
    if sources:
        state = "conflicting"
    elif state == "not documented" and found:
        state = "stated"
    return Field(heading, state, found, sections, sources)


def _conflicts(found: Sequence[Fact]) -> tuple[Span, ...]:
    """The places of dates of which the notes give more than one."""
    names = [one.name for one in found]
    return tuple(one.source for one in found if one.name in DATES and names.count(one.name) > 1 and one.source)


def _sections(note: Note, draft: Draft, heading: Heading) -> tuple[Section, ...]:
    keys = dict.fromkeys((*heading.sections, heading.key))
    sections = [
        one
        for key in keys
        for one in draft.sections
        if one.key == key and (one.state in _BROKEN or (one.text.strip() and one.state != "not documented"))
    ]
    is_by_hand = heading.key not in heading.sections and any(one.key == heading.key for one in draft.sections)
    if (heading.headings or heading.cues) and not is_by_hand:
        sections += _quoted(note, heading, [one.text for one in sections])
    return tuple(sections)


def _quoted(note: Note, heading: Heading, written: Sequence[str]) -> list[Section]:
    """What the notes say below such a heading, word for word, and is not written there yet."""
    own = SectionTask(
        heading.key,
        heading.title["en"],
        by="copy",
        reads="matching",
        headings=pattern(heading.headings),
        cues=pattern(heading.cues),
    )
    spans = select(note, Task("letter", "", "", "", (own,), (), (), True, ""), own)
    quoted = copied(own, note, spans)
    lines = [line for line in quoted.text.splitlines() if not any(line in text for text in written)]
    return [replace(quoted, key=f"{heading.key}.quoted", text="\n".join(lines))] if lines else []
