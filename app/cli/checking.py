"""The verb `check`: hold a draft, whoever wrote it, against the notes it should rest on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.checks import all as checks
from app.checks import evidence
from app.checks.evidence import Evidence
from app.checks.finding import Finding
from app.cli.common import add_verb, read_files
from app.core import Core
from app.drafts.draft import Draft, Section, Stamp
from app.errors import BlockedByFinding, SetupError, Unreadable
from app.notes import intake, segments
from app.notes.note import Note, Span

_ELSEWHERE = Stamp("", "", "", "")
_STATES = ("written", "copied", "not documented", "incomplete", "failed")
_MARKS = {"blocking": "BLOCKING", "warning": "warning ", "note": "note    "}


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verb of this module."""
    check = add_verb(verbs, "check", "Check a draft against the notes. Exit code 6 where something blocks.", _check)
    check.add_argument(
        "--source", nargs="+", required=True, metavar="NOTE", help="notes: text files, folders of .txt files, or -"
    )
    check.add_argument(
        "--draft", required=True, metavar="FILE", help="the draft: plain text, or JSON as `letter --json` writes it"
    )


def _check(args: argparse.Namespace, core: Core) -> int:
    note = _note(args.source, core.settings.options.most_characters)
    draft = read_draft(args.draft)
    found = checks.run(note, draft)
    if args.json:
        print(json.dumps(_table(note, draft, found), ensure_ascii=False, indent=2))
    else:
        _print(note, draft, found)
    return BlockedByFinding.exit_code if any(one.blocking for one in found) else 0


def read_draft(name: str) -> Draft:
    """Read a draft from a file.

    Args:
        name: Plain text, which becomes one section with the key `text` and offsets as in the file; or JSON with a list
            `sections` of objects with `key`, `text` and, if known, `title`, `state` and `read`.

    Raises:
        Unreadable: The file is missing or may not be read.
        SetupError: It is JSON of another shape.
    """
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise Unreadable(name=name) from error
    text = _decoded(data)
    if not text.lstrip().startswith("{"):
        return Draft("external", "", (Section("text", "Draft", text, "written"),), (), _ELSEWHERE, "")
    try:
        table = json.loads(text)
        sections = tuple(_section(one) for one in table["sections"])
        return Draft(str(table.get("task", "external")), str(table.get("title", "")), sections, (), _ELSEWHERE, "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(name=Path(name).name, why="it is JSON, but no list of sections with key and text") from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return intake.read_bytes(data).text


def _section(one: dict[str, Any]) -> Section:
    state = one.get("state", "written")
    read = tuple(Span(int(span["start"]), int(span["end"])) for span in one.get("read", ()))
    if state not in _STATES:
        raise ValueError
    return Section(str(one["key"]), str(one.get("title", one["key"])), str(one["text"]), state, read)


def _note(names: Sequence[str], most_characters: int) -> Note:
    cleaned = [(name, intake.read_bytes(content)) for name, content in read_files(list(names))]
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
