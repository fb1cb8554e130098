"""A flow over the scripted engine, and tasks small enough to reason about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app import paths
from app.core import Core, Session
from app.drafts.library import Library
from app.flow import NoteFlow
from app.history.keeper import Keeper
from app.history.vault import Vault
from app.model import catalogue
from app.model.client import ModelClient
from app.model.messages import Load
from app.prompts import tasks
from app.prompts.tasks import Task
from app.settings import file as settings_file
from app.writer import ModelInUse
from tests.conftest import QUICK_LADDER
from tests.history.stores import FolderKeyring

TASK = """
name = "test"
title = "Test"
purpose = "For tests."
role = "Answer."
[[sections]]
key = "allergies"
title = "Allergies"
by = "copy"
reads = "matching"
headings = ["allerg(y|ies)"]
[[sections]]
key = "pending"
title = "Pending"
reads = "matching"
headings = ["pending"]
instruction = "List."
[[sections]]
key = "course"
title = "Course"
reads = "rest"
new_tokens = 400
instruction = "[[say: He came with chest pain. He was given aspirin.]]"
"""


def task(text: str = TASK) -> Task:
    """Read one task from its text."""
    return tasks._task(text.encode())


def known_tasks() -> dict[str, Task]:
    """The tasks the program ships."""
    return tasks.read(paths.resources() / "tasks")


def flow(
    client: ModelClient, *, least_words: int = 5, most_characters: int = 400_000, reads_ahead: bool = False
) -> NoteFlow:
    """A flow over a client."""
    model = ModelInUse("scripted@1", "0" * 64)
    return NoteFlow(
        client,
        model,
        known_tasks()["condense"],
        least_words=least_words,
        most_characters=most_characters,
        reads_ahead=reads_ahead,
    )


def open_vault() -> Vault:
    """A history in the test's own home, with a keyring of files."""
    return Vault(paths.user_data() / "history", FolderKeyring)


def open_keeper() -> Keeper:
    """The same history in a process of its own."""
    return Keeper(paths.user_data() / "history", FolderKeyring)


def scripted_core(folder: Path | None = None) -> Core:
    """A core whose sessions run the scripted engine; tasks come from `folder` if given."""

    def open_session() -> Session:
        client = ModelClient(Load("scripted", ""), engine="scripted", ladder=QUICK_LADDER)
        return Session(flow(client), client)

    def change(changes: Mapping[str, Any]) -> Core:
        settings_file.write(paths.user_settings(), changes)
        return scripted_core(folder)

    known = tasks.read(folder) if folder else known_tasks()
    entries = catalogue.read(paths.resources() / "models.toml")
    settings = settings_file.read(paths.user_settings(), paths.machine_policy())
    options = settings.options
    library = Library(Path(options.template_pack) if options.template_pack else None, options.allowed_standards)
    return Core(settings, known, entries, library, open_session, open_vault, open_keeper, change)
