"""Does a passage bear a sentence out? A small encoder that was taught on pairs of sentences, one true and one false.

Natural language inference (Bowman et al., "A large annotated corpus for learning natural language inference", EMNLP
2015) with the first layers of an MPNet (Song et al., "MPNet", NeurIPS 2020) that reads a sentence and the passages
nearest to it side by side. `python -m training entailment` makes the weights; `resources/entailment/README.md` says of
what, and how good they are.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from app import paths
from app.errors import SetupError
from app.model.engine_native import Machine, library

Floats = NDArray[np.float32]
Step = Callable[[Floats], Floats]
Product = Callable[[Floats, Machine | None], Floats]

WEIGHTS, MANIFEST, TOKENIZER = "weights.npz.gz", "entailment.json", "tokenizer.json"
_GZIP = 31  # zlib's number for the format
GROUP = 32  # weights that share a scale
# Of the largest weight of a group, what the largest whole number stands for: with few numbers, cutting the one weight
# that stands out off rounds the others better.
_SHARES = (1.0, 0.95, 0.9, 0.85, 0.8)
_EPSILON = 1e-5
_FARTHEST = 128  # tokens between two places, from which on their distance makes no difference
_LANES = min(2, os.cpu_count() or 1)  # batches read side by side; more would be taken from the model's text
_AT_ONCE = 256  # tokens that are read together: more leave the processor's cache and gain nothing
_MOST_KNOWN = 4096  # verdicts that are kept, so that a letter that is being typed is not read anew at every pause


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the encoder makes of one sentence.

    Attributes:
        agreement: Log-odds that the passages bear it out: above 0 they do, below they do not.
        kind: The kind of error it would be, such as `negation`.
    """

    agreement: float
    kind: str


def folder() -> Path:
    """Where the program has its files."""
    return paths.resources() / "entailment"


@dataclass(frozen=True, slots=True)
class Files:
    """What the folder holds, proved and unpacked.

    Attributes:
        told: The manifest.
        tokenizer: File of the tokenizer.
        arrays: The weights as NumPy stores them.
    """

    told: Mapping[str, Any]
    tokenizer: bytes
    arrays: bytes


def read(folder: Path) -> Files:
    """Read and unpack the files: in a few long steps that let other threads run beside.

    Args:
        folder: Folder with the weights, the manifest and the tokenizer.

    Raises:
        SetupError: A file is missing or damaged.
    """
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        packed = {name: (folder / name).read_bytes() for name in (WEIGHTS, TOKENIZER)}
        if any(hashlib.sha256(data).hexdigest() != told["sha256"][name] for name, data in packed.items()):
            raise ValueError("the files are not those of the manifest")
        return Files(told, packed[TOKENIZER], zlib.decompress(packed[WEIGHTS], _GZIP))
    except (OSError, ValueError, LookupError, TypeError, zlib.error) as error:
        raise SetupError(name="The second reader", why="its files are missing or damaged") from error


def _linear(weight: Floats, bias: Floats, machine: Machine | None) -> Product:
    """`x W^T + b`: in 8 bit by the caller's machine of the engine's library, in 32 bit where there is none."""
    if machine is None:
        return lambda rows, _: np.asarray(rows @ weight.T + bias, np.float32)
    packed = machine.pack([weight])

    def product(rows: Floats, own: Machine | None) -> Floats:
        return (own or machine).multiply(packed, np.ascontiguousarray(rows, np.float32)) + bias

    return product


def _norm(weight: Floats, bias: Floats) -> Step:
    """Layer normalisation (Ba et al. 2016)."""

    def norm(rows: Floats) -> Floats:
        rows = rows - rows.mean(1, keepdims=True)
        rows /= np.sqrt((rows * rows).mean(1, keepdims=True) + _EPSILON)
        rows *= weight
        rows += bias
        return rows

    return norm


@dataclass(frozen=True, slots=True)
class _Layer:
    qkv: Product
    out: Product
    norm1: Step
    up: Product
    down: Product
    norm2: Step


