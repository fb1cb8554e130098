"""The verbs `history ...`: set up, look into and back up the encrypted history.

SQLAlchemy and the cipher load inside the handlers: other verbs must start without them.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import removal
from app.cli.opening import answer, opened, read_code, verb
from app.core import Core
from app.errors import NotAllowed, PolicyForbids, SetupError
from app.export import files, formats

if TYPE_CHECKING:
    from app.history.entry import Case
    from app.history.store import History


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verbs of this module."""
    history = verbs.add_parser("history", help="The encrypted history of notes and drafts.")
    inner = history.add_subparsers(title="verbs", metavar="VERB", required=True)
    verb(inner, "setup", "Make a new encrypted history and its recovery code.", _setup)
    verb(inner, "list", "List cases, unsigned first.", _list)
    show = verb(inner, "show", "Show the documents and drafts of a case.", _show)
    show.add_argument("case")
    _search_verb(verb(inner, "search", "Search everything pasted and written.", _search))
    export = verb(inner, "export", "Write a case to a file as JSON; the trail tells that it was exported.", _export)
    export.add_argument("case")
    export.add_argument("--output", "-o", required=True)
    export.add_argument("--by", required=True, help="name of the person who exports")
    pairs = verb(inner, "pairs", "Write signed drafts as de-identified pairs for training, if IT allows it.", _pairs)
    pairs.add_argument("--output", "-o", required=True)
    pairs.add_argument("--by", required=True, help="name of the person who exports")
    backup = verb(inner, "backup", "Back up while in use, under a key of its own.", _backup)
    backup.add_argument("folder", help="folder that gets the backup")
    restore = verb(inner, "restore", "Bring a backup back, with the recovery code.", _restore)
    restore.add_argument("folder", help="folder of the backup")
    verb(inner, "verify", "Check every page and the whole audit trail.", _verify)
    removal.add_verbs(inner)
    verb(inner, "rekey", "Give the history a new data key.", _rekey)
    recovery = verb(inner, "recovery", "Replace the recovery code.", _recovery)
    recovery.add_argument("--new-code-file", help="file with the new code or passphrase, instead of a random code")
    verb(inner, "enrol", "Keep the key in the system's keyring again.", _enrol)
    audit = verb(inner, "audit", "Print the audit trail.", _audit)
    audit.add_argument("--csv", action="store_true", help="as CSV")


def _search_verb(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="+")
    parser.add_argument("--patient", default="")
    parser.add_argument("--kind", default="", help="kind of document, or draft")
    parser.add_argument("--since", default="", metavar="YYYY-MM-DD")
    parser.add_argument("--until", default="", metavar="YYYY-MM-DD")
    signed = parser.add_mutually_exclusive_group()
    signed.add_argument("--signed", action="store_true", default=None)
    signed.add_argument("--unsigned", dest="signed", action="store_false")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--offset", type=int, default=0)


def _new_code(core: Core, file: str | None) -> str:
    """A code from a file, or a random one that is shown once and partly typed back."""
    from app.history import codes

    if file:
        if core.settings.options.recovery_code == "random":
            raise PolicyForbids(what="a recovery code of your own", setting="recovery_code")
        return read_code(file)
    if not sys.stdin.isatty():
        raise SetupError(name="A recovery code", why="there is no terminal to show one on; give --code-file")
    code = codes.new_code()
    print(f"Your recovery code, shown only now. Write it down and keep it apart from this machine:\n\n    {code}\n")
    typed = input("Type its last two groups: ")
    if codes.plain_code(code)[-8:] != codes.plain_code(code[:-9] + typed)[-8:]:
        raise NotAllowed(why="That is not the end of the code. Begin again when you have written it down.")
    return code


def _setup(args: argparse.Namespace, core: Core) -> int:
    vault = core.open_vault()
    try:
        vault.create(_new_code(core, args.code_file))
        keyring = (
            "the recovery code only" if vault.key_file.keyring is None else "the system's keyring or the recovery code"
        )
    finally:
        vault.close()
    return answer(args, {"created": True, "opens_with": keyring}, [f"The history is ready. It opens with {keyring}."])


def _list(args: argparse.Namespace, core: Core) -> int:
    with opened(core, args.code_file) as (_, history):
        cases = _all_cases(history)
    lines = [f"{one.id}  {one.created[:10]}  {'signed' if one.is_signed else 'open  '}  {one.title}" for one in cases]
    return answer(args, [asdict(one) for one in cases], lines or ["There is no case yet."])


def _all_cases(history: History) -> list[Case]:
    cases: list[Case] = []
    while page := history.cases(limit=1000, offset=len(cases)):
        cases += page
    return cases


def _show(args: argparse.Namespace, core: Core) -> int:
    with opened(core, args.code_file) as (_, history):
        table = _case_table(history, args.case)
    lines = [one["text"] for one in table["documents"]]
    for draft in table["drafts"]:
        last = draft["versions"][-1]
        lines.append(f"--- {draft['task']}, version {last['number']}, {last['kind']} by {last['author']}")
        lines += [f"{one['title']}\n{one['text']}" for one in (last["body"] or {}).get("sections", [])]
    return answer(args, table, lines)


