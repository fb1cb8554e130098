"""What the verbs `history ...` share: opening the history, asking before what cannot be undone, showing results.

SQLAlchemy and the cipher load inside the functions: other verbs must start without them.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.common import add_verb
from app.core import Core
from app.errors import KeyringUnusable, SetupError, Unreadable

if TYPE_CHECKING:
    from app.history.store import History
    from app.history.vault import Vault

Handler = Callable[[argparse.Namespace, Core], int]
OLDER_BACKUPS = "Backups made before still hold the text: delete those that you may not keep."


def verb(inner: Any, name: str, summary: str, handler: Handler) -> argparse.ArgumentParser:  # noqa: ANN401
    """Add a verb below `history`; see `add_verb`."""
    parser = add_verb(inner, name, summary, handler)
    parser.add_argument(
        "--code-file", help="file with the recovery code or passphrase; never put it on the command line"
    )
    return parser


@contextlib.contextmanager
def opened(core: Core, code_file: str | None = None) -> Iterator[tuple[Vault, History]]:
    """Open the history with the keyring, else with the recovery code.

    Args:
        core: The core.
        code_file: File with the code; None to ask on the terminal where the keyring cannot help.

    Yields:
        The vault and the open history; closed afterwards.

    Raises:
        HistoryError: It does not open.
    """
    vault = core.open_vault()
    try:
        if code_file:
            history = vault.open_with_code(read_code(code_file))
        else:
            try:
                history = vault.open()
            except KeyringUnusable as error:
                if not sys.stdin.isatty():
                    raise
                print(error, file=sys.stderr)
                history = vault.open_with_code(getpass.getpass("Recovery code: "))
        if history.rolled_back is not None:
            print(history.rolled_back, file=sys.stderr)
        _sweep(vault, core.settings.options.retention_days)
        yield vault, history
    finally:
        vault.close()


def _sweep(vault: Vault, days: int) -> None:
    """Let retention do what policy wants, and say on standard error what it did."""
    from app.history import retention

    swept = retention.sweep(vault, days)
    if swept.doubt is not None:
        print(swept.doubt, file=sys.stderr)
    if swept.purged or swept.copies:
        print(
            f"By the rule of {days} days, {len(swept.purged)} cases lost their content and {swept.copies} copies from "
            f"before updates were removed. {OLDER_BACKUPS}",
            file=sys.stderr,
        )


def read_code(file: str) -> str:
    """Read a recovery code or passphrase from a file.

    Raises:
        Unreadable: It is missing or no text.
    """
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(name=Path(file).name) from error


def refuse_without_terminal(args: argparse.Namespace, name: str) -> None:
    """Make sure that somebody can be asked, or that `--yes` was given.

    Raises:
        SetupError: Neither.
    """
    if not args.yes and not sys.stdin.isatty():
        raise SetupError(name=name, why="there is no terminal to ask on; give --yes")


def is_agreed(args: argparse.Namespace, words: str) -> bool:
    """Say what will happen and ask; `--yes` answers. Standard output stays free for the result."""
    print(words, file=sys.stderr)
    if args.yes:
        return True
    print("Go on? Type yes: ", end="", file=sys.stderr, flush=True)
    with contextlib.suppress(EOFError):
        return input().strip().lower() == "yes"
    return False


def answer(args: argparse.Namespace, value: Any, lines: list[str]) -> int:  # noqa: ANN401 - plain values
    """Print a result, as JSON or as lines; gives the exit code."""
    print(json.dumps(value, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0
