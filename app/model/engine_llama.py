"""A Llama over the library of `native/`: 8-bit weights, fused projections, one preallocated cache.

What a token becomes depends on the tokens before it and on nothing else: not on how many are read at once, on
threads or on the level of the processor. So kept keys and values are the very numbers that would be computed again,
and guesses are checked exactly. Tests hold the library to it.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.model.engine_native import (
    GROUP,
    Floats,
    LayerPart,
    Machine,
    Matrix,
    RoomPart,
    ShapePart,
    StretchPart,
    address,
    library,
)
from app.model.engine_weights import Weights, is_plain_lora

BLOCK = 128  # tokens of a prompt that are read at once
_STEP = 32  # up to this many go through all layers in one call


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of a model's `config.json` that the layers need."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    inner: int
    epsilon: float
    theta: float
    window: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Shape:
        """Read them."""
        heads = int(config["num_attention_heads"])
        width = int(config["hidden_size"])
        return cls(
            layers=int(config["num_hidden_layers"]),
            width=width,
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_width=int(config.get("head_dim") or width // heads),
            inner=int(config["intermediate_size"]),
            epsilon=float(config["rms_norm_eps"]),
            theta=float(_rope(config).get("rope_theta") or config.get("rope_theta") or 10_000.0),
            window=int(config["max_position_embeddings"]),
        )


def reason_against(config: Mapping[str, Any], adapter: Mapping[str, Any]) -> str:
    """Why a model or its adapter cannot run here, in words; empty if it can.

    Args:
        config: The model's `config.json`.
        adapter: `adapter_config.json`; empty for none.
    """
    if library() is None:
        return "the fast library was not built, or needs a processor with AVX2"
    if config.get("architectures") != ["LlamaForCausalLM"]:
        return "its architecture has no lean path"
    if config.get("hidden_act") != "silu" or config.get("attention_bias") or config.get("mlp_bias"):
        return "its layers are not those of a plain Llama"
    if _rope(config).get("rope_type", "default") != "default" or config.get("rope_scaling"):
        return "its positions are scaled"
    shape = Shape.of(config)
    if any(size % GROUP for size in (shape.width, shape.inner, shape.head_width)):
        return "its layers are of an odd size"
    if adapter and not is_plain_lora(adapter):
        return "its adapter is not a plain LoRA"
    return ""


class Cache:
    """Keys and values of the tokens read so far, with room for more.

    Args:
        shape: The model's.
        before: A cache that begins with the same tokens, which are not kept twice. Those must stay in it.
        shared: How many tokens of it, a multiple of 16.

    Attributes:
        tokens: The tokens whose keys and values lie here or in `before`.
        room: Tokens there is room for here.
    """

    def __init__(self, shape: Shape, before: Cache | None = None, shared: int = 0) -> None:
        self._shape = shape
        self.before, self.shared = before, shared
        self.room = 0
        self.tokens: list[int] = before.tokens[:shared] if before else []
        self.keys = self.values = self._empty(0)

    def reserve(self, tokens: int) -> None:
        """Make room for so many tokens, the shared ones among them."""
        if tokens - self.shared > self.room:
            old = self.keys, self.values
            self.room = -(-(tokens - self.shared) // BLOCK) * BLOCK
            self.keys, self.values = self._empty(self.room), self._empty(self.room)
            self._take(*old)

    def copy(self, other: Cache, tokens: int) -> None:
        """Take over the first tokens of another cache, which shares none."""
        self.reserve(tokens)
        self.tokens = other.tokens[:tokens]
        self._take(other.keys, other.values)

    @property
    def part(self) -> RoomPart:
        """Where it lies, for the library."""
        return RoomPart(address(self.keys), address(self.values), self.room)

    def _take(self, keys: NDArray[np.uint16], values: NDArray[np.uint16]) -> None:
        used = -(-(len(self.tokens) - self.shared) // 16) * 16  # keys lie in tiles of 16 tokens
        self.keys[:, :, :used], self.values[:, :, :used] = keys[:, :, :used], values[:, :, :used]

    def _empty(self, room: int) -> NDArray[np.uint16]:
        return np.zeros((self._shape.layers, self._shape.kv_heads, room, self._shape.head_width), np.uint16)


class Llama:
    """The model.

    Args:
        folder: Verified folder with `config.json` and safetensors.
        adapter: Verified folder of a plain LoRA adapter; None for none. It is merged before rounding.
        machine: The threads to work with.
    """

    def __init__(self, folder: Path, adapter: Path | None, machine: Machine) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.shape = Shape.of(config)
        self._machine = machine
        weights = Weights(folder, adapter)
        tensors = weights.tensors
        self._embedding = machine.pack([tensors.get("model.embed_tokens.weight")])
        is_tied = bool(config.get("tie_word_embeddings")) or "lm_head.weight" not in tensors
        self._head = self._embedding if is_tied else machine.pack([tensors.get("lm_head.weight")])
        self._last_norm = tensors.get("model.norm.weight")
        self._kept: list[Matrix | Floats] = []  # what the parts below point to
        self._layers = (LayerPart * self.shape.layers)()
        for index in range(self.shape.layers):
            self._layers[index] = self._layer(f"model.layers.{index}", weights)
        self._shape = ShapePart(*(getattr(self.shape, field[0]) for field in ShapePart._fields_))

    def _layer(self, name: str, weights: Weights) -> LayerPart:
        norms = [weights.tensors.get(f"{name}.{norm}_layernorm.weight") for norm in ("input", "post_attention")]
        fused = ("self_attn.q", "self_attn.k", "self_attn.v"), ("self_attn.o",), ("mlp.gate", "mlp.up"), ("mlp.down",)
        matrices = [self._machine.pack([weights.linear(f"{name}.{part}_proj") for part in parts]) for parts in fused]
        self._kept += [*norms, *matrices]
        return LayerPart(*(address(norm) for norm in norms), *(matrix.part for matrix in matrices))

    @property
    def nbytes(self) -> int:
        """Bytes of the weights."""
        shared = 0 if self._head is self._embedding else self._head.nbytes
        return sum(one.nbytes for one in self._kept) + self._embedding.nbytes + shared

    def read(self, tokens: list[int], cache: Cache, look: Callable[[], None]) -> Floats:
        """Read tokens after those of a cache and add them to it; see `read_together`."""
        return self.read_together([(tokens, cache)], look)

    def read_together(self, texts: Sequence[tuple[list[int], Cache]], look: Callable[[], None]) -> Floats:
        """Read tokens of several texts, each after those of its cache, and add them to it.

        Args:
            texts: What to read, and what was read before, with room for these. Texts over the same `before` are read
                fastest where they stand side by side.
            look: Called before every call of the library, which takes a layer of a block or a step of few tokens;
                may raise to leave, and then nothing was added.

        Returns:
            What the last layer gives for each token, (tokens of all texts, width).

        Raises:
            ValueError: There is no room.
        """
        stretches = (StretchPart * len(texts))(*(_stretch(len(tokens), cache) for tokens, cache in texts))
        rows = self._machine.unpack(self._embedding, [token for tokens, _ in texts for token in tokens])
        handle, shape, place = self._machine.handle, ctypes.byref(self._shape), address(rows)
        at_once = self.shape.layers if len(rows) <= _STEP else 1
        for first in range(0, self.shape.layers, at_once):
            look()
            last = first + at_once
            self._machine.library.lean_read(handle, shape, self._layers, first, last, place, stretches, len(texts))
        for tokens, cache in texts:
            cache.tokens += tokens
        return rows

    def scores(self, rows: Floats) -> Floats:
        """Scores of every token of the vocabulary after each row."""
        out = np.empty((len(rows), self._head.part.rows), np.float32)
        rows = np.ascontiguousarray(rows)
        self._machine.library.lean_scores(
            self._machine.handle,
            ctypes.byref(self._shape),
            address(self._last_norm),
            ctypes.byref(self._head.part),
            address(rows),
            len(rows),
            address(out),
        )
        return out[:, : self._head.rows]


def _stretch(count: int, cache: Cache) -> StretchPart:
    start = len(cache.tokens)
    if start + count > cache.shared + cache.room:
        raise ValueError("the cache has no room for these tokens")
    before = cache.before.part if cache.before else RoomPart()
    return StretchPart(before, cache.part, start, count, cache.shared)


def _rope(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return config.get("rope_parameters") or {}
