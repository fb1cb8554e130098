"""Bringing models and adapters in, from a folder, a zip file or a bundle: checked, whole or not at all.

What is there already is never written to: another revision lies beside it, and the same one is left as it is.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.errors import (
    BundleUnusable,
    DiskFull,
    EpicrisisError,
    ImportNotUndone,
    ModelAltered,
    ModelMissing,
    ModelUnsupported,
    NotWritable,
    PolicyForbids,
)
from app.model import bundle, cache, fit, ledger
from app.model.bundle import Bundle, Kind, Part
from app.model.catalogue import SUPPORTED, ModelEntry
from app.settings.options import allows

_NEEDED = ("config.json",)
_ROOM_TO_SPARE = 64 * 1024 * 1024
_STAGING, _REMOVED = ".importing-", ".removed-"
_LOCK = "imports.lock"


@dataclass(frozen=True, slots=True)
class Target:
    """Where imports go: of this user, or of the machine.

    Attributes:
        models: Root of models.
        adapters: Root of adapters.
    """

    models: Path
    adapters: Path

    @property
    def root(self) -> Path:
        """Folder of the ledger."""
        return self.models.parent

    def folder(self, part: Part) -> Path:
        """Where a part of a bundle comes to lie."""
        return (self.models if part.kind == "model" else self.adapters) / part.name / part.revision


def import_model(source: Path, entry: ModelEntry | None, target_root: Path, *, allowed: Sequence[str] = ()) -> Path:
    """Copy a model into a root of models.

    Args:
        source: Folder or zip file, as downloaded or with a manifest of ours.
        entry: Which model of the catalogue it is; None if the source's manifest tells.
        target_root: Where to put it, as `<model>/<revision>/`.
        allowed: Names of models that policy allows; empty for all.

    Returns:
        The new folder. A revision that is there already is verified and left as it is; a damaged one is replaced.

    Raises:
        ModelMissing: The source lacks what a model needs.
        ModelAltered: A file differs from the source's own manifest.
        ModelUnsupported: No engine for its architecture, or it needs code of its own.
        NeedsFullPackage: The engine for it is not in this package of the program.
        BundleUnusable: Another model of this name and revision is there.
        PolicyForbids: Policy does not allow it.
        DiskFull: No room; nothing was left behind.
        NotWritable: The target may not be written.
    """
    name = entry.name if entry else source.stem
    target = Target(target_root, target_root.parent / "adapters")
    with _alone(target, f"The model {name}"), _staging(target_root) as staging:
        staged = staging / "model"
        staged.mkdir()
        _stage(source, staged, name)
        folder = _identified(staged, entry, target_root, name)
        if not allows(allowed, folder.parent.name):
            raise PolicyForbids(what=f"the model {folder.parent.name}", setting="allowed_models")
        _adopt([(staged, folder)], target, source.name, "")
    return folder


def import_bundle(
    source: Bundle, target: Target, *, fingerprint: str = "", is_allowed: Callable[[Kind, str], bool]
) -> tuple[Path, ...]:
    """Bring in what a bundle holds: all of it or nothing.

    Args:
        source: The bundle, as `bundle.read` gave it.
        target: Where to put it.
        fingerprint: What the fingerprint must be, as printed where the bundle was made; empty where nobody says.
        is_allowed: Whether policy allows a part, by its kind and `name/revision`.

    Returns:
        The folders of its parts. What is there already is verified and left as it is; a damaged one is replaced.

    Raises:
        BundleUnusable: It is not the bundle it should be, not allowed, or not fit to be used.
        ModelUnsupported: No engine for the architecture of a model.
        NeedsFullPackage: The engine for a part is not in this package of the program.
        DiskFull: No room; nothing was left behind.
        NotWritable: The target may not be written.
    """
    name = source.file.name
    if fingerprint and fingerprint.strip().casefold() != source.fingerprint:
        raise BundleUnusable(name=name, why="its fingerprint is another one than you gave")
    for part in source.parts:
        if not is_allowed(part.kind, f"{part.name}/{part.revision}"):
            raise BundleUnusable(name=name, why=f"your IT department does not allow {part.name}")
    with _alone(target, name):
        _need_room(source.size, target.root, name)
        bundle.prove(source)
        with _staging(target.models) as staging:  # for adapters too: nobody looks for models that deep
            moves = []
            for part in source.parts:
                staged = staging / f"{part.kind}-{part.name}-{part.revision}"
                bundle.unpack(source, part, staged)
                _refuse_false(staged, part, name)
                moves.append((staged, target.folder(part)))
            _adopt(moves, target, name, source.fingerprint)
    return tuple(target.folder(part) for part in source.parts)


def undo(target: Target, still_runs: Callable[[], object]) -> tuple[str, ...]:
    """Take back the last import that added something.

    Args:
        target: Where it went.
        still_runs: Called when its folders are out of sight; raises EpicrisisError where what the settings name cannot
            be found any more. Then they are put back.

    Returns:
        What was removed, as `models/<name>/<revision>`.

    Raises:
        ImportNotUndone: Nothing was imported, or the settings name it.
        NotWritable: The folder may not be written.
    """
    with _alone(target, "The folder of models"):
        imports = ledger.read(target.root)
        if not imports:
            raise ImportNotUndone(why="nothing was imported here")
        aside: list[tuple[Path, Path]] = []
        ran = _runs(still_runs)
        try:
            for place in imports[-1].added:
                folder = target.root / place
                if folder.exists():
                    hidden = folder.parent.parent / f"{_REMOVED}{folder.parent.name}-{folder.name}"
                    folder.rename(hidden)
                    aside.append((hidden, folder))
            if ran and not _runs(still_runs):
                raise ImportNotUndone(why="your settings name what it brought, so choose another model or adapter")
            ledger.write(target.root, imports[:-1])
        except BaseException:
            for hidden, folder in aside:
                hidden.rename(folder)
            raise
        for hidden, folder in aside:
            shutil.rmtree(hidden, ignore_errors=True)
            with contextlib.suppress(OSError):
                folder.parent.rmdir()  # only where no other revision is left
    return imports[-1].added


def _runs(look: Callable[[], object]) -> bool:
    try:
        look()
    except EpicrisisError:
        return False
    return True


@contextlib.contextmanager
def _alone(target: Target, name: str) -> Iterator[None]:
    """One import at a time; what a killed one left behind goes first. Errors of the disk become sentences."""
    from filelock import FileLock, Timeout  # loads asyncio, which other verbs start without

    try:
        target.models.mkdir(parents=True, exist_ok=True)
        with FileLock(target.root / _LOCK, timeout=0):
            for root in (target.models, target.adapters):
                for left in (*root.glob(f"{_STAGING}*"), *root.glob(f"{_REMOVED}*")):
                    shutil.rmtree(left, ignore_errors=True)
            yield
    except Timeout as error:
        raise NotWritable(name=f"{name} (another import is at work)") from error
    except OSError as error:
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else NotWritable
        raise kind(name=name) from error


@contextlib.contextmanager
def _staging(root: Path) -> Iterator[Path]:
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=_STAGING) as temporary:
        Path(temporary).chmod(0o755)  # what the machine imports, every user reads
        yield Path(temporary)


def _adopt(moves: Sequence[tuple[Path, Path]], target: Target, source: str, fingerprint: str) -> None:
    """Put staged folders in their places. The ledger goes first, so that nothing is here that cannot be undone."""
    fresh = [(staged, folder) for staged, folder in moves if not _is_there(staged, folder, source)]
    added = tuple(folder.relative_to(target.root).as_posix() for _, folder in fresh)
    if not added:
        return
    before = ledger.read(target.root)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    ledger.write(target.root, [*before, ledger.Import(now, source, fingerprint, added)])
    done: list[Path] = []
    try:
        for staged, folder in fresh:
            folder.parent.mkdir(parents=True, exist_ok=True)
            if folder.exists():  # damaged: out of the way first, for a folder is not replaced in one step
                folder.rename(staged.with_name(f"damaged-{staged.name}"))
            os.replace(staged, folder)  # noqa: PTH105 - a folder onto a name that is free
            done.append(folder)
    except OSError:
        for folder in done:
            shutil.rmtree(folder, ignore_errors=True)
        ledger.write(target.root, before)
        raise


def _is_there(staged: Path, folder: Path, source: str) -> bool:
    """Whether the very same files are there and intact; never takes the place of other ones."""
    if not folder.exists():
        return False
    wanted = cache.read_manifest(staged)
    try:
        there = cache.verify(folder)
    except (ModelAltered, ModelMissing):
        return False
    if there.sha256 != wanted.sha256:
        why = f"{wanted.model}/{wanted.revision} is here already with other files; give the new one another revision"
        raise BundleUnusable(name=source, why=why)
    return True


def _refuse_false(staged: Path, part: Part, name: str) -> None:
    """A part must be what its place in the bundle says, and of a kind that can be used."""
    try:
        manifest = cache.verify(staged)
    except (ModelAltered, ModelMissing) as error:
        raise BundleUnusable(name=name, why=f"{part.name} is not as its {cache.MANIFEST} says") from error
    if (manifest.model, manifest.revision) != (part.name, part.revision):
        raise BundleUnusable(name=name, why=f"its {cache.MANIFEST} is of {manifest.model}, not of {part.name}")
    if part.kind == "model":
        _refuse_unfit(staged, part.name)
        return
    try:
        base = str(json.loads((staged / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleUnusable(name=name, why=f"{part.name} is no adapter") from error
    if not base or not (staged / "adapter_model.safetensors").exists():
        raise BundleUnusable(name=name, why=f"{part.name} is no adapter")
    fit.refuse_adapter(base, staged)


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
        raise ModelMissing(model=name, why="the source is neither a folder nor a zip file that is whole")
    if any(staged.glob("*.safetensors")):  # publishers put other forms of the same weights beside them
        for file in staged.rglob("*.gguf"):
            file.unlink()


def _need_room(size: int, where: Path, name: str) -> None:
    if shutil.disk_usage(where).free < size + _ROOM_TO_SPARE:
        raise DiskFull(name=f"The model {name}")


def _copy_if_kept(file: Path, to: Path) -> None:
    if file.suffix.lower() in bundle.KEPT:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, staged: Path, name: str) -> None:
    """Extract one file; the archive's directory is not trusted with paths or sizes."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise ModelMissing(model=name, why="the zip file names places outside itself")
    if path.suffix.lower() not in bundle.KEPT:
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


def _identified(staged: Path, entry: ModelEntry | None, target_root: Path, name: str) -> Path:
    """Where a staged model belongs: by its manifest, which is written here where the source has none."""
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
    if not all(bundle.is_plain(part) for part in (manifest.model, manifest.revision)):
        raise ModelUnsupported(model=name, why="its manifest names an odd folder")
    return target_root / manifest.model / manifest.revision


def _refuse_unfit(staged: Path, name: str) -> None:
    for needed in _NEEDED:
        if not (staged / needed).exists():
            raise ModelMissing(model=name, why=f"the source has no {needed}")
    is_gguf = any(staged.glob("*.gguf"))
    if not is_gguf and not any(staged.glob("*.safetensors")):
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
    if is_gguf:
        from app.model.engine_gguf import Gguf  # loads NumPy, which other imports go without

        Gguf(staged, name)
    fit.refuse_model(name, staged)
