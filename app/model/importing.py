"""Bringing a model in from a folder or a zip file: checked before it is copied, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from app.errors import DiskFull, ModelMissing, ModelUnsupported, NotWritable
from app.model import cache
from app.model.catalogue import SUPPORTED, ModelEntry

# Everything else is left behind: pickles and Python files could run code.
_KEPT = frozenset({".safetensors", ".json", ".jinja", ".txt", ".model", ".md"})
_NEEDED = ("config.json",)
_ROOM_TO_SPARE = 64 * 1024 * 1024


def import_model(source: Path, entry: ModelEntry | None, target_root: Path) -> Path:
    """Copy a model into a root of models.

    Args:
        source: Folder or zip file, as downloaded or with a manifest of ours.
        entry: Which model of the catalogue it is; None if the source's manifest tells.
        target_root: Where to put it, as `<model>/<revision>/`.

    Returns:
        The new folder. A revision that is there already is verified and left as it is.

    Raises:
        ModelMissing: The source lacks what a model needs.
        ModelAltered: A file differs from the source's own manifest.
        ModelUnsupported: No engine for its architecture, or it needs code of its own.
        DiskFull: No room; nothing was left behind.
        NotWritable: The target may not be written.
    """
    name = entry.name if entry else source.stem
    try:
        target_root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target_root, prefix=".importing-") as temporary:
            staged = Path(temporary) / "model"
            staged.mkdir()
            _stage(source, staged, name)
            return _adopt(staged, entry, target_root, name)
    except OSError as error:
        kind = DiskFull if error.errno == errno.ENOSPC else NotWritable
        raise kind(name=f"The model {name}") from error


def _stage(source: Path, staged: Path, name: str) -> None:
    if source.is_dir():
        files = [one for one in source.rglob("*") if one.is_file() and not one.is_symlink()]
        _need_room(sum(one.stat().st_size for one in files), staged, name)
        for file in files:
            _copy_if_kept(file, staged / file.relative_to(source))
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            _need_room(sum(one.file_size for one in members), staged, name)
            for member in members:
                _extract(archive, member, staged, name)
        _flatten(staged)
    else:
        raise ModelMissing(model=name, why="the source is neither a folder nor a zip file")


def _need_room(size: int, where: Path, name: str) -> None:
    if shutil.disk_usage(where).free < size + _ROOM_TO_SPARE:
        raise DiskFull(name=f"The model {name}")


def _copy_if_kept(file: Path, to: Path) -> None:
    if file.suffix.lower() in _KEPT:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, staged: Path, name: str) -> None:
    """Extract one file; the archive's directory is not trusted with paths or sizes."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise ModelMissing(model=name, why="the zip file names places outside itself")
    if path.suffix.lower() not in _KEPT:
        return
    to = staged.joinpath(*path.parts)
    to.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with archive.open(member) as source, to.open("wb") as target:
        while block := source.read(min(1 << 20, left + 1)):
            left -= len(block)
            if left < 0:
                raise ModelMissing(model=name, why="the zip file is larger inside than it says")
            target.write(block)


def _flatten(staged: Path) -> None:
    """A zip often holds one folder around everything: take its contents."""
    inside = list(staged.iterdir())
    if len(inside) == 1 and inside[0].is_dir():
        for one in inside[0].iterdir():
            one.rename(staged / one.name)
        inside[0].rmdir()


def _adopt(staged: Path, entry: ModelEntry | None, target_root: Path, name: str) -> Path:
    _refuse_unfit(staged, name)
    if (staged / cache.MANIFEST).exists():
        manifest = cache.verify(staged)
        if entry and manifest.model != entry.name:
            raise ModelUnsupported(model=name, why=f"its manifest says it is {manifest.model}")
    elif entry:
        manifest = cache.write_manifest(staged, model=entry.name, revision="pending", source={"kind": "import"})
        revision = entry.revision or manifest.sha256[:12]
        manifest = cache.write_manifest(staged, model=entry.name, revision=revision, source={"kind": "import"})
    else:
        raise ModelMissing(model=name, why="it has no manifest; say which model it is with --name")
    if not all(_is_plain(part) for part in (manifest.model, manifest.revision)):
        raise ModelUnsupported(model=name, why="its manifest names an odd folder")
    target = target_root / manifest.model / manifest.revision
    if target.exists():
        cache.verify(target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, target)  # noqa: PTH105 - a folder onto a name that is free
    return target


def _is_plain(part: str) -> bool:
    return bool(part) and part not in (".", "..") and all(one.isalnum() or one in "._-" for one in part)


def _refuse_unfit(staged: Path, name: str) -> None:
    for needed in _NEEDED:
        if not (staged / needed).exists():
            raise ModelMissing(model=name, why=f"the source has no {needed}")
    if not any(staged.glob("*.safetensors")):
        raise ModelMissing(model=name, why="the source has no .safetensors file")
    try:
        config = json.loads((staged / "config.json").read_text(encoding="utf-8"))
        architecture = str((config.get("architectures") or ["no architecture"])[0])
    except (ValueError, AttributeError, IndexError) as error:
        raise ModelMissing(model=name, why="its config.json cannot be read") from error
    if "auto_map" in config:
        raise ModelUnsupported(model=name, why="it needs program code of its own")
    if architecture not in SUPPORTED:
        raise ModelUnsupported(model=name, why=architecture)
