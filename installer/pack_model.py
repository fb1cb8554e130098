"""Make a bundle of models and adapters for machines without a network: ``python -m installer.pack_model --help``.

Run it where there is a network, carry the one file over, and there: ``epicrisis models import FILE --fingerprint ...``.
The fingerprint that is printed here names every byte of the bundle: send it by another way than the file.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app import paths
from app.errors import EpicrisisError, ModelMissing
from app.model import adapters, bundle, cache, catalogue, importing
from app.model.bundle import Bundle, Kind
from app.model.catalogue import ModelEntry

_PATTERNS = [f"*{suffix}" for suffix in sorted(bundle.KEPT - {".gguf"})] + ["LICENSE*", "LICENCE*"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a bundle and print its fingerprint.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        0, or the exit code of the error that was told on stderr.
    """
    parser = argparse.ArgumentParser(prog="python -m installer.pack_model", description=__doc__)
    parser.add_argument(
        "--model", help="a model of the catalogue; the installed one unless --from or --download is given"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--from", dest="source", type=Path, help="folder of the model as its publisher gives it")
    where.add_argument("--download", action="store_true", help="get it from the Hugging Face hub")
    parser.add_argument("--revision", help="of the model on the hub; by default its newest")
    parser.add_argument("--licence", type=Path, help="its licence as a text file, where the model comes without one")
    parser.add_argument("--adapter", action="append", default=[], help="NAME or NAME/REVISION; may be repeated")
    parser.add_argument("-o", "--output", type=Path, help=f"the file to write, by default NAME{bundle.SUFFIX}")
    args = parser.parse_args(arguments)
    if not (args.model or args.adapter):
        parser.error("give --model, --adapter or both")
    try:
        made = pack(args)
    except EpicrisisError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"The bundle was not written: {error.strerror or type(error).__name__}.", file=sys.stderr)
        return 1
    for part in made.parts:
        print(f"{part.kind} {part.name}, revision {part.revision}, {len(part.files)} files")
    print(f"{made.file.name}: {made.file.stat().st_size / 1e6:.1f} MB\nFingerprint: {made.fingerprint}")
    print(f"On the other machine: epicrisis models import {made.file.name} --fingerprint {made.fingerprint}")
    return 0


def pack(args: argparse.Namespace) -> Bundle:
    """Gather the parts and write the bundle.

    Args:
        args: As `main` parses them.

    Raises:
        EpicrisisError: A part is not there, not whole or without a licence.
    """
    entries = catalogue.read(paths.resources() / "models.toml")
    output: Path = args.output or Path(f"{args.model or args.adapter[0].split('/')[0]}{bundle.SUFFIX}")
    with tempfile.TemporaryDirectory(dir=output.resolve().parent, prefix=".packing-") as temporary:
        parts: list[tuple[Kind, Path]] = []
        if args.model:
            parts.append(("model", _model(catalogue.find(entries, args.model), args, Path(temporary))))
        parts += [("adapter", _adapter(name)) for name in args.adapter]
        return bundle.write(parts, output)


def _model(entry: ModelEntry, args: argparse.Namespace, work: Path) -> Path:
    """The folder of a model with manifest and licence."""
    if args.source is None and not args.download and args.licence is None:
        return cache.locate(entry, cache.folders())
    source = work / "source"
    if args.download:
        _download(entry, args.revision, source)
    else:
        found = args.source or cache.locate(entry, cache.folders())
        if not found.is_dir():
            raise ModelMissing(model=entry.name, why="the folder it should come from is not there")
        shutil.copytree(found, source, ignore=shutil.ignore_patterns(cache.MANIFEST, ".*"))
    for file in source.rglob("*"):  # publishers leave the suffix out
        if file.is_file() and not file.suffix and file.name.upper().startswith(("LICENSE", "LICENCE")):
            file.rename(file.with_name(f"{file.name}.txt"))
    if args.licence:
        shutil.copyfile(args.licence, source / "LICENSE.txt")
    return importing.import_model(source, entry, work / "models")


def _download(entry: ModelEntry, revision: str | None, to: Path) -> None:
    from huggingface_hub import snapshot_download  # network code, for --download only

    print(f"Downloading {entry.repository}, about {entry.download_mb} MB.")
    snapshot_download(entry.repository, revision=revision, allow_patterns=_PATTERNS, local_dir=to)
    shutil.rmtree(to / ".cache", ignore_errors=True)


def _adapter(name: str) -> Path:
    matching = [one for one in adapters.installed(*adapters.folders()) if name in (one.name, one.family)]
    if not matching:
        raise ModelMissing(model=name, why="there is no adapter of this name")
    return matching[-1].folder


if __name__ == "__main__":
    sys.exit(main())
