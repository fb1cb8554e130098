"""The verbs that remove for good, and the word that retention waits for: `history purge`, `history confirm-clock`."""

from __future__ import annotations

import argparse
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.cli import opening
from app.core import Core
from app.errors import SetupError

if TYPE_CHECKING:
    from app.history import retention


def add_verbs(inner: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verbs of this module below `history`."""
    purge = opening.verb(inner, "purge", "Remove the content of a case, or of all older ones; the trace stays.", _purge)
    purge.add_argument("case", nargs="?")
    purge.add_argument("--older-than", type=int, metavar="DAYS")
    confirm = opening.verb(inner, "confirm-clock", "Say that the computer's date is right, after it jumped.", _confirm)
    for one in (purge, confirm):
        one.add_argument("--yes", action="store_true", help="do not ask")


def _purge(args: argparse.Namespace, core: Core) -> int:
    from app.history import backup, retention
    from app.history.vault import BEFORE_MIGRATION

    if (args.case is None) == (args.older_than is None):
        raise SetupError(name="purge", why="name one case, or give --older-than DAYS")
    opening.refuse_without_terminal(args, "purge")
    purged: tuple[str, ...] = ()
    copies = 0
    with opening.opened(core, args.code_file) as (vault, history):
        if history.rolled_back is not None:
            raise history.rolled_back
        now = time.time()
        # Who is asked sees the date and the days of the cases; nobody does where `--yes` stands in a script.
        if args.yes and args.older_than and (doubt := retention.doubted(history, args.older_than, now)) is not None:
            raise doubt
        cases = (args.case,) if args.case else retention.older_than(history, args.older_than, now)
        found = retention.removal(history, cases)
        if found.cases and opening.is_agreed(args, _words(found)):
            if args.case:
                retention.purge_case(history, args.case, "asked")
            else:
                retention.purge_older_than(history, args.older_than, now)
            purged = found.cases
        if args.older_than and (purged or not found.cases):
            copies = retention.remove_copies(vault, history, args.older_than, now)
        left = len(backup.copies(vault.folder))
    lines = [f"{len(purged)} cases lost their content; their trace stays."]
    if purged:
        lines.append(opening.OLDER_BACKUPS)
    if copies:
        lines.append(f"{copies} copies from before updates, as old, were removed too.")
    if left:
        lines.append(f"{left} newer copies from before updates stay in {BEFORE_MIGRATION} beside the history.")
    return opening.answer(args, {"purged": purged, "copies_removed": copies, "copies_left": left}, lines)


def _words(found: retention.Removal) -> str:
    days = found.first if found.first == found.last else f"{found.first} to {found.last}"
    return (
        f"By this computer it is {_today()}. This removes for good the content of {len(found.cases)} cases, made "
        f"{days}: {found.documents} documents and {found.drafts} drafts, {found.signed} of them signed. Only hashes "
        "and times stay."
    )


def _today() -> str:
    return f"{datetime.fromtimestamp(time.time()).astimezone():%Y-%m-%d %H:%M}"


def _confirm(args: argparse.Namespace, core: Core) -> int:
    from app.history import clock

    opening.refuse_without_terminal(args, "confirm-clock")
    with opening.opened(core, args.code_file) as (_, history):
        words = f"This computer says that it is {_today()}. Is that right?"
        is_right = opening.is_agreed(args, words)
        if is_right:
            clock.confirm(history)
    line = "The date counts as right; what is too old loses its content at the next opening."
    return opening.answer(args, {"confirmed": is_right}, [line if is_right else "Nothing was changed."])
