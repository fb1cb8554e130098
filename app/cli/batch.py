"""The verb `batch`: many notes from a JSON Lines file, resumable; one bad row never stops the run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tqdm import tqdm

from app.cli.common import add_model_options, add_verb
from app.core import Core
from app.errors import DiskFull, EpicrisisError, UnknownTask, Unreadable
from app.events import DraftDone
from app.export import formats
from app.flow import NoteFlow
from app.prompts import tasks


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verb of this module."""
    parser = add_verb(verbs, "batch", "Draft for every row of a JSON Lines file.", run)
    parser.add_argument("--task", help="task for rows that name none")
    parser.add_argument("input", metavar="IN.jsonl", help="rows {id, source, task?, section?}")
    parser.add_argument(
        "output", metavar="OUT.jsonl", help="rows {id, output, ...}; rows already there are not done again"
    )
    add_model_options(parser)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    line: str

    @property
    def id_if_bad(self) -> str:
        return f"line {self.number}"


def run(args: argparse.Namespace, core: Core) -> int:
    """Draft every row that has no result yet.

    Args:
        args: The parsed arguments.
        core: The core.

    Returns:
        0 if every row of the input has an output, 3 if some rows could not be used, 4 if the model failed.
    """
    formats.refuse_forbidden("json", core.settings.options.export_formats)
    rows = _rows(Path(args.input))
    output = Path(args.output)
    done = _finished_ids(output)
    session = core.open_session()
    codes = [0]
    try:
        with output.open("a", encoding="utf-8") as file:
            for row in tqdm(rows, desc="Drafting", unit="note", file=sys.stderr, disable=None if args.json else False):
                result = _result(row, args.task, core, session.flow, done)
                if result is not None:
                    codes.append(result.get("error", {}).get("exit_code", 0))
                    _append(file, result, output.name)
    except OSError as error:
        raise DiskFull(name=output.name) from error
    finally:
        session.client.close()
    if args.json:
        print(json.dumps({"rows": len(rows), "failed": sum(code != 0 for code in codes)}))
    return max(codes)


def _rows(path: Path) -> list[_Row]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(name=path.name) from error
    return [_Row(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _finished_ids(path: Path) -> set[str]:
    """Ids that have an output already; a half-written last line, left by a killed run, is dropped."""
    if not path.exists():
        return set()
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        path.write_bytes(whole)
    return {row["id"] for row in _parsed(whole) if "output" in row}


def _parsed(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.decode("utf-8", "replace").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            yield row


def _result(row: _Row, task_name: str | None, core: Core, flow: NoteFlow, done: set[str]) -> dict[str, Any] | None:
    try:
        values = json.loads(row.line)
        identity, source = str(values["id"]), values["source"]
        if identity in done:
            return None
        if not isinstance(source, str):
            raise TypeError("source is not text")
    except (ValueError, KeyError, TypeError):
        message = 'This row is not JSON with "id" and "source" as text.'
        return {"id": row.id_if_bad, "error": {"code": "row", "message": message, "exit_code": 3}}
    try:
        return {"id": identity, **_draft(values, source, task_name, core, flow)}
    except EpicrisisError as error:
        return {
            "id": identity,
            "error": {"code": error.code, "message": str(error), "exit_code": error.exit_code},
        }


def _draft(values: dict[str, Any], source: str, task_name: str | None, core: Core, flow: NoteFlow) -> dict[str, Any]:
    name = values.get("task") or task_name
    if not name:
        raise UnknownTask(name="(none given)", known=", ".join(core.tasks))
    task = tasks.find(core.tasks, str(name))
    section = values.get("section") or ""
    known = {one.key for one in task.sections}
    keys = [section] if section and (section in known or task.needs_topic) else []
    note = flow.read([("row", source)])
    done = next(event for event in flow.draft(note, task, keys) if isinstance(event, DraftDone))
    draft = done.draft
    failed = [one for one in draft.sections if one.state == "failed"]
    return {
        "output": "\n\n".join(one.text for one in draft.sections if one.text),
        "task": task.name,
        "section": section,
        "is_complete": draft.is_complete,
        "findings": len(done.findings),
        "seconds": round(draft.seconds, 3),
        "stamp": {"model": draft.stamp.model, "prompt": draft.stamp.prompt, "input": draft.stamp.input},
        **({"error": {"code": "section_failed", "message": failed[0].problem, "exit_code": 4}} if failed else {}),
    }


def _append(file: IO[str], result: dict[str, Any], name: str) -> None:
    try:
        file.write(json.dumps(result, ensure_ascii=False) + "\n")
        file.flush()
    except OSError as error:
        raise DiskFull(name=name) from error
