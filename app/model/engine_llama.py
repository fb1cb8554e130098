"""Llama and its kin over the library of `native/`: 8-bit weights, fused projections, one preallocated cache.

What a token becomes depends on the tokens before it and on nothing else: not on how many are read at once, on
threads or on the level of the processor. So kept keys and values are the very numbers that would be computed again,
and guesses are checked exactly. Tests hold the library to it.
"""

from __future__ import annotations

import ctypes
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.model.engine_memory import free_memory, token_bytes
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
from app.model.engine_weights import Linear, Weights, is_plain_lora

BLOCK = 128  # tokens of a prompt that are read at once
_STEP = 32  # up to this many go through all layers in one call


# Classes of transformers whose layers the library has: those of Llama, and what each adds. Mistral adds a window, Qwen2
# a bias of questions, keys and values, Qwen3 a norm of each head, SmolLM3 layers that do not look at places.
ARCHITECTURES = frozenset(
    f"{name}ForCausalLM" for name in ("Llama", "Mistral", "Qwen2", "Qwen3", "SmolLM3")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What the layers need of a model's `config.json`.

    Attributes:
        window: Tokens that a text may have. A sliding window bounds it: as far as it reaches, every layer sees all.
        token_bytes: Of one token's keys and values in all layers.
        turns: For each layer, which of the frequencies turn its questions and keys.
        frequencies: Radians a token, half as many as a head is wide.
    """

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    inner: int
    epsilon: float
    window: int
    token_bytes: int
    turns: tuple[int, ...]
    frequencies: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Shape:
        """Read it."""
        layers = int(config["num_hidden_layers"])
        heads = int(config["num_attention_heads"])
        width = int(config["hidden_size"])
        head_width = int(config.get("head_dim") or width // heads)
        turned = _frequencies(config, head_width)
        return cls(
            layers=layers,
            width=width,
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_width=head_width,
            inner=int(config["intermediate_size"]),
            epsilon=float(config["rms_norm_eps"]),
            window=min(int(config["max_position_embeddings"]), _sliding_window(config)),
            token_bytes=token_bytes(config, 2),
            turns=tuple(_turns(config, layers)),
            frequencies=(turned, (0.0,) * len(turned)),  # by none: their cosine is one, and their sine nothing
        )


def reason_against(config: Mapping[str, Any], adapter: Mapping[str, Any]) -> str:
    """Why a model or its adapter cannot run here, in words; empty if it can.

    Args:
        config: The model's `config.json`.
        adapter: `adapter_config.json`; empty for none.
    """
    if library() is None:
        return "the fast library was not built, or needs a processor with AVX2"
    if (config.get("architectures") or [""])[0] not in ARCHITECTURES:
        return "its architecture has no lean path"
    if config.get("quantization_config"):
        return "its weights are rounded already"
    if config.get("hidden_act") != "silu" or config.get("attention_bias") or config.get("mlp_bias"):
        return "its layers have parts that the lean path has not"
    rope = _rope(config)
    if _rope_type(rope) not in ("default", "linear", "llama3") or rope.get("partial_rotary_factor", 1) != 1:
        return "its positions are scaled in a way that the lean path does not know"
    shape = Shape.of(config)
    if any(size % GROUP for size in (shape.width, shape.inner, shape.head_width)) or shape.heads % shape.kv_heads:
        return "its layers are of an odd size"
    if adapter and not is_plain_lora(adapter):
        return "its adapter is not a plain LoRA"
    return ""


def _rope(config: Mapping[str, Any]) -> dict[str, Any]:
    """How places turn, in the words of transformers 5 for files of earlier ones too."""
    older = {key: config[key] for key in ("rope_theta", "partial_rotary_factor") if config.get(key)}
    return {**older, **(config.get("rope_scaling") or {}), **(config.get("rope_parameters") or {})}


def _rope_type(rope: Mapping[str, Any]) -> str:
    return str(rope.get("rope_type") or rope.get("type") or "default")


def _frequencies(config: Mapping[str, Any], head_width: int) -> tuple[float, ...]:
    """Radians that each pair of numbers turns by from one token to the next (Su et al. 2021), scaled or not.

    Scaling "linear" slows all by a factor (Chen et al. 2023); "llama3" only waves too long for the first training, and
    those between in part (Grattafiori et al. 2024, as in `modeling_rope_utils` of transformers).
    """
    rope, half = _rope(config), head_width // 2
    theta = float(rope.get("rope_theta", 10_000.0))
    plain = tuple(math.pow(theta, -index / half) for index in range(half))
    if (kind := _rope_type(rope)) == "default":
        return plain
    factor = float(rope.get("factor", 1.0))
    if kind == "linear":
        return tuple(turn / factor for turn in plain)
    low, high = float(rope.get("low_freq_factor", 1.0)), float(rope.get("high_freq_factor", 4.0))
    trained = float(rope.get("original_max_position_embeddings") or config["max_position_embeddings"])

    def scaled(turn: float) -> float:
        waves = trained * turn / (2 * math.pi)  # so many fit into a text of the first training
        kept = min(1.0, max(0.0, (waves - low) / (high - low)))
        return turn * (kept + (1 - kept) / factor)

    return tuple(scaled(turn) for turn in plain)


def _turns(config: Mapping[str, Any], layers: int) -> list[int]:
    """0 for a layer that turns by place, 1 for one that does not, as every fourth of SmolLM3."""
    if config.get("architectures") != ["SmolLM3ForCausalLM"]:
        return [0] * layers
    every = int(config.get("no_rope_layer_interval") or 4)
    turning = config.get("no_rope_layers") or [(index + 1) % every for index in range(layers)]
    return [0 if one else 1 for one in turning]


def _sliding_window(config: Mapping[str, Any]) -> int:
    """Tokens that a layer looks back on at most; a number beyond every text where it looks back on all."""
    if config.get("architectures") == ["MistralForCausalLM"]:
        size = config.get("sliding_window", 4096)  # what transformers takes where nothing is said
    else:
        size = config.get("sliding_window") if config.get("use_sliding_window") else None
    return int(size or 2**31)


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
        """Make room for so many tokens, the shared ones among them.

        Raises:
            MemoryError: The machine has not so much. Linux would promise it, and end the worker when it is written to.
        """
        if tokens - self.shared > self.room:
            room = -(-(tokens - self.shared) // BLOCK) * BLOCK
            if room * self._shape.token_bytes > free_memory():
                raise MemoryError
            old, self.room = (self.keys, self.values), room
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
        folder: Verified folder with `config.json` and weights in safetensors or GGUF.
        adapter: Verified folder of a plain LoRA adapter; None for none. It is merged before rounding.
        machine: The threads to work with.

    Raises:
        ModelUnsupported: The GGUF file cannot be read.
        ValueError: The weights are not of the sizes that `config.json` says.
    """

    def __init__(self, folder: Path, adapter: Path | None, machine: Machine) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.shape = Shape.of(config)
        self._machine = machine
        weights = Weights(folder, adapter)
        tensors = weights.tensors
        self._embedding = machine.pack([Linear(tensors, "model.embed_tokens")])
        is_tied = bool(config.get("tie_word_embeddings")) or "lm_head.weight" not in tensors
        self._head = self._embedding if is_tied else machine.pack([Linear(tensors, "lm_head")])
        self._last_norm = tensors.get("model.norm.weight")
        width = self.shape.width
        if {self._embedding.columns, self._head.columns} != {width} or self._last_norm.shape != (width,):
            raise ValueError("the weights are not of the sizes that config.json says")
        self._kept: list[Matrix | Floats] = []  # what the parts below point to
        self._layers = (LayerPart * self.shape.layers)()
        for index, turn in enumerate(self.shape.turns):
            self._layers[index] = self._layer(f"model.layers.{index}", turn, weights, config["architectures"][0])
        shape, self._frequencies = self.shape, np.array(self.shape.frequencies)
        sizes = shape.layers, shape.width, shape.heads, shape.kv_heads, shape.head_width, shape.inner
        self._shape = ShapePart(*sizes, len(self._frequencies), shape.epsilon, address(self._frequencies))

    def _layer(self, name: str, turn: int, weights: Weights, architecture: str) -> LayerPart:
        get, attention = weights.tensors.get, f"{name}.self_attn"
        vectors: list[Floats | None] = [get(f"{name}.{norm}_layernorm.weight") for norm in ("input", "post_attention")]
        has_bias, has_norms = architecture == "Qwen2ForCausalLM", architecture == "Qwen3ForCausalLM"
        vectors.append(np.concatenate([get(f"{attention}.{one}_proj.bias") for one in "qkv"]) if has_bias else None)
        vectors += [get(f"{attention}.{one}_norm.weight") if has_norms else None for one in "qk"]
        fused = ("self_attn.q", "self_attn.k", "self_attn.v"), ("self_attn.o",), ("mlp.gate", "mlp.up"), ("mlp.down",)
        matrices = [self._machine.pack([weights.linear(f"{name}.{part}_proj") for part in parts]) for parts in fused]
        self._refuse_other_sizes(vectors, matrices)
        self._kept += [*(one for one in vectors if one is not None), *matrices]
        places = (None if one is None else address(one) for one in vectors)
        return LayerPart(*places, turn, *(matrix.part for matrix in matrices))

    def _refuse_other_sizes(self, vectors: Sequence[Floats | None], matrices: Sequence[Matrix]) -> None:
        """The library trusts sizes: what is smaller than `config.json` says would be read beyond its end."""
        shape = self.shape
        mixed, asked = shape.heads * shape.head_width, (shape.heads + 2 * shape.kv_heads) * shape.head_width
        wanted = (asked, shape.width), (shape.width, mixed), (2 * shape.inner, shape.width), (shape.width, shape.inner)
        lengths = shape.width, shape.width, asked, shape.head_width, shape.head_width
        if tuple((one.rows, one.columns) for one in matrices) != wanted or any(
            one is not None and one.shape != (length,) for one, length in zip(vectors, lengths, strict=True)
        ):
            raise ValueError("the weights are not of the sizes that config.json says")

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
