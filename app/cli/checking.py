"""The verb `check`: hold a draft, whoever wrote it, against the notes it should rest on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.checks import all as checks
from app.checks import completeness, evidence
from app.checks.finding import Evidence, Finding
from app.cli.common import add_verb, read_files
from app.core import Core
from app.drafts.draft import Draft, Section, SectionState, Stamp
from app.drafts.standards import Standard
from app.errors import BlockedByFinding, SetupError, Unreadable
from app.notes import files as documents
from app.notes import intake, segments
from app.notes.intake import Cleaned
from app.notes.note import Note, Span

_ELSEWHERE = Stamp("", "", "", "")
# States of a draft's section, and of a letter's.
_STATES: dict[str, SectionState] = {
    "written": "written",
    "copied": "copied",
    "not documented": "not documented",
    "incomplete": "incomplete",
    "failed": "failed",
    "stated": "written",
    "stated as none": "written",
    "conflicting": "written",
}
_MARKS = {"blocking": "BLOCKING", "warning": "warning ", "note": "note    "}


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verb of this module."""
    check = add_verb(verbs, "check", "Check a draft against the notes. Exit code 6 where something blocks.", _check)
    check.add_argument(
        "--source",
        nargs="+",
        required=True,
        metavar="NOTE",
        help="notes: text, Word, PDF, RTF or HTML files, folders, or -",
    )
    check.add_argument(
        "--draft", required=True, metavar="FILE", help="the draft: a document, or JSON as `letter --json` writes it"
    )
    check.add_argument("--standard", help="also ask for every heading of it: prsb, jc, eu, cn or a department's own")


def _check(args: argparse.Namespace, core: Core) -> int:
    note = _note(args.source, core.settings.options.most_characters)
    draft = read_draft(args.draft)
    found = checks.run(note, draft)
    if args.standard:
        found += _open_headings(note, draft, core, core.standards.load(args.standard))
    if args.json:
        print(json.dumps(_table(note, draft, found), ensure_ascii=False, indent=2))
    else:
        _print(note, draft, found)
    return BlockedByFinding.exit_code if any(one.blocking for one in found) else 0


def _open_headings(note: Note, draft: Draft, core: Core, standard: Standard) -> tuple[Finding, ...]:
    """What the standard asks for and the draft has not; a plain text is divided at its headings first."""
    if draft.task != "external" or len(draft.sections) > 1:
        return completeness.find(note, draft, standard)
    written = segments.gather([("draft", Cleaned(draft.sections[0].text))])
    divided = completeness.of_text(written, core.tasks["discharge-letter"], standard)
    found = completeness.find(written, divided, standard)
    # Sources are places in the draft, not in the notes; lengths say nothing where the headings are not the draft's.
    return tuple(replace(one, source_spans=()) for one in found if one.severity != "note")


def read_draft(name: str) -> Draft:
    """Read a draft from a file.

    Args:
        name: Text or a document, which becomes one section with the key `text`, its offsets as in the file's text;
            or JSON with a list `sections` of objects with `key`, `text` and, if known, `title`, `state` and `read`.

    Raises:
        InputError: The file is missing, may not be read, or is no text and no whole document.
        SetupError: It is JSON of another shape.
    """
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise Unreadable(name=name) from error
    text = _decoded(name, data)
    if not text.lstrip().startswith("{"):
        return Draft("external", "", (Section("text", "Draft", text, "written"),), (), _ELSEWHERE, "")
    try:
        table = json.loads(text)
        sections = tuple(_section(one) for one in table["sections"])
        return Draft(str(table.get("task", "external")), str(table.get("title", "")), sections, (), _ELSEWHERE, "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(name=Path(name).name, why="it is JSON, but no list of sections with key and text") from error


def _decoded(name: str, data: bytes) -> str:
    if documents.is_packed(data):
        return documents.read(Path(name).name, data).text
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return intake.read_bytes(data).text


def _section(one: dict[str, Any]) -> Section:
    state = _STATES.get(one.get("state", "written"))
    read = tuple(Span(int(span["start"]), int(span["end"])) for span in one.get("read", ()))
    if state is None:
        raise ValueError
    return Section(
        str(one["key"]), str(one.get("title", one.get("heading", one["key"]))), str(one["text"]), state, read
    )


def _note(names: Sequence[str], most_characters: int) -> Note:
    cleaned = [(name, documents.read(name, content)) for name, content in read_files(list(names))]
    intake.refuse_too_long(sum(len(one.text) for _, one in cleaned), most_characters)
    note = segments.gather(cleaned)
    intake.refuse_unusable(note, 1)  # checking invents nothing, so few words do no harm
    return note


def _table(note: Note, draft: Draft, found: Sequence[Finding]) -> dict[str, Any]:
    texts = {section.key: section.text for section in draft.sections}
    basis = evidence.of(note, draft)
    return {
        "blocking": sum(one.blocking for one in found),
        "findings": [_finding(note, texts, one) for one in found],
        "evidence": [_evidence(note, texts, one) for one in basis],
        "unused": [{**asdict(span), "quote": span.of(note.text)} for span in evidence.unused(note, basis)],
        "notes_sha256": note.sha256,
    }


def _finding(note: Note, texts: dict[str, str], one: Finding) -> dict[str, Any]:
    quote = one.draft_span.of(texts[one.section]) if one.draft_span else ""
    return {**asdict(one), "draft_quote": quote, "source_quotes": [span.of(note.text) for span in one.source_spans]}


def _evidence(note: Note, texts: dict[str, str], one: Evidence) -> dict[str, Any]:
    quotes = {
        "draft_quote": one.draft_span.of(texts[one.section]),
        "source_quotes": [span.of(note.text) for span in one.source_spans],
    }
    return {**asdict(one), **quotes}


def _print(note: Note, draft: Draft, found: Sequence[Finding]) -> None:
    titles = {section.key: section.title for section in draft.sections}
    for one in found:
        where = f" [{titles[one.section]}]" if one.section in titles and len(titles) > 1 else ""
        print(f"{_MARKS[one.severity]} {one.kind}{where}: {one.message}")
        for span in one.source_spans[:2]:
            print(f"           notes: {' '.join(span.of(note.text).split())[:160]}")
    blocking = sum(one.blocking for one in found)
    print(f"{len(found)} findings, {blocking} blocking." if found else "Nothing was found. Read it all the same.")
