"""Signed drafts as pairs for training: what the notes say, and what a doctor put the name under. De-identified.

Only sections that the model wrote: a copied one teaches nothing. Sections that the program puts together from several
documents are left out, because no single answer of the model stands behind them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import UnknownTask
from app.history.entry import Case, StoredDraft
from app.history.store import History
from app.notes.deidentify import Deidentifier
from app.prompts.tasks import SectionTask, Task


def signed_pairs(history: History, tasks: Mapping[str, Task]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Pairs of every signed draft, one case at a time.

    Args:
        history: The open history.
        tasks: Tasks by name.

    Yields:
        Id of a signed version, and its rows `{id, group, source, target, task, section}` for `training prepare`. Names,
        dates, places, numbers and contacts are surrogates, drawn anew for every export: nobody can undo them, and two
        exports cannot be joined. The rules miss some: a person looks through the rows before they are used.
    """
    surrogates = Deidentifier(secrets.randbits(128))
    for case in _signed_cases(history):
        source = "\n\n".join(one.text for one in history.documents(case.id))
        for draft in history.drafts(case.id):
            if draft.is_signed and draft.task in tasks:
                rows = [surrogates.row(row) for row in _rows(draft, tasks[draft.task], source)]
                if rows:
                    yield draft.versions[-1].id, rows


def _signed_cases(history: History) -> Iterator[Case]:
    seen = 0
    while page := history.cases(limit=1000, offset=seen):
        seen += len(page)
        yield from (one for one in page if one.is_signed and not one.is_purged)


def _rows(draft: StoredDraft, task: Task, source: str) -> Iterator[dict[str, Any]]:
    signed = draft.versions[-1]
    for one in (signed.body or {}).get("sections", []):
        section = _written(task, str(one["key"]))
        if section and one["state"] == "written" and one["text"].strip():
            yield {
                "id": f"{signed.id}-{section.key}",
                "group": signed.id,
                "source": source,
                "target": one["text"],
                "task": task.name,
                "section": section.key,
            }


def _written(task: Task, key: str) -> SectionTask | None:
    """The section if the model writes it in one piece."""
    try:
        section = task.section(key)
    except UnknownTask:
        return None
    return section if section.by == "model" and not section.per_document else None
