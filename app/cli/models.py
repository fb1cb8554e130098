"""The verbs `models list|verify|import|adapters|use|roll-back`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import paths
from app.cli.common import add_verb
from app.core import Core
from app.errors import AdapterMissing, SetupError
from app.model import adapters, cache, catalogue, importing
from app.settings import file as settings_file


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verbs of this module."""
    models = verbs.add_parser("models", help="List, verify and import models; choose adapters.").add_subparsers(
        title="verbs", metavar="VERB", required=True
    )
    add_verb(models, "list", "List the models of the catalogue and whether they are installed.", _list)
    verify = add_verb(models, "verify", "Check every file of a model against its manifest.", _verify)
    verify.add_argument("name", nargs="?", help="the model; the one in the settings if left out")
    bring = add_verb(models, "import", "Import a model from a folder or a zip file, e.g. from a USB disk.", _import)
    bring.add_argument("source", help="folder or .zip with config.json, tokenizer and .safetensors files")
    bring.add_argument("--name", help="the model's name in the catalogue, where the source has no manifest")
    bring.add_argument("--machine", action="store_true", help="for every user of this machine (needs the rights)")
    add_verb(models, "adapters", "List the installed adapters and which one is in use.", _adapters)
    use = add_verb(models, "use", "Use an adapter from now on; its files are verified first.", _use)
    use.add_argument("adapter", help="NAME, NAME/REVISION, auto (the program's own) or none")
    add_verb(models, "roll-back", "Go back to the revision before the adapter in use.", _roll_back)


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
        adapter = _adapter_of(entry.name, core) if used else None
        if adapter is not None:
            print(f"    In use with the adapter {adapter.name}. {adapter.summary}".rstrip())
    return 0


def _adapter_of(model: str, core: Core) -> adapters.Adapter | None:
    try:
        return adapters.choose(core.settings.options.adapter, model, *adapters.folders())
    except AdapterMissing:  # the list is what somebody looks at who repairs that
        return None


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


def _adapters(args: argparse.Namespace, core: Core) -> int:
    used = adapters.choose(core.settings.options.adapter, core.settings.options.model, *adapters.folders())
    known = adapters.installed(*adapters.folders())
    if args.json:
        rows = [{"name": one.name, "base": one.base, "sha256": one.sha256, "in_use": one == used} for one in known]
        print(json.dumps(rows, indent=2))
        return 0
    for one in known:
        print(f"{one.name}  (for {one.base}{', in use' if one == used else ''})")
        if one.summary:
            print(f"    {one.summary}")
    if used is None:
        print("No adapter is in use.")
    return 0


def _use(args: argparse.Namespace, core: Core) -> int:
    adapter = adapters.choose(args.adapter, core.settings.options.model, *adapters.folders())
    return _switch(args, core, args.adapter, adapter)


def _roll_back(args: argparse.Namespace, core: Core) -> int:
    options = core.settings.options
    used = adapters.choose(options.adapter, options.model, *adapters.folders())
    if used is None:
        raise AdapterMissing(adapter=options.adapter, why="no adapter is in use")
    older = adapters.before(used, *adapters.folders())
    return _switch(args, core, older.name, older)


def _switch(args: argparse.Namespace, core: Core, wanted: str, adapter: adapters.Adapter | None) -> int:
    if core.settings.sources["adapter"] == "IT":
        raise SetupError(name="The setting adapter", why="your IT department has fixed it")
    if adapter:
        cache.verify(adapter.folder)
    settings_file.write(paths.user_settings(), {"adapter": wanted})
    name = adapter.name if adapter else "no adapter"
    print(json.dumps({"adapter": adapter.name if adapter else None}) if args.json else f"In use now: {name}.")
    return 0