def _case_table(history: History, case: str) -> dict[str, Any]:
    return {
        "case": case,
        "documents": [asdict(one) for one in history.documents(case)],
        "drafts": [asdict(one) for one in history.drafts(case)],
    }


def _search(args: argparse.Namespace, core: Core) -> int:
    from app.history.entry import Query

    query = Query(
        " ".join(args.words),
        patient=args.patient,
        kind=args.kind,
        since=args.since,
        until=args.until,
        signed=args.signed,
        limit=args.limit,
        offset=args.offset,
    )
    with opened(core, args.code_file) as (_, history):
        hits = history.search(query)
    lines = [f"{one.case}  {one.date or '          '}  {one.kind or 'note'}  {one.snippet}" for one in hits]
    return answer(args, [asdict(one) for one in hits], lines or ["Nothing was found."])


def _export(args: argparse.Namespace, core: Core) -> int:
    formats.refuse_forbidden("json", core.settings.options.export_formats)
    with opened(core, args.code_file) as (_, history):
        table = _case_table(history, args.case)
        data = json.dumps(table, ensure_ascii=False, indent=2).encode("utf-8")
        sha256 = hashlib.sha256(data).hexdigest()
        # First the trail, then the file: nothing leaves that the trail does not tell, notes without a draft neither.
        history.record("exported", args.case, {"format": "json", "sha256": sha256})
        for draft in table["drafts"]:
            history.record_export(draft["versions"][-1]["id"], "json", args.by, sha256)
        files.write(Path(args.output), data)
    name = Path(args.output).name
    return answer(args, {"written": name}, [f"Written to {name}. The file is not encrypted: delete it when done."])


def _pairs(args: argparse.Namespace, core: Core) -> int:
    from app.export import pairs

    if not (core.settings.options.training_pairs and core.settings.sources.get("training_pairs") == "IT"):
        raise NotAllowed(why="Your IT department has not allowed signed drafts to be used for training.")
    with opened(core, args.code_file) as (_, history):
        found = list(pairs.signed_pairs(history, core.tasks))
        rows = [row for _, several in found for row in several]
        data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")
        sha256 = hashlib.sha256(data).hexdigest()
        history.record("exported", "", {"format": "training pairs", "rows": len(rows), "sha256": sha256})
        for version, _ in found:
            history.record_export(version, "training pairs", args.by, sha256)
        files.write(Path(args.output), data)
    name = Path(args.output).name
    lines = [
        f"{len(rows)} pairs of {len(found)} signed drafts written to {name}. Names, dates, places and numbers were",
        "replaced by rules, which miss some: look through them before they are used.",
    ]
    return answer(args, {"written": name, "rows": len(rows), "drafts": len(found)}, lines)


def _backup(args: argparse.Namespace, core: Core) -> int:
    from app.history import backup

    with opened(core, args.code_file) as (vault, _):
        folder = backup.backup(vault, Path(args.folder))
    return answer(args, {"backup": folder.name}, [f"Backed up to {folder.name} and read back. Keep both its files."])


def _restore(args: argparse.Namespace, core: Core) -> int:
    from app.history import backup

    code = read_code(args.code_file) if args.code_file else getpass.getpass("Recovery code of the backup: ")
    vault = core.open_vault()
    backup.restore(Path(args.folder), vault.folder, code, vault.key_store).close()
    return answer(args, {"restored": True}, ["The history was restored."])


def _verify(args: argparse.Namespace, core: Core) -> int:
    from app.history import backup

    with opened(core, args.code_file) as (vault, history):
        if history.rolled_back is not None:
            raise history.rolled_back
        data_key = vault.data_key
        history.close()
        events = backup.verify(vault.folder, data_key)
    return answer(args, {"intact": True, "events": events}, [f"Every page and all {events} events are intact."])


def _rekey(args: argparse.Namespace, core: Core) -> int:
    with opened(core, args.code_file) as (vault, _):
        vault.rotate()
    return answer(args, {"rekeyed": True}, ["The history has a new data key. Older backups keep theirs."])


def _recovery(args: argparse.Namespace, core: Core) -> int:
    with opened(core, args.code_file) as (vault, _):
        vault.change_code(_new_code(core, args.new_code_file))
    return answer(args, {"changed": True}, ["The new recovery code is in force. Older backups open with the old one."])


def _enrol(args: argparse.Namespace, core: Core) -> int:
    with opened(core, args.code_file) as (vault, _):
        name = vault.enrol_keyring()
    return answer(args, {"keyring": name}, [f"The key is kept in {name}."])


def _audit(args: argparse.Namespace, core: Core) -> int:
    from app.history import audit

    with opened(core, args.code_file) as (_, history):
        trail = history.trail(limit=1_000_000)
    if args.csv:
        sys.stdout.write(audit.as_csv(trail))
        return 0
    lines = [f"{one.number:6}  {one.at}  {one.event}  {one.subject}" for one in trail]
    return answer(args, [asdict(one) for one in trail], lines)
