"""A stay and its draft, as the program copies it, with a person's changes; no model is needed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from app import paths
from app.cli.common import read_files
from app.drafts.assemble import copied, not_documented
from app.drafts.draft import Draft, Section, Stamp
from app.notes import intake, segments
from app.notes.note import Note
from app.prompts.select import select
from tests.fakes import known_tasks

MADE_AT = "2026-11-24T09:30:00+00:00"


@cache
def stay() -> Note:
    """The sample stay."""
    files = read_files([str(paths.resources() / "samples" / "stay")])
    return segments.gather([(name, intake.read_bytes(content)) for name, content in files])


def draft_of(note: Note, **texts: str) -> Draft:
    """The draft of a discharge letter: copied from the notes, but for the texts given."""
    task = known_tasks()["discharge-letter"]
    sections = []
    for section in task.sections:
        spans = select(note, task, section) if section.reads != "rest" else ()
        sections.append(copied(section, note, spans) if spans else not_documented(section))
    changed = [replace(one, text=texts[one.key], state="written") if one.key in texts else one for one in sections]
    keys = {one.key for one in changed}
    changed += [Section(key, key, text, "written") for key, text in texts.items() if key not in keys]
    return Draft(task.name, task.title, tuple(changed), (), Stamp("a" * 64, "b" * 64, note.sha256, "scripted@1"), "")
