"""One internal model of a letter: a draft laid out by a standard, in a language. Renderers only draw it.

Everything in it is plain and final: headings, labels and dates are in the letter's language, states are decided. The
words of the draft and of the notes stand as they are.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from app.checks import completeness, medications
from app.drafts import actions as action_list
from app.drafts import fields, states
from app.drafts.actions import Action
from app.drafts.draft import Draft, Section
from app.drafts.fields import DATES, Field
from app.drafts.header import Fact
from app.drafts.labels import Language, day, has, label
from app.drafts.standards import Need, Standard
from app.drafts.states import State
from app.letter import course_ends, medicines
from app.letter.medicines import MedicineRow
from app.notes.note import Note, Span

TOP = 3
_BULLET = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.)、]\s*)?")


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
        is_boxed: Whether the box of actions shows it.
    """

    key: str
    label: str
    text: str
    is_copied: bool = False
    rows: tuple[MedicineRow, ...] = ()
    is_boxed: bool = False


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
        return tuple(part for part in self.parts if not part.is_boxed)

    @property
    def is_boxed(self) -> bool:
        """Whether the box of actions belongs to it."""
        return any(part.is_boxed for part in self.parts)

    @property
    def text(self) -> str:
        """Everything under the heading as plain text."""
        lines = [f"{line.label}: {line.value}" for line in self.lines]
        return "\n".join([*lines, *(part.text for part in self.parts)])


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the letter was made: enough to make it again and to prove which version was signed.

    Attributes:
        model: Name and revision, with the adapter's.
        model_sha256: See `draft.Stamp`.
        prompt_sha256: See `draft.Stamp`.
        input_sha256: See `draft.Stamp`.
        standard_sha256: Hash of the standard's file.
        version_sha256: Hash of the draft's sections and the facts of the head as they stand in this letter.
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
        code: LOINC code of the document.
        code_title: LOINC's name of that code.
        system: Code system of the headings' codes.
        facts: Facts of the head; dates as ISO 8601.
        top: The three things to know first: diagnosis, changes of medicines, the most pressing action.
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
    top: tuple[Line, ...]
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
        open_ones = (one for one in self.sections if one.state == "not documented" and not one.parts)
        return tuple(one for one in open_ones if one.need != "optional")

    @property
    def medicines(self) -> tuple[MedicineRow, ...]:
        """The rows of the table of medicines."""
        return tuple(row for section in self.sections for part in section.parts for row in part.rows)

    def value(self, fact: str) -> str:
        """Give a fact of the head; empty if it is not known."""
        return next((one.value for one in self.facts if one.name == fact), "")

    def date(self, fact: str) -> str:
        """Give a date that the notes state as such, and only once; empty otherwise. The text alone tells the others."""
        found = [one for one in self.facts if one.name == fact]
        return found[0].value if len(found) == 1 and not found[0].is_inferred else ""


def compose(
    note: Note,
    draft: Draft,
    standard: Standard,
    *,
    language: Language | None = None,
    facts: Mapping[str, str] | None = None,
    signature: Signature | None = None,
    made_at: str = "",
) -> Letter:
    """Lay a draft out as a letter.

    Args:
        note: The notes it was made from.
        draft: The draft, with a person's changes. A section whose key is that of a heading fills that heading.
        standard: The standard.
        language: Of headings and labels; by default the standard's.
        facts: Facts of the head that a person typed or chose, by name; dates as ISO 8601. They win.
        signature: Who signed; None for a draft.
        made_at: ISO 8601 time in UTC.

    Returns:
        The letter; the same arguments give an equal letter.
    """
    spoken = language or standard.language
    typed = dict(facts or {})
    if signature is not None:
        typed.setdefault("author", ", ".join(one for one in (signature.name, signature.role) if one))
    known = fields.facts(note, typed)
    discharged = next((one.value for one in known if one.name == "discharged"), "")
    actions = action_list.find(draft, note, discharged)
    actions = action_list.ranked((*actions, *course_ends.find(note, draft, actions)))
    filled = completeness.read(note, draft, standard, typed)
    boxed = {key for key, kind in action_list.KEYS.items() if any(one.kind == kind for one in actions)}
    sections = tuple(_section(note, field, spoken, boxed) for field in filled)
    stamp = draft.stamp
    return Letter(
        standard=standard.name,
        source=standard.source,
        title=standard.title[spoken],
        language=spoken,
        code=standard.code,
        code_title=standard.code_title,
        system=standard.system,
        facts=known,
        top=_top(note, draft, sections, actions, spoken),
        actions=actions,
        sections=sections,
        provenance=Provenance(
            model=" + ".join(one for one in (stamp.model_name, stamp.adapter_name) if one),
            model_sha256=stamp.model,
            prompt_sha256=stamp.prompt,
            input_sha256=stamp.input or note.sha256,
            standard_sha256=standard.sha256,
            version_sha256=version_hash(draft, known),
            made_at=made_at,
            signature=signature,
        ),
    )


