"""The model that is tuned: found, verified and loaded for training or for writing as the app writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, BitsAndBytesConfig

from app import paths
from app.errors import EpicrisisError
from app.model import cache, catalogue, engine_pretrained
from training.arguments import Recipe, RecipeError


def find_base(recipe: Recipe) -> Path:
    """Folder of the recipe's base model.

    Raises:
        RecipeError: It is not installed, or a file is not the one imported.
    """
    if recipe.base_folder:
        folder = paths.program_folder() / recipe.base_folder
        if not (folder / "config.json").exists():
            raise RecipeError(f"There is no model in {recipe.base_folder}.")
        return folder
    try:
        entry = catalogue.find(catalogue.read(paths.resources() / "models.toml"), recipe.base)
        folder = cache.locate(entry, cache.folders())
        cache.verify(folder)
    except EpicrisisError as error:
        raise RecipeError(str(error)) from error
    return folder


def load_base(recipe: Recipe, device: str) -> Any:  # noqa: ANN401 - any model of transformers
    """Load the base for training.

    Args:
        recipe: Says shape, type and whether the base is kept in 8 bit.
        device: `cpu` or `cuda`; 8 bit needs `cuda`.

    Returns:
        The model. Trainer moves it where it belongs.
    """
    folder = find_base(recipe)
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    options: dict[str, Any] = {"dtype": getattr(torch, recipe.schedule.dtype), "local_files_only": True}
    if recipe.lora.eight_bit_base:
        if device != "cuda":
            raise RecipeError("An 8-bit base is trained on a GPU; set eight_bit_base = false for the CPU.")
        options["quantization_config"] = BitsAndBytesConfig(load_in_8bit=True)
        options["device_map"] = {"": torch.cuda.current_device()}
    return engine_pretrained.load(kind, folder, config, **options)
