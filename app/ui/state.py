"""What is open on the desk: plain data, no Qt. The panes show it, the desk changes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from app.checks.finding import Evidence, Finding
from app.drafts.draft import NOT_DOCUMENTED, Draft, Review, Section, SectionState, Stamp, from_body
from app.history.entry import Case, Decision, StoredDraft, Version
from app.notes.note import DocumentText, Note, Span
from app.prompts.tasks import Task
from app.ui.naming import UNTITLED

if TYPE_CHECKING:  # importing these loads every check
    from app.drafts.header import Fact
    from app.letter.medicines import MedicineRow
    from app.ui.examining import Picture

Origin = Literal["ai", "copied", "edited", "accepted", "absent", "incomplete", "failed", "waiting", "writing"]
# A finding as a decision on it is remembered: by what it says, since checks run anew after every edit.
FindingKey = tuple[str, str, str]
AI = "AI draft"
_NOTHING = Stamp("", "", "", "")


def key_of(finding: Finding) -> FindingKey:
    """What stays the same of a finding when the checks run again."""
    return finding.kind, finding.section, str(finding.message)


@dataclass(slots=True)
class OpenDraft:
    """A draft on the desk.

    Attributes:
        id: Its id in the history; empty until it was kept there.
        task: Name of its task.
        draft: The draft as it stands, with what the doctor typed.
        versions: Versions kept, oldest first.
        decisions: The doctor's decisions on findings.
        choices: For contradictions, which quote the doctor chose: 1 or 2.
        facts: Facts of the head of the letter that the doctor typed or chose, by name; dates as ISO 8601.
        is_typed: Whether something was typed since it was last kept.
        is_versioned: Whether a version holds it as it stands.
        streaming: Text of the section being written, by key.
        waiting: Keys of sections still to be written.
    """

    id: str
    task: str
    draft: Draft
    versions: tuple[Version, ...] = ()
    decisions: dict[FindingKey, Decision] = field(default_factory=dict)
    choices: dict[FindingKey, int] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    is_typed: bool = False
    is_versioned: bool = True
    streaming: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)

    @property
    def is_signed(self) -> bool:
        """Whether the last version is signed."""
        return bool(self.versions) and self.versions[-1].kind == "signed"

    def section(self, key: str) -> Section | None:
        """The section of a key, if the draft has it yet."""
        return next((one for one in self.draft.sections if one.key == key), None)

    def put(self, section: Section) -> None:
        """Replace or append a section."""
        sections = self.draft.sections
        if any(one.key == section.key for one in sections):
            sections = tuple(section if one.key == section.key else one for one in sections)
        else:
            sections = (*sections, section)
        self.draft = replace(self.draft, sections=sections)

    def origin(self, key: str) -> Origin:
        """What a section is, for the eye."""
        section = self.section(key)
        if key in self.streaming:
            return "writing"
        if key in self.waiting:
            return "waiting"
        if section is None:
            return "absent"
        if section.review:
            return section.review
        by_state: dict[str, Origin] = {
            "written": "ai",
            "copied": "copied",
            "not documented": "absent",
            "incomplete": "incomplete",
            "failed": "failed",
        }
        return by_state[section.state]

    def is_protected(self, key: str) -> bool:
        """Whether a doctor edited or accepted a section: the model never touches it again."""
        section = self.section(key)
        return section is not None and bool(section.review)

    def type_into(self, key: str, text: str) -> None:
        """Take what the doctor typed into a section."""
        section = self.section(key)
        if section is None or section.text == text:
            return
        state: SectionState = "not documented" if text.strip() == NOT_DOCUMENTED else "written"
        self.put(replace(section, text=text, state=state, review="edited", problem=""))
        self.touched()

    def review(self, key: str, review: Review) -> None:
        """Accept a section as it stands, or take that back."""
        section = self.section(key)
        if section is not None and section.review != review:
            self.put(replace(section, review=review))
            self.touched()

    def touched(self) -> None:
        """Note that the history does not have this yet."""
        self.is_typed, self.is_versioned = True, False

    def body(self) -> dict[str, Any]:
        """The table that the history keeps."""
        decided = [[*key, decision] for key, decision in self.decisions.items()]
        chosen = [[*key, quote] for key, quote in self.choices.items()]
        return asdict(self.draft) | {"decisions": decided, "choices": chosen, "facts": dict(self.facts)}

    def take_body(self, body: dict[str, Any]) -> None:
        """Stand as a table of the history says."""
        self.draft = from_body(body)
        self.decisions = {
            (kind, section, text): decision for kind, section, text, decision in body.get("decisions", ())
        }
        self.choices = {(kind, section, text): quote for kind, section, text, quote in body.get("choices", ())}
        self.facts = dict(body.get("facts", {}))

    def forget_settled(self, findings: Iterable[Finding]) -> None:
        """Drop decisions on what is not found any more: the same mistake made again is asked again."""
        found = {key_of(one) for one in findings}
        gone = self.decisions.keys() - found
        if gone and not self.is_signed:
            self.decisions = {key: one for key, one in self.decisions.items() if key in found}
            self.choices = {key: one for key, one in self.choices.items() if key in found}
            self.touched()

    def open_findings(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings without a decision."""
        return [one for one in findings if key_of(one) not in self.decisions]


