"""What happens to somebody who presses twice, removes what is being written from, or throws a case away too soon."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from tests.ui.conftest import NOTE, Desktop
from tests.ui.test_journeys import SLOW


def begin(desktop: Desktop) -> Desktop:
    window = desktop.window()
    desktop.paste(window, SLOW)
    window.draft.generate()
    desktop.until(lambda: window.desk.current is not None and any(window.desk.current.streaming.values()))
    return window


def test_writing_asked_for_twice_is_written_once(desktop: Desktop) -> None:
    window = begin(desktop)
    window.draft.generate()
    window.commands["write"].trigger()
    assert window.writing.waiting == 0
    desktop.until(lambda: not window.writing.is_busy)
    assert len(window.desk.case.drafts) == 1
    assert all(one.state != "incomplete" for one in window.desk.current.draft.sections)


def test_after_a_stop_writing_can_be_asked_for_at_once(desktop: Desktop) -> None:
    window = begin(desktop)
    window.commands["stop"].trigger()
    window.commands["write"].trigger()
    assert window.writing.waiting == 1
    desktop.until(lambda: not window.writing.is_busy)
    assert all(one.state != "incomplete" for one in window.desk.current.draft.sections)


def test_notes_changed_meanwhile_are_written_from_anew(desktop: Desktop) -> None:
    window = begin(desktop)
    QApplication.clipboard().setText(NOTE.replace("75 mg", "300 mg"))
    window.commands["paste"].trigger()
    desktop.until(lambda: len(window.desk.case.documents) == 2)
    window.draft.generate()
    assert window.writing.waiting == 1
    desktop.until(lambda: not window.writing.is_busy)
    assert len(window.desk.case.drafts) == 1


def test_one_section_is_being_written_and_the_rest_is_asked_for(desktop: Desktop) -> None:
    window = begin(desktop)
    desktop.until(lambda: not window.writing.is_busy)
    window.writing.generate("discharge-letter", ("course",))
    window.draft.generate()
    assert window.writing.waiting == 1
    desktop.until(lambda: not window.writing.is_busy)


def test_without_notes_the_message_says_so(desktop: Desktop) -> None:
    window = begin(desktop)
    desktop.until(lambda: not window.writing.is_busy)
    window.notes.remove()
    window.draft.generate()
    assert "edited or accepted" not in window.message.text
    assert "no text" in window.message.text.lower() or "empty" in window.message.text.lower(), window.message.text


def test_a_case_thrown_away_while_it_is_written_leaves_nothing_unsaved(desktop: Desktop) -> None:
    window = begin(desktop)
    first = window.desk.case.case.id
    window.desk.new_case()
    desktop.until(lambda: window.desk.case.case.id != first)
    second = window.desk.case.case.id
    desktop.paste(window, NOTE)
    window.draft.generate()
    window.desk.purge_case(first)
    desktop.until(lambda: not window.writing.is_busy)
    desktop.settle(window)
    assert window.message.text == ""
    assert window.desk.history.call("documents", first) == () or not any(
        one.text for one in window.desk.history.call("documents", first)
    )
    assert window.desk.case.case.id == second
    assert all(one.state != "incomplete" for one in window.desk.current.draft.sections)


def test_the_shown_case_can_be_thrown_away_while_it_is_written(desktop: Desktop) -> None:
    window = begin(desktop)
    window.desk.purge_case(window.desk.case.case.id)
    desktop.until(lambda: not window.writing.is_busy)
    desktop.until(lambda: window.desk.case is None and not window.desk.kept.has_unsaved)
    assert window.message.text == ""


def test_stopped_in_one_case_and_written_at_once_in_the_next(desktop: Desktop) -> None:
    window = begin(desktop)
    first = window.desk.case
    window.commands["stop"].trigger()
    window.desk.new_case()
    desktop.until(lambda: window.desk.case is not first)
    desktop.paste(window, NOTE)
    window.draft.generate()
    desktop.until(lambda: not window.writing.is_busy)
    assert all(one.state != "incomplete" for one in window.desk.current.draft.sections)
    assert first.drafts[0].waiting == set()
    assert first.drafts[0].streaming == {}
    desktop.settle(window)
    assert not window.desk.kept.has_unsaved
