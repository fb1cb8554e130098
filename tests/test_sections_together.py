"""Sections that the model writes side by side: what is told of them, and what one may do to the others."""

from __future__ import annotations

from itertools import groupby

import pytest

from app.drafts.draft import Section
from app.errors import WorkerLost
from app.events import DraftDone, Event, SectionDone, SectionStarted, SectionText
from app.flow import NoteFlow
from app.model.client import ModelClient
from app.notes.note import Note
from tests.fakes import TASK, flow, task

NOTE = "Presenting complaint: chest pain for two days.\n\nAllergies: penicillin, rash.\n\nGiven aspirin. Better."


def written(key: str, script: str, more: str = "") -> str:
    return (
        f'\n[[sections]]\nkey = "{key}"\ntitle = "{key.title()}"\nreads = "rest"\nnew_tokens = 400\n{more}\n'
        f'instruction = """[[say: {script}]]"""\n'
    )


@pytest.fixture
def note_flow(scripted: ModelClient) -> NoteFlow:
    return flow(scripted)


def run(note_flow: NoteFlow, toml: str, text: str = NOTE) -> tuple[list[Event], dict[str, Section], Note]:
    note = note_flow.read([("paste", text)])
    events = list(note_flow.draft(note, task(toml)))
    done = events[-1]
    assert isinstance(done, DraftDone)
    return events, {one.key: one for one in done.draft.sections}, note


def test_what_needs_no_model_comes_first_and_the_draft_keeps_its_order(note_flow: NoteFlow) -> None:
    first = written("condition", "He walked home.")
    head, sections = TASK.split("[[sections]]", 1)
    events, drafted, _ = run(note_flow, f"{head}{first}\n[[sections]]{sections}")
    ends = [event.section.key for event in events if isinstance(event, SectionDone)]
    assert ends == ["allergies", "pending", "condition", "course"]
    assert list(drafted) == ["condition", "allergies", "pending", "course"]
    starts = [(event.key, event.index, event.count) for event in events if isinstance(event, SectionStarted)]
    assert starts == [("condition", 0, 4), ("allergies", 1, 4), ("pending", 2, 4), ("course", 3, 4)]
    for key in ("condition", "course"):
        streamed = "".join(event.text for event in events if isinstance(event, SectionText) and event.key == key)
        assert streamed == drafted[key].text


@pytest.mark.parametrize("trouble", ["[[fault]]", "[[memory]]", "[[crash]]", "[[gpu]]"])
def test_one_that_fails_does_not_hurt_the_others(note_flow: NoteFlow, trouble: str) -> None:
    bad = written("bad", "one two three four five six").replace("[[say", f"{trouble} [[say")
    events, drafted, _ = run(note_flow, TASK + bad + written("last", "He walked home."))
    assert drafted["course"].text == "He came with chest pain. He was given aspirin."
    assert (drafted["last"].state, drafted["last"].text) == ("written", "He walked home.")
    assert drafted["bad"].state in ("failed", "incomplete")
    assert [event.section.key for event in events if isinstance(event, SectionDone) and event.error] == ["bad"]
    told: dict[str, str] = {}
    for event in events:
        if isinstance(event, SectionText):
            told[event.key] = told.get(event.key, "") + event.text
    assert told["last"] == "He walked home."  # told once, though asked twice where the worker was lost
    assert run(note_flow, TASK)[1]["course"].state == "written"


def test_a_lost_worker_is_said_once_for_the_section_that_loses_it(note_flow: NoteFlow) -> None:
    bad = written("bad", "one two three four five six").replace("[[say", "[[crash]] [[say")
    events, drafted, _ = run(note_flow, TASK + bad)
    errors = [event.error for event in events if isinstance(event, SectionDone) and event.error]
    assert [type(error) for error in errors] == [WorkerLost]
    assert drafted["bad"].text == "" or "one two three".startswith(drafted["bad"].text)


def test_a_section_that_loops_ends_at_its_limit_and_the_others_are_whole(note_flow: NoteFlow) -> None:
    loops = written("loops", "again " * 900).replace("new_tokens = 400", "new_tokens = 30")
    _, drafted, _ = run(note_flow, TASK + loops + written("last", "He walked home."))
    assert drafted["loops"].state == "incomplete"
    assert "length limit" in drafted["loops"].problem
    assert [drafted[key].state for key in ("course", "last")] == ["written", "written"]


def test_stopped_the_begun_text_stays_and_the_rest_is_not_begun(note_flow: NoteFlow) -> None:
    slow = TASK.replace("[[say:", "[[slow]] [[say:").replace("He was", "He was then " * 50 + "He was")
    note = note_flow.read([("paste", NOTE)])
    done = None
    for event in note_flow.draft(note, task(slow + written("last", "He walked home."))):
        if isinstance(event, SectionText):
            note_flow.stop()
        done = event
    assert isinstance(done, DraftDone)
    drafted = {one.key: one for one in done.draft.sections}
    assert drafted["course"].text.startswith("He")
    assert "The text so far is kept" in drafted["course"].problem
    assert (drafted["last"].text, drafted["last"].state) == ("", "incomplete")
    assert "before this section was begun" in drafted["last"].problem


def test_documents_of_one_section_are_told_in_their_order(note_flow: NoteFlow) -> None:
    toml = TASK.replace('reads = "rest"', 'reads = "rest"\nper_document = true')
    text = "\n\n".join(f"Ward round 0{day}/11/2026\nDay {day}, chest pain, better." for day in (1, 2, 3))
    events, drafted, _ = run(note_flow, toml + written("last", "He walked home."), text)
    streamed = "".join(event.text for event in events if isinstance(event, SectionText) and event.key == "course")
    assert streamed == drafted["course"].text
    assert [line[:10] for line in streamed.splitlines()] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    keys = [key for key, _ in groupby(event.key for event in events if isinstance(event, SectionText))]
    assert keys == ["course", "last"]


def test_a_sentence_is_written_anew_only_when_nothing_else_is_written(note_flow: NoteFlow) -> None:
    toml = TASK.replace("new_tokens = 400", "new_tokens = 400\nquotes = true").replace("aspirin.", "aspirin 30 mg.")
    text = NOTE.replace("Given aspirin.", "Given aspirin 300 mg.") + " Slept well and ate well." * 80
    events, drafted, _ = run(note_flow, toml + written("last", "He walked home."), text)
    assert drafted["course"].text == "He came with chest pain. Given aspirin 300 mg."
    ends = [event.section.key for event in events if isinstance(event, SectionDone)]
    assert ends[-2:] == ["last", "course"]
