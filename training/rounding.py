"""Rounding the weights of the second reader to few whole numbers, so that it still says what it learnt.

Each column is rounded in turn, and what that leaves wrong is made good by the columns that are not rounded yet, by how
the inputs of the matrix go together (Frantar et al., "GPTQ: accurate post-training quantization for generative
pre-trained transformers", ICLR 2023). Rounding each weight to the nearest number forgets what was learnt where it is
gone on from a reader that was rounded before: what a weight moved is less than half a step, so it falls back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from app.checks import entailment

Rounded = tuple[NDArray[np.int8], NDArray[np.float16]]
_DAMPING = 0.01  # of the mean of the diagonal: keeps the inverse from growing where inputs hardly vary


def columnwise(weight: torch.Tensor, inputs: torch.Tensor, most: int) -> Rounded:
    """Round a matrix column by column.

    Args:
        weight: (rows, columns), the columns a multiple of `entailment.GROUP`.
        inputs: (columns, columns): the sum over inputs x of x xᵀ.
        most: The largest whole number.

    Returns:
        What `entailment.expand` makes a matrix of that gives nearly the same outputs.
    """
    size = entailment.GROUP
    left, columns = weight.detach().double().clone(), weight.shape[1]
    damped = inputs.double() + torch.eye(columns, dtype=torch.float64) * _DAMPING * inputs.diagonal().mean().double()
    factor = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(damped)), upper=True)
    whole = np.zeros(tuple(weight.shape), np.int8)
    scales = np.zeros((weight.shape[0], columns // size), np.float16)
    for first in range(0, columns, size):
        last = first + size
        _, group = entailment.shrink(left[:, first:last].float().numpy(), most)
        scales[:, first // size] = group[:, 0]
        step = torch.from_numpy(np.maximum(group[:, 0], np.float16(6e-8)).astype(np.float64))
        errors = torch.zeros(len(left), size, dtype=torch.float64)
        for place in range(first, last):
            numbers = torch.clamp(torch.round(left[:, place] / step), -most, most)
            whole[:, place] = numbers.to(torch.int8).numpy()
            error = (left[:, place] - numbers * step) / factor[place, place]
            left[:, place:last] -= error[:, None] * factor[place, place:last]
            errors[:, place - first] = error
        left[:, last:] -= errors @ factor[first:last, last:]
    return whole, scales


def layers(
    network: torch.nn.Module,
    modules: Sequence[Sequence[torch.nn.Linear]],
    batches: Sequence[Mapping[str, torch.Tensor]],
    most: int,
) -> dict[torch.nn.Linear, Rounded]:
    """Round the matrices of a network, the first layers first, each by what the rounded ones before it give.

    Args:
        network: The network; its weights are the rounded ones afterwards.
        modules: The matrices of each layer.
        batches: Texts that it reads, with `attention_mask`: padding does not count.
        most: The largest whole number.

    Returns:
        What stands for each matrix.
    """
    done: dict[torch.nn.Linear, Rounded] = {}
    for some in modules:
        sums = {one: torch.zeros(one.in_features, one.in_features) for one in some}
        with torch.no_grad():
            for batch in batches:
                add = partial(_add, sums=sums, counted=batch["attention_mask"].bool())
                hooks = [one.register_forward_pre_hook(add) for one in some]
                network(**batch)
                for hook in hooks:
                    hook.remove()
            for one in some:
                done[one] = columnwise(one.weight, sums[one], most)
                one.weight.copy_(torch.from_numpy(entailment.expand(*done[one])))
    return done


def joined(parts: Iterable[Rounded]) -> Rounded:
    """Matrices one below the other."""
    whole, scales = zip(*parts, strict=True)
    return np.concatenate(whole), np.concatenate(scales)


def _add(
    module: torch.nn.Linear,
    given: tuple[torch.Tensor, ...],
    *,
    sums: dict[torch.nn.Linear, torch.Tensor],
    counted: torch.Tensor,
) -> None:
    rows = given[0][counted].float()
    sums[module] += rows.T @ rows
