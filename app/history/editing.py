"""What changes while the doctor types: a case's title and notes, and the text of a draft since its last version.

Kept within a second of the last key, so none of it is an event of the trail; drafts, versions and signatures are.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update

from app.errors import NotAllowed
from app.history import search, tables
from app.history.entry import Case, StoredDocument
from app.history.store import History
from app.notes.note import DocumentText


def new_case(history: History, title: str, patient: str = "") -> Case:
    """Make a case without notes, to type into.

    Args:
        history: The open history.
        title: Title for people.
        patient: Label of the patient, for filters.

    Returns:
        The new case.
    """
    with history._change() as (connection, at):
        case = Case(uuid.uuid4().hex, title, patient, at)
        connection.execute(insert(tables.case).values(id=case.id, title=title, patient=patient, created=at))
        _index_labels(connection, case.id, title, patient, at)
        history._record(connection, "saved", case.id, {"documents": 0}, at)
    return case


def rename_case(history: History, case: str, title: str, patient: str = "") -> None:
    """Give a case another title or label.

    Args:
        history: The open history.
        case: Id of the case.
        title: Title for people.
        patient: Label of the patient.

    Raises:
        NoSuchEntry: There is no such case.
        NotAllowed: Its content was removed.
    """
    with history._change() as (connection, at):
        history._need_content(connection, case)
        values = {"title": title, "patient": patient}
        connection.execute(update(tables.case).where(tables.case.c.id == case).values(values))
        search.remove(connection, case)
        _index_labels(connection, case, title, patient, at)


def set_documents(history: History, case: str, documents: Sequence[DocumentText]) -> None:
    """Keep the notes of a case as they stand now. Only what changed is written.

    Args:
        history: The open history.
        case: Id of the case.
        documents: All documents, in order.

    Raises:
        NoSuchEntry: There is no such case.
        NotAllowed: Its content was removed, or a draft of it is signed and what was signed on would change.
    """
    with history._change() as (connection, _at):
        history._need_content(connection, case)
        document = tables.document
        rows = connection.execute(select(document).where(document.c.case_id == case).order_by(document.c.position))
        kept = [StoredDocument(r.id, case, r.position, r.name, r.kind, r.date, r.text, r.sha256) for r in rows]
        if [one.text for one in kept] != [one.text for one in documents[: len(kept)]] and _is_signed(connection, case):
            raise NotAllowed(why="A letter was signed on these notes; they can be added to, not changed.")
        for old, new in zip(kept, documents, strict=False):
            if (old.name, old.kind, old.date, old.text) != (new.name, new.kind, new.date, new.text):
                _change_document(connection, old, new)
        for old in kept[len(documents) :]:
            search.remove(connection, old.id)
            connection.execute(delete(document).where(document.c.id == old.id))
        for position, new in enumerate(documents[len(kept) :], len(kept)):
            history._put_document(connection, case, position, new.name, new.kind, new.date, new.text)


def keep_work(history: History, draft: str, body: dict[str, Any]) -> None:
    """Keep what was typed into a draft since its last version. The next version takes its place.

    Args:
        history: The open history.
        draft: Id of the draft.
        body: The whole draft as it stands, in the shape of a version's body.

    Raises:
        NoSuchEntry: There is no such draft.
        NotAllowed: It is signed, or its content was removed.
    """
    with history._change() as (connection, at):
        last, _ = history._last(connection, draft)
        if last.kind == "signed":
            raise NotAllowed(why="This draft is signed; a signed version is never changed.")
        connection.execute(delete(tables.work).where(tables.work.c.draft_id == draft))
        connection.execute(insert(tables.work).values(draft_id=draft, body=body, at=at))


def _index_labels(connection: Connection, case: str, title: str, patient: str, at: str) -> None:
    place = {"source": case, "case_id": case, "kind": "case", "date": at[:10], "signed": False}
    search.put(connection, place, search.label_text(title, patient))


def _is_signed(connection: Connection, case: str) -> bool:
    draft, version = tables.draft, tables.version
    signed = exists().where(draft.c.case_id == case, version.c.draft_id == draft.c.id, version.c.kind == "signed")
    return bool(connection.execute(select(signed)).scalar())


def _change_document(connection: Connection, old: StoredDocument, new: DocumentText) -> None:
    sha256 = hashlib.sha256(new.text.encode()).hexdigest()
    values = {"name": new.name, "kind": new.kind, "date": new.date, "text": new.text, "sha256": sha256}
    connection.execute(update(tables.document).where(tables.document.c.id == old.id).values(values))
    search.remove(connection, old.id)
    place = {"source": old.id, "case_id": old.case, "kind": new.kind, "date": new.date, "signed": False}
    search.put(connection, place, new.text)