def version_hash(draft: Draft, known: Sequence[Fact] = ()) -> str:
    """Hash what a doctor signs: keys, states and texts of the sections, and the facts of the head."""
    content = [[one.key, one.state, one.text] for one in draft.sections]
    data = json.dumps([content, [asdict(one) for one in known]], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(data.encode("utf-8")).hexdigest()


def _section(note: Note, field: Field, language: Language, boxed: Collection[str]) -> LetterSection:
    heading = field.heading
    parts = [_part(one, language, heading.title[language], boxed) for one in field.sections]
    return LetterSection(
        key=heading.key,
        heading=heading.title[language],
        state=field.state,
        need=heading.need,
        lines=tuple(_lines(field, language)),
        parts=tuple(_with_table(note, parts, language) if "medications" in heading.sections else parts),
        code=heading.code,
        about=heading.about,
        words=heading.words,
        sources=field.sources,
    )


def _lines(field: Field, language: Language) -> list[Line]:
    """The facts of a heading, one line each; conflicting dates stand beside each other."""
    lines = []
    for name in dict.fromkeys(one.name for one in field.facts):
        found = [one for one in field.facts if one.name == name]
        shown = list(dict.fromkeys(_shown(one, language) for one in found))
        value = " / ".join(shown) if name in DATES else shown[0]
        lines.append(Line(name, label(name, language), value, found[0].source))
    return lines


def _shown(fact: Fact, language: Language) -> str:
    value = day(fact.value, language) if fact.name in DATES else fact.value
    return label("inferred", language).format(value) if fact.is_inferred else value


def _part(section: Section, language: Language, heading: str, boxed: Collection[str]) -> Part:
    name = label(section.key, language) if has(section.key) else heading
    text = section.text.strip()
    is_broken = section.state in ("incomplete", "failed")
    if is_broken:
        text = f"{text} [{label('incomplete', language)}]".strip()
    return Part(section.key, name, text, section.state == "copied", is_boxed=section.key in boxed and not is_broken)


def _with_table(note: Note, parts: list[Part], language: Language) -> list[Part]:
    """Turn medicines and their changes into one table."""
    texts = {part.key: part.text for part in parts}
    medications_text = texts.get("medications", "")
    if "medications" not in texts or states.of_text(medications_text) != "stated":
        return parts
    table = medicines.table(medications_text, texts.get("changes", ""), medications.reconcile(note), note.text)
    shown = []
    for part in parts:
        if part.key == "medications":
            shown.append(Part(part.key, part.label, part.text, part.is_copied, table.rows))
            if table.others:
                shown.append(Part("medications.other", part.label, table.others, part.is_copied))
        elif part.key != "changes":
            shown.append(part)
        elif table.other_changes:
            shown.append(Part(part.key, label("changes", language), table.other_changes, part.is_copied))
    return shown


def _top(
    note: Note, draft: Draft, sections: Sequence[LetterSection], actions: Sequence[Action], language: Language
) -> tuple[Line, ...]:
    """The three things a reader must know first, each in words that stand below too."""
    found = []
    if diagnosis := _diagnosis(note, draft):
        found.append(Line("diagnosis", label("diagnosis", language), diagnosis))
    rows = [row for section in sections for part in section.parts for row in part.rows if row.is_changed]
    changed = [
        f"{label(status, language)} {label('list', language).join(row.drug for row in rows if row.status == status)}"
        for status in ("added", "amended", "stopped")
        if any(row.status == status for row in rows)
    ]
    if changed:
        found.append(Line("changes", label("medications", language), "; ".join(changed)))
    for action in [one for one in actions if one.kind != "course"][:1]:
        when = "" if action.due.is_exact else action.due.reckoned(language)
        text = label("and", language).format(written=action.what, reckoned=when) if when else action.what
        found.append(Line("first", label("first", language), text))
    return tuple(found)


def _diagnosis(note: Note, draft: Draft) -> str:
    """The first diagnosis of the last document that gives any; what a person wrote first where none is quoted."""
    section = next((one for one in draft.sections if one.key == "diagnoses" and one.state != "not documented"), None)
    if section is None:
        return ""
    lines = [_bare(line) for line in section.text.splitlines() if states.of_text(line) == "stated"]
    latest = [line for span in reversed(section.read) for line in span.of(note.text).splitlines()]
    return next((one for line in latest if (one := _bare(line)) in lines), lines[0] if lines else "")


def _bare(line: str) -> str:
    """A line of a list without its bullet or number."""
    return _BULLET.sub("", line).strip(" .。")
