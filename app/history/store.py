"""The history: cases, documents, drafts and versions in; plain entries out. Every change is one transaction."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, get_args

from sqlalchemy import Connection, Engine, Row, bindparam, delete, exists, func, insert, select, update

from app.checks.finding import Finding
from app.drafts.draft import Draft
from app.errors import HistoryRolledBack, NoSuchEntry, NotAllowed
from app.history import audit, search, tables
from app.history.database import transaction
from app.history.entry import (
    AuditEvent,
    Case,
    Decision,
    Query,
    SearchHit,
    StoredDocument,
    StoredDraft,
    StoredFinding,
    Version,
    VersionKind,
)
from app.history.keyfile import Head
from app.notes.note import Note

_AI = "AI draft"
# Built once: building a statement takes longer than running it.
_BY_ID = {
    table.name: select(table.c.id).where(table.c.id == bindparam("id"))
    for table in (tables.case, tables.finding, tables.version)
}
_DECISIONS = tuple(one for one in get_args(Decision) if one != "open")
_signed, _found_in = tables.version.alias("signed"), tables.version.alias("found_in")
_SIGNED_OF_FINDING = (
    select(_signed.c.id)
    .join(_found_in, _found_in.c.draft_id == _signed.c.draft_id)
    .join(tables.finding, tables.finding.c.version_id == _found_in.c.id)
    .where(tables.finding.c.id == bindparam("id"), _signed.c.kind == "signed")
)
_DROP_WORK = delete(tables.work).where(tables.work.c.draft_id == bindparam("draft"))
_LAST_POSITION = select(func.max(tables.document.c.position)).where(tables.document.c.case_id == bindparam("case"))


class History:
    """An open history.

    Args:
        engine: The open database, migrated.
        on_head: Called after a commit with the new head of the trail, to keep it outside the database.
        clock: Seconds since 1970; a parameter for tests.
        rolled_back: Set if the file is older than the trail remembers: reading works, writing does not.
    """

    def __init__(
        self,
        engine: Engine,
        on_head: Callable[[Head], None] = lambda _head: None,
        clock: Callable[[], float] = time.time,
        rolled_back: HistoryRolledBack | None = None,
    ) -> None:
        self.engine = engine
        self._on_head = on_head
        self._clock = clock
        self.rolled_back = rolled_back

    def close(self) -> None:
        """Close the database. The key stays in this process's memory until it ends."""
        self.engine.dispose()

    def add_case(self, title: str, note: Note, patient: str = "") -> Case:
        """Keep the notes of a case.

        Args:
            title: Title for people.
            note: The divided notes; each document is kept by itself.
            patient: Label of the patient, for filters.

        Returns:
            The new case.
        """
        with self._change() as (connection, at):
            case = Case(uuid.uuid4().hex, title, patient, at)
            row = {"id": case.id, "title": title, "patient": patient, "created": at}
            connection.execute(insert(tables.case).values(row))
            place = {"source": case.id, "case_id": case.id, "kind": "case", "date": at[:10], "signed": False}
            search.put(connection, place, search.label_text(title, patient))
            for position, document in enumerate(note.documents):
                text = document.span.of(note.text)
                self._put_document(connection, case.id, position, document.name, document.kind, document.date, text)
            self._record(connection, "saved", case.id, {"documents": len(note.documents)}, at)
        return case

    def add_document(self, case: str, name: str, text: str, kind: str = "", date: str = "") -> StoredDocument:
        """Add one document to a case. Not an event of the trail: `add_case` and drafts are.

        Raises:
            NoSuchEntry: There is no such case.
            NotAllowed: Its content was removed.
        """
        with self._change() as (connection, _at):
            self._need_content(connection, case)
            last = connection.execute(_LAST_POSITION, {"case": case}).scalar()
            position = 0 if last is None else last + 1
            return self._put_document(connection, case, position, name, kind, date, text)

    def add_draft(self, case: str, draft: Draft, findings: Sequence[Finding] = ()) -> StoredDraft:
        """Keep an AI draft as the first version of a new draft, with what the checks found.

        Raises:
            NoSuchEntry: There is no such case.
            NotAllowed: Its content was removed.
        """
        with self._change() as (connection, at):
            self._need_content(connection, case)
            identity = uuid.uuid4().hex
            row = {"id": identity, "case_id": case, "task": draft.task, "created": at}
            connection.execute(insert(tables.draft).values(row))
            version = self._put_version(connection, identity, case, "ai", _AI, asdict(draft), at)
            self._put_findings(connection, version.id, findings)
            stamp = asdict(draft.stamp)
            self._record(connection, "generated", version.id, {"task": draft.task, **stamp}, at)
        return StoredDraft(identity, case, draft.task, at, (version,))

    def add_version(
        self, draft: str, body: dict[str, Any], author: str, findings: Sequence[Finding] | None = None
    ) -> Version:
        """Keep an edit as a new version.

        Args:
            draft: Id of the draft.
            body: The whole edited draft, as `asdict` of a Draft.
            author: Who edited.
            findings: What the checks found in it. None if they did not run: then what was found in the version
                before stands, with the decisions on it, so that an edit alone settles nothing.

        Raises:
            NoSuchEntry: There is no such draft.
            NotAllowed: It is signed, or its content was removed.
        """
        with self._change() as (connection, at):
            last, case = self._last(connection, draft)
            if last.kind == "signed":
                raise NotAllowed(why="This draft is signed; a signed version is never changed.")
            version = self._put_version(connection, draft, case, "edit", author, body, at)
            if findings is None:
                self._carry_findings(connection, last.id, version.id)
            else:
                self._put_findings(connection, version.id, findings)
            self._record(connection, "edited", version.id, {"number": version.number}, at)
        return version

    def sign(self, draft: str, author: str) -> Version:
        """Freeze the last version under a doctor's name.

        Raises:
            NoSuchEntry: There is no such draft.
            NotAllowed: No name, signed already, its content was removed, or blocking findings are open.
        """
        if not author.strip():
            raise NotAllowed(why="Signing needs the name of a doctor.")
        with self._change() as (connection, at):
            last, case = self._last(connection, draft)
            if last.kind == "signed":
                raise NotAllowed(why="This draft is signed already.")
            blocking = select(func.count()).where(
                tables.finding.c.version_id == last.id, tables.finding.c.blocking, tables.finding.c.decision == "open"
            )
            if connection.execute(blocking).scalar_one():
                raise NotAllowed(why="Blocking findings are open; decide on each of them first.")
            version = self._put_version(connection, draft, case, "signed", author, last.body, at)
            self._record(connection, "signed", version.id, {"number": version.number, "sha256": version.sha256}, at)
        return version

    def decide(self, finding: str, decision: Decision, author: str, quote: int = 0) -> None:
        """Keep the doctor's decision on a finding.

        Args:
            finding: Its id.
            decision: The decision.
            author: Name of the doctor.
            quote: Of a contradiction, which of the finding's sources is right, counted from 1; the trail tells it.

        Raises:
            NoSuchEntry: There is no such finding.
            NotAllowed: No name, no such decision, or the draft is signed: what was signed on stays as it was.
        """
        if decision not in _DECISIONS or not author.strip():
            raise NotAllowed(why="A decision is accepted, corrected or dismissed, with the name of a doctor.")
        with self._change() as (connection, at):
            self._need(connection, tables.finding, finding, "finding")
            if connection.execute(_SIGNED_OF_FINDING, {"id": finding}).first() is not None:
                raise NotAllowed(why="The draft is signed; the decisions before the signature are never changed.")
            values = {"decision": decision, "decided_by": author, "decided_at": at}
            connection.execute(update(tables.finding).where(tables.finding.c.id == finding).values(values))
            chosen = {"quote": quote} if quote else {}
            self._record(connection, "decided", finding, {"decision": decision, **chosen}, at)

    def record_export(self, version: str, file_format: str, by: str, sha256: str) -> None:
        """Keep that a version was exported, and the hash of the file; not where it went.

        Raises:
            NoSuchEntry: There is no such version.
        """
        with self._change() as (connection, at):
            self._need(connection, tables.version, version, "version")
            row = {"id": uuid.uuid4().hex, "version_id": version, "format": file_format, "at": at, "by": by}
            connection.execute(insert(tables.export).values(**row, sha256=sha256))
            self._record(connection, "exported", version, {"format": file_format, "sha256": sha256}, at)

    def record(self, event: str, subject: str = "", details: dict[str, Any] | None = None) -> None:
        """Append an event of the program itself to the trail: `opened`, `settings changed`, ..."""
        with self._change() as (connection, at):
            self._record(connection, event, subject, details or {}, at)

    def cases(self, limit: int = 50, offset: int = 0) -> tuple[Case, ...]:
        """List cases, those with unsigned drafts first, then the newest."""
        case, draft, version = tables.case, tables.draft, tables.version
        signed = exists().where(
            draft.c.case_id == case.c.id, version.c.draft_id == draft.c.id, version.c.kind == "signed"
        )
        drafted = exists().where(draft.c.case_id == case.c.id)
        statement = select(case, signed.label("signed"), drafted.label("drafted"))
        statement = statement.order_by("signed", case.c.created.desc())
        with transaction(self.engine) as connection:
            rows = connection.execute(statement.limit(limit).offset(offset)).all()
        return tuple(
            Case(r.id, r.title, r.patient, r.created, bool(r.signed), r.purged is not None, bool(r.drafted))
            for r in rows
        )

    def documents(self, case: str) -> tuple[StoredDocument, ...]:
        """Documents of a case, in order.

        Raises:
            NoSuchEntry: There is no such case.
        """
        statement = (
            select(tables.document).where(tables.document.c.case_id == case).order_by(tables.document.c.position)
        )
        with transaction(self.engine) as connection:
            self._need(connection, tables.case, case, "case")
            rows = connection.execute(statement).all()
        return tuple(
            StoredDocument(r.id, r.case_id, r.position, r.name, r.kind, r.date, r.text, r.sha256) for r in rows
        )

    def drafts(self, case: str) -> tuple[StoredDraft, ...]:
        """Drafts of a case with all their versions, oldest first.

        Raises:
            NoSuchEntry: There is no such case.
        """
        draft, version = tables.draft, tables.version
        with transaction(self.engine) as connection:
            self._need(connection, tables.case, case, "case")
            drafts = select(draft, tables.work.c.body.label("work")).outerjoin(tables.work)
            rows = connection.execute(drafts.where(draft.c.case_id == case).order_by(draft.c.created)).all()
            return tuple(
                StoredDraft(
                    row.id,
                    row.case_id,
                    row.task,
                    row.created,
                    tuple(
                        _version(one)
                        for one in connection.execute(
                            select(version).where(version.c.draft_id == row.id).order_by(version.c.number)
                        )
                    ),
                    row.work,
                )
                for row in rows
            )

    def findings(self, version: str) -> tuple[StoredFinding, ...]:
        """What the checks found in a version, and the decisions on it."""
        statement = select(tables.finding).where(tables.finding.c.version_id == version)
        with transaction(self.engine) as connection:
            rows = connection.execute(statement).all()
        return tuple(
            StoredFinding(
                r.id, r.version_id, r.kind, r.severity, r.blocking, r.message, r.decision, r.decided_by, r.decided_at
            )
            for r in rows
        )

    def search(self, query: Query) -> tuple[SearchHit, ...]:
        """See `search.find`."""
        with transaction(self.engine) as connection:
            return search.find(connection, query)

    def trail(self, after: int = 0, limit: int = 1000) -> tuple[AuditEvent, ...]:
        """See `audit.events`."""
        with transaction(self.engine) as connection:
            return audit.events(connection, after, limit)

    @contextlib.contextmanager
    def _change(self) -> Iterator[tuple[Connection, str]]:
        if self.rolled_back is not None:
            raise self.rolled_back
        self._head: Head | None = None
        with transaction(self.engine) as connection:
            yield connection, audit.now(self._clock)
        if self._head is not None:
            self._on_head(self._head)

    def _record(self, connection: Connection, event: str, subject: str, details: dict[str, Any], at: str) -> None:
        self._head = audit.record(connection, event, subject, details, at)

    def _need(self, connection: Connection, table: Any, identity: str, what: str) -> None:  # noqa: ANN401 - a Table
        if connection.execute(_BY_ID[table.name], {"id": identity}).first() is None:
            raise NoSuchEntry(what=what)

    def _need_content(self, connection: Connection, case: str) -> None:
        self._need(connection, tables.case, case, "case")
        purged = select(tables.case.c.purged).where(tables.case.c.id == case)
        if connection.execute(purged).scalar() is not None:
            raise NotAllowed(why="The content of this case was removed; nothing can be added to what is left.")

    def _last(self, connection: Connection, draft: str) -> tuple[Version, str]:
        version = tables.version
        statement = (
            select(version, tables.draft.c.case_id)
            .join(tables.draft, tables.draft.c.id == version.c.draft_id)
            .where(version.c.draft_id == draft)
            .order_by(version.c.number.desc())
            .limit(1)
        )
        row = connection.execute(statement).first()
        if row is None:
            raise NoSuchEntry(what="draft")
        self._need_content(connection, row.case_id)
        return _version(row), str(row.case_id)

    def _put_document(
        self, connection: Connection, case: str, position: int, name: str, kind: str, date: str, text: str
    ) -> StoredDocument:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        stored = StoredDocument(uuid.uuid4().hex, case, position, name, kind, date, text, sha256)
        row = {"id": stored.id, "case_id": case, "position": position, "name": name, "kind": kind, "date": date}
        connection.execute(insert(tables.document), row | {"text": text, "sha256": sha256})
        place = {"source": stored.id, "case_id": case, "kind": kind, "date": date, "signed": False}
        search.put(connection, place, text)
        return stored

    def _put_version(
        self,
        connection: Connection,
        draft: str,
        case: str,
        kind: VersionKind,
        author: str,
        body: dict[str, Any] | None,
        at: str,
    ) -> Version:
        statement = select(tables.version).where(tables.version.c.draft_id == draft)
        last = connection.execute(statement.order_by(tables.version.c.number.desc()).limit(1)).first()
        number, previous = (last.number + 1, last.sha256) if last else (1, "")
        body = json.loads(json.dumps(body))  # as it will be read back
        plain = json.dumps([draft, number, kind, author, at, body, previous], sort_keys=True)
        sha256 = hashlib.sha256(plain.encode()).hexdigest()
        version = Version(uuid.uuid4().hex, draft, number, kind, author, at, body, previous, sha256)
        row = {**asdict(version), "draft_id": draft}
        del row["draft"]
        connection.execute(insert(tables.version).values(row))
        connection.execute(_DROP_WORK, {"draft": draft})
        content = search.body_text(body)
        signed = kind == "signed"
        search.remove(connection, draft)
        place = {"source": draft, "case_id": case, "kind": "draft", "date": at[:10], "signed": signed}
        search.put(connection, place, content)
        return version

    def _carry_findings(self, connection: Connection, from_version: str, to_version: str) -> None:
        found = connection.execute(select(tables.finding).where(tables.finding.c.version_id == from_version))
        for row in found.mappings().all():
            copy = {**row, "id": uuid.uuid4().hex, "version_id": to_version}
            connection.execute(insert(tables.finding).values(copy))

    def _put_findings(self, connection: Connection, version: str, findings: Sequence[Finding]) -> None:
        for one in findings:
            row = {"kind": one.kind, "severity": one.severity, "blocking": one.blocking, "message": one.message}
            undecided = {"decision": "open", "decided_by": "", "decided_at": ""}
            connection.execute(
                insert(tables.finding).values(id=uuid.uuid4().hex, version_id=version, **row, **undecided)
            )


def _version(row: Row[Any]) -> Version:
    return Version(
        row.id, row.draft_id, row.number, row.kind, row.author, row.at, row.body, row.previous_sha256, row.sha256
    )
