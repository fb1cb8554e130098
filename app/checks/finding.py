"""The plain shape of what a check found, and sentences that a window can translate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.notes.note import Span

Severity = Literal["blocking", "warning", "note"]
Fact = str | int | float


class Said(str):
    """A sentence that remembers its template and facts; equal to, and usable as, the plain sentence.

    Attributes:
        template: The English sentence with named placeholders, one of `wording.py`.
        facts: What was put into them; one that is a `Said` itself wants translating too. May quote a note: never
            logged.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, Fact]

    def __new__(cls, template: str, **facts: Fact) -> Said:
        """Fill the template.

        Args:
            template: Sentence with placeholders in braces.
            **facts: Their values.
        """
        one = super().__new__(cls, template.format(**facts))
        one.template = template
        one.facts = facts
        return one

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Fact]]:
        """Copies and pickles are made from the template, not from the finished sentence."""
        return (self.template,), self.facts


def said(template: str, **facts: Fact) -> Said:
    """Fill a template of `wording.py`; see `Said`."""
    return Said(template, **facts)


def named(name: str) -> str:
    """Write the name of a drug or a quantity as a sentence begins with it."""
    return name[:1].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at. `block`, `warn` and `remark` make them.

    Attributes:
        kind: The check that found it, e.g. `number`.
        severity: `blocking`, `warning` or `note`.
        blocking: Whether work stops until a person settles it; true where the severity says so.
        message: One plain sentence, a `Said` wherever a check made it. Shown to the doctor only; never logged, as
            it may quote a note.
        source_spans: Places in `note.text`.
        draft_span: Place inside the text of that section; None where it concerns the notes or the whole section.
        section: Key of the draft's section; empty for the whole draft.
        insert: For omissions: text of the notes, word for word, that can be put into `section`.
    """

    kind: str
    severity: Severity
    blocking: bool
    message: str
    source_spans: tuple[Span, ...] = ()
    draft_span: Span | None = None
    section: str = ""
    insert: str = ""


def block(
    kind: str, message: Said, sources: tuple[Span, ...] = (), *, section: str = "", draft: Span | None = None
) -> Finding:
    """Make a finding that a person must settle before anything is signed."""
    return Finding(kind, "blocking", True, message, sources, draft, section)


def warn(
    kind: str, message: Said, sources: tuple[Span, ...] = (), *, section: str = "", draft: Span | None = None
) -> Finding:
    """Make a finding that a person should look at."""
    return Finding(kind, "warning", False, message, sources, draft, section)


def remark(
    kind: str, message: Said, sources: tuple[Span, ...] = (), *, section: str = "", draft: Span | None = None
) -> Finding:
    """Make a finding that is good to know."""
    return Finding(kind, "note", False, message, sources, draft, section)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What supports one sentence of the draft.

    Attributes:
        section: Key of its section.
        draft_span: Its place in that section's text.
        source_spans: Supporting passages in `note.text`, the best first; empty for an unsupported sentence.
        support: Share of the sentence's weight that they hold, from 0 to 1; 1 for a sentence copied word for word.
    """

    section: str
    draft_span: Span
    source_spans: tuple[Span, ...]
    support: float

    @property
    def is_verbatim(self) -> bool:
        """Whether the sentence stands in the notes word for word."""
        return self.support == 1

    def is_of(self, finding: Finding) -> bool:
        """Whether a finding is about this sentence."""
        place = finding.draft_span
        is_inside = place is not None and self.draft_span.start <= place.start < self.draft_span.end
        return is_inside and finding.section == self.section

    @property
    def is_supported(self) -> bool:
        """Whether the notes support the sentence."""
        return bool(self.source_spans)
