"""Weights of a model as NumPy arrays, with a plain LoRA adapter merged in; no torch, which takes a second to import."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.model.engine_native import Floats

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
    """Tensors by name, from one safetensors file or several, read where they lie on the disk.

    Args:
        folder: Folder with the files; they are verified.
    """

    def __init__(self, folder: Path) -> None:
        self._places: dict[str, tuple[NDArray[np.uint8], Mapping[str, Any]]] = {}
        for file in sorted(folder.glob("*.safetensors")):
            data = np.memmap(file, np.uint8, "r")
            length = int.from_bytes(data[:8].tobytes(), "little")
            header = json.loads(data[8 : 8 + length].tobytes())
            header.pop("__metadata__", None)
            self._places |= {name: (data[8 + length :], entry) for name, entry in header.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def raw(self, name: str) -> tuple[str, NDArray[Any]]:
        """Kind of number (as safetensors names it) and the numbers, bfloat16 by their bits."""
        data, entry = self._places[name]
        start, end = entry["data_offsets"]
        kind = np.dtype(_KINDS[entry["dtype"]])
        if end - start != math.prod(entry["shape"]) * kind.itemsize:
            raise ValueError("a tensor does not have the size of its shape")
        return entry["dtype"], data[start:end].view(kind).reshape(entry["shape"])

    def get(self, name: str) -> Floats:
        """A tensor in 32 bit."""
        kind, numbers = self.raw(name)
        if kind == "BF16":  # the upper half of a 32-bit float
            return (numbers.astype(np.uint32) << 16).view(np.float32)
        return numbers.astype(np.float32)


class Weights:
    """Weights of linear layers with their adapter.

    Args:
        folder: Verified folder of a model.
        adapter: Verified folder of a plain LoRA adapter; None for none.
    """

    def __init__(self, folder: Path, adapter: Path | None) -> None:
        self.tensors = Tensors(folder)
        self._lora = Tensors(adapter) if adapter else None
        if adapter:
            config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
            self._scaling = float(config["lora_alpha"]) / float(config["r"])

    def linear(self, name: str) -> Floats:
        """The matrix of a layer, (out, in)."""
        weight = self.tensors.get(f"{name}.weight")
        key = f"base_model.model.{name}.lora_"
        if self._lora is None or f"{key}A.weight" not in self._lora:
            return weight
        a, b = (self._lora.get(f"{key}{side}.weight") for side in "AB")
        return weight + np.float32(self._scaling) * (b @ a)
