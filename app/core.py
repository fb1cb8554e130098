"""What `start` builds and both faces receive: settings, tasks, the catalogue, and a flow on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.drafts.library import Library
from app.model.catalogue import ModelEntry
from app.model.client import ModelClient
from app.prompts.tasks import Task
from app.settings.file import Settings

if TYPE_CHECKING:  # importing these loads the database and the checks, which most starts do not need
    from app.flow import NoteFlow
    from app.history.keeper import Keeper
    from app.history.vault import Vault


@dataclass(frozen=True, slots=True)
class Session:
    """A flow and the worker below it; close the worker when done."""

    flow: NoteFlow
    client: ModelClient


@dataclass(frozen=True, slots=True)
class Core:
    """Everything the faces need. A change of settings gives another one.

    Attributes:
        settings: Options in force and their sources.
        tasks: What may be asked for, by name.
        catalogue: Known models.
        standards: What letters may follow.
        open_vault: Find the encrypted history of this user; it is not opened yet.
        open_session: Locate the model and build the flow; raises ModelError. No process starts yet.
        open_keeper: The same history in a process of its own, not started yet.
        change: Write settings into the user's file (None for the default) and build the core anew; raises SetupError.
    """

    settings: Settings
    tasks: dict[str, Task]
    catalogue: tuple[ModelEntry, ...]
    standards: Library
    open_session: Callable[[], Session]
    open_vault: Callable[[], Vault]
    open_keeper: Callable[[], Keeper]
    change: Callable[[Mapping[str, Any]], Core]
