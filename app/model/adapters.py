"""LoRA adapters `<root>/<name>/<revision>/`: find them, and choose the one that fits the model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import paths
from app.errors import AdapterMissing, PolicyForbids
from app.model import cache
from app.settings.options import allows

AUTO, NONE = "auto", "none"
PROVENANCE = "provenance.json"


@dataclass(frozen=True, slots=True)
class Adapter:
    """An installed adapter.

    Attributes:
        name: `name/revision`.
        folder: Its folder, with manifest.
        sha256: Hash of its manifest.
        base: Name of the model it belongs to.
        summary: What was measured of it, in words; empty where its makers said nothing.
    """

    name: str
    folder: Path
    sha256: str
    base: str
    summary: str = ""

    @property
    def family(self) -> str:
        """The name without the revision."""
        return self.name.split("/")[0]


def folders() -> tuple[Path, ...]:
    """Roots that are searched for adapters: the program's own, the machine's, the user's."""
    own = paths.resources(), paths.machine_models().parent, paths.user_data()
    return tuple(one / "adapters" for one in own)


def installed(*roots: Path) -> tuple[Adapter, ...]:
    """List adapters, newest revision of each name last.

    Args:
        roots: Folders of adapters. They need not exist.

    Returns:
        Adapters with a readable manifest, by name and revision; of equals the first root's.
    """
    found: dict[str, Adapter] = {}
    for config in (one for root in roots for one in root.glob("*/*/adapter_config.json")):
        folder = config.parent
        manifest = cache.read_manifest(folder)
        base = str(_table(config).get("base_model_name_or_path", ""))
        name = f"{folder.parent.name}/{folder.name}"
        summary = str(_table(folder / PROVENANCE).get("summary", ""))
        found.setdefault(name, Adapter(name, folder, manifest.sha256, base, summary))
    return tuple(found[name] for name in sorted(found))


def locate(wanted: str, model: str, *roots: Path) -> Adapter:
    """Find an adapter by `name` (its newest revision) or `name/revision`.

    Args:
        wanted: What the settings say.
        model: Name of the model it must belong to.
        roots: Folders of adapters.

    Returns:
        The adapter.

    Raises:
        AdapterMissing: It is not installed, or belongs to another model.
    """
    matching = [one for one in installed(*roots) if wanted in (one.name, one.family)]
    if not matching:
        raise AdapterMissing(adapter=wanted, why="it is not installed")
    if matching[-1].base != model:
        raise AdapterMissing(adapter=wanted, why=f"it belongs to {matching[-1].base}")
    return matching[-1]


def choose(wanted: str, model: str, *roots: Path, allowed: Sequence[str] = ()) -> Adapter | None:
    """The adapter in force for a setting.

    Args:
        wanted: `auto` takes the program's own adapter for the model, if there is one; `none` or nothing
            takes none; else a name as in `locate`.
        model: Name of the model.
        roots: Folders of adapters; `auto` looks in the first only, so that nothing dropped into another
            folder comes into use by itself.
        allowed: Names that policy allows, each as `name` or `name/revision`; empty for all.

    Raises:
        AdapterMissing: See `locate`.
        PolicyForbids: The one that was asked for by name is not allowed.
    """
    if wanted in ("", NONE):
        return None
    if wanted == AUTO:
        fitting = [one for one in installed(*roots[:1]) if one.base == model and allows(allowed, one.name)]
        return fitting[-1] if fitting else None
    found = locate(wanted, model, *roots)
    if not allows(allowed, found.name):
        raise PolicyForbids(what=f"the adapter {found.name}", setting="allowed_adapters")
    return found


def before(current: Adapter, *roots: Path) -> Adapter:
    """The revision before one, to roll back to.

    Raises:
        AdapterMissing: There is none.
    """
    older = [one for one in installed(*roots) if one.family == current.family and one.name < current.name]
    if not older:
        raise AdapterMissing(adapter=current.family, why="no revision before this one is installed")
    return older[-1]


def _table(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}
