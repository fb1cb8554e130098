"""Speed and faithfulness of the 8-bit engine on this machine.

Run: ``python3 dev.py bench [--quick] [--json]``. Each figure is a median of repeats that take turns, so
that a busy machine slows all engines alike; compare the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from app import paths
from app.model import cache, catalogue
from app.model.engine_int8 import quantise

SAFE = {"local_files_only": True, "trust_remote_code": False}


def load_plain(folder: Path, dtype: torch.dtype) -> Any:  # noqa: ANN401 - a transformers model
    """The model as it was published."""
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, **SAFE).eval()


def load_ours(folder: Path) -> Any:  # noqa: ANN401
    """The app's engine: int8 weights, bfloat16 activations."""
    model = load_plain(folder, torch.bfloat16)
    quantise(model)
    return model


def load_llm_int8(folder: Path) -> Any:  # noqa: ANN401
    """The reference: bitsandbytes LLM.int8()."""
    options = {"quantization_config": BitsAndBytesConfig(load_in_8bit=True), "device_map": "cpu"}
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16, **options, **SAFE).eval()


ENGINES: dict[str, Callable[[Path], Any]] = {
    "ours": load_ours,
    "llm_int8_generate": load_llm_int8,
    "bf16_generate": lambda folder: load_plain(folder, torch.bfloat16),
}


def prompt(tokenizer: Any, tokens: int) -> dict[str, torch.Tensor]:  # noqa: ANN401
    """A prompt of about `tokens` tokens, made of the sample stay."""
    files = sorted((paths.resources() / "samples" / "stay").glob("*.txt"))
    text = "\n\n".join(file.read_text(encoding="utf-8") for file in files)
    ids = tokenizer(text * (tokens // 1000 + 1))["input_ids"][: max(tokens - 40, 1)]
    messages = [{"role": "user", "content": tokenizer.decode(ids) + "\n\nSummarise."}]
    inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    return dict(inputs)


def timed(model: Any, inputs: dict[str, torch.Tensor], tokens: int) -> float:  # noqa: ANN401
    """Seconds to write exactly `tokens` tokens."""
    started = time.perf_counter()
    with torch.inference_mode():
        model.generate(**inputs, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False, pad_token_id=2)
    return time.perf_counter() - started


def measure_speed(models: dict[str, Any], tokenizer: Any, length: int, tokens: int, repeats: int) -> dict[str, Any]:  # noqa: ANN401
    """Median first-token seconds and tokens a second of each engine, taking turns."""
    inputs = prompt(tokenizer, length)
    first: dict[str, list[float]] = {name: [] for name in models}
    whole: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(repeats):
        for name, model in models.items():
            first[name].append(timed(model, inputs, 1))
            whole[name].append(timed(model, inputs, tokens + 1))
    figures = {}
    for name in models:
        start, total = statistics.median(first[name]), statistics.median(whole[name])
        figures[name] = {
            "prompt_tokens": int(inputs["input_ids"].shape[1]),
            "first_token_s": round(start, 3),
            "tokens_per_s": round(tokens / max(total - start, 1e-9), 1),
            "total_s": round(total, 2),
        }
    return figures


def measure_faithfulness(models: dict[str, Any], exact: Any, tokenizer: Any, length: int) -> dict[str, Any]:  # noqa: ANN401
    """Mean KL divergence, top-1 agreement and perplexity against fp32 on one text (teacher forcing)."""
    inputs = prompt(tokenizer, length)
    target = inputs["input_ids"][0, 1:]

    def log_probabilities(model: Any) -> torch.Tensor:  # noqa: ANN401
        with torch.inference_mode():
            return torch.as_tensor(model(**inputs).logits[0, :-1].float().log_softmax(-1))

    def perplexity(scores: torch.Tensor) -> float:
        return float((-scores.gather(-1, target[:, None]).mean()).exp())

    truth = log_probabilities(exact)
    figures = {"fp32": {"perplexity": round(perplexity(truth), 3)}}
    for name, model in models.items():
        scores = log_probabilities(model)
        figures[name] = {
            "mean_kl": round(float((truth.exp() * (truth - scores)).sum(-1).mean()), 4),
            "top1_agreement": round(float((truth.argmax(-1) == scores.argmax(-1)).float().mean()), 4),
            "perplexity": round(perplexity(scores), 3),
        }
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short workload, under 45 s")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    args = parser.parse_args()
    entries = catalogue.read(paths.resources() / "models.toml")
    folder = cache.locate(next(one for one in entries if one.is_embedded), cache.folders())
    tokenizer = AutoTokenizer.from_pretrained(folder, **SAFE)
    names = ["ours", "llm_int8_generate"] if args.quick else list(ENGINES)
    models = {name: ENGINES[name](folder) for name in names}
    lengths, tokens, repeats = ([150], 24, 3) if args.quick else ([150, 1300], 64, 3)
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
        "speed": {str(length): measure_speed(models, tokenizer, length, tokens, repeats) for length in lengths},
    }
    shortest = report["speed"][str(lengths[0])]
    ratio = shortest["ours"]["tokens_per_s"] / shortest["llm_int8_generate"]["tokens_per_s"]
    report["ratio_to_plain_generate"] = round(ratio, 2)
    if not args.quick:
        exact = load_plain(folder, torch.float32)
        report["faithfulness"] = measure_faithfulness(models, exact, tokenizer, 2000)
    print(json.dumps(report, indent=None if args.json else 2))  # noqa: T201


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    with contextlib.redirect_stderr(io.StringIO()):
        main()
