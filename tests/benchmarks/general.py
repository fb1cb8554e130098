"""Engines that need torch and transformers; in a module of their own, as the others run without."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, BitsAndBytesConfig, LogitsProcessor, LogitsProcessorList

from app.model.engine_int8 import quantise
from app.model.engine_pretrained import load
from tests.benchmarks.engines import Engine, Job

SAFE = {"local_files_only": True, "trust_remote_code": False}


class Generate:
    """`generate` of transformers, which keeps nothing between prompts."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - a model of transformers
        self.model = model.eval()

    def forget(self) -> None:
        pass

    def write(self, job: Job) -> tuple[list[int], float]:
        clock = _Clock()
        options = {"eos_token_id": sorted(job.ends)} if job.ends else {"min_new_tokens": job.new}
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=torch.tensor([list(job.prompt)]),
                attention_mask=torch.ones(1, len(job.prompt), dtype=torch.long),
                max_new_tokens=job.new,
                do_sample=False,
                pad_token_id=0,
                logits_processor=LogitsProcessorList([clock]),
                **options,
            )
        return made[0, len(job.prompt) :].tolist(), clock.first_s


class _Clock(LogitsProcessor):  # type: ignore[misc]
    """Notes when the first scores are there."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self.first_s = 0.0

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        self.first_s = self.first_s or time.perf_counter() - self._started
        return scores


def _config(folder: Path) -> Any:  # noqa: ANN401
    return AutoConfig.from_pretrained(folder, **SAFE)


def load_plain(folder: Path, dtype: torch.dtype) -> Any:  # noqa: ANN401
    """The model as it was published."""
    return load(AutoModelForCausalLM, folder, _config(folder), dtype=dtype, **SAFE).eval()


def load_general(folder: Path, threads: int) -> Any:  # noqa: ANN401
    """What the app runs where the lean engine cannot: transformers with 8-bit layers."""
    model = load_plain(folder, torch.bfloat16)
    quantise(model, threads)
    return model


def load_llm_int8(folder: Path) -> Any:  # noqa: ANN401
    """Bitsandbytes LLM.int8()."""
    options = {"quantization_config": BitsAndBytesConfig(load_in_8bit=True), "device_map": "cpu"}
    return load(AutoModelForCausalLM, folder, _config(folder), dtype=torch.bfloat16, **options, **SAFE).eval()


def make(name: str, folder: Path, threads: int) -> Engine:
    """An engine by its name in the report."""
    torch.set_num_threads(threads)
    if name == "ours_general":
        return Generate(load_general(folder, threads))
    if name == "llm_int8_generate":
        return Generate(load_llm_int8(folder))
    if name == "bf16_generate":
        return Generate(load_plain(folder, torch.bfloat16))
    raise KeyError(name)


def scores_of_transformers(model: Any, tokens: list[int], *, one_by_one: bool) -> torch.Tensor:  # noqa: ANN401
    """Scores after every token, in 32 bit: in one call, or each token in a call of its own."""
    with torch.inference_mode():
        if not one_by_one:
            return torch.as_tensor(model(torch.tensor([tokens])).logits[0].float())
        kept, rows = None, []
        for token in tokens:
            step = model(torch.tensor([[token]]), past_key_values=kept, use_cache=True)
            kept = step.past_key_values
            rows.append(step.logits[0].float())
        return torch.cat(rows)
