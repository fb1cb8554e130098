"""LoRA adapters in `resources/adapters/<name>/<revision>/`: find one that fits the model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.errors import AdapterMissing
from app.model import cache


@dataclass(frozen=True, slots=True)
class Adapter:
    """An installed adapter.

    Attributes:
        name: `name/revision`.
        folder: Its folder, with manifest.
        sha256: Hash of its manifest.
        base: Name of the model it belongs to.
    """

    name: str
    folder: Path
    sha256: str
    base: str


def installed(root: Path) -> tuple[Adapter, ...]:
    """List adapters, newest revision of each name last.

    Args:
        root: Folder of adapters. It need not exist.

    Returns:
        Adapters with a readable manifest.
    """
    found = []
    for config in sorted(root.glob("*/*/adapter_config.json")):
        folder = config.parent
        manifest = cache.read_manifest(folder)
        base = str(json.loads(config.read_text(encoding="utf-8")).get("base_model_name_or_path", ""))
        found.append(Adapter(f"{folder.parent.name}/{folder.name}", folder, manifest.sha256, base))
    return tuple(found)


def locate(wanted: str, model: str, root: Path) -> Adapter:
    """Find an adapter by `name` (its newest revision) or `name/revision`.

    Args:
        wanted: What the settings say.
        model: Name of the model it must belong to.
        root: Folder of adapters.

    Returns:
        The adapter.

    Raises:
        AdapterMissing: It is not installed, or belongs to another model.
    """
    matching = [one for one in installed(root) if wanted in (one.name, one.name.split("/")[0])]
    if not matching:
        raise AdapterMissing(adapter=wanted, why="it is not installed")
    if matching[-1].base != model:
        raise AdapterMissing(adapter=wanted, why=f"it belongs to {matching[-1].base}")
    return matching[-1]
