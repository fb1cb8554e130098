"""The command line: verbs, exit codes, and plain words on stderr when something is wrong.

Exit codes: 0 done, 1 could not write, 2 usage or settings, 3 unusable input, 4 model, 5 history or key,
6 blocked by a finding, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.cli import batch, checking, drafting, history, models, policy, selftest
from app.core import Core
from app.errors import EpicrisisError, ProgramFault

Build = Callable[[Mapping[str, Any]], Core]


def main(arguments: Sequence[str], build: Build) -> int:
    """Parse, run, and turn errors into sentences.

    Args:
        arguments: Words after the program's name.
        build: Makes the core from the settings given on the command line.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may default to a code page without CJK
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _parser()
    args = parser.parse_args(arguments)
    if not hasattr(args, "handler"):
        parser.print_help()
        return 2
    overrides = {name: value for name in ("model", "adapter", "device") if (value := getattr(args, name, None))}
    try:
        return int(args.handler(args, build(overrides)))
    except EpicrisisError as error:
        _tell(error, as_json=args.json)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped. Nothing was changed.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:  # noqa: BLE001 - the edge: a traceback may quote a note
        frame = traceback.extract_tb(error.__traceback__)[-1]
        fault = ProgramFault(kind=type(error).__name__, where=f"{Path(frame.filename).name}:{frame.lineno}")
        _tell(fault, as_json=args.json)
        return fault.exit_code


def _tell(error: EpicrisisError, *, as_json: bool) -> None:
    print(str(error), file=sys.stderr)
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": str(error)}}, ensure_ascii=False))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="epicrisis",
        description="Draft and check clinical text, offline. Every draft needs a doctor's eyes before it is used.",
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    for module in (drafting, checking, batch, history, models, policy, selftest):
        module.add_verbs(verbs)
    return parser
