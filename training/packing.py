"""Rows packed into sequences of like size: no padding, and what several rows read alike is read once.

The sections of a consultation are written from one transcript, and most of a row is that transcript. Rows whose prompts
begin alike share that beginning, like branches of a tree; trees stand one after another in a sequence. A row sees
itself and the beginning it shares, nothing else, and keeps the positions it has alone: its loss is what it is alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import AttentionInterface

from training.arguments import Recipe, RecipeError
from training.data import IGNORED

IN_BLOCKS = "in_blocks"
_BLOCK = 256  # queries of one product: 128 and 512 were no faster on two cores
_WORTH_SHARING = 64  # tokens; the app's role stands at the beginning of every row of a task
Features = dict[str, Any]


def check(recipe: Recipe) -> None:
    """Refuse recipes that cannot be packed.

    Args:
        recipe: The recipe.

    Raises:
        RecipeError: It packs rows of an encoder-decoder, several sequences to a batch, or rows that are to be private.
    """
    if not recipe.schedule.pack_tokens:
        return
    if recipe.kind != "decoder" or recipe.schedule.batch != 1 or recipe.schedule.eval_batch != 1:
        raise RecipeError("pack_tokens is for decoders, with batch = 1 and eval_batch = 1: a batch is one sequence.")
    if recipe.privacy.noise:
        raise RecipeError("Private training counts rows, and a packed sequence holds several: leave pack_tokens out.")


@dataclass(slots=True)
class _Sequence:
    """What a packed sequence holds so far; `trees` and `branches` count from 1, branch 0 is the shared beginning."""

    input_ids: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    position_ids: list[int] = field(default_factory=list)
    trees: list[int] = field(default_factory=list)
    branches: list[int] = field(default_factory=list)

    def add(self, rows: Sequence[Features]) -> None:
        """Add rows that begin alike."""
        shared = _shared(rows)
        tree = self.trees[-1] + 1 if self.trees else 1
        parts = [(0, 0, rows[0]["input_ids"][:shared], rows[0]["labels"][:shared])]
        parts += [
            (branch, shared, row["input_ids"][shared:], row["labels"][shared:]) for branch, row in enumerate(rows, 1)
        ]
        for branch, start, ids, labels in parts:
            self.input_ids += ids
            self.labels += labels
            self.position_ids += range(start, start + len(ids))
            self.trees += [tree] * len(ids)
            self.branches += [branch] * len(ids)


def pack(rows: Sequence[Features], most_tokens: int, seed: int) -> list[Features]:
    """Pack rows that `tokenise` made.

    Args:
        rows: Rows with `input_ids` and `labels`, in the order of training.
        most_tokens: Longest sequence, where no single tree is longer.
        seed: Seed of the order of the sequences.

    Returns:
        One `{input_ids, labels, position_ids, trees, branches, length}` per sequence.
    """
    trees = list(_trees(rows, most_tokens))
    draw = random.Random(seed)  # noqa: S311 - a seeded order, no secret
    draw.shuffle(trees)
    packed: list[_Sequence] = []
    for tree in trees:
        size = _size(tree)
        if not packed or len(packed[-1].input_ids) + size > most_tokens:
            packed.append(_Sequence())
        packed[-1].add(tree)
    draw.shuffle(packed)
    return [{name: getattr(one, name) for name in _Sequence.__slots__} | {"length": len(one.labels)} for one in packed]


def _trees(rows: Sequence[Features], most_tokens: int) -> Iterator[list[Features]]:
    """Rows that begin alike, together; copies of one row never in one tree, as its step would learn it twice."""
    seen: dict[tuple[int, ...], int] = {}
    copies: list[tuple[int, list[int], Features]] = []
    for row in rows:
        key = tuple(row["input_ids"])
        copy = seen[key] = seen.get(key, 0) + 1
        copies.append((copy, row["input_ids"], row))
    tree: list[Features] = []
    before = 0
    for copy, _, row in sorted(copies, key=lambda one: one[:2]):
        together = [*tree, row]
        is_alike = copy == before and _shared(together) >= _WORTH_SHARING + (_shared(tree) // 2 if tree[1:] else 0)
        if tree and not (is_alike and _size(together) <= most_tokens):
            yield tree
            together = [row]
        tree, before = together, copy
    if tree:
        yield tree


def _shared(rows: Sequence[Features]) -> int:
    """Tokens at the beginning of all prompts; a prompt's last token predicts the answer and stays with its row."""
    if len(rows) < 2:
        return 0
    first, last = (one["input_ids"] for one in (rows[0], rows[-1]))  # sorted: what these share, all share
    starts = (next((at for at, label in enumerate(row["labels"]) if label != IGNORED), 1) for row in rows)
    least = min(starts) - 1  # a row without an answer shares nothing
    return next((at for at in range(least) if first[at] != last[at]), least)


