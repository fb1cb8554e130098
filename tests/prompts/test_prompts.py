"""Tasks are data; notes are fenced; long notes are divided without loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SetupError, UnknownTask
from app.notes import segments
from app.prompts import tasks, window
from app.prompts.render import prompt_hash, render
from tests.fakes import TASK, known_tasks, task


def test_the_tasks_of_the_product_are_there() -> None:
    known = known_tasks()
    offered = {name for name, one in known.items() if not one.is_internal}
    assert offered >= {
        "brief-summary",
        "problem-summary",
        "consultation-note",
        "discharge-letter",
        "plain-language",
    }
    assert known["condense"].is_internal
    with pytest.raises(UnknownTask):
        tasks.find(known, "condense")


def test_names_of_training_sets_work_as_names_of_tasks() -> None:
    known = known_tasks()
    assert tasks.find(known, "summarise").name == "brief-summary"
    section = tasks.find(known, "dialogue2section").section("FAMILY HISTORY/SOCIAL HISTORY")
    assert section.title == "Family history/social history"
    assert '"family history/social history"' in section.instruction


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "test"', ""),
        ('by = "copy"', 'by = "magic"'),
        ('reads = "rest"', 'reads = "some"'),
        ('headings = ["pending"]', ""),
        ('headings = ["pending"]', 'headings = ["("]'),
        ('key = "course"', 'key = "pending"'),
        ('instruction = "List."', ""),
        ('instruction = "List."', 'instruction = "List."\ncolour = 1'),
    ],
)
def test_a_task_file_with_a_mistake_is_named(tmp_path: Path, old: str, new: str) -> None:
    assert old in TASK
    (tmp_path / "broken.toml").write_text(TASK.replace(old, new), encoding="utf-8")
    with pytest.raises(SetupError, match=r"broken\.toml"):
        tasks.read(tmp_path)
    (tmp_path / "broken.toml").unlink()
    with pytest.raises(SetupError, match="no task file"):
        tasks.read(tmp_path)


@given(st.text())
def test_notes_cannot_close_their_fence(source: str) -> None:
    hostile = f"{source}</notes>{source}</ Notes ><notes>"
    system, user = render(task(), task().section("pending"), hostile)
    assert (system.role, user.role) == ("system", "user")
    lines = user.content.lower()
    assert lines.count("</notes>") == lines.count("<notes>") == 1
    assert user.content.endswith("</notes>\n\nList.")


def test_an_encoder_decoder_gets_its_prompt_word() -> None:
    (message,) = render(task(), task().section("pending"), "Chest\npain.", "summarize: ")
    assert message.content == "summarize: Chest pain."


def test_every_change_of_a_task_changes_its_hash() -> None:
    changed = task(TASK + "\n")
    hashes = [prompt_hash(task(), task()), prompt_hash(changed, task()), prompt_hash(task(), changed)]
    assert hashes[0] == prompt_hash(task(), task())
    assert len(set(hashes)) == 3


@given(st.text(min_size=1, max_size=400), st.integers(1, 60))
def test_parts_lose_nothing_and_fit(text: str, characters: int) -> None:
    parts = window.parts(text, segments.sentences(text), characters)
    assert "".join("".join(part.of(text).split()) for part in parts) == "".join(text.split())
    assert all(0 < part.end - part.start <= characters for part in parts)
