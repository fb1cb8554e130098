"""Bundles for machines without a network: one zip file of models and adapters, every byte of it named by hash.

Inside: `bundle.json`, and `models/<name>/<revision>/...`, `adapters/<name>/<revision>/...` with their manifests.
`bundle.json` names the SHA-256 and size of each other file; its own SHA-256 is the bundle's fingerprint, which IT
compares with the one that was printed where the bundle was made. Nothing in a bundle is trusted before that holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from app import disk
from app.errors import BundleUnusable
from app.model import cache

SUFFIX = ".bundle"
INDEX = "bundle.json"
# Everything else stays out: pickles and Python files could run code.
KEPT = frozenset({".safetensors", ".gguf", ".json", ".jinja", ".txt", ".model", ".md"})
_SCHEMA = 1
_LONGEST_INDEX = 1024 * 1024
_MOST_FILES = 2000
_BLOCK = 1024 * 1024
_LICENCES = ("LICENSE", "LICENCE", "COPYING", "TERMS")
# What zipfile raises for files that are damaged or made to harm.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError)

Kind = Literal["model", "adapter"]
_FOLDERS: Mapping[str, Kind] = {"models": "model", "adapters": "adapter"}


@dataclass(frozen=True, slots=True)
class Part:
    """One model or adapter of a bundle.

    Attributes:
        kind: Which of the two.
        name: Its name.
        revision: Its revision.
        files: Names of its files in the bundle.
    """

    kind: Kind
    name: str
    revision: str
    files: tuple[str, ...]

    @property
    def place(self) -> str:
        """Folder of the part in the bundle."""
        return f"{self.kind}s/{self.name}/{self.revision}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose directory was read; its files are not proved yet.

    Attributes:
        file: The zip file.
        fingerprint: SHA-256 of its index, in hex.
        files: Name -> (SHA-256 in hex, bytes).
        parts: What it brings.
    """

    file: Path
    fingerprint: str
    files: Mapping[str, tuple[str, int]]
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of its files when they are unpacked."""
        return sum(size for _, size in self.files.values())


def is_bundle(source: Path) -> bool:
    """Whether a file claims to be a bundle: by its suffix, or by its index."""
    if source.is_dir():
        return False
    if source.suffix == SUFFIX:
        return True
    try:
        with zipfile.ZipFile(source) as archive:
            return INDEX in archive.namelist()
    except (OSError, *_BROKEN):
        return False


def read(file: Path) -> Bundle:
    """Read the index and compare it with the zip file's directory.

    Args:
        file: The bundle.

    Returns:
        What it says it holds: plain names, no links, nothing that the index does not name, sizes that agree.

    Raises:
        BundleUnusable: It cannot be what `write` made.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > _MOST_FILES:
                raise _refuse(file, "it names more files than a model has")
            for one in members:
                _refuse_odd(one, file)
            sizes = {one.filename: one.file_size for one in members}
            if len({name.casefold() for name in sizes}) != len(members):
                raise _refuse(file, "it names a file twice")
            if sizes.pop(INDEX, _LONGEST_INDEX + 1) > _LONGEST_INDEX:
                raise _refuse(file, f"its {INDEX} is missing or too long")
            data = _block(archive, INDEX, _LONGEST_INDEX, file)
    except OSError as error:
        raise _refuse(file, "it cannot be read") from error
    except _BROKEN as error:
        raise _refuse(file, "it is cut short or damaged, or no bundle") from error
    files = _index(data, file)
    for name in sorted(files.keys() ^ sizes.keys()):
        raise _refuse(file, f"{PurePosixPath(name).name} is in one of its two lists only")
    for name, (_, size) in files.items():
        if sizes[name] != size:
            raise _refuse(file, f"{PurePosixPath(name).name} has another size than its index says")
    return Bundle(file, hashlib.sha256(data).hexdigest(), files, _parts(files, file))


def prove(bundle: Bundle) -> None:
    """Read every file and compare its hash; nothing is written.

    Raises:
        BundleUnusable: A file is not the one that the index names.
    """
    _walk(bundle, None, bundle.files)


def unpack(bundle: Bundle, part: Part, to: Path) -> None:
    """Write the files of one part, hashed once more on the way.

    Args:
        bundle: A proved bundle.
        part: One of its parts.
        to: Its folder; made if it is missing.

    Raises:
        BundleUnusable: The file changed since it was proved.
        OSError: It cannot be written.
    """
    _walk(bundle, (part.place, to), {name: bundle.files[name] for name in part.files})


