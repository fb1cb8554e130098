"""The verb `policy show`: each setting, its value in force, and who set it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from app.cli.common import add_verb
from app.core import Core


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verb of this module."""
    policy = verbs.add_parser("policy", help="What IT fixed on this machine.").add_subparsers(
        title="verbs", metavar="VERB", required=True
    )
    add_verb(policy, "show", "Show each setting, its value, and who set it: the default, you or IT.", _show)


def _show(args: argparse.Namespace, core: Core) -> int:
    places, sources = core.settings.policy.places, core.settings.sources
    values = {name: {"value": value, "source": sources[name]} for name, value in asdict(core.settings.options).items()}
    if args.json:
        first = next(iter(places))
        table = {"policy": first, "exists": any(places.values()), "places": dict(places), "settings": values}
        print(json.dumps(table, ensure_ascii=False, indent=2))
        return 0
    for place, is_there in places.items():
        print(f"Policy of this machine: {place} ({'read' if is_there else 'not there'})")
    for name, one in values.items():
        print(f"{name} = {one['value']!r}  ({one['source']})")
    return 0
