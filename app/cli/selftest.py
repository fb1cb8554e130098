"""The verb `self-test`: one verdict line per check, so that IT can see what holds on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from app import offline, paths
from app.cli.common import add_model_options, add_verb, read_files
from app.core import Core, Session
from app.errors import EpicrisisError
from app.flow import DraftDone, NoteFlow
from app.model import cache, catalogue


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one check: its name, whether it passed, and what was seen, in words."""

    check: str
    passed: bool
    seen: str


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verb of this module."""
    parser = add_verb(verbs, "self-test", "Prove on this machine: offline, model intact, able to draft.", run)
    add_model_options(parser)


def run(args: argparse.Namespace, core: Core) -> int:
    """Run the checks in order; a failed one does not stop the next.

    Args:
        args: The parsed arguments.
        core: The core.

    Returns:
        0 if all passed, else 4.
    """
    verdicts = [_try("app is offline", lambda: _refused(offline.probe()))]
    verdicts.append(_try("model files", lambda: _intact(core)))
    session: Session | None = None
    try:
        session = core.open_session()
        client, flow = session.client, session.flow
        verdicts.append(_try("worker is offline", lambda: _refused(client.probe())))
        verdicts.append(_try("sample draft", lambda: _sample(core, flow)))
    except EpicrisisError as error:
        verdicts.append(Verdict("worker", passed=False, seen=str(error)))
    finally:
        if session is not None:
            session.client.close()
    for verdict in verdicts:
        line = f"{'PASS' if verdict.passed else 'FAIL'}  {verdict.check}: {verdict.seen}"
        print(line, file=sys.stderr if args.json else sys.stdout)
    passed = all(verdict.passed for verdict in verdicts)
    if args.json:
        print(json.dumps({"passed": passed, "checks": [asdict(one) for one in verdicts]}, ensure_ascii=False))
    return 0 if passed else 4


def _try(check: str, look: Callable[[], tuple[bool, str]]) -> Verdict:
    try:
        return Verdict(check, *look())
    except EpicrisisError as error:
        return Verdict(check, passed=False, seen=str(error))


def _refused(attempts: tuple[tuple[str, str], ...]) -> tuple[bool, str]:
    return all(outcome == "refused" for _, outcome in attempts), ", ".join(f"{name} {how}" for name, how in attempts)


def _intact(core: Core) -> tuple[bool, str]:
    entry = catalogue.find(core.catalogue, core.settings.options.model)
    manifest = cache.verify(cache.locate(entry, cache.folders()))
    return True, f"{entry.name}, {len(manifest.files)} files, hash {manifest.sha256[:12]}"


def _sample(core: Core, flow: NoteFlow) -> tuple[bool, str]:
    note = flow.read(read_files([str(paths.resources() / "samples" / "chest-pain.txt")]))
    done = next(event for event in flow.draft(note, core.tasks["brief-summary"]) if isinstance(event, DraftDone))
    section = done.draft.sections[0]
    return done.draft.is_complete and bool(section.text), f"{section.tokens} tokens in {section.seconds:.1f} s"
