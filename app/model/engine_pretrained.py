"""A model of transformers from its folder, whichever of the two formats its weights lie in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, LlamaForCausalLM, PretrainedConfig

from app.model.engine_gguf import Gguf
from app.model.engine_weights import is_gguf


def load(kind: Any, folder: Path, config: PretrainedConfig, **options: Any) -> Any:  # noqa: ANN401
    """Load a model.

    Transformers takes no GGUF file together with bitsandbytes, so it is given the weights by name; `Gguf` reads no
    other models than Llama.

    Args:
        kind: Class of transformers to load with, such as `AutoModelForCausalLM`.
        folder: Verified folder of the model.
        config: Its configuration.
        options: More for `from_pretrained`.

    Returns:
        The model.

    Raises:
        ModelUnsupported: Its GGUF file cannot be read.
    """
    if not is_gguf(folder):
        return kind.from_pretrained(folder, config=config, use_safetensors=True, **options)
    tensors = Gguf(folder)
    state = {name: torch.from_numpy(tensors.get(name)).to(torch.bfloat16) for name in tensors}
    model = LlamaForCausalLM.from_pretrained(None, config=config, state_dict=state, **options)
    model.config.name_or_path = model.name_or_path = str(folder)
    if (folder / "generation_config.json").exists():
        model.generation_config = GenerationConfig.from_pretrained(folder, local_files_only=True)
    return model
