"""What a doctor keeps comes back as it was; nothing recorded or signed is ever changed."""

from __future__ import annotations

import dataclasses
from dataclasses import asdict

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.checks.finding import Finding
from app.errors import NoSuchEntry, NotAllowed
from app.history import audit, retention
from app.history.entry import Query
from app.history.ephemeral import open_ephemeral
from app.history.store import History
from tests.history.conftest import draft, note

MARK = "Zebrafish"


def test_a_case_from_notes_to_signature(history: History) -> None:
    case = history.add_case("Bed 4", note("Ward round 03/11/2026\nChest pain.", "Home today."), patient="EX1")
    documents = history.documents(case.id)
    assert [(one.kind, one.date) for one in documents] == [("ward round", "2026-11-03"), ("", "")]
    assert "Chest pain." in documents[0].text
    stored = history.add_draft(case.id, draft(), [Finding("number", "blocking", True, "The notes do not have 40.")])
    (finding,) = history.findings(stored.versions[0].id)
    with pytest.raises(NotAllowed, match="Blocking findings are open"):
        history.sign(stored.id, "Dr A")
    history.decide(finding.id, "dismissed", "Dr A")
    edited = asdict(draft("He was given aspirin 75 mg."))
    second = history.add_version(stored.id, edited, "Dr A")
    with pytest.raises(NotAllowed, match="name of a doctor"):
        history.sign(stored.id, "  ")
    signed = history.sign(stored.id, "Dr A")
    (again,) = history.drafts(case.id)
    assert [one.kind for one in again.versions] == ["ai", "edit", "signed"]
    assert again.is_signed
    assert signed.previous_sha256 == second.sha256
    assert signed.body == second.body
    with pytest.raises(NotAllowed, match="signed version is never changed"):
        history.add_version(stored.id, edited, "Dr B")
    with pytest.raises(NotAllowed, match="signed already"):
        history.sign(stored.id, "Dr B")
    history.record_export(signed.id, "txt", "Dr A", "0" * 64)
    told = [one.event for one in history.trail()]
    assert told == ["created", "saved", "generated", "decided", "edited", "signed", "exported"]


def test_unsigned_cases_come_first(history: History) -> None:
    first = history.add_case("signed", note("Chest pain and more."))
    history.sign(history.add_draft(first.id, draft()).id, "Dr A")
    history.add_case("open", note("Chest pain and more."))
    assert [(one.title, one.is_signed) for one in history.cases()] == [("open", False), ("signed", True)]


def test_entries_are_plain_and_frozen(history: History) -> None:
    case = history.add_case("a", note("Chest pain."))
    with pytest.raises(dataclasses.FrozenInstanceError):
        case.title = "b"  # type: ignore[misc]


@pytest.mark.parametrize("what", ["documents", "drafts"])
def test_an_unknown_id_is_said(history: History, what: str) -> None:
    with pytest.raises(NoSuchEntry, match="no case"):
        getattr(history, what)("nothing")
    with pytest.raises(NoSuchEntry, match="no draft"):
        history.sign("nothing", "Dr A")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE version SET author = 'Dr B'",
        "UPDATE version SET body = '{}'",
        "DELETE FROM version",
        "UPDATE audit SET event = 'x'",
        "DELETE FROM audit",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_recorded(history: History, statement: str) -> None:
    case = history.add_case("a", note("Chest pain."))
    history.add_draft(case.id, draft())
    with pytest.raises(DatabaseError, match="append only"), history.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_failed_change_changes_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    before = history.trail()

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        history.add_case("a", note("Chest pain."))
    monkeypatch.undo()
    assert history.cases() == ()
    assert history.trail() == before


def test_errors_of_the_database_hold_no_note(history: History) -> None:
    with pytest.raises(DatabaseError) as caught, history.engine.begin() as connection:
        connection.execute(text("INSERT INTO document (id, text) VALUES (:id, :text)"), {"id": "1", "text": MARK})
    assert MARK not in f"{caught.value}{caught.value!r}"


def test_purging_removes_the_words_and_keeps_the_trace(history: History) -> None:
    case = history.add_case(f"{MARK} title", note(f"{MARK} in the note, and more."), patient=MARK)
    stored = history.add_draft(case.id, draft(f"{MARK} in the draft."))
    assert history.search(Query(MARK))
    retention.purge_case(history, case.id, "asked")
    assert history.search(Query(MARK)) == ()
    (document,) = history.documents(case.id)
    (purged,) = history.drafts(case.id)
    assert document.text == ""
    assert len(document.sha256) == 64
    assert purged.versions[0].body is None
    assert purged.versions[0].sha256 == stored.versions[0].sha256
    assert history.cases()[0].is_purged
    assert history.trail()[-1].event == "purged"
    with history.engine.connect() as connection:
        for table in ("case_", "document", "version", "finding", "words_data"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - names above
            assert MARK.lower().encode() not in repr(rows).lower().encode()


def test_retention_purges_what_is_older(history: History) -> None:
    case = history.add_case("a", note("Chest pain."))
    day = 86400.0
    assert retention.purge_older_than(history, 30, history._clock() + 29 * day) == ()
    assert retention.purge_older_than(history, 30, history._clock() + 31 * day) == (case.id,)
    assert retention.purge_older_than(history, 30, history._clock() + 31 * day) == ()


def test_a_clock_that_goes_back_is_told_and_harms_nothing(history: History) -> None:
    history.record("settings changed")
    history._clock = lambda: 0.0
    history.record("settings changed")
    last = history.trail()[-1]
    assert last.at.startswith("1970")
    assert last.details == {"clock_went_back": True}


def test_an_ephemeral_history_leaves_one_event_and_no_file(history: History) -> None:
    memory = open_ephemeral(beside=history)
    case = memory.add_case("a", note(f"{MARK} here and now."))
    assert memory.search(Query(MARK))
    assert memory.documents(case.id)
    memory.close()
    assert history.trail()[-1].event == "ephemeral session"
    assert history.search(Query(MARK)) == ()
