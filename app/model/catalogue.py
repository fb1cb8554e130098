"""The known models, read from `resources/models.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import ModelUnknown, SetupError

# Classes of transformers that the engine loads and that a test loads with a tiny random model.
SUPPORTED = frozenset(
    {
        "LlamaForCausalLM",
        "MistralForCausalLM",
        "Qwen2ForCausalLM",
        "Qwen3ForCausalLM",
        "Gemma3ForCausalLM",
        "Gemma3ForConditionalGeneration",
        "SmolLM3ForCausalLM",
        "Phi3ForCausalLM",
        "T5ForConditionalGeneration",
    }
)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        name: Name in settings and folders.
        title: Name for people.
        architecture: Class of transformers that runs it.
        licence: SPDX name, or the name of its terms.
        conditions: Conditions of use beyond the licence; empty for none.
        languages: ISO 639-1 codes.
        parameters_millions: Size.
        download_mb: Size of the download, MB.
        memory_8bit_mb: Memory in 8 bit with a cache of 8,192 tokens (or its whole window), MB.
        context_tokens: Its window.
        revision: Revision that is used; empty where importing pins the one it finds.
        repository: Repository on the Hugging Face hub, for IT to download from elsewhere.
        prompt_prefix: Prompt word of an encoder-decoder model; empty for chat models.
        evaluation: What this project measured of its drafts, in words.
        is_embedded: Whether it is shipped with the program.
        sources: Where setup fetches the embedded model, in order.
    """

    name: str
    title: str
    architecture: str
    licence: str
    languages: tuple[str, ...]
    parameters_millions: int
    download_mb: int
    memory_8bit_mb: int
    context_tokens: int
    repository: str
    evaluation: str
    conditions: str = ""
    revision: str = ""
    prompt_prefix: str = ""
    is_embedded: bool = False
    sources: tuple[dict[str, Any], ...] = field(default=(), hash=False)


def read(path: Path) -> tuple[ModelEntry, ...]:
    """Read the catalogue.

    Args:
        path: Usually `resources/models.toml`.

    Returns:
        Entries in the order of the file.

    Raises:
        SetupError: It is not a catalogue.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
        return tuple(_entry(table) for table in tables)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetupError(name=f"The catalogue {path.name}", why=f"{type(error).__name__}: {error}") from error


def find(entries: tuple[ModelEntry, ...], name: str) -> ModelEntry:
    """Find a model by its name.

    Raises:
        ModelUnknown: The catalogue does not have it.
    """
    for entry in entries:
        if entry.name == name:
            return entry
    raise ModelUnknown(model=name)


def _entry(table: dict[str, Any]) -> ModelEntry:
    entry = ModelEntry(**{**table, "languages": tuple(table["languages"]), "sources": tuple(table.get("sources", ()))})
    if entry.architecture not in SUPPORTED:
        raise ValueError(f"{entry.name}: no engine for {entry.architecture}")
    return entry
