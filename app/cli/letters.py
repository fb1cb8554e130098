"""What the verb `letter` writes: the draft laid out by a standard, in a format."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from app.checks.finding import Finding
from app.core import Core
from app.drafts import standards
from app.drafts.draft import Draft
from app.drafts.fields import DATES
from app.drafts.labels import has, language_of
from app.errors import BlockedByFinding, SetupError
from app.export import formats
from app.letter.letter import Letter, compose
from app.notes.note import Note
from app.prompts.tasks import Task

_BINARY = ("docx", "pdf")
_BY_SUFFIX = {formats.FORMATS[name].suffix: name for name in (*_BINARY, "md", "html")}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that lay a letter out."""
    parser.add_argument("--standard", help="prsb, jc, eu, cn or a department's own; with --format that of the settings")
    parser.add_argument("--format", choices=list(formats.FORMATS), help="also told by the name after -o")
    parser.add_argument("--language", help="of headings and labels: en or zh-CN; by default the standard's")
    parser.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE", help='e.g. gp="Dr A. Example"; may be repeated'
    )


def is_asked(args: argparse.Namespace, core: Core) -> bool:
    """Tell whether a letter by a standard is asked for, and fill in what follows from the other options.

    Raises:
        SetupError: The options do not go together, or policy does not allow them.
    """
    suffix = Path(args.output).suffix.lower() if args.output else ""
    args.format = args.format or _BY_SUFFIX.get(suffix)
    if args.format in _BINARY and not args.output:
        raise SetupError(name=f"--format {args.format}", why="it needs -o FILE")
    if not (args.format or args.standard or args.language or args.fact):
        return False
    args.standard = args.standard or core.settings.options.letter_standard
    args.format = args.format or ("json" if args.json else "txt")
    formats.refuse_forbidden(args.format, core.settings.options.export_formats)
    core.standards.load(args.standard)  # a wrong name is said before the model writes
    _facts(args.fact)
    _settle_by_policy(args, core)
    return True


def _settle_by_policy(args: argparse.Namespace, core: Core) -> None:
    """What IT fixed holds for every letter: its standard, and its language where that is named."""
    options, sources = core.settings.options, core.settings.sources
    asked = language_of(args.language) if args.language else None
    fixed = options.letter_language.replace("_", "-") if sources["letter_language"] == "IT" else "system"
    if fixed != "system" and asked not in (None, fixed):
        raise SetupError(name="The setting letter_language", why="your IT department has fixed it")
    if sources["letter_standard"] == "IT" and args.standard != options.letter_standard:
        raise SetupError(name="The setting letter_standard", why="your IT department has fixed it")
    if fixed != "system":
        args.language = fixed


def instructed(args: argparse.Namespace, core: Core, task: Task) -> Task:
    """Give the task the instructions of the standard asked for."""
    return standards.instruct(core.standards.load(args.standard), task)


def lay_out(args: argparse.Namespace, core: Core, note: Note, draft: Draft) -> Letter:
    """Compose the letter that the options ask for."""
    return compose(
        note,
        draft,
        core.standards.load(args.standard),
        language=language_of(args.language) if args.language else None,
        facts=_facts(args.fact),
        made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )


def put_out(args: argparse.Namespace, letter: Letter) -> None:
    """Write it to the file asked for, else to standard output."""
    if args.output:
        formats.write(letter, args.format, Path(args.output))
    else:
        sys.stdout.write(formats.to_bytes(letter, args.format).decode("utf-8"))


def exit_code(findings: tuple[Finding, ...]) -> int:
    """Give 6 where something must be settled before signing."""
    blocking = sum(one.blocking for one in findings)
    if blocking:
        print(f"{blocking} findings must be settled before this letter is signed.", file=sys.stderr)
    return BlockedByFinding.exit_code if blocking else 0


def _facts(words: list[str]) -> dict[str, str]:
    facts = dict(one.partition("=")[::2] for one in words)
    for name, value in facts.items():
        if not has(name) or not value:
            raise SetupError(name=f"--fact {name}", why="write NAME=VALUE with a name such as gp, ward or admitted")
        if name in DATES and not _is_date(value):
            raise SetupError(name=f"--fact {name}", why="write the date as YYYY-MM-DD")
    return facts


def _is_date(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
