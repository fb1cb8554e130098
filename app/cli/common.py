"""Arguments that verbs share, and reading notes from files and standard input."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from app.errors import Unreadable
from app.notes import files as documents


def add_verb(verbs: Any, name: str, summary: str, handler: Any) -> argparse.ArgumentParser:  # noqa: ANN401
    """Add a verb with `--json` and its handler.

    Args:
        verbs: What `add_subparsers` gave; argparse has no public type for it.
        name: The verb.
        summary: One sentence.
        handler: Called with the parsed arguments and the core; gives the exit code.

    Returns:
        The verb's parser, for arguments of its own.
    """
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=summary, description=summary)
    parser.add_argument("--json", action="store_true", help="print the result as JSON on standard output")
    parser.set_defaults(handler=handler)
    return parser


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose model, adapter and device for one run."""
    parser.add_argument("--model", help="model of the catalogue, instead of the one in the settings")
    parser.add_argument("--adapter", help="auto, none, NAME or NAME/REVISION")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], help="where to run the model")


def read_files(names: list[str]) -> list[tuple[str, bytes]]:
    """Read notes.

    Args:
        names: File names; `-` is standard input. A folder stands for the notes in it in order of name.

    Returns:
        Names and contents.

    Raises:
        Unreadable: A file is missing or may not be read.
    """
    files: list[tuple[str, bytes]] = []
    for name in names:
        path = Path(name)
        try:
            if name == "-":
                files.append(("standard input", sys.stdin.buffer.read()))
            elif path.is_dir():
                inside = sorted(one for one in path.iterdir() if _is_note(one))
                if not inside:
                    raise Unreadable(name=name)
                files += [(one.name, one.read_bytes()) for one in inside]
            else:
                files.append((path.name, path.read_bytes()))
        except OSError as error:
            raise Unreadable(name=name) from error
    return files


def _is_note(path: Path) -> bool:
    # Word keeps "~$name.docx" beside a document that is open.
    return path.suffix.lower() in documents.SUFFIXES and not path.name.startswith(("~$", ".")) and path.is_file()
