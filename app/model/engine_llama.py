"""A Llama as a loop over its layers: int8 weights, fused projections, one preallocated cache of keys and values.

What makes the results exact, whatever was cached, guessed or read ahead:

- A prompt is read in blocks of `BLOCK` tokens at fixed places, so a block's keys and values depend on the tokens
  up to its end and on nothing else. Kept blocks are the very numbers that would be computed again.
- Few tokens (`STEP` at most) go through kernels that give each row the same bits whether it comes alone or with
  others: `_weight_int8pack_mm`, and attention with one batch entry per token over a length rounded up to `SPAN`.
  A step may not cross a multiple of `SPAN`, so a token always sees the same length. Tests hold the kernels to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional

from app.model.engine_int8 import rounded

BLOCK = 128
STEP = 16
SPAN = 64
_PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_ADAPTER_KEYS = ("use_dora", "use_rslora", "fan_in_fan_out", "modules_to_save", "rank_pattern", "alpha_pattern",
                 "layers_to_transform", "layer_replication", "lora_bias", "trainable_token_indices",
                 "target_parameters", "use_qalora", "use_bdlora", "alora_invocation_tokens")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of a model's `config.json` that the loop needs."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    window: int
    epsilon: float
    theta: float

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
            window=int(config["max_position_embeddings"]),
            epsilon=float(config["rms_norm_eps"]),
            theta=float(_rope(config).get("rope_theta") or config.get("rope_theta") or 10_000.0),
        )


def reason_against(config: Mapping[str, Any], adapter: Mapping[str, Any]) -> str:
    """Why a model or its adapter cannot run here, in words; empty if it can.

    Args:
        config: The model's `config.json`.
        adapter: `adapter_config.json`; empty for none.
    """
    if config.get("architectures") != ["LlamaForCausalLM"]:
        return "its architecture has no lean path"
    if config.get("hidden_act") != "silu" or config.get("attention_bias") or config.get("mlp_bias"):
        return "its layers are not those of a plain Llama"
    if _rope(config).get("rope_type", "default") != "default" or config.get("rope_scaling"):
        return "its positions are scaled"
    if adapter and (adapter.get("peft_type") != "LORA" or adapter.get("bias", "none") != "none"):
        return "its adapter is not a plain LoRA"
    if any(adapter.get(key) for key in _ADAPTER_KEYS) or set(adapter.get("target_modules", ())) - set(_PROJECTIONS):
        return "its adapter is not a plain LoRA"
    return ""


@dataclass(slots=True)
class Matrix:
    """Weights of one or more linear layers in int8 and a bfloat16 scale per row."""

    weight: Tensor
    scale: Tensor

    @classmethod
    def of(cls, weights: list[Tensor]) -> Matrix:
        """Round weights and put them below each other."""
        pairs = [rounded(weight) for weight in weights]
        return cls(torch.cat([weight for weight, _ in pairs]), torch.cat([scale for _, scale in pairs]))

    def few(self, rows: Tensor) -> Tensor:
        """Multiply up to `STEP` rows, each with the same bits as alone."""
        return torch._weight_int8pack_mm(rows, self.weight, self.scale)

    def many(self, rows: Tensor) -> Tensor:
        """Multiply many rows: expanding the weights once is quicker then."""
        return functional.linear(rows, self.weight.to(torch.bfloat16)) * self.scale


@dataclass(slots=True)
class Layer:
    """One decoder layer; `qkv` and `gate_up` are fused."""

    before_attention: Tensor
    qkv: Matrix
    out: Matrix
    before_mlp: Tensor
    gate_up: Matrix
    down: Matrix


class Cache:
    """Keys and values of the tokens read so far, with room for more.

    Attributes:
        kept: Tokens of whole blocks of a prompt, whose keys and values may serve another request.
        room: Tokens there is room for.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self.room = 0
        self.kept: list[int] = []
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []

    def reserve(self, tokens: int) -> None:
        """Make room. Zeros, as what lies beyond the text is multiplied by zero and must be finite."""
        if tokens <= self.room:
            return
        room = -(-tokens // BLOCK) * BLOCK
        empty = (1, self._shape.kv_heads, room, self._shape.head_width)
        for rows in (self.keys, self.values):
            for index in range(self._shape.layers):
                larger = torch.zeros(empty, dtype=torch.bfloat16)
                if self.room:
                    larger[:, :, : self.room] = rows[index]
                    rows[index] = larger
                else:
                    rows.append(larger)
        self.room = room

    def copy(self, other: Cache, tokens: int) -> None:
        """Take over the first tokens of another cache."""
        self.reserve(tokens)
        self.kept = other.kept[:tokens]
        for mine, theirs in ((self.keys, other.keys), (self.values, other.values)):
            for to, source in zip(mine, theirs, strict=True):
                to[:, :, :tokens] = source[:, :, :tokens]


class Llama:
    """The model.

    Args:
        folder: Verified folder with `config.json` and safetensors.
        adapter: Verified folder of a plain LoRA adapter; None for none. It is merged before rounding.
    """

    def __init__(self, folder: Path, adapter: Path | None) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.shape = Shape.of(config)
        tensors = _Tensors(folder)
        lora = _Lora(adapter) if adapter else None

        def weight(name: str) -> Tensor:
            plain = tensors.get(f"{name}.weight").float()
            return lora.merged(name, plain) if lora else plain

        self.embedding = tensors.get("model.embed_tokens.weight").to(torch.bfloat16)
        is_tied = bool(config.get("tie_word_embeddings")) or "lm_head.weight" not in tensors.names
        self.head = self.embedding if is_tied else tensors.get("lm_head.weight").to(torch.bfloat16)
        self.last_norm = tensors.get("model.norm.weight").float()
        self.layers = [self._layer(f"model.layers.{index}", weight, tensors) for index in range(self.shape.layers)]
        half = self.shape.head_width // 2
        turn = 1.0 / self.shape.theta ** (torch.arange(half).float() / half)
        self._turn = turn

    def _layer(self, name: str, weight: Callable[[str], Tensor], tensors: _Tensors) -> Layer:
        q, k = (self._paired(weight(f"{name}.self_attn.{part}_proj")) for part in "qk")
        return Layer(
            tensors.get(f"{name}.input_layernorm.weight").float(),
            Matrix.of([q, k, weight(f"{name}.self_attn.v_proj")]),
            Matrix.of([weight(f"{name}.self_attn.o_proj")]),
            tensors.get(f"{name}.post_attention_layernorm.weight").float(),
            Matrix.of([weight(f"{name}.mlp.gate_proj"), weight(f"{name}.mlp.up_proj")]),
            Matrix.of([weight(f"{name}.mlp.down_proj")]),
        )

    def _paired(self, rows: Tensor) -> Tensor:
        """Order the rows of each head so that the two numbers of a rotation stand side by side."""
        half = self.shape.head_width // 2
        return rows.view(-1, 2, half, rows.shape[1]).transpose(1, 2).reshape(rows.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of the weights."""
        matrices = [m for one in self.layers for m in (one.qkv, one.out, one.gate_up, one.down)]
        shared = 0 if self.head is self.embedding else self.head.nbytes
        return sum(m.weight.nbytes + m.scale.nbytes for m in matrices) + self.embedding.nbytes + shared

    def read(self, tokens: list[int], start: int, cache: Cache, look: Callable[[], None]) -> Tensor:
        """Read tokens and put their keys and values into the cache.

        Args:
            tokens: At most `STEP` that do not cross a multiple of `SPAN`, or at most a block.
            start: Place of the first one.
            cache: What was read before, with room for these.
            look: Called before each layer; may raise to leave.

        Returns:
            What the last layer gives for each token, (tokens, width).
        """
        shape, count = self.shape, len(tokens)
        is_step = count <= STEP
        multiply = Matrix.few if is_step else Matrix.many
        end = start + count
        length = -(-end // SPAN) * SPAN
        places = torch.arange(start, end)
        rotation = torch.polar(torch.ones(1), torch.outer(places.float(), self._turn))[:, None]
        hidden_from = torch.arange(length) > places[:, None]
        mask = torch.zeros(count, length, dtype=torch.bfloat16).masked_fill_(hidden_from, -torch.inf)
        group = shape.heads // shape.kv_heads
        turned = shape.heads + shape.kv_heads
        mask = mask[:, None, None] if is_step else mask.repeat(group, 1)[None, None]
        rows = functional.embedding(torch.tensor(tokens), self.embedding).float()
        for layer, keys, values in zip(self.layers, cache.keys, cache.values, strict=True):
            look()
            normed = functional.rms_norm(rows, (shape.width,), layer.before_attention, shape.epsilon)
            heads = multiply(layer.qkv, normed.bfloat16()).view(count, -1, shape.head_width)
            pairs = torch.view_as_complex(heads[:, :turned].float().view(count, turned, -1, 2))
            qk = torch.view_as_real(pairs * rotation).view(count, turned, shape.head_width).bfloat16()
            keys[0, :, start:end] = qk[:, shape.heads :].transpose(0, 1)
            values[0, :, start:end] = heads[:, turned:].transpose(0, 1)
            questions = qk[:, : shape.heads].view(count, shape.kv_heads, group, shape.head_width)
            seen, said = keys[:, :, :length], values[:, :, :length]
            if is_step:
                seen, said = seen.expand(count, -1, -1, -1), said.expand(count, -1, -1, -1)
                mixed = functional.scaled_dot_product_attention(questions, seen, said, attn_mask=mask)
            else:
                asked = questions.permute(1, 2, 0, 3).reshape(1, shape.kv_heads, group * count, shape.head_width)
                mixed = functional.scaled_dot_product_attention(asked, seen, said, attn_mask=mask)
                mixed = mixed.view(shape.kv_heads, group, count, shape.head_width).permute(2, 0, 1, 3)
            rows = rows + multiply(layer.out, mixed.reshape(count, -1))
            normed = functional.rms_norm(rows, (shape.width,), layer.before_mlp, shape.epsilon)
            gate, up = multiply(layer.gate_up, normed.bfloat16()).chunk(2, -1)
            rows = rows + multiply(layer.down, functional.silu(gate) * up)
        return rows

    def logits(self, rows: Tensor) -> Tensor:
        """Scores of every token of the vocabulary after each row."""
        normed = functional.rms_norm(rows, (self.shape.width,), self.last_norm, self.shape.epsilon)
        return functional.linear(normed.bfloat16(), self.head)


class _Tensors:
    """Tensors by name, from one safetensors file or several."""

    def __init__(self, folder: Path) -> None:
        files = [safe_open(file, "pt") for file in sorted(folder.glob("*.safetensors"))]
        self.names = {name: file for file in files for name in file.keys()}  # type: ignore[no-untyped-call]  # noqa: SIM118 - no dict

    def get(self, name: str) -> Tensor:
        tensor: Tensor = self.names[name].get_tensor(name)  # type: ignore[no-untyped-call]
        return tensor


class _Lora:
    """A plain LoRA adapter: `W + alpha / r * B A` (Hu et al. 2021)."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        self._scaling = float(config["lora_alpha"]) / float(config["r"])
        self._tensors = _Tensors(folder)

    def merged(self, name: str, weight: Tensor) -> Tensor:
        prefix = f"base_model.model.{name}"
        if f"{prefix}.lora_A.weight" not in self._tensors.names:
            return weight
        a, b = (self._tensors.get(f"{prefix}.lora_{side}.weight").float() for side in "AB")
        return weight + self._scaling * (b @ a)


def _rope(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return config.get("rope_parameters") or {}
