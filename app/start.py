"""The only place that builds things: settings, tasks, catalogue, model client, flow."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import paths
from app.core import Core, Session
from app.drafts.library import Library
from app.errors import PolicyForbids, SetupError
from app.model import adapters, cache, catalogue
from app.model.client import Ladder, ModelClient
from app.model.messages import Load
from app.prompts import tasks
from app.settings import file as settings_file
from app.settings.file import Settings
from app.settings.options import allows

if TYPE_CHECKING:
    from app.history.keeper import Keeper
    from app.history.vault import Vault

CONDENSE = "condense"


def build(overrides: Mapping[str, Any]) -> Core:
    """Build the core.

    Args:
        overrides: Settings chosen for this run, e.g. on the command line. What IT fixed wins.

    Returns:
        The core; nothing heavy is loaded yet.

    Raises:
        SetupError: Settings, policy or resources cannot be used.
    """
    settings = _overridden(settings_file.read(paths.user_settings(), paths.machine_policy()), overrides)
    options = settings.options
    known_tasks = tasks.read(paths.resources() / "tasks")
    entries = catalogue.read(paths.resources() / "models.toml")

    def change(changes: Mapping[str, Any]) -> Core:
        for name in changes:
            _refuse_fixed(settings, name)
        settings_file.write(paths.user_settings(), changes)
        return build({name: value for name, value in overrides.items() if name not in changes})

    return Core(
        settings,
        known_tasks,
        entries,
        Library(Path(options.template_pack) if options.template_pack else None, options.allowed_standards),
        lambda: _open_session(settings, known_tasks, entries),
        _open_vault,
        lambda: _open_keeper(options.retention_days),
        change,
    )


def _open_keeper(retention_days: int) -> Keeper:
    from app.history.keeper import Keeper

    return Keeper(paths.user_data() / "history", retention_days=retention_days)


def _open_vault() -> Vault:
    # Loads SQLAlchemy and the keyring, which other verbs start without.
    from app.history.keys import SystemKeyring
    from app.history.vault import Vault

    return Vault(paths.user_data() / "history", SystemKeyring)


def _overridden(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    for name in overrides:
        if overrides[name] != getattr(settings.options, name):
            _refuse_fixed(settings, name)
    return replace(settings, options=replace(settings.options, **overrides))


def _refuse_fixed(settings: Settings, name: str) -> None:
    if settings.sources[name] == "IT":
        raise SetupError(name=f"The setting {name}", why="your IT department has fixed it")


def _open_session(
    settings: Settings, known_tasks: dict[str, tasks.Task], entries: tuple[catalogue.ModelEntry, ...]
) -> Session:
    from app.flow import NoteFlow  # with every check: the window is shown before it is needed
    from app.writer import ModelInUse

    options = settings.options
    entry = catalogue.find(entries, options.model)
    if not allows(options.allowed_models, entry.name):
        raise PolicyForbids(what=f"the model {entry.name}", setting="allowed_models")
    folder = cache.locate(entry, cache.folders())
    manifest = cache.read_manifest(folder)
    order = Load(entry.name, str(folder), options.device, threads=options.threads)
    sha256, adapter_name = manifest.sha256, ""
    adapter = adapters.choose(options.adapter, entry.name, *adapters.folders(), allowed=options.allowed_adapters)
    if adapter:
        order = replace(order, adapter=str(adapter.folder))
        sha256 = hashlib.sha256(f"{manifest.sha256}\n{adapter.sha256}".encode()).hexdigest()
        adapter_name = adapter.name
    client = ModelClient(order, ladder=Ladder(cancel_s=options.cancel_wait_s))
    model = ModelInUse(f"{entry.name}@{manifest.revision}", sha256, entry.prompt_prefix, adapter_name)
    flow = NoteFlow(
        client,
        model,
        known_tasks[CONDENSE],
        least_words=options.least_words,
        most_characters=options.most_characters,
        reads_ahead=options.read_ahead,
    )
    return Session(flow, client)
