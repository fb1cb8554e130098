"""8-bit linear layers for the CPU inside models of transformers: int8 weights, activations in 32 bit around them.

Where the library of `native/` can be used, weights and activations are rounded in groups with a scale each, as in
`engine_llama`. Elsewhere torch multiplies 32-bit activations by weights with one scale per row: as faithful, and
several times slower. Both hold more than 96 % of the choices of the unrounded model; with 16-bit activations, or
with 8-bit ones that have one scale per row as in LLM.int8(), fewer (`dev.py bench --faithfulness`).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from app.model.engine_native import GROUP, Machine, Matrix, library

# From this many rows on, expanding the weights once and calling the dense matrix product is quicker
# than the row-by-row kernel. Fixed, so that the same prompt always takes the same path.
_EXPAND_FROM_ROWS = 32


class Int8Linear(nn.Module):
    """`y = x W^T + b` with `W` in 8 bit.

    Args:
        linear: The layer to take weights and bias from.
        machine: Multiplies, where there is one and the layer's width is a multiple of `GROUP`.
    """

    # Named like the parameters of `nn.Linear`: T5 looks at `wo.weight.dtype`.
    weight: torch.Tensor
    scale: torch.Tensor

    def __init__(self, linear: nn.Linear, machine: Machine | None = None) -> None:
        super().__init__()
        exact = linear.weight.detach().float()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self._machine = machine
        self._matrix: Matrix | None = None
        if machine and self.in_features % GROUP == 0:
            self._matrix = matrix = machine.pack([exact.numpy()])
            weight = torch.from_numpy(matrix.weights.view(np.int8))
            scale = torch.from_numpy(matrix.scales.view(np.float16))
        else:
            weight, scale = rounded(exact)
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)
        self.bias = None if linear.bias is None else nn.Parameter(linear.bias.detach().float(), requires_grad=False)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Apply the layer to `inputs` of shape (..., in_features); gives (..., out_features)."""
        rows = inputs.reshape(-1, self.in_features).float()
        output: torch.Tensor
        if self._machine and self._matrix:
            output = torch.from_numpy(self._machine.multiply(self._matrix, rows.contiguous().numpy()))
        elif rows.shape[0] < _EXPAND_FROM_ROWS:
            output = torch.ops.aten._weight_int8pack_mm(rows, self.weight, self.scale)
        else:
            output = nn.functional.linear(rows, self.weight.float()) * self.scale
        if self.bias is not None:
            output = output + self.bias
        return output.view(*inputs.shape[:-1], self.out_features).to(inputs.dtype)


def rounded(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Round a weight matrix to int8, symmetrically to [-127, 127].

    Args:
        weight: Of shape (out_features, in_features), in 32 bit.

    Returns:
        The integers and the scale of each row (Dettmers et al. 2022, vector-wise quantisation of the weights).
    """
    scale = weight.abs().amax(dim=1).clamp_min(1e-12) / 127
    return (weight / scale[:, None]).round().to(torch.int8), scale


def quantise(model: nn.Module, threads: int = 0, *, use_library: bool = True) -> int:
    """Replace the linear layers of a model on the CPU, in place, and let all else calculate in 32 bit.

    The head is replaced only where scales are in groups: with one scale per row it costs half a point of top-1
    agreement by itself.

    Args:
        model: A model in bfloat16 or float32 on the CPU.
        threads: To work with; 0 for as many as torch takes.
        use_library: Whether the library may multiply, where there is one.

    Returns:
        How many layers were replaced.
    """
    machine = Machine(threads or torch.get_num_threads()) if use_library and library() else None
    head = getattr(model, "get_output_embeddings", lambda: None)()
    replaced = 0
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear and (machine or child is not head):
                setattr(parent, name, Int8Linear(child, machine))
                replaced += 1
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.register_forward_hook(lambda _module, _inputs, output: output.float())  # the weights stay in 16 bit
        else:
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.float()
    return replaced