class Encoder:
    """The encoder, and what tells from its last layer whether a sentence is borne out.

    Args:
        files: What `read` found.
        native: Whether the engine's library multiplies, where there is one.

    Raises:
        SetupError: One file does not fit the others.
    """

    def __init__(self, files: Files, *, native: bool = True) -> None:
        self._one_at_a_time = threading.Lock()  # what is known already is not read twice
        self._known: dict[bytes, Verdict] = {}  # by digest: no words of a note are kept
        try:
            is_native = native and library() is not None
            self._machines = tuple(Machine(1) if is_native else None for _ in range(_LANES))  # each serves one thread
            self._load(files, self._machines[0])
        except Exception as error:  # the tokenizers raise nothing narrower
            raise SetupError(name="The second reader", why="its files are missing or damaged") from error

    def _load(self, files: Files, machine: Machine | None) -> None:
        told = files.told
        self.kinds, self.passages = tuple(told["kinds"]), int(told["passages"])
        self._heads = int(told["heads"])
        self._tokenizer = Tokenizer.from_str(files.tokenizer.decode("utf-8"))
        self._tokenizer.enable_truncation(int(told["tokens"]), strategy="longest_first")
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True  # "[SEP]" in a note is three words
        with np.load(io.BytesIO(files.arrays), allow_pickle=False) as arrays:
            weights = {name: arrays[name] for name in arrays.files}

        def floats(name: str) -> Floats:
            if f"{name}.scales" in weights:
                return expand(weights[name], weights[f"{name}.scales"])
            return np.asarray(weights[name], np.float32)

        def linear(name: str, machine: Machine | None = machine) -> Product:
            return _linear(floats(f"{name}.weight"), floats(f"{name}.bias"), machine)

        def norm(name: str) -> Step:
            return _norm(floats(f"{name}.weight"), floats(f"{name}.bias"))

        self._words = weights["embeddings.word.weight"], weights["embeddings.word.weight.scales"]
        self._places, self._norm = floats("embeddings.position.weight"), norm("embeddings.norm")
        self._distance = _by_distance(floats("distance.weight"), len(self._places))
        self._layers = [
            _Layer(
                linear(f"{one}.qkv"), linear(f"{one}.out"), norm(f"{one}.norm1"),
                linear(f"{one}.up"), linear(f"{one}.down"), norm(f"{one}.norm2"),
            )
            for one in range(int(told["layers"]))
        ]  # fmt: skip
        self._hidden, self._last = linear("head.0", None), linear("head.1", None)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """Read sentences beside the passages they rest on.

        Args:
            pairs: Sentence and passages; what is longer than the encoder can read is cut.

        Returns:
            One verdict per pair, to rounding the same whatever it is asked with.
        """
        named = [(hashlib.sha256(repr(pair).encode()).digest(), pair) for pair in pairs]
        with self._one_at_a_time:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            new = {name: self._encoded(pair) for name, pair in named if name not in self._known}
            batches = list(_batches(new))
            with ThreadPoolExecutor(_LANES) as pool:  # NumPy and the library let go of the interpreter
                lanes = [pool.submit(self._lane, batches[lane::_LANES], lane) for lane in range(_LANES)]
            for lane in lanes:
                self._known.update(lane.result())
            return [self._known[name] for name, _ in named]

    def _encoded(self, pair: tuple[str, str]) -> Encoding:
        sentence, passages = (one.encode("utf-8", "replace").decode() for one in pair)  # half a surrogate is no text
        return self._tokenizer.encode(sentence, passages)

    def _lane(self, batches: Sequence[Mapping[bytes, Encoding]], lane: int) -> dict[bytes, Verdict]:
        machine = self._machines[lane]
        return {
            name: verdict
            for some in batches
            for name, verdict in zip(some, self._judge(list(some.values()), machine), strict=True)
        }

    def _judge(self, encoded: Sequence[Encoding], machine: Machine | None) -> list[Verdict]:
        ends = np.cumsum([len(one.ids) for one in encoded])
        cuts = [slice(end - len(one.ids), end) for one, end in zip(encoded, ends, strict=True)]
        ids = np.concatenate([one.ids for one in encoded])
        places = np.concatenate([np.arange(len(one.ids)) for one in encoded])
        rows = self._norm(expand(self._words[0][ids], self._words[1][ids]) + self._places[places])
        for layer in self._layers:
            rows = layer.norm1(rows + layer.out(self._attend(layer.qkv(rows, machine), cuts), machine))
            rows = layer.norm2(rows + layer.down(_gelu(layer.up(rows, machine)), machine))
        whole = np.stack([np.concatenate([rows[cut.start], rows[cut].mean(0)]) for cut in cuts])
        scores = self._last(_gelu(self._hidden(whole, None)), None)
        wrong = scores[:, 1:]
        agreement = scores[:, 0] - np.log(np.exp(wrong - wrong.max(1, keepdims=True)).sum(1)) - wrong.max(1)
        if not np.isfinite(agreement).all():
            raise SetupError(name="The second reader", why="its weights are damaged")
        return [Verdict(float(one), self.kinds[at]) for one, at in zip(agreement, wrong.argmax(1), strict=True)]

    def _attend(self, qkv: Floats, cuts: Sequence[slice]) -> Floats:
        """Attention of each text over itself alone."""
        out = np.empty((len(qkv), qkv.shape[1] // 3), np.float32)
        for cut in cuts:
            query, key, value = (
                part.reshape(part.shape[0], self._heads, -1).transpose(1, 0, 2) for part in np.split(qkv[cut], 3, 1)
            )
            scores = (query * np.float32(1 / math.sqrt(query.shape[2]))) @ key.transpose(0, 2, 1)
            scores += self._distance[:, : scores.shape[1], : scores.shape[1]]
            scores -= scores.max(2, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(2, keepdims=True)
            out[cut] = (scores @ value).transpose(1, 0, 2).reshape(out[cut].shape)
        return out


def _batches(encoded: Mapping[bytes, Encoding]) -> Iterator[dict[bytes, Encoding]]:
    """Texts that are read together."""
    some: dict[bytes, Encoding] = {}
    for name, one in encoded.items():
        if some and sum(map(len, some.values())) + len(one) > _AT_ONCE:
            yield some
            some = {}
        some[name] = one
    if some:
        yield some


def _by_distance(weight: Floats, tokens: int) -> Floats:
    """What attention adds by the distance of two tokens (Raffel et al., JMLR 2020, section 2.1).

    Args:
        weight: (buckets, heads): half of the buckets for tokens before, half for those behind; of each half one bucket
            for each of the nearest distances, the others for ranges that grow.
        tokens: The longest text.

    Returns:
        (heads, tokens, tokens)
    """
    half = len(weight) // 2
    near = half // 2
    distance = np.arange(tokens)[None, :] - np.arange(tokens)[:, None]
    apart = np.abs(distance)
    with np.errstate(divide="ignore"):
        grown = near + (np.log(apart / near) / math.log(_FARTHEST / near) * (half - near)).clip(-near).astype(int)
    bucket = np.where(apart < near, apart, np.minimum(grown, half - 1)) + np.where(distance > 0, half, 0)
    return np.ascontiguousarray(weight[bucket].transpose(2, 0, 1))


def shrink(weight: Floats, most: int = 127) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Round a matrix to few whole numbers.

    Args:
        weight: (rows, columns), the columns a multiple of `GROUP`.
        most: The largest of these numbers: 127 for 8 bit; fewer take less room once they are compressed.

    Returns:
        Whole numbers of the same shape, and a scale for each row and `GROUP` columns.
    """
    grouped = weight.reshape(len(weight), -1, GROUP)
    largest = np.abs(grouped).max(2)
    whole, scales = np.zeros(grouped.shape, np.int8), np.zeros(largest.shape, np.float16)
    least = np.full(largest.shape, np.inf, np.float32)
    for share in (1.0,) if most == 127 else _SHARES:
        tried = (largest * share / most).astype(np.float16)
        exact = np.maximum(tried, np.float16(6e-8)).astype(np.float32)[..., None]
        rounded = np.clip(np.rint(grouped / exact), -most, most)
        error = np.square(rounded * exact - grouped).sum(2)
        is_better = error < least
        whole[is_better], scales[is_better] = rounded[is_better].astype(np.int8), tried[is_better]
        least = np.where(is_better, error, least)
    return whole.reshape(weight.shape), scales


def expand(whole: NDArray[np.int8], scales: NDArray[np.float16]) -> Floats:
    """The matrix that `shrink` rounded."""
    grouped = whole.reshape(len(whole), -1, GROUP) * scales.astype(np.float32)[..., None]
    return np.asarray(grouped.reshape(whole.shape), np.float32)


def _gelu(rows: Floats) -> Floats:
    """The quick form (Hendrycks and Gimpel, "Gaussian error linear units", 2016), with which they were taught."""
    share = rows * np.float32(-1.702)
    np.minimum(share, 80, out=share)
    np.exp(share, out=share)
    share += 1
    return np.asarray(np.divide(rows, share, out=share), np.float32)
