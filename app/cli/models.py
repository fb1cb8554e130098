"""The verbs `models list|verify|import`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import paths
from app.cli.common import add_verb
from app.core import Core
from app.model import cache, catalogue, importing


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verbs of this module."""
    models = verbs.add_parser("models", help="List, verify and import models.").add_subparsers(
        title="verbs", metavar="VERB", required=True
    )
    add_verb(models, "list", "List the models of the catalogue and whether they are installed.", _list)
    verify = add_verb(models, "verify", "Check every file of a model against its manifest.", _verify)
    verify.add_argument("name", nargs="?", help="the model; the one in the settings if left out")
    bring = add_verb(models, "import", "Import a model from a folder or a zip file, e.g. from a USB disk.", _import)
    bring.add_argument("source", help="folder or .zip with config.json, tokenizer and .safetensors files")
    bring.add_argument("--name", help="the model's name in the catalogue, where the source has no manifest")
    bring.add_argument("--machine", action="store_true", help="for every user of this machine (needs the rights)")


def _list(args: argparse.Namespace, core: Core) -> int:
    installed = set(cache.installed(core.catalogue, cache.folders()))
    rows = [{**asdict(entry), "installed": entry.name in installed} for entry in core.catalogue]
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for entry in core.catalogue:
        mark = "installed" if entry.name in installed else "not installed"
        used = ", in use" if entry.name == core.settings.options.model else ""
        print(f"{entry.name}  ({mark}{used})")
        print(f"    {entry.title}; {entry.licence}; {entry.memory_8bit_mb} MB in 8 bit; {', '.join(entry.languages)}")
        print(f"    {entry.evaluation}")
    return 0


def _verify(args: argparse.Namespace, core: Core) -> int:
    entry = catalogue.find(core.catalogue, args.name or core.settings.options.model)
    manifest = cache.verify(cache.locate(entry, cache.folders()))
    if args.json:
        print(json.dumps({"model": entry.name, "sha256": manifest.sha256, "files": len(manifest.files)}))
    else:
        print(f"{entry.name}: all {len(manifest.files)} files are as imported. Hash {manifest.sha256}")
    return 0


def _import(args: argparse.Namespace, core: Core) -> int:
    entry = catalogue.find(core.catalogue, args.name) if args.name else None
    target = paths.machine_models() if args.machine else paths.user_models()
    folder = importing.import_model(Path(args.source), entry, target)
    print(
        json.dumps({"imported": folder.parent.name, "revision": folder.name})
        if args.json
        else f"Imported {folder.parent.name}, revision {folder.name}."
    )
    return 0