def write(parts: Sequence[tuple[Kind, Path]], file: Path) -> Bundle:
    """Make a bundle. The same folders always give the same bytes.

    Args:
        parts: Kind and folder of each model and adapter, with a manifest; they are verified first.
        file: Where to write it; there whole or not at all.

    Returns:
        The bundle, read back and proved.

    Raises:
        ModelError: A folder is not as its manifest says.
        BundleUnusable: A model comes without its licence, or has names that no bundle may hold.
    """
    sources: dict[str, Path] = {}
    for kind, folder in parts:
        manifest = cache.verify(folder)
        place = f"{kind}s/{manifest.model}/{manifest.revision}"
        sources |= {f"{place}/{name}": folder / name for name in (*manifest.files, cache.MANIFEST)}
    files = {
        name: {"sha256": disk.sha256(path), "bytes": path.stat().st_size} for name, path in sorted(sources.items())
    }
    index = json.dumps({"schema": _SCHEMA, "files": files}, indent=1, sort_keys=True).encode("utf-8") + b"\n"
    temporary = file.with_name(f".{file.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_entry(INDEX), index)
            for name, path in sorted(sources.items()):
                with path.open("rb") as source, archive.open(_entry(name), "w", force_zip64=True) as target:
                    while block := source.read(_BLOCK):
                        target.write(block)
        made = read(temporary)
        prove(made)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return Bundle(file, made.fingerprint, made.files, made.parts)


def is_plain(part: str) -> bool:
    """Whether a name is one folder or file on every system, and never a way out of its folder."""
    return bool(part) and part[0] not in ".-" and all(one.isalnum() or one in "._-" for one in part)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # so that the bytes do not depend on the system
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def _refuse(file: Path, why: str) -> BundleUnusable:
    return BundleUnusable(name=file.name, why=why)


def _refuse_odd(member: zipfile.ZipInfo, file: Path) -> None:
    """The zip file's directory is not trusted with paths or kinds."""
    name = member.filename
    path = PurePosixPath(name)
    if "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts:
        raise _refuse(file, "it names places outside itself")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or member.is_dir():
        raise _refuse(file, "it holds a link or something else that is no plain file")
    if member.flag_bits & 0x1:
        raise _refuse(file, "it is encrypted")
    if name != INDEX and (not all(is_plain(one) for one in path.parts) or path.suffix.lower() not in KEPT):
        raise _refuse(file, "it holds a file of a kind that no model needs")


def _index(data: bytes, file: Path) -> dict[str, tuple[str, int]]:
    try:
        table: dict[str, Any] = json.loads(data)
        if table["schema"] != _SCHEMA:
            raise _refuse(file, "it was made for another version of this program")
        files = {str(name): (str(one["sha256"]), int(one["bytes"])) for name, one in table["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refuse(file, f"its {INDEX} is none") from error
    if not files or any(size < 0 for _, size in files.values()):
        raise _refuse(file, f"its {INDEX} is none")
    return files


def _parts(files: Mapping[str, tuple[str, int]], file: Path) -> tuple[Part, ...]:
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for name in sorted(files):
        folder, _, rest = name.partition("/")
        words = rest.split("/")
        if folder not in _FOLDERS or len(words) < 3:
            raise _refuse(file, "its files do not lie as those of a bundle do")
        grouped.setdefault((folder, words[0], words[1]), []).append(name)
    parts = tuple(Part(_FOLDERS[one[0]], one[1], one[2], tuple(names)) for one, names in grouped.items())
    for part in parts:
        if f"{part.place}/{cache.MANIFEST}" not in part.files:
            raise _refuse(file, f"{part.name} comes without its {cache.MANIFEST}")
        if part.kind == "model" and not any(_is_licence(name) for name in part.files):
            raise _refuse(file, f"{part.name} comes without its licence")
    return parts


def _is_licence(name: str) -> bool:
    return PurePosixPath(name).name.upper().startswith(_LICENCES)


def _walk(bundle: Bundle, to: tuple[str, Path] | None, files: Mapping[str, tuple[str, int]]) -> None:
    """Hash files of a bundle and, where asked to, write them."""
    try:
        with zipfile.ZipFile(bundle.file) as archive:
            for name, (wanted, size) in files.items():
                target = None if to is None else to[1].joinpath(*PurePosixPath(name).relative_to(to[0]).parts)
                if _hashed(archive, name, size, target, bundle.file) != wanted:
                    raise _refuse(bundle.file, f"{PurePosixPath(name).name} is not the one that was packed")
    except _BROKEN as error:
        raise _refuse(bundle.file, "it is cut short or damaged, or no bundle") from error
    except OSError as error:
        if to is not None:  # of the disk that is written to; the file itself was read a moment ago
            raise
        raise _refuse(bundle.file, "it cannot be read") from error


def _hashed(archive: zipfile.ZipFile, name: str, size: int, target: Path | None, file: Path) -> str:
    digest, left = hashlib.sha256(), size
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, (target or Path(os.devnull)).open("wb") as out:
        while block := source.read(min(_BLOCK, left + 1)):
            left -= len(block)
            if left < 0:
                raise _refuse(file, f"{PurePosixPath(name).name} is larger inside than it says")
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def _block(archive: zipfile.ZipFile, name: str, most: int, file: Path) -> bytes:
    with archive.open(name) as source:
        data = source.read(most + 1)
    if len(data) > most:
        raise _refuse(file, f"{name} is larger inside than it says")
    return data
