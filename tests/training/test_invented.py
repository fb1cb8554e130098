"""The invented rows: the file is what the code makes, and no answer says more than the app would have read."""

from __future__ import annotations

from pathlib import Path

from app import paths
from app.prompts import tasks
from training import invented
from training.data import as_the_app_reads, read_rows
from training.facts import doses, drugs
from training.filters import numbers_supported

FILE = Path(invented.__file__).with_name("invented.jsonl")


def test_the_file_is_what_the_code_makes(tmp_path: Path) -> None:
    invented.main(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == FILE.read_bytes()


def test_every_answer_is_supported_by_what_the_app_reads() -> None:
    known = tasks.read(paths.resources() / "tasks")
    for row in read_rows(FILE):
        task = known[row["task"]]
        source = as_the_app_reads(task, task.section(row["section"]), row["source"])
        assert numbers_supported(row["target"], source), row["id"]
        assert doses(row["target"]) <= doses(source), row["id"]
        assert drugs(row["target"]) <= drugs(source), row["id"]
