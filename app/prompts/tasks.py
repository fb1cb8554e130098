"""What may be asked of the model: tasks read from `resources/tasks/*.toml`, one file each."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from app.errors import SetupError, UnknownTask

Reads = Literal["all", "matching", "rest", "turns", "topic"]
By = Literal["model", "copy"]


@dataclass(frozen=True, slots=True)
class SectionTask:
    """One section of a task: what the model is asked, and which part of the notes it gets to read.

    Attributes:
        key: Name for programs.
        title: Heading for people.
        instruction: What the model is told, after the notes. Empty for `copy`.
        by: Who writes it: the `model`, or the program by `copy`ing the matching lines word for word. Lists
            of drugs, doses, allergies and results are copied: a wrong word there harms.
        reads: `all` the notes; passages `matching` `headings` or `cues`; or the `rest`, which is every
            passage that no heading of the task's other sections claims; or the `turns` of a conversation (lines)
            that have a cue, all of them where none has; or the passages that speak of the `topic` named by `key`
            (`topics.py`), which are then copied, all of the notes for a topic that nobody taught the program.
        headings: Pattern for headings of passages this section is written from.
        cues: Pattern for single sentences it is written from where no heading matches.
        topics: Topics of `topics.py` whose passages it is written from where neither matches, as in a
            dictated note without headings. Not for drugs: those of admission and of discharge are one topic.
        or_all: Read all the notes where nothing matches.
        absent: What stands there where nothing speaks of it; empty for the program's standing sentence.
        quotes: Quote what was read where the notes do not bear out the model's text, if the quote is short enough to
            stand there; else repair the text sentence by sentence. Not for tasks that reword on purpose.
        per_document: Let the model read and write one document at a time; the program puts the dates before.
        new_tokens: Most tokens to write (for each document).
        sentences: Most sentences to keep (of each document); 0 for no limit.
        no_repeat_tokens: See `messages.Limits`.
    """

    key: str
    title: str
    instruction: str = ""
    by: By = "model"
    reads: Reads = "all"
    headings: re.Pattern[str] | None = None
    cues: re.Pattern[str] | None = None
    topics: tuple[str, ...] = ()
    or_all: bool = False
    absent: str = ""
    quotes: bool = False
    per_document: bool = False
    new_tokens: int = 160
    sentences: int = 0
    no_repeat_tokens: int = 24


@dataclass(frozen=True, slots=True)
class Task:
    """One thing the doctor may ask for.

    Attributes:
        name: Name on the command line.
        title: Name for people.
        purpose: One sentence for people.
        role: System message.
        sections: What is written, in order. A single section with the key `*` stands for any topic: its
            `{section}` is filled in with the topic asked for.
        aliases: Other names that programs may use.
        evaluated_on: Models whose output for this task was measured by this project.
        is_internal: Not offered to people (condensing long notes).
        sha256: Hash of the file, hex.
    """

    name: str
    title: str
    purpose: str
    role: str
    sections: tuple[SectionTask, ...]
    aliases: tuple[str, ...]
    evaluated_on: tuple[str, ...]
    is_internal: bool
    sha256: str

    @property
    def needs_topic(self) -> bool:
        """Whether one section must be named, because the task has none of its own."""
        return self.sections[0].key == "*"

    def section(self, key: str) -> SectionTask:
        """Find a section by its key, or make one of the open section.

        Raises:
            UnknownTask: There is none.
        """
        for one in self.sections:
            if one.key == key:
                return one
        if self.needs_topic and key:
            topic = " ".join(key.replace("_", " ").lower().split())
            one = self.sections[0]
            return replace(
                one,
                key=key,
                title=topic[:1].upper() + topic[1:],
                instruction=one.instruction.replace("{section}", topic),
            )
        raise UnknownTask(name=f"{self.name}/{key}", known=", ".join(one.key for one in self.sections))


def read(folder: Path) -> dict[str, Task]:
    """Read every task file of a folder.

    Args:
        folder: Usually `resources/tasks`.

    Returns:
        Tasks by name, in order of file name.

    Raises:
        SetupError: A file is not a task; the sentence names file and reason.
    """
    tasks: dict[str, Task] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            task = _task(file.read_bytes())
        except (OSError, KeyError, TypeError, ValueError, re.error) as error:
            raise SetupError(name=f"The task file {file.name}", why=f"{type(error).__name__}: {error}") from error
        tasks[task.name] = task
    if not tasks:
        raise SetupError(name="The folder of tasks", why="it holds no task file")
    return tasks


def find(tasks: dict[str, Task], name: str) -> Task:
    """Find a task a person may ask for.

    Raises:
        UnknownTask: There is none of this name; the sentence lists the names.
    """
    offered = {key: task for key, task in tasks.items() if not task.is_internal}
    for task in offered.values():
        if name == task.name or name in task.aliases:
            return task
    raise UnknownTask(name=name, known=", ".join(offered))


def _task(data: bytes) -> Task:
    table = tomllib.loads(data.decode("utf-8"))
    sections = tuple(_section(one) for one in table["sections"])
    if len({one.key for one in sections}) != len(sections):
        raise ValueError("two sections share a key")
    return Task(
        name=table["name"],
        title=table["title"],
        purpose=table["purpose"],
        role=table["role"].strip(),
        sections=sections,
        aliases=tuple(table.get("aliases", ())),
        evaluated_on=tuple(table.get("evaluated_on", ())),
        is_internal=bool(table.get("internal", False)),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _section(table: dict[str, Any]) -> SectionTask:
    values = dict(table)
    for name in ("headings", "cues"):
        if words := values.get(name):
            values[name] = _pattern(words)
    values["topics"] = tuple(values.get("topics", ()))
    section = SectionTask(**values)
    if section.reads == "matching" and not (section.headings or section.cues):
        raise ValueError(f"section {section.key} reads what matches, but names neither headings nor cues")
    if section.reads == "turns" and not section.cues:
        raise ValueError(f"section {section.key} reads turns, but names no cues")
    if section.reads not in get_args(Reads) or section.by not in get_args(By):
        raise ValueError(f"section {section.key}: reads or by has an unknown value")
    if (section.by == "model") != bool(section.instruction):
        raise ValueError(f"section {section.key}: the model needs an instruction, a copy has none")
    return section


def _pattern(words: list[str]) -> re.Pattern[str]:
    """One pattern of alternatives that begin and end at word borders; CJK words have none."""
    return re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])", re.IGNORECASE)