def _size(rows: Sequence[Features]) -> int:
    return sum(len(row["labels"]) for row in rows) - (len(rows) - 1) * _shared(rows)


@dataclass(frozen=True, slots=True)
class OneSequence:
    """Makes a batch of one packed sequence, with logits only where they are learnt from."""

    def __call__(self, features: list[Features]) -> dict[str, Any]:
        """Make the batch; `shift_labels` are the labels moved to the tokens that predict them."""
        (one,) = features
        labels = torch.tensor([*one["labels"][1:], IGNORED])
        learnt = (labels != IGNORED).nonzero().squeeze(1)
        targets = labels[None, learnt]
        return {
            "input_ids": torch.tensor([one["input_ids"]]),
            "position_ids": torch.tensor([one["position_ids"]]),
            "attention_mask": visible(torch.tensor(one["trees"]), torch.tensor(one["branches"]))[None, None],
            "labels": targets,
            "shift_labels": targets,
            "logits_to_keep": learnt,
        }


def visible(trees: torch.Tensor, branches: torch.Tensor) -> torch.Tensor:
    """What each token may look at.

    Args:
        trees: Number of each token's tree, `[tokens]`.
        branches: Number of each token's branch in its tree, 0 for the shared beginning, `[tokens]`.

    Returns:
        `[tokens, tokens]`, true where the token of the row may look at the token of the column.
    """
    same_tree = trees[:, None] == trees
    on_its_way = (branches == 0) | (branches[:, None] == branches)
    return (same_tree & on_its_way).tril()


def attend_in_blocks(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float,
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Attention as plain products over blocks of queries, each with the keys that a token of it may look at.

    On a CPU torch's fused attention takes three times as long forwards and twice as long backwards with a mask: it
    reads what the mask hides, and its products are not those of the matrix library.

    Args:
        module: The layer.
        query: `[1, heads, tokens, width]`.
        key: `[1, key heads, tokens, width]`.
        value: As `key`.
        attention_mask: `[1, 1, tokens, tokens]`, boolean, nothing above the diagonal.
        scaling: Factor of the scores.

    Returns:
        `[1, tokens, heads, width]`, and no weights.
    """
    tokens, width = query.shape[2:]
    key_heads = key.shape[1]
    groups = query.shape[1] // key_heads
    grouped = (query * scaling).view(key_heads, groups, tokens, width)
    done = []
    for start in range(0, tokens, _BLOCK):
        end = min(start + _BLOCK, tokens)
        allowed = attention_mask[0, 0, start:end, :end]
        first = int(allowed.any(0).int().argmax())
        hidden = torch.zeros(allowed.shape, dtype=query.dtype).masked_fill_(~allowed, -torch.inf)[:, first:]
        scores = grouped[:, :, start:end].flatten(1, 2) @ key[0, :, first:end].mT
        weights = (scores.view(key_heads, groups, end - start, -1) + hidden).softmax(-1).to(query.dtype)
        done.append((weights.flatten(1, 2) @ value[0, :, first:end]).view(key_heads, groups, end - start, width))
    return torch.cat(done, 2).flatten(0, 1).transpose(0, 1)[None], None


AttentionInterface.register(IN_BLOCKS, attend_in_blocks)
