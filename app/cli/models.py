"""The verbs `models list|verify|import|undo|adapters|use|roll-back`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import paths
from app.cli.common import add_verb
from app.core import Core
from app.errors import AdapterMissing, PolicyForbids, SetupError
from app.model import adapters, bundle, cache, catalogue, fit, importing
from app.settings import file as settings_file
from app.settings.options import allows


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Register the verbs of this module."""
    models = verbs.add_parser("models", help="List, verify and import models; choose adapters.").add_subparsers(
        title="verbs", metavar="VERB", required=True
    )
    add_verb(models, "list", "List the models of the catalogue and whether they are installed.", _list)
    verify = add_verb(models, "verify", "Check every file of a model against its manifest.", _verify)
    verify.add_argument("name", nargs="?", help="the model; the one in the settings if left out")
    bring = add_verb(models, "import", "Import a bundle, folder or zip file, e.g. from a USB disk.", _import)
    bring.add_argument("source", help="bundle, or folder or .zip: config.json, tokenizer, .safetensors or .gguf files")
    bring.add_argument("--fingerprint", default="", help="refuse a bundle with another fingerprint than this")
    bring.add_argument("--name", help="the model's name in the catalogue, where the source has no manifest")
    back = add_verb(models, "undo", "Take the last import back, unless the settings need it.", _undo)
    for one in (bring, back):
        one.add_argument("--machine", action="store_true", help="for every user of this machine (needs the rights)")
    add_verb(models, "adapters", "List the installed adapters and which one is in use.", _adapters)
    use = add_verb(models, "use", "Use an adapter from now on; its files are verified first.", _use)
    use.add_argument("adapter", help="NAME, NAME/REVISION, auto (the program's own) or none")
    add_verb(models, "roll-back", "Go back to the revision before the adapter in use.", _roll_back)


def _list(args: argparse.Namespace, core: Core) -> int:
    installed = set(cache.installed(core.catalogue, cache.folders()))
    allowed = core.settings.options.allowed_models
    rows = [
        {**asdict(entry), "installed": entry.name in installed, "allowed": allows(allowed, entry.name)}
        for entry in core.catalogue
    ]
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for entry in core.catalogue:
        mark = "installed" if entry.name in installed else "not installed"
        used = ", in use" if entry.name == core.settings.options.model else ""
        barred = "" if allows(allowed, entry.name) else ", not allowed by IT"
        print(f"{entry.name}  ({mark}{used}{barred})")
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
    source, target, options = Path(args.source), _target(args), core.settings.options
    if bundle.is_bundle(source):
        opened = bundle.read(source)
        rules = {"model": options.allowed_models, "adapter": options.allowed_adapters}
        importing.import_bundle(
            opened, target, fingerprint=args.fingerprint, is_allowed=lambda kind, name: allows(rules[kind], name)
        )
        table = {"imported": [one.place for one in opened.parts], "fingerprint": opened.fingerprint}
        lines = [f"Imported {one.kind} {one.name}, revision {one.revision}." for one in opened.parts]
        lines.append(f"Fingerprint of the bundle: {opened.fingerprint}")
    else:
        entry = catalogue.find(core.catalogue, args.name) if args.name else None
        folder = importing.import_model(source, entry, target.models, allowed=options.allowed_models)
        table = {"imported": folder.parent.name, "revision": folder.name}
        lines = [f"Imported {folder.parent.name}, revision {folder.name}."]
    print(json.dumps(table) if args.json else "\n".join(lines))
    return 0


def _undo(args: argparse.Namespace, core: Core) -> int:
    options = core.settings.options

    def still_runs() -> None:
        cache.locate(catalogue.find(core.catalogue, options.model), cache.folders())
        adapters.choose(options.adapter, options.model, *adapters.folders())

    removed = importing.undo(_target(args), still_runs)
    print(json.dumps({"removed": removed}) if args.json else f"Taken back: {', '.join(removed)}.")
    return 0


def _target(args: argparse.Namespace) -> importing.Target:
    """Of the machine or of the user, where `cache.folders` and `adapters.folders` look."""
    models, data = paths.user_models(), paths.user_data()
    if args.machine:
        models, data = paths.machine_models(), paths.machine_models().parent
    return importing.Target(models, data / "adapters")


def _adapters(args: argparse.Namespace, core: Core) -> int:
    used = _in_force(core)
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


def _in_force(core: Core) -> adapters.Adapter | None:
    options = core.settings.options
    return adapters.choose(options.adapter, options.model, *adapters.folders(), allowed=options.allowed_adapters)


def _use(args: argparse.Namespace, core: Core) -> int:
    options = core.settings.options
    adapter = adapters.choose(args.adapter, options.model, *adapters.folders(), allowed=options.allowed_adapters)
    return _switch(args, core, args.adapter, adapter)


def _roll_back(args: argparse.Namespace, core: Core) -> int:
    options = core.settings.options
    used = _in_force(core)
    if used is None:
        raise AdapterMissing(adapter=options.adapter, why="no adapter is in use")
    older = adapters.before(used, *adapters.folders())
    if not allows(options.allowed_adapters, older.name):
        raise PolicyForbids(what=f"the adapter {older.name}", setting="allowed_adapters")
    return _switch(args, core, older.name, older)


def _switch(args: argparse.Namespace, core: Core, wanted: str, adapter: adapters.Adapter | None) -> int:
    if core.settings.sources["adapter"] == "IT":
        raise SetupError(name="The setting adapter", why="your IT department has fixed it")
    if adapter:
        cache.verify(adapter.folder)
        model = core.settings.options.model
        fit.refuse_model(model, cache.locate(catalogue.find(core.catalogue, model), cache.folders()), adapter.folder)
    settings_file.write(paths.user_settings(), {"adapter": wanted})
    name = adapter.name if adapter else "no adapter"
    print(json.dumps({"adapter": adapter.name if adapter else None}) if args.json else f"In use now: {name}.")
    return 0
