"""Model folders `<root>/<model>/<revision>/`: find them, and prove that every file is the one imported.

Each folder has a `manifest.json` with size and SHA-256 of its files. Loading always checks all hashes:
reading 270 MB takes 0.2 s, less than loading them; size and date alone would prove nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import disk, paths
from app.errors import ModelAltered, ModelMissing
from app.model.catalogue import ModelEntry

MANIFEST = "manifest.json"
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model folder must hold.

    Attributes:
        model: Name of the model.
        revision: Its revision.
        files: Relative name -> (SHA-256 in hex, bytes).
        sha256: Hash of the three above, the model hash in a draft's stamp. Where the files came from does
            not count: the same files are the same model.
    """

    model: str
    revision: str
    files: Mapping[str, tuple[str, int]]
    sha256: str


def folders() -> tuple[Path, ...]:
    """Roots that are searched for models, the program's own first."""
    return paths.bundled_models(), paths.machine_models(), paths.user_models()


def locate(entry: ModelEntry, roots: Sequence[Path]) -> Path:
    """Find the folder of a model.

    Args:
        entry: The model. Without a revision of its own, the newest imported one is taken.
        roots: Where to look, in order.

    Returns:
        A folder with a manifest; its files are not checked yet.

    Raises:
        ModelMissing: There is none.
    """
    for root in roots:
        found = [one.parent for one in sorted((root / entry.name).glob(f"*/{MANIFEST}"), key=_age)]
        matching = [one for one in found if entry.revision in ("", one.name)]
        if matching:
            return matching[-1]
    raise ModelMissing(model=entry.name, why="it was never imported")


def installed(entries: Sequence[ModelEntry], roots: Sequence[Path]) -> tuple[str, ...]:
    """Names of the models that `locate` finds."""
    return tuple(
        entry.name
        for entry in entries
        if any(one for root in roots for one in (root / entry.name).glob(f"*/{MANIFEST}"))
    )


def read_manifest(folder: Path) -> Manifest:
    """Read a folder's manifest.

    Raises:
        ModelMissing: There is none.
        ModelAltered: It is not a manifest.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ModelMissing(model=folder.parent.name, why="its manifest is not there") from error
    try:
        table = json.loads(data)
        files = {str(name): (str(one["sha256"]), int(one["bytes"])) for name, one in table["files"].items()}
        if table["schema"] != _SCHEMA or not files:
            raise ValueError("another schema")
        return _manifest(str(table["model"]), str(table["revision"]), files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelAltered(model=folder.parent.name, file=MANIFEST) from error


def verify(folder: Path) -> Manifest:
    """Check that a folder holds exactly the files of its manifest, byte for byte.

    Args:
        folder: A model or adapter folder.

    Returns:
        Its manifest.

    Raises:
        ModelMissing: The folder, the manifest or a file is not there.
        ModelAltered: A file differs, or one is there that the manifest does not name.
    """
    manifest = read_manifest(folder)
    there = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if not one.is_dir()} - {MANIFEST}
    for name in sorted(there - set(manifest.files)):
        raise ModelAltered(model=manifest.model, file=name)
    for name, (sha256, size) in manifest.files.items():
        file = folder / name
        if name not in there:
            raise ModelMissing(model=manifest.model, why=f"its file {name} is not there")
        if file.is_symlink() or file.stat().st_size != size or disk.sha256(file) != sha256:
            raise ModelAltered(model=manifest.model, file=name)
    return manifest


def write_manifest(folder: Path, *, model: str, revision: str, source: Mapping[str, Any]) -> Manifest:
    """Hash every file of a folder and write its manifest. For setup and import, never for loading.

    Args:
        folder: The folder.
        model: Name of the model.
        revision: Its revision.
        source: Where it came from: plain values.

    Returns:
        The manifest.
    """
    files = {
        one.relative_to(folder).as_posix(): {"sha256": disk.sha256(one), "bytes": one.stat().st_size}
        for one in sorted(folder.rglob("*"))
        if one.is_file() and one.name != MANIFEST
    }
    table = {"schema": _SCHEMA, "model": model, "revision": revision, "source": dict(source), "files": files}
    (folder / MANIFEST).write_text(json.dumps(table, indent=2, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    return read_manifest(folder)


def _manifest(model: str, revision: str, files: dict[str, tuple[str, int]]) -> Manifest:
    plain = json.dumps([model, revision, sorted(files.items())])
    return Manifest(model, revision, files, hashlib.sha256(plain.encode()).hexdigest())


def _age(manifest: Path) -> float:
    return manifest.stat().st_mtime
