"""prepare: clean, de-identify, filter, split, check for leaks, measure lengths.

    python -m training prepare --recipe training/recipes/clinical.toml --work training-work

Writes `prepared/train.jsonl`, `prepared/valid.jsonl` and `prepared/report.json` below the work folder.
"""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm
from transformers import AutoTokenizer

from app import paths
from app.notes.deidentify import Deidentifier
from app.prompts import tasks
from training import filters
from training.arguments import Recipe, RecipeError, RowSet
from training.base import find_base
from training.data import Prompter, Row, as_the_app_reads, read_rows, write_rows

_WORDS_PER_TOKEN = 0.62  # of the embedded model on these notes: a crop in words stays below its tokens


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` made.

    Attributes:
        train: Rows to learn from, in the order of training.
        valid: Rows to measure the loss on.
        report: Counts, lengths and reasons for leaving rows out.
    """

    train: list[Row]
    valid: list[Row]
    report: dict[str, Any]


def run(recipe: Recipe, work: Path) -> Prepared:
    """Prepare the rows of a recipe and write them below the work folder.

    Args:
        recipe: The recipe.
        work: The work folder.

    Returns:
        What was written.

    Raises:
        RecipeError: Data are not there, or no row is left.
    """
    made = make(recipe)
    folder = work / "prepared"
    write_rows(folder / "train.jsonl", made.train)
    write_rows(folder / "valid.jsonl", made.valid)
    (folder / "report.json").write_text(json.dumps(made.report, indent=2) + "\n", encoding="utf-8", newline="\n")
    return made


def make(recipe: Recipe) -> Prepared:
    """Prepare the rows of a recipe in memory."""
    maker = Maker(recipe)
    held_out = [one for suite in recipe.suites for one in maker.raw(suite.rows)]
    held_out += [one for rows in recipe.valid for one in maker.raw(rows)]
    leak = filters.LeakCheck(text for one in held_out for text in (one["source"], one["target"]))
    valid = [row for rows in recipe.valid for row in maker.rows(rows, Counter())]
    train: list[Row] = []
    sets = []
    for rows in recipe.train:
        reasons: Counter[str] = Counter()
        kept = []
        for row in tqdm(maker.rows(rows, reasons), desc=rows.file, unit="row"):
            if leak.leaks(row.source, row.target):
                reasons["shares text with a valid row"] += 1
            else:
                kept.append(row)
        kept = kept * rows.repeats
        train += kept
        sets.append({"file": rows.file, "rows": len(kept), "left_out": dict(reasons), **maker.lengths(kept)})
    if not train:
        raise RecipeError("No row is left to learn from.")
    random.Random(recipe.seed).shuffle(train)  # noqa: S311 - a seeded order, no secret
    return Prepared(train, valid, {"recipe": recipe.sha256, "train": sets, "valid_rows": len(valid)})


class Maker:
    """Reads, filters and shortens the rows of a recipe.

    Args:
        recipe: The recipe.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._folder = paths.program_folder() / recipe.data
        self._tasks = tasks.read(paths.resources() / "tasks")
        tokenizer = AutoTokenizer.from_pretrained(find_base(recipe), local_files_only=True)
        self._prompter = Prompter(tokenizer, self._tasks, recipe.prefix)

    def raw(self, rows: RowSet) -> list[dict[str, Any]]:
        """The rows of a file as they stand there, de-identified where the recipe wants it; of its part only."""
        found = read_rows((Path(__file__).parent if rows.is_ours else self._folder) / rows.file)
        if rows.deidentify:
            surrogates = Deidentifier(self._recipe.seed)
            found = [surrogates.row(one) for one in found]
        if rows.part == "all":
            return found
        return [one for one in found if _is_held_back(one) == (rows.part == "held back")]

    def rows(self, rows: RowSet, reasons: Counter[str]) -> list[Row]:
        """The rows of a set that a recipe wants, rendered as the app would read them.

        Args:
            rows: The set.
            reasons: Counts why rows were left out.

        Returns:
            At most `most_rows` rows, drawn with the recipe's seed.
        """
        raw = self.raw(rows)
        random.Random(self._recipe.seed).shuffle(raw)  # noqa: S311 - a seeded draw, no secret
        kept: list[Row] = []
        for row in self._filtered(raw, rows, reasons):
            if rows.most_rows and len(kept) == rows.most_rows:
                reasons["more than most_rows"] += 1
            else:
                kept.append(row)
        return kept

    def lengths(self, rows: list[Row]) -> dict[str, Any]:
        """Tokens of prompts and answers: sum, median, 95th percentile and longest."""
        result: dict[str, Any] = {}
        for name, count in (("prompt", self._prompter.prompt), ("answer", self._prompter.answer)):
            sizes = sorted(len(count(row)) for row in rows) or [0]
            at = len(sizes) - 1
            result[f"{name}_tokens"] = {
                "sum": sum(sizes),
                "median": sizes[at // 2],
                "p95": sizes[int(at * 0.95)],
                "longest": sizes[-1],
            }
        return result

    def _filtered(self, raw: list[dict[str, Any]], rows: RowSet, reasons: Counter[str]) -> Iterator[Row]:
        dropped = {one for file in rows.drop_ids for one in (self._folder / file).read_text("utf-8").split()}
        for one in raw:
            reason = self._reason_against(one, rows, dropped)
            row = None if reason else self._row(one, rows)
            if row and rows.prune:
                row = replace(row, target=filters.pruned(row.target, row.source))
            if row is None:
                reasons[reason or "longer than longest_tokens"] += 1
            elif not _is_supported(row, rows):
                reasons["not supported by what the app would read"] += 1
            else:
                yield row

    def _reason_against(self, one: dict[str, Any], rows: RowSet, dropped: set[str]) -> str:
        meta = one.get("meta") or {}
        if str(one["id"]) in dropped:
            return "named in drop_ids"
        if rows.sections and one["section"] not in rows.sections:
            return "another section"
        if len(one["target"].split()) < rows.least_words:
            return "target shorter than least_words"
        if not rows.leads and meta.get("lead_copy"):
            return "target copies the lead"
        covered = meta.get("coverage")
        if meta.get("negative"):
            return ""  # "Not recorded." is supported by what is not there
        if (filters.coverage(one["target"], one["source"]) if covered is None else covered) < rows.least_coverage:
            return "coverage below least_coverage"
        return ""

    def _row(self, one: dict[str, Any], rows: RowSet) -> Row | None:
        task = self._tasks[rows.task or str(one["task"])]
        section = rows.section or str(one["section"])
        meta = one.get("meta") or {}
        source = as_the_app_reads(task, task.section(section), str(one["source"]))
        group = str(one.get("group") or meta.get("aci_id") or "")
        row = Row(str(one["id"]), source, str(one["target"]).strip(), task.name, section, group, meta)
        if len(self._prompter.prompt(row)) <= rows.longest_tokens:
            return row
        if not rows.crop:
            return None
        is_negative = bool(meta.get("negative"))
        part = filters.crop(source, "" if is_negative else row.target, int(rows.longest_tokens * _WORDS_PER_TOKEN) - 40)
        row = replace(row, source=part)
        return row if len(self._prompter.prompt(row)) <= rows.longest_tokens else None


def _is_supported(row: Row, rows: RowSet) -> bool:
    """Whether the part that is read, selected and cropped, still has the answer's words and numbers."""
    if row.meta.get("negative"):
        return True
    if len(row.target.split()) < rows.least_words:
        return False
    has_numbers = not rows.numbers_supported or filters.numbers_supported(row.target, row.source)
    return has_numbers and filters.coverage(row.target, row.source) >= rows.least_coverage


def _is_held_back(one: dict[str, Any]) -> bool:
    return zlib.crc32(str(one.get("group") or one["id"]).encode()) % 10 == 0
