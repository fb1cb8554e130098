"""Whether this package of the program can run a model.

The small package has the lean engine only; the full one and that for NVIDIA cards have torch and transformers too,
which run every model of the catalogue. Asked at import and at choice, so that nobody finds out when a letter is due.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from app.errors import NeedsFullPackage
from app.model.messages import Load


def has_general_engine() -> bool:
    """Whether torch and transformers are here; neither is loaded."""
    return all(find_spec(name) is not None for name in ("torch", "transformers"))


def refuse_model(model: str, folder: Path, adapter: Path | None = None) -> None:
    """Refuse a model, alone or with an adapter, that has no engine in this package.

    Args:
        model: Its name, for the sentence.
        folder: Its folder.
        adapter: Folder of the adapter it is to be used with; None for none.

    Raises:
        NeedsFullPackage: The full package would run it.
    """
    if has_general_engine():
        return
    from app.model.engine_lean import refusal  # loads NumPy and the tokenizers, which most verbs start without

    if why_not := refusal(Load(model, str(folder), adapter=str(adapter or ""))):
        raise NeedsFullPackage(model=model, why=why_not)


def refuse_adapter(base: str, folder: Path) -> None:
    """Refuse an adapter that no model of this package can be used with.

    Args:
        base: Name of its model, for the sentence.
        folder: Its folder, with an `adapter_config.json` that can be read.

    Raises:
        NeedsFullPackage: The full package would run it.
    """
    if has_general_engine():
        return
    from app.model.engine_weights import is_plain_lora  # loads NumPy

    if not is_plain_lora(json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))):
        raise NeedsFullPackage(model=base, why="its adapter is not a plain LoRA")
