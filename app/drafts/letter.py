"""One internal model of a letter: a draft laid out by a standard, in a language. Renderers only draw it.

Everything in it is plain and final: headings, labels and dates are in the letter's language, states are decided. The
words of the draft and of the notes stand as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from app.drafts import actions as action_list
from app.drafts import header, medicines, states
from app.drafts.actions import Action
from app.drafts.assemble import copied
from app.drafts.draft import Draft, Section
from app.drafts.header import Fact
from app.drafts.labels import Language, day, label
from app.drafts.medicines import MedicineRow, MedicineTable, Reconciled
from app.drafts.standards import Heading, Need, Standard
from app.drafts.states import State
from app.notes.note import Note, Span
from app.prompts.select import select
from app.prompts.tasks import SectionTask, Task

TOP = 3
_DATES = frozenset({"born", "admitted", "discharged"})


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and when.

    Attributes:
        name: The doctor's name.
        role: Role or grade; may be empty.
        at: ISO 8601 time in UTC.
    """

    name: str
    role: str
    at: str


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled fact in the head of the letter, ready to be shown."""

    name: str
    label: str
    value: str
    raw: str
    source: Span | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Text of one section of the draft under a heading.

    Attributes:
        key: Key of the draft's section.
        label: Its name, for where a heading has several parts.
        text: The text.
        is_copied: Whether the program copied it word for word.
        rows: Rows of the table of medicines; they hold the words of `text` too.
    """

    key: str
    label: str
    text: str
    is_copied: bool = False
    rows: tuple[MedicineRow, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterSection:
    """One heading of the standard and what stands under it.

    Attributes:
        key: Key of the heading.
        heading: In the letter's language.
        state: See `states.State`.
        need: See `standards.Heading`.
        lines: Facts, shown in the head of the letter.
        parts: Texts, shown in its body; actions and pending results are shown in the box instead.
        code: The standard's code of the heading; empty if there is none.
        about: What belongs here.
        words: Most words it should have; 0 for no limit.
        sources: Places in the notes that conflict.
    """

    key: str
    heading: str
    state: State
    need: Need
    lines: tuple[Line, ...] = ()
    parts: tuple[Part, ...] = ()
    code: str = ""
    about: str = ""
    words: int = 0
    sources: tuple[Span, ...] = ()

    @property
    def body(self) -> tuple[Part, ...]:
        """The parts that the box does not show already."""
        return tuple(part for part in self.parts if part.key not in action_list.KEYS)

    @property
    def text(self) -> str:
        """Everything under the heading as plain text."""
        lines = [f"{line.label}: {line.value}" for line in self.lines]
        return "\n".join([*lines, *(part.text for part in self.parts)])

    @property
    def is_long(self) -> bool:
        """Whether it has more words than it should."""
        return bool(self.words) and _words(" ".join(part.text for part in self.body)) > self.words


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the letter was made: enough to make it again and to prove which version was signed.

    Attributes:
        model: Name and revision, with the adapter's.
        model_sha256, prompt_sha256, input_sha256: See `draft.Stamp`.
        standard_sha256: Hash of the standard's file.
        version_sha256: Hash of the draft's sections as they stand in this letter.
        made_at: ISO 8601 time in UTC; empty if not told.
        signature: None for a draft.
    """

    model: str
    model_sha256: str
    prompt_sha256: str
    input_sha256: str
    standard_sha256: str
    version_sha256: str
    made_at: str = ""
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter.

    Attributes:
        standard: Name of the standard.
        source: The document its headings are from.
        title: In its language.
        language: Its language.
        code, code_title: LOINC code of the document and its name.
        system: Code system of the headings' codes.
        facts: Facts of the head; dates as ISO 8601.
        actions: The most pressing first.
        sections: In the standard's order, those without text too.
        provenance: How it was made.
    """

    standard: str
    source: str
    title: str
    language: Language
    code: str
    code_title: str
    system: str
    facts: tuple[Fact, ...]
    actions: tuple[Action, ...]
    sections: tuple[LetterSection, ...]
    provenance: Provenance

    @property
    def is_signed(self) -> bool:
        """Whether a doctor has signed it."""
        return self.provenance.signature is not None

    @property
    def head(self) -> tuple[LetterSection, ...]:
        """The sections that have facts to show in the head."""
        return tuple(one for one in self.sections if one.lines)

    @property
    def body(self) -> tuple[LetterSection, ...]:
        """The sections that have text to show below the box."""
        return tuple(one for one in self.sections if one.body)

    @property
    def absent(self) -> tuple[LetterSection, ...]:
        """Headings the standard asks for and the notes say nothing of; optional ones are left out of a letter."""
        return tuple(one for one in self.sections if one.state == "not documented" and one.need != "optional")

    def value(self, fact: str) -> str:
        """Give a fact of the head; empty if it is not known."""
        return next((one.value for one in self.facts if one.name == fact), "")


def compose(
    draft: Draft,
    standard: Standard,
    note: Note,
    *,
    language: Language | None = None,
    facts: Mapping[str, str] | None = None,
    reconciled: Sequence[Reconciled] = (),
    signature: Signature | None = None,
    made_at: str = "",
) -> Letter:
    """Lay a draft out as a letter.

    Args:
        draft: The draft, with a person's changes. A section whose key is that of a heading fills that heading.
        standard: The standard.
        note: The notes it was made from.
        language: Of headings and labels; by default the standard's.
        facts: Facts of the head that a person typed or chose, by name; dates as ISO 8601. They win.
        reconciled: What a reconciliation of the notes found of each drug.
        signature: Who signed; None for a draft.
        made_at: ISO 8601 time in UTC.

    Returns:
        The letter; the same arguments give an equal letter.
    """
    spoken = language or standard.language
    known = _known(header.facts(note), facts or {}, signature)
    discharged = next((one.value for one in known if one.name == "discharged"), "")
    composer = _Composer(draft, note, spoken, known, reconciled)
    return Letter(
        standard=standard.name,
        source=standard.source,
        title=standard.title[spoken],
        language=spoken,
        code=standard.code,
        code_title=standard.code_title,
        system=standard.system,
        facts=known,
        actions=action_list.find(draft, note, discharged),
        sections=tuple(composer.section(heading) for heading in standard.headings),
        provenance=Provenance(
            model=" + ".join(one for one in (draft.stamp.model_name, draft.stamp.adapter_name) if one),
            model_sha256=draft.stamp.model,
            prompt_sha256=draft.stamp.prompt,
            input_sha256=draft.stamp.input,
            standard_sha256=standard.sha256,
            version_sha256=version_hash(draft, known),
            made_at=made_at,
            signature=signature,
        ),
    )


def version_hash(draft: Draft, facts: Sequence[Fact] = ()) -> str:
    """Hash what a doctor signs: keys, states and texts of the sections, and the facts of the head."""
    content = [[one.key, one.state, one.text] for one in draft.sections]
    data = json.dumps([content, [asdict(one) for one in facts]], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(data.encode("utf-8")).hexdigest()


def _known(found: Sequence[Fact], typed: Mapping[str, str], signature: Signature | None) -> tuple[Fact, ...]:
    given = dict(typed)
    if signature is not None:
        given.setdefault("author", ", ".join(one for one in (signature.name, signature.role) if one))
    own = [Fact(name, value) for name, value in given.items() if value]
    return (*own, *(one for one in found if one.name not in given))


class _Composer:
    """Fills one heading after the other."""

    def __init__(
        self, draft: Draft, note: Note, language: Language, facts: Sequence[Fact], reconciled: Sequence[Reconciled]
    ) -> None:
        self._draft = draft
        self._note = note
        self._language = language
        self._facts = facts
        self._reconciled = reconciled

    def section(self, heading: Heading) -> LetterSection:
        """Fill a heading: facts, sections of the draft, else what the notes say below such a heading."""
        lines, sources = self._lines(heading)
        parts = self._parts(heading)
        state = states.of_text("\n".join(part.text for part in parts), is_exclusive=heading.is_exclusive)
        if sources:
            state = "conflicting"
        elif state == "not documented" and lines and all(line.value for line in lines[:1]):
            state = "stated"
        return LetterSection(
            key=heading.key,
            heading=heading.title[self._language],
            state=state,
            need=heading.need,
            lines=lines,
            parts=parts,
            code=heading.code,
            about=heading.about,
            words=heading.words,
            sources=sources,
        )

    def _lines(self, heading: Heading) -> tuple[tuple[Line, ...], tuple[Span, ...]]:
        """The facts under a heading, and the places of those that have several values."""
        lines: list[Line] = []
        sources: list[Span] = []
        for name in heading.facts:
            found = [one for one in self._facts if one.name == name]
            shown = [self._shown(one) for one in found]
            if found:
                is_conflict = name in _DATES and len(found) > 1
                value = " / ".join(dict.fromkeys(shown)) if is_conflict else shown[0]
                lines.append(Line(name, label(name, self._language), value, found[0].value, found[0].source))
                sources += [one.source for one in found if is_conflict and one.source]
        return tuple(lines), tuple(sources)

    def _shown(self, fact: Fact) -> str:
        value = day(fact.value, self._language) if fact.name in _DATES else fact.value
        return label("inferred", self._language).format(value) if fact.is_inferred else value

    def _parts(self, heading: Heading) -> tuple[Part, ...]:
        sections = [
            one
            for key in dict.fromkeys((*heading.sections, heading.key))
            for one in self._draft.sections
            if one.key == key and one.text.strip() and one.state not in ("not documented", "failed")
        ]
        if not sections and (quoted := self._quoted(heading)):
            sections = [quoted]
        return tuple(self._with_table([self._part(one) for one in sections], "medications" in heading.sections))

    def _part(self, section: Section) -> Part:
        name = section.title if section.title and not _has_label(section.key) else label(section.key, self._language)
        text = section.text.strip()
        if section.state == "incomplete":
            text = f"{text} [{label('incomplete', self._language)}]"
        return Part(section.key, name, text, section.state == "copied")

    def _with_table(self, parts: list[Part], has_table: bool) -> list[Part]:
        """Turn medicines and their changes into one table."""
        texts = {part.key: part.text for part in parts}
        if not has_table or "medications" not in texts or states.of_text(texts["medications"]) != "stated":
            return parts
        table: MedicineTable = medicines.table(texts["medications"], texts.get("changes", ""), self._reconciled)
        shown = []
        for part in parts:
            if part.key == "medications":
                shown.append(Part(part.key, part.label, part.text, part.is_copied, table.rows))
            elif part.key != "changes":
                shown.append(part)
            elif table.other_changes:
                shown.append(Part(part.key, part.label, table.other_changes, part.is_copied))
        return shown

    def _quoted(self, heading: Heading) -> Section | None:
        """What the notes say below such a heading, word for word."""
        if heading.headings is None and heading.cues is None:
            return None
        own = SectionTask(
            heading.key,
            heading.title[self._language],
            by="copy",
            reads="matching",
            headings=heading.headings,
            cues=heading.cues,
        )
        task = Task("letter", "", "", "", (own,), (), (), True, "")
        spans = select(self._note, task, own)
        return copied(own, self._note, spans) if spans else None


def _has_label(key: str) -> bool:
    from_table = {"admission", "diagnoses", "history", "course", "results", "procedures", "medications", "changes"}
    return key in from_table | {"allergies", "condition", "social", "advice", "actions", "pending"}


def _words(text: str) -> int:
    """Words, a Chinese character counting as one."""
    chinese = sum("一" <= one <= "鿿" for one in text)
    spaced = "".join(" " if "一" <= one <= "鿿" else one for one in text)
    return chinese + len(spaced.split())
