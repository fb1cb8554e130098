"""Weights from a GGUF file, the format of llama.cpp, in the kinds that the embedded model comes in: Q4_1, Q8_0, F32.

The layout is that of `docs/gguf.md` of ggml. Its own package `gguf` is not in the bundle: it makes arrays of all words
of the tokenizer, which nobody asks for here. Tests hold this reader to it.
"""

from __future__ import annotations

import json
import math
import mmap
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelUnsupported
from app.model.engine_native import Floats

_BLOCKS_AT_ONCE = 8192  # a megabyte of numbers stays in the processor's cache while it is made
_TEXT, _LIST = 8, 9
_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes of the other kinds of values
_LONG = struct.Struct("<Q")
_PLACES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_PARTS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_TURNED = ("q_proj.weight", "k_proj.weight")


def q4_1(blocks: NDArray[np.uint8], out: Floats) -> None:
    """Numbers of 4 bits with a scale and a least value for each 32: `w = d q + m`.

    Args:
        blocks: Of shape (count, 20): d and m in 16 bit, then the numbers, the first 16 in the lower halves.
        out: Of shape (count, 32), to be filled.
    """
    scales = _scales(blocks[:, :4])
    np.bitwise_and(blocks[:, 4:], 15, out=out[:, :16], casting="unsafe")
    np.right_shift(blocks[:, 4:], 4, out=out[:, 16:], casting="unsafe")
    out *= scales[:, :1]
    out += scales[:, 1:]


def q8_0(blocks: NDArray[np.uint8], out: Floats) -> None:
    """Numbers of 8 bits with a scale for each 32: `w = d q`.

    Args:
        blocks: Of shape (count, 34): d in 16 bit, then the numbers.
        out: Of shape (count, 32), to be filled.
    """
    np.multiply(blocks[:, 2:].view(np.int8), _scales(blocks[:, :2]), out=out)


def f32(blocks: NDArray[np.uint8], out: Floats) -> None:
    """Numbers as they are.

    Args:
        blocks: Of shape (count, 4).
        out: Of shape (count, 1), to be filled.
    """
    out[:] = blocks.view("<f4")


def _scales(halves: NDArray[np.uint8]) -> Floats:
    return np.ascontiguousarray(halves).view("<f2").astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How weights lie: so many in a block of so many bytes."""

    weights: int
    size: int
    fill: Callable[[NDArray[np.uint8], Floats], None]


_KINDS = {0: _Kind(1, 4, f32), 3: _Kind(32, 20, q4_1), 8: _Kind(32, 34, q8_0)}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor lies in the file, from its first byte on."""

    kind: _Kind
    shape: tuple[int, ...]
    start: int

    @property
    def row_size(self) -> int:
        """Bytes of a row."""
        return math.prod(self.shape[1:]) // self.kind.weights * self.kind.size


