"""Weights of a model as NumPy arrays, with a plain LoRA adapter merged in; no torch, which takes a second to import."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from app.model.engine_gguf import Gguf
from app.model.engine_native import Floats

_LONGEST_HEADER = 100_000_000  # bytes, as the library of the format has it
_KINDS = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_ADAPTER_KEYS = ("use_dora", "use_rslora", "fan_in_fan_out", "modules_to_save", "rank_pattern", "alpha_pattern",
                 "layers_to_transform", "layer_replication", "lora_bias", "trainable_token_indices",
                 "target_parameters", "use_qalora", "use_bdlora", "alora_invocation_tokens")  # fmt: skip


def is_plain_lora(adapter: Mapping[str, Any]) -> bool:
    """Whether an `adapter_config.json` describes what `Weights` can merge: `W + alpha / r * B A` (Hu et al. 2021)."""
    if adapter.get("peft_type") != "LORA" or adapter.get("bias", "none") != "none":
        return False
    targets = adapter.get("target_modules")  # a list, or a pattern that only peft reads
    return (
        not any(adapter.get(key) for key in _ADAPTER_KEYS)
        and isinstance(targets, list)
        and {*targets} <= {*PROJECTIONS}
    )


class Tensors:
    """Tensors by name, from one safetensors file or several, read from the disk when asked for.

    Args:
        folder: Folder with the files; they are verified.
    """

    def __init__(self, folder: Path) -> None:
        self._places: dict[str, tuple[Path, int, Mapping[str, Any]]] = {}
        for file in sorted(folder.glob("*.safetensors")):
            with file.open("rb") as opened:
                length = int.from_bytes(opened.read(8), "little")
                if length > _LONGEST_HEADER:
                    raise ValueError("the header is longer than the format allows")
                header = json.loads(opened.read(length))
            header.pop("__metadata__", None)
            self._places |= {name: (file, 8 + length, entry) for name, entry in header.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a tensor."""
        return tuple(self._places[name][2]["shape"])

    def get(self, name: str, rows: slice = slice(None)) -> Floats:
        """A tensor in 32 bit, or some rows that follow one another: a whole embedding would be gigabytes."""
        file, data, entry = self._places[name]
        shape, (start, end) = entry["shape"], entry["data_offsets"]
        kind = np.dtype(_KINDS[entry["dtype"]])
        if end - start != math.prod(shape) * kind.itemsize:
            raise ValueError("a tensor does not have the size of its shape")
        first, last, _ = rows.indices(shape[0])
        row = math.prod(shape[1:])
        # Not mapped: pages of a file that was read once would count as memory of the worker.
        offset = data + start + first * row * kind.itemsize
        numbers = np.fromfile(file, kind, (last - first) * row, offset=offset).reshape(last - first, *shape[1:])
        if entry["dtype"] == "BF16":  # the upper half of a 32-bit float
            wide = numbers.astype(np.uint32)
            wide <<= 16
            return wide.view(np.float32)
        return numbers.astype(np.float32, copy=False)


def is_gguf(folder: Path) -> bool:
    """Whether the weights of a folder lie in a GGUF file; safetensors go first where both are there."""
    return any(folder.glob("*.gguf")) and not any(folder.glob("*.safetensors"))


def tensors_of(folder: Path) -> Tensors | Gguf:
    """Tensors of a verified folder by the names of transformers, in whichever of the two formats they lie.

    Raises:
        ModelUnsupported: Its GGUF file cannot be read.
    """
    return Gguf(folder) if is_gguf(folder) else Tensors(folder)


class Linear:
    """The matrix of a layer with its adapter, (out, in), made some rows at a time.

    Args:
        tensors: Where its weight is.
        name: Name of the layer.
        lora: Where the adapter is; None for none.
        scaling: Factor of the adapter.

    Attributes:
        shape: Rows and columns.
    """

    def __init__(self, tensors: Tensors | Gguf, name: str, lora: Tensors | None = None, scaling: float = 1.0) -> None:
        self._tensors, self._name = tensors, f"{name}.weight"
        self.shape = tensors.shape(self._name)
        key = f"base_model.model.{name}.lora_"
        self._lora = lora if lora and f"{key}A.weight" in lora else None
        if self._lora:
            self._a, self._b = self._lora.get(f"{key}A.weight") * np.float32(scaling), f"{key}B.weight"

    def __getitem__(self, rows: slice) -> Floats:
        weight = self._tensors.get(self._name, rows)
        if self._lora:
            weight += self._lora.get(self._b, rows) @ self._a
        return weight


class Weights:
    """Weights of linear layers with their adapter.

    Args:
        folder: Verified folder of a model.
        adapter: Verified folder of a plain LoRA adapter; None for none.
    """

    def __init__(self, folder: Path, adapter: Path | None) -> None:
        self.tensors = tensors_of(folder)
        self._lora = Tensors(adapter) if adapter else None
        self._scaling = 1.0
        if adapter:
            config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
            self._scaling = float(config["lora_alpha"]) / float(config["r"])

    def linear(self, name: str) -> Linear:
        """The matrix of a layer."""
        return Linear(self.tensors, name, self._lora, self._scaling)
