"""Writes drafts with the weights, the prompts and the limits that the app uses; on a CPU with the app's own engine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from tqdm import tqdm
from transformers import AutoTokenizer

from app import paths
from app.drafts.assemble import assemble
from app.model import cache
from app.model.engine import Repeats
from app.model.engine_int8 import quantise
from app.model.engine_lean import LeanEngine, refusal
from app.model.messages import Limits, Load, Reason
from app.prompts import tasks
from training.arguments import Recipe
from training.base import find_base, load_base
from training.data import Prompter, Row

_BATCH_TOKENS = 12_000  # prompts of one batch together: keeps memory and padding low


class Writer:
    """A model that writes rows.

    Args:
        recipe: The recipe; says base, prompts and limits.
        adapter: Folder of an adapter; None for the base as it is.
        eight_bit: Round the weights to 8 bit as the app does on a CPU.
    """

    def __init__(self, recipe: Recipe, adapter: Path | None, *, eight_bit: bool = True) -> None:
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._tokenizer = AutoTokenizer.from_pretrained(find_base(recipe), local_files_only=True)
        self._prompter = Prompter(self._tokenizer, tasks.read(paths.resources() / "tasks"), recipe.prefix)
        self._engine = _engine(recipe, adapter) if eight_bit and self._device == "cpu" else None
        if self._engine:
            return
        model = load_base(recipe, self._device)
        if adapter:
            model = PeftModel.from_pretrained(model, adapter, local_files_only=True).merge_and_unload()
        if eight_bit and self._device == "cpu":
            quantise(model)
        self._model: Any = model.to(self._device).eval()

    def write(self, rows: Sequence[Row]) -> Iterator[tuple[Row, str, float]]:
        """Write every row greedily; without the app's engine rows of like length together.

        Args:
            rows: Rows, in any order.

        Yields:
            The row, what the app would show, and its share of the batch's seconds.
        """
        if self._engine:
            for row in rows:
                started = time.perf_counter()
                yield row, self._alone(self._engine, row), time.perf_counter() - started
            return
        prompts = {row.id: self._prompter.prompt(row) for row in rows}
        limits = {row.id: self._prompter.section(row).new_tokens for row in rows}
        order = sorted(rows, key=lambda row: (limits[row.id], row.section, len(prompts[row.id])))
        for batch in _batches(order, prompts, limits):
            started = time.perf_counter()
            texts = self._generate([prompts[row.id] for row in batch], self._prompter.section(batch[0]))
            each = (time.perf_counter() - started) / len(batch)
            for row, text in zip(batch, texts, strict=True):
                yield row, text, each

    def _alone(self, engine: LeanEngine, row: Row) -> str:
        section, parts = self._prompter.section(row), list[str]()
        limits = Limits(section.new_tokens, section.no_repeat_tokens)
        outcome = engine.generate(self._prompter.conversation(row), limits, parts.append, lambda: False)
        return assemble(section, "".join(parts), outcome.reason, ()).text

    def _generate(self, prompts: list[list[int]], section: tasks.SectionTask) -> list[str]:
        longest = max(len(one) for one in prompts)
        pad = self._tokenizer.pad_token_id or 0
        ids = torch.tensor([[pad] * (longest - len(one)) + one for one in prompts], device=self._device)
        mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in prompts], device=self._device)
        repeats = Repeats(1 if self._model.config.is_encoder_decoder else longest, section.no_repeat_tokens)
        with torch.inference_mode():
            made = self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=section.new_tokens,
                stopping_criteria=[repeats],
                do_sample=False,
                num_beams=1,
                pad_token_id=pad,
            )
        start = 0 if self._model.config.is_encoder_decoder else longest
        texts = self._tokenizer.batch_decode(made[:, start:], skip_special_tokens=True)
        end = self._tokenizer.eos_token_id
        reasons: list[Reason] = [
            "repeats" if index in repeats.rows and end not in row else "stop"
            for index, row in enumerate(made[:, start:].tolist())
        ]
        return [assemble(section, text, reason, ()).text for text, reason in zip(texts, reasons, strict=True)]


def _engine(recipe: Recipe, adapter: Path | None) -> LeanEngine | None:
    """The engine of the app with base and adapter; None where it has no lean path for them, or no imported base."""
    if recipe.base_folder:
        return None
    if adapter and not (adapter / cache.MANIFEST).exists():
        cache.write_manifest(adapter, model=recipe.name, revision="unpublished", source={"recipe": recipe.sha256})
    order = Load(recipe.base, str(find_base(recipe)), "cpu", str(adapter or ""))
    if refusal(order):
        return None
    engine = LeanEngine()
    engine.load(order, lambda *_: None)
    return engine


def write_once(writer: Writer, rows: Sequence[Row], kept: Path, what: str) -> dict[str, tuple[str, float]]:
    """Write rows that have no output yet, and keep each batch at once: a stopped evaluation goes on.

    Args:
        writer: The model.
        rows: Rows to write.
        kept: JSON Lines file of outputs by id.
        what: For the progress bar.

    Returns:
        Output and seconds by id.
    """
    done: dict[str, tuple[str, float]] = {}
    if kept.exists():
        for line in kept.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            done[one["id"]] = (one["output"], one["seconds"])
    todo = [row for row in rows if row.id not in done]
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("a", encoding="utf-8") as file:
        for row, text, seconds in tqdm(writer.write(todo), total=len(todo), desc=what, unit="row"):
            done[row.id] = (text, seconds)
            one = {"id": row.id, "output": text, "seconds": round(seconds, 3)}
            file.write(json.dumps(one, ensure_ascii=False) + "\n")
            file.flush()
    return done


def _batches(order: list[Row], prompts: dict[str, list[int]], limits: dict[str, int]) -> Iterator[list[Row]]:
    """Rows of one limit whose padded prompts stay below the token limit."""
    batch: list[Row] = []
    for row in order:
        longest = max([len(prompts[one.id]) for one in [*batch, row]])
        is_other = batch and limits[batch[0].id] != limits[row.id]
        if batch and (is_other or longest * (len(batch) + 1) > _BATCH_TOKENS or len(batch) == 16):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