class Gguf:
    """Tensors of a Llama by the names of transformers, read from the disk when asked for, rounded to bfloat16.

    Rounded so, they are the numbers that the adapters were tuned over.

    Args:
        folder: Folder with one GGUF file and `config.json`. Neither is trusted with sizes.
        model: Name of the model for the sentence; empty to take it from the folder's place.

    Raises:
        ModelUnsupported: The file is damaged, or has other kinds of weights or other layers.
    """

    def __init__(self, folder: Path, model: str = "") -> None:
        self._model = model or folder.parent.name
        try:
            (self._file,) = folder.glob("*.gguf")
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            if config["architectures"] != ["LlamaForCausalLM"]:
                raise ValueError("rows of other models are not in the order of Llama's")
            self._head = int(config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"])
            with self._file.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                self._places = dict(_places(data))
            if any(
                name.endswith(_TURNED) and (len(one.shape) < 2 or one.shape[0] % self._head)
                for name, one in self._places.items()
            ):
                raise ValueError("a matrix is not of whole heads")
        except (ValueError, KeyError, TypeError, AttributeError, struct.error, ArithmeticError) as error:
            raise self._refusal() from error

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a tensor."""
        return self._place(name).shape

    def get(self, name: str, rows: slice = slice(None)) -> Floats:
        """A tensor in 32 bit, or some rows that follow one another.

        Raises:
            ModelUnsupported: It is not there, or has numbers that are none.
        """
        place = self._place(name)
        first, last, _ = rows.indices(place.shape[0])
        if not name.endswith(_TURNED):
            return self._read(place, first, last)
        # llama.cpp turns neighbours where transformers turns the halves of a head, and has the rows in that order.
        whole = first // self._head * self._head
        read = self._read(place, whole, -(-last // self._head) * self._head)
        turned = read.reshape(-1, self._head // 2, 2, place.shape[1]).swapaxes(1, 2).reshape(read.shape)
        return np.ascontiguousarray(turned[first - whole : last - whole])

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            raise self._refusal()
        return self._places[name]

    def _read(self, place: _Place, first: int, last: int) -> Floats:
        kind, offset = place.kind, place.start + first * place.row_size
        # Not mapped: pages of a file that was read once would count as memory of the worker.
        blocks = np.fromfile(self._file, np.uint8, (last - first) * place.row_size, offset=offset)
        blocks = blocks.reshape(-1, kind.size)
        out = np.empty((len(blocks), kind.weights), np.float32)
        for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
            some = out[start : start + _BLOCKS_AT_ONCE]
            with np.errstate(invalid="ignore"):  # looked at below
                kind.fill(blocks[start : start + _BLOCKS_AT_ONCE], some)
            if not np.isfinite(some).all():
                raise self._refusal()
            _round(some)
        return out.reshape(last - first, *place.shape[1:])

    def _refusal(self) -> ModelUnsupported:
        return ModelUnsupported(model=self._model, why="its GGUF file is damaged, or not a Llama in Q4_1, Q8_0 and F32")


def _round(numbers: Floats) -> None:
    """Round to bfloat16, the nearest and of two as near the even one, in place: the upper half of the bits."""
    bits = numbers.view(np.uint32)
    up = bits >> 16
    up &= 1
    up += 0x7FFF
    bits += up
    bits &= np.uint32(0xFFFF0000)


class _Header:
    """What stands before the tensors, read in turn; never beyond the end."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data, self.place = data, 4

    def short(self) -> int:
        """A number of 4 bytes."""
        (value,) = struct.unpack_from("<I", self._data, self.place)
        self.place += 4
        return int(value)

    def long(self) -> int:
        """A number of 8 bytes."""
        (value,) = _LONG.unpack_from(self._data, self.place)
        self.place += 8
        return int(value)

    def text(self) -> str:
        """A text with its length before it."""
        length = self.long()
        if length > len(self._data) - self.place:
            raise ValueError("a text is longer than the file")
        self.place += length
        return str(self._data[self.place - length : self.place], "utf-8")

    def skip(self, kind: int) -> None:
        """A value that is not needed."""
        if kind == _TEXT:
            length = self.long()
            self.place += length
        elif kind == _LIST:
            inner, count = self.short(), self.long()
            if inner != _TEXT:
                self.place += count * _WIDTHS[inner]
                return
            place, read = self.place, _LONG.unpack_from  # a hundred thousand words
            for _ in range(count):
                place += 8 + read(self._data, place)[0]
            self.place = place
        else:
            self.place += _WIDTHS[kind]


def _places(data: mmap.mmap) -> Iterator[tuple[str, _Place]]:
    """Names and places of all tensors, every one inside the file."""
    header, alignment = _Header(data), 32
    if data[:4] != b"GGUF" or header.short() not in (2, 3):
        raise ValueError("no GGUF file, or of another version")
    tensors, values = header.long(), header.long()
    for _ in range(values):
        key, kind = header.text(), header.short()
        if key == "general.architecture" and (kind != _TEXT or header.text() != "llama"):
            raise ValueError("another architecture")
        if key == "general.alignment":
            alignment = header.short()
        elif key != "general.architecture":
            header.skip(kind)
    found = [_entry(header) for _ in range(tensors)]
    start = -(-header.place // alignment) * alignment
    if len({name for name, *_ in found}) != len(found):
        raise ValueError("a name stands twice")
    for name, kind_number, shape, offset in found:
        place = _Place(_KINDS[kind_number], shape, start + offset)
        if min(shape) < 1 or (shape[-1] if len(shape) > 1 else 1) % place.kind.weights:
            raise ValueError("a row is not of whole blocks")
        if place.start + shape[0] * place.row_size > len(data):
            raise ValueError("a tensor reaches beyond the file")
        yield _name(name), place


def _entry(header: _Header) -> tuple[str, int, tuple[int, ...], int]:
    """Name, kind, shape and offset of a tensor."""
    name, dimensions = header.text(), header.short()
    if dimensions not in (1, 2):
        raise ValueError("neither a vector nor a matrix")
    shape = tuple(header.long() for _ in range(dimensions))[::-1]  # the file has the columns first
    return name, header.short(), shape, header.long()


def _name(theirs: str) -> str:
    """Name of a tensor in transformers."""
    stem = theirs.removesuffix(".weight")
    if stem in _PLACES:
        return f"{_PLACES[stem]}.weight"
    block, number, part = stem.split(".")
    if block != "blk":
        raise ValueError("a tensor that no Llama has")
    return f"model.layers.{int(number)}.{_PARTS[part]}.weight"
