"""What a check found stays until a doctor decides, and what was removed takes nothing new."""

from __future__ import annotations

import time
from dataclasses import asdict

import pytest

from app.checks.finding import Finding
from app.errors import NotAllowed
from app.history import retention
from app.history.entry import Query
from app.history.store import History
from tests.history.conftest import draft, note

SERIOUS = Finding("number", "blocking", True, "The notes do not have 40.")
MINOR = Finding("style", "note", False, "Long sentence.")


def test_an_edit_alone_settles_nothing(history: History) -> None:
    stored = history.add_draft(history.add_case("a", note("Chest pain.")).id, draft(), [SERIOUS, MINOR])
    edited = history.add_version(stored.id, asdict(draft("Another wording.")), "Dr A")
    with pytest.raises(NotAllowed, match="Blocking findings are open"):
        history.sign(stored.id, "Dr A")
    carried = history.findings(edited.id)
    assert [(one.kind, one.message, one.decision) for one in carried] == [
        ("number", SERIOUS.message, "open"),
        ("style", MINOR.message, "open"),
    ]
    history.decide(carried[0].id, "dismissed", "Dr A")
    third = history.add_version(stored.id, asdict(draft("A third wording.")), "Dr A")
    assert [one.decision for one in history.findings(third.id)] == ["dismissed", "open"]
    assert history.findings(third.id)[0].decided_by == "Dr A"
    assert history.sign(stored.id, "Dr A").kind == "signed"


def test_checks_that_ran_again_replace_what_was_found(history: History) -> None:
    stored = history.add_draft(history.add_case("a", note("Chest pain.")).id, draft(), [SERIOUS])
    edited = history.add_version(stored.id, asdict(draft("Right now.")), "Dr A", [])
    assert history.findings(edited.id) == ()
    assert history.sign(stored.id, "Dr A")


@pytest.mark.parametrize(("decision", "author"), [("whatever", "Dr A"), ("open", "Dr A"), ("accepted", " ")])
def test_a_decision_is_one_and_has_a_name(history: History, decision: str, author: str) -> None:
    stored = history.add_draft(history.add_case("a", note("Chest pain.")).id, draft(), [SERIOUS])
    (found,) = history.findings(stored.versions[0].id)
    with pytest.raises(NotAllowed, match="name of a doctor"):
        history.decide(found.id, decision, author)  # type: ignore[arg-type]
    assert history.findings(stored.versions[0].id) == (found,)


def test_decisions_before_a_signature_stay(history: History) -> None:
    stored = history.add_draft(history.add_case("a", note("Chest pain.")).id, draft(), [SERIOUS])
    (found,) = history.findings(stored.versions[0].id)
    history.decide(found.id, "accepted", "Dr A")
    history.decide(found.id, "dismissed", "Dr A")  # a doctor may change her mind before
    history.sign(stored.id, "Dr A")
    with pytest.raises(NotAllowed, match="before the signature"):
        history.decide(found.id, "accepted", "Dr B")
    assert history.findings(stored.versions[0].id)[0].decision == "dismissed"


def test_a_purged_case_takes_nothing_new(history: History) -> None:
    """It would escape retention, which has done its work there; and an empty draft must not be signed."""
    case = history.add_case("a", note("Chest pain."))
    stored = history.add_draft(case.id, draft())
    retention.purge_case(history, case.id, "asked")
    for act in (
        lambda: history.add_document(case.id, "late", "Zebrafish."),
        lambda: history.add_draft(case.id, draft("Zebrafish.")),
        lambda: history.add_version(stored.id, asdict(draft("Zebrafish.")), "Dr A"),
        lambda: history.sign(stored.id, "Dr A"),
    ):
        with pytest.raises(NotAllowed, match="was removed"):
            act()
    assert history.search(Query("zebrafish")) == ()
    assert [one.kind for one in history.drafts(case.id)[0].versions] == ["ai"]


@pytest.mark.parametrize("days", [0, -5])
def test_a_slip_of_the_keyboard_does_not_empty_the_history(history: History, days: int) -> None:
    history.add_case("a", note("Chest pain."))
    with pytest.raises(NotAllowed, match="at least one day"):
        retention.purge_older_than(history, days, time.time())
    assert retention.purge_older_than(history, 10**12, time.time()) == ()
    assert not history.cases()[0].is_purged