@dataclass(slots=True)
class OpenCase:
    """A case on the desk.

    Attributes:
        case: Its entry in the history.
        documents: Its notes as they stand.
        drafts: Its drafts, oldest first.
        current: The draft that is shown; None where there is none.
        is_typed: Whether notes were typed since they were last kept.
        note: The notes as last read; None until then.
        findings: What the checks found when they last ran.
        evidence: What supports each sentence of the draft.
        unused: Sentences of the notes that nothing rests on.
        facts: What the notes say for the head of a letter.
        medicines: The draft's medicines, and what became of each.
        own_title: The title that the program gave it in this session.
        is_removed: Its content is being removed for good: nothing more is written into it or kept of it.
    """

    case: Case
    documents: list[DocumentText] = field(default_factory=list)
    drafts: list[OpenDraft] = field(default_factory=list)
    current: OpenDraft | None = None
    is_typed: bool = False
    note: Note | None = None
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unused: tuple[Span, ...] = ()
    facts: tuple[Fact, ...] = ()
    medicines: tuple[MedicineRow, ...] = ()
    own_title: str = UNTITLED
    is_removed: bool = False

    def take(self, picture: Picture) -> None:
        """Hold what was found when notes and draft were last examined."""
        examined = picture.examined
        self.note, self.findings = examined.note, examined.findings
        self.evidence, self.unused = examined.evidence, examined.unused
        self.facts, self.medicines = picture.facts, picture.medicines

    @property
    def has_own_title(self) -> bool:
        """Whether the title is the program's, not the doctor's."""
        return self.case.title in (UNTITLED, self.own_title)

    @property
    def is_signed(self) -> bool:
        """Whether a letter was signed on these notes."""
        return any(one.is_signed for one in self.drafts)

    @property
    def has_notes(self) -> bool:
        """Whether anything stands in the notes."""
        return any(one.text.strip() for one in self.documents)


def opened(stored: StoredDraft) -> OpenDraft | None:
    """Put a kept draft on the desk; None where retention removed its text."""
    body = stored.work or (stored.versions[-1].body if stored.versions else None)
    if body is None:
        return None
    one = OpenDraft(stored.id, stored.task, begun(stored.task, ""), stored.versions)
    one.take_body(body)
    one.is_versioned = stored.work is None
    return one


def begun(task: str, title: str) -> Draft:
    """A draft before its first section."""
    return Draft(task, title, (), (), _NOTHING, "")


def to_write(task: Task, draft: OpenDraft | None) -> list[str]:
    """Keys that the model may write: all but those a doctor edited or accepted."""
    return [one.key for one in task.sections if draft is None or not draft.is_protected(one.key)]
