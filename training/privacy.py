"""Differential privacy for the trained weights (DP-SGD, Abadi et al. 2016) through Opacus, inside Trainer.

Every row's gradient is clipped and noise is added before the optimiser sees it. Epsilon comes from Opacus' RDP
accountant and counts on rows drawn independently at every step; Trainer shuffles instead, the usual approximation,
so take epsilon as that of the idealised run. It holds for one row: a patient with several rows is protected less.
"""

from __future__ import annotations

from typing import Any

import torch
from opacus.accountants import RDPAccountant
from opacus.grad_sample import GradSampleHooks
from opacus.optimizers import DPOptimizer
from transformers import Trainer

from training.arguments import Privacy, Recipe, RecipeError


class PrivateTrainer(Trainer):  # type: ignore[misc]
    """Trainer whose optimiser clips and noises.

    Args:
        privacy: Noise and clipping.
        arguments: As for Trainer.
    """

    def __init__(self, privacy: Privacy, **arguments: Any) -> None:  # noqa: ANN401
        super().__init__(**arguments)
        self._privacy = privacy
        # Rotary tables are buffers, which strict mode refuses; they hold no data of a batch.
        self._hooks = GradSampleHooks(self.model, strict=False)

    def create_optimizer(self, *words: Any, **named: Any) -> Any:  # noqa: ANN401 - as Trainer's
        """Wrap Trainer's own optimiser."""
        optimizer = super().create_optimizer(*words, **named)
        if not isinstance(optimizer, DPOptimizer):
            self.optimizer = DPOptimizer(
                optimizer,
                noise_multiplier=self._privacy.noise,
                max_grad_norm=self._privacy.clip,
                expected_batch_size=self.args.per_device_train_batch_size,
                generator=torch.Generator(device=self.args.device).manual_seed(self.args.seed),
            )
        return self.optimizer

    def training_step(self, *words: Any, **named: Any) -> torch.Tensor:  # noqa: ANN401 - as Trainer's
        """Clear the rows' gradients of the step before: Trainer clears the model's only."""
        self.optimizer.zero_grad()
        loss: torch.Tensor = super().training_step(*words, **named)
        return loss


def check(recipe: Recipe, processes: int) -> None:
    """Refuse recipes for which the epsilon would not be true.

    Args:
        recipe: The recipe.
        processes: Processes that train together.

    Raises:
        RecipeError: Rows are repeated, batches accumulate, or several processes train.
    """
    if any(one.repeats > 1 for one in recipe.train):
        raise RecipeError("Private training: a repeated row is protected less than epsilon says; set repeats = 1.")
    if recipe.schedule.accumulate > 1 or processes > 1:
        raise RecipeError("Private training runs in one process without accumulation.")


def spent(recipe: Recipe, rows: int, steps: int) -> dict[str, float]:
    """What a run spent.

    Args:
        recipe: The recipe.
        rows: Rows that were learnt from.
        steps: Steps that were made.

    Returns:
        Noise, clipping, epsilon and delta.
    """
    accountant = RDPAccountant()
    rate = min(1.0, recipe.schedule.batch / rows)
    accountant.history = [(recipe.privacy.noise, rate, steps)]
    epsilon = float(accountant.get_epsilon(recipe.privacy.delta))
    plan = recipe.privacy
    return {"noise": plan.noise, "clip": plan.clip, "epsilon": round(epsilon, 3), "delta": plan.delta}
