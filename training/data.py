"""Rows on disk, rendered into the app's own prompts, and turned into tokens and batches."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from app.model.engine_chat import Template
from app.notes import intake, segments
from app.prompts.chat import Conversation
from app.prompts.render import render
from app.prompts.select import select, text_of
from app.prompts.tasks import SectionTask, Task
from training.arguments import RecipeError

IGNORED = -100  # the label that torch's cross entropy leaves out


@dataclass(frozen=True, slots=True)
class Row:
    """One pair.

    Attributes:
        id: Name of the row.
        source: What the model reads.
        target: What it should write.
        task: Task of `resources/tasks`.
        section: Section of the task, or the topic asked for.
        group: Rows of one note or patient share it; empty where the row stands alone.
        meta: What the data set says of the row.
    """

    id: str
    source: str
    target: str
    task: str
    section: str
    group: str = ""
    meta: dict[str, Any] = field(default_factory=dict, hash=False)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a JSON Lines file.

    Raises:
        RecipeError: It is not there, or a line is not a row.
    """
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise RecipeError(f"The rows of {path.name} cannot be read: {type(error).__name__}") from error


def read_prepared(path: Path) -> list[Row]:
    """Read what `prepare` wrote."""
    return [Row(**one) for one in read_rows(path)]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows for `read_prepared`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8", newline="\n")


def as_the_app_reads(task: Task, section: SectionTask, source: str) -> str:
    """The part of a note that the app would give the model for this section.

    Args:
        task: The task.
        section: One of its sections.
        source: The whole note.

    Returns:
        The cleaned text of the selected passages; the whole text where nothing matches.
    """
    cleaned = intake.clean(source)
    if section.reads in ("all", "topic"):
        return cleaned.text.strip()
    note = segments.gather([("row", cleaned)])
    return text_of(note, select(note, task, section)) or cleaned.text.strip()


class Prompter:
    """Turns rows into token ids exactly as the app's engine does.

    Args:
        tokenizer: The model's tokenizer.
        tasks: Tasks by name.
        prefix: Prompt word of an encoder-decoder model.
    """

    def __init__(self, tokenizer: Any, tasks: dict[str, Task], prefix: str = "") -> None:  # noqa: ANN401
        self.tokenizer = tokenizer
        self._tasks = tasks
        self._prefix = prefix
        control = {*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}
        words = [re.escape(one) for one in sorted(control, key=len, reverse=True) if len(one) > 1]
        self._control = re.compile("|".join(words)) if words else None
        self._template: Template | None = None
        if tokenizer.chat_template is not None:
            self._template = Template(tokenizer.get_chat_template(), tokenizer.special_tokens_map)

    def section(self, row: Row) -> SectionTask:
        """The section task of a row."""
        return self._tasks[row.task].section(row.section)

    def conversation(self, row: Row) -> Conversation:
        """The chat messages of a row."""
        return render(self._tasks[row.task], self.section(row), row.source, self._prefix)

    def prompt(self, row: Row) -> list[int]:
        """Token ids up to where the answer begins."""
        messages = [{"role": one.role, "content": self._disarmed(one.content)} for one in self.conversation(row)]
        if self._template is None:
            text = "\n\n".join(one["content"] for one in messages)
            return list(self.tokenizer(text, return_token_type_ids=False)["input_ids"])
        return list(self.tokenizer(self._template.render(messages), add_special_tokens=False)["input_ids"])

    def answer(self, row: Row) -> list[int]:
        """Token ids of the answer and the end token."""
        text = self._disarmed(row.target.strip())
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return [*ids, self.tokenizer.eos_token_id]

    def _disarmed(self, content: str) -> str:
        """Break control tokens that a note spells out, as the engine does."""
        return self._control.sub(lambda found: found[0][0] + " " + found[0][1:], content) if self._control else content


def tokenise(rows: Sequence[Row], prompter: Prompter, source_tokens: int, target_tokens: int) -> list[dict[str, Any]]:
    """Token ids with labels for a decoder: the prompt is read, only the answer is learnt.

    Args:
        rows: Prepared rows.
        prompter: Renders them.
        source_tokens: Longest prompt; rows above it are dropped, never cut.
        target_tokens: Longest answer; likewise.

    Returns:
        One `{input_ids, labels, length}` per kept row.
    """
    kept = []
    for row in rows:
        prompt, answer = prompter.prompt(row), prompter.answer(row)
        if len(prompt) <= source_tokens and len(answer) <= target_tokens:
            labels = [IGNORED] * len(prompt) + answer
            kept.append({"input_ids": prompt + answer, "labels": labels, "length": len(labels)})
    return kept


def tokenise_pairs(
    rows: Sequence[Row], prompter: Prompter, source_tokens: int, target_tokens: int
) -> list[dict[str, Any]]:
    """Token ids for an encoder-decoder, cut at 512 and 128 tokens in the source article's recipe.

    Args:
        rows: Prepared rows.
        prompter: Renders them, with the prompt word.
        source_tokens: Where a source is cut.
        target_tokens: Where a target is cut.
    """
    return [
        {
            "input_ids": (ids := prompter.prompt(row)[:source_tokens]),
            "labels": prompter.answer(row)[:target_tokens],
            "length": len(ids),
        }
        for row in rows
    ]


def like_lengths(lengths: Sequence[int], batch: int, seed: int) -> list[int]:
    """An order of rows in which batches hold rows of like length, and batches of all lengths are mixed.

    Trainer's `group_by_length` walks from long to short within fifty batches. Length goes with the task here, so it
    learnt the tasks one after the other, again and again, and the loss went up and down with them.

    Args:
        lengths: Tokens of every row.
        batch: Rows of one step.
        seed: Seed of the draw.

    Returns:
        Indices of all rows; only the last batch may be smaller.
    """
    draw = random.Random(seed)  # noqa: S311 - a seeded order, no secret
    order = list(range(len(lengths)))
    draw.shuffle(order)
    whole = len(order) // batch * batch
    rest = order[whole:]
    order = sorted(order[:whole], key=lambda at: lengths[at])
    batches = [order[at : at + batch] for at in range(0, whole, batch)]
    draw.shuffle(batches)
    return [at for one in batches for at in one] + rest


@dataclass(frozen=True, slots=True)
class AnswersLast:
    """Pads a decoder batch on the left, so that all answers end together and only they need logits.

    With a vocabulary of 49,152 the output head is a fifth of a forward pass of the embedded model;
    leaving it out for the prompt made training 1.25 times faster on two cores.

    Attributes:
        pad: Token id to pad with.
        rows_alone: Leave out `logits_to_keep`, for wrappers that take tensors only (Opacus).
    """

    pad: int
    rows_alone: bool = False

    def __call__(self, features: list[dict[str, Any]]) -> dict[str, Any]:
        """Make one batch."""
        longest = max(len(one["input_ids"]) for one in features)
        ids, labels, mask = [], [], []
        for one in features:
            room = longest - len(one["input_ids"])
            ids.append([self.pad] * room + list(one["input_ids"]))
            labels.append([IGNORED] * room + list(one["labels"]))
            mask.append([0] * room + [1] * len(one["input_ids"]))
        batch: dict[str, Any] = {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
        all_labels = torch.tensor(labels)
        if self.rows_alone:
            return {**batch, "labels": all_labels}
        learnt = int((all_labels != IGNORED).sum(dim=1).max())
        keep = min(longest, learnt + 1)  # the token before the first answer token predicts it
        return {**batch, "labels": all_labels[:, -keep:], "logits_to_keep": keep}
