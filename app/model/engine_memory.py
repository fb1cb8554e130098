"""How much memory a model takes: its weights in 8 bit, keys and values, and room to work, from its own figures.

Keys and values are kept in memory between requests, so they have a bound of their own; see `kept_tokens`.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from app.errors import ModelUnsupported
from app.model.engine_weights import tensors_of

_MB = 1024**2
MOST_KEPT_TOKENS = 16_384  # of all caches together: 378 MB for the embedded model, 2.1 GB for a Llama of 8 billion
_KEPT_SHARE = 4  # all caches together take at most a quarter of the memory that the weights left free
_TEXT_TOKENS = 8192  # as the catalogue reckons; a longer text is refused by itself where memory does not hold it

_GROUPED = 17 / 16  # bytes of a weight: one, and two of a scale for each 32
_HALF = 2  # bytes of a weight of embedding and head in the general engine
# Measured on Linux: 54 MB with the embedded model, 330 MB with a Phi-3 of 200 million weights. CUDA's is a guess.
_LIBRARIES = {"lean": 100 * _MB, "cpu": 400 * _MB, "cuda": 600 * _MB}


class Needed(NamedTuple):
    """Bytes of free memory that a model needs on the CPU, in the engine that runs it there, and on a GPU."""

    cpu: int
    gpu: int


def free_memory() -> int:
    """Bytes of main memory that the system can give without swapping."""
    return int(psutil.virtual_memory().available)


def needed(folder: Path, *, is_lean: bool) -> Needed:
    """Memory for a model and one text of 8,192 tokens, or of its whole window where that is shorter.

    Args:
        folder: Folder of the model. It need not be verified: what cannot be read counts nothing here, and is told when
            the folder is verified.
        is_lean: Whether the lean engine runs it on the CPU.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        config = {**config, **(config.get("text_config") or {})}  # Gemma 3 keeps the sizes of its language model there
        matrices = _matrices(folder)
        gpu, general = (_general(config, matrices, bytes_each) for bytes_each in (2, 4))
        cpu = _lean(config, matrices) if is_lean else general
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error, ModelUnsupported):
        cpu = gpu = 0
    return Needed(cpu + _LIBRARIES["lean" if is_lean else "cpu"], gpu + _LIBRARIES["cuda"])


def token_bytes(config: Mapping[str, Any], bytes_each: int) -> int:
    """Bytes of the keys and values of one token in all layers.

    Args:
        config: `config.json` of a model; T5 has names of its own.
        bytes_each: Bytes of a number.
    """
    layers = int(config.get("num_hidden_layers") or config["num_layers"])
    heads = int(config.get("num_attention_heads") or config["num_heads"])
    width = int(config.get("head_dim") or config.get("d_kv") or int(config["hidden_size"]) // heads)
    return 2 * layers * int(config.get("num_key_value_heads") or heads) * width * bytes_each


def kept_tokens(token: int, held: int, free: int) -> int:
    """Tokens whose keys and values may be kept of all texts together.

    Args:
        token: Bytes of one token's.
        held: Bytes that the caches hold now, which could be free.
        free: Bytes that are free.
    """
    return min(MOST_KEPT_TOKENS, (held + free) // _KEPT_SHARE // token)


def _matrices(folder: Path) -> dict[str, tuple[int, int]]:
    """Rows and columns of every matrix."""
    tensors = tensors_of(folder)
    shapes = {name: tensors.shape(name) for name in tensors}
    return {name: (shape[0], math.prod(shape[1:])) for name, shape in shapes.items() if len(shape) > 1}


def _text(config: Mapping[str, Any]) -> int:
    window = config.get("max_position_embeddings") or config.get("n_positions") or 512
    return min(int(window), _TEXT_TOKENS)


def _lean(config: Mapping[str, Any], matrices: Mapping[str, tuple[int, int]]) -> int:
    """All matrices rounded; keys and values in 16 bit; rows that are rounded in 32 bit; a block of a prompt."""
    weights = sum(rows * columns for rows, columns in matrices.values())
    widest = max(columns for _, columns in matrices.values())
    longest = max(rows for rows, _ in matrices.values())  # of the vocabulary
    rounding = 3 * 1024 * widest * 4
    working = 128 * 8 * widest * 4 + 32 * longest * 4
    return int(weights * _GROUPED) + _text(config) * token_bytes(config, 2) + rounding + working


def _general(config: Mapping[str, Any], matrices: Mapping[str, tuple[int, int]], bytes_each: int) -> int:
    """Layers in 8 bit, embedding and head in 16; keys and values; a prompt that goes through a layer at once.

    That took the memory of 6.5 numbers a token as wide as the inner layer (measured: a Phi-3 on the CPU, 1,500 tokens).
    """
    ends = {name: one for name, one in matrices.items() if "embed_tokens" in name or name.startswith(("shared", "lm_"))}
    embedding = sum(rows * columns for rows, columns in ends.values())
    if not any(name.startswith("lm_") for name in ends):  # tied, and two matrices here
        embedding *= 2
    layers = sum(rows * columns for name, (rows, columns) in matrices.items() if name not in ends)
    inner = int(config.get("intermediate_size") or config["d_ff"])
    texts = 2 if config.get("is_encoder_decoder") else 1  # what was read has keys and values of its own
    a_token = texts * token_bytes(config, bytes_each) + 8 * inner * 4
    return int(layers * _GROUPED) + embedding * _HALF + _text(config) * a_token
