"""What the desk's reader does off the window's thread. It loads every check, so it is imported there, not at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.checks import all as checks
from app.checks import medications
from app.checks.identifiers import identifiers
from app.drafts import header
from app.drafts.draft import Draft
from app.drafts.header import Fact
from app.drafts.standards import Standard
from app.errors import Unreadable
from app.letter.medicines import MedicineRow
from app.letter.medicines import table as medicine_table
from app.notes import clipboard, files, intake, segments
from app.notes.intake import Cleaned
from app.notes.note import DocumentText, Note

_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the window shows of notes and a draft.

    Attributes:
        examined: Findings and evidence.
        facts: Facts for the head of a letter.
        medicines: The draft's medicines beside what became of them.
        title: A title for the case.
        patient: The patient's name; empty where the notes do not say it.
    """

    examined: checks.Examined
    facts: tuple[Fact, ...]
    medicines: tuple[MedicineRow, ...]
    title: str
    patient: str


def examine(
    documents: Sequence[DocumentText], draft: Draft | None, wanted: Standard | None, typed: Mapping[str, str]
) -> Picture:
    """Ask everything of the notes and the draft.

    Args:
        documents: The notes.
        draft: The draft; None where there is none.
        wanted: The standard that the draft must answer; None for none.
        typed: Facts of the letter's head that a person typed or chose, by name.

    Returns:
        The answers.
    """
    examined = checks.examine(segments.rebuild(documents), draft, wanted, typed)
    note = examined.note
    return Picture(examined, header.facts(note), _medicines(note, draft), *title_of(note))


def gather(read: Callable[[], list[tuple[str, Cleaned]]], limit: int) -> tuple[list[DocumentText], tuple[str, ...]]:
    """Divide what was read into documents.

    Args:
        read: Gives names and clean texts.
        limit: Most characters of one case.

    Returns:
        The documents, and remarks for the doctor.

    Raises:
        EpicrisisError: Something cannot be read, or is too long.
    """
    cleaned = read()
    intake.refuse_too_long(sum(len(one.text) for _, one in cleaned), limit)
    note = segments.gather(cleaned)
    return segments.as_documents(note), note.warnings


def pasted(formats: Mapping[str, bytes]) -> list[tuple[str, Cleaned]]:
    """Read what was on the clipboard.

    Args:
        formats: MIME types and their data.

    Returns:
        No name, and the clean text.
    """
    return [("", clipboard.from_formats(formats))]


def opened(names: Sequence[str]) -> list[tuple[str, Cleaned]]:
    """Read files.

    Args:
        names: Paths.

    Returns:
        The files' names and clean texts.

    Raises:
        EpicrisisError: A file cannot be read.
    """
    return [(path.name, _content(path)) for path in map(Path, names)]


def title_of(note: Note) -> tuple[str, str]:
    """Find a title for a case.

    Args:
        note: Its notes.

    Returns:
        The title and the patient's label: the patient's name where the notes say it, else the first line.
    """
    name = next((one.span.of(note.text).strip() for one in identifiers(note) if one.kind == "name"), "")
    first = next((line.strip() for line in note.text.splitlines() if line.strip()), "")
    return (name or first)[:_LONGEST_TITLE], name[:_LONGEST_TITLE]


def _medicines(note: Note, draft: Draft | None) -> tuple[MedicineRow, ...]:
    texts = {one.key: one.text for one in draft.sections if one.state != "not documented"} if draft is not None else {}
    listed, changes = texts.get("medications", ""), texts.get("changes", "")
    return medicine_table(listed, changes, medications.reconcile(note), note.text).rows if listed or changes else ()


def _content(path: Path) -> Cleaned:
    try:
        return files.read(path.name, path.read_bytes())
    except OSError as error:
        raise Unreadable(name=path.name) from error
