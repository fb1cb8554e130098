"""What is kept while the doctor types: notes, titles, and the text of a draft since its last version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NoSuchEntry, NotAllowed
from app.history import editing, retention
from app.history.entry import Query
from app.history.ephemeral import open_ephemeral
from app.history.store import History
from app.notes.note import DocumentText
from tests.history.conftest import draft as draft_of

ROUND = DocumentText("Ward round", "ward round", "2026-11-03", "Day 2. Chest clear.")
_DOCUMENTS = st.builds(DocumentText, st.text(max_size=9), st.just(""), st.just(""), st.text(max_size=40))
NURSING = DocumentText("Nursing", "nursing", "2026-11-04", "Slept well. Ate breakfast.")


def test_a_new_case_takes_notes_and_gives_them_back(history: History) -> None:
    case = editing.new_case(history, "Bed 4")
    editing.set_documents(history, case.id, (ROUND, NURSING))
    assert [one.text for one in history.documents(case.id)] == [ROUND.text, NURSING.text]
    assert [hit.case for hit in history.search(Query("breakfast"))] == [case.id]


def test_what_was_changed_or_removed_is_found_no_more(history: History) -> None:
    case = editing.new_case(history, "Bed 4")
    editing.set_documents(history, case.id, (ROUND, NURSING))
    editing.set_documents(history, case.id, (replace(ROUND, text="Day 2. Wheeze."),))
    assert history.search(Query("breakfast")) == ()
    assert history.search(Query("clear")) == ()
    assert len(history.search(Query("wheeze"))) == 1


def test_a_corrected_date_and_kind_stay(history: History) -> None:
    case = editing.new_case(history, "Bed 4")
    editing.set_documents(history, case.id, (ROUND,))
    editing.set_documents(history, case.id, (replace(ROUND, kind="clinic", date="2026-11-01"),))
    stored = history.documents(case.id)[0]
    assert (stored.kind, stored.date) == ("clinic", "2026-11-01")


def test_the_notes_under_a_signature_can_be_added_to_but_not_changed(history: History) -> None:
    case = editing.new_case(history, "Bed 4")
    editing.set_documents(history, case.id, (ROUND,))
    history.sign(history.add_draft(case.id, draft_of("He is well.")).id, "Dr A. Okafor")
    editing.set_documents(history, case.id, (ROUND, NURSING))
    with pytest.raises(NotAllowed):
        editing.set_documents(history, case.id, (NURSING,))
    assert len(history.documents(case.id)) == 2


def test_a_case_is_found_by_its_new_title_only(history: History) -> None:
    case = editing.new_case(history, "New case")
    editing.rename_case(history, case.id, "Pneumonia, bed 4", "MRN 1")
    assert history.search(Query("new")) == ()
    assert history.cases()[0].title == "Pneumonia, bed 4"
    assert len(history.search(Query("pneumonia"))) == 1


def test_work_is_kept_until_the_next_version(history: History) -> None:
    case = editing.new_case(history, "Bed 4")
    draft = history.add_draft(case.id, draft_of("He is well."))
    editing.keep_work(history, draft.id, {"sections": [{"text": "He is w"}]})
    editing.keep_work(history, draft.id, {"sections": [{"text": "He is very well."}]})
    assert history.drafts(case.id)[0].work == {"sections": [{"text": "He is very well."}]}
    history.add_version(draft.id, {"sections": []}, "Dr A. Okafor")
    assert history.drafts(case.id)[0].work is None


def test_nothing_is_typed_into_a_signed_draft(history: History) -> None:
    case = editing.new_case(history, "Bed 4")
    draft = history.add_draft(case.id, draft_of("He is well."))
    history.sign(draft.id, "Dr A. Okafor")
    with pytest.raises(NotAllowed):
        editing.keep_work(history, draft.id, {})


def test_purging_a_case_removes_the_work_too(history: History) -> None:
    case = editing.new_case(history, "Bed 4")
    draft = history.add_draft(case.id, draft_of("He is well."))
    editing.keep_work(history, draft.id, {"sections": [{"text": "secret"}]})
    retention.purge_case(history, case.id, "asked")
    assert history.drafts(case.id)[0].work is None
    with pytest.raises(NotAllowed):
        editing.set_documents(history, case.id, (ROUND,))


def test_an_unknown_case_is_said_so(history: History) -> None:
    with pytest.raises(NoSuchEntry):
        editing.set_documents(history, "0" * 32, (ROUND,))


@given(
    st.lists(
        st.lists(
            st.builds(DocumentText, st.text(max_size=9), st.just(""), st.just(""), st.text(max_size=40)), max_size=4
        ),
        max_size=5,
    )
)
def test_whatever_was_set_last_is_what_stands(states: list[list[DocumentText]]) -> None:
    history = open_ephemeral()
    case = editing.new_case(history, "Bed 4")
    for state in states:
        editing.set_documents(history, case.id, state)
    stored = history.documents(case.id)
    assert [(one.name, one.text) for one in stored] == [(one.name, one.text) for one in (states[-1] if states else [])]
    assert [one.position for one in stored] == list(range(len(stored)))
