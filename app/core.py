"""What `start` builds and both faces receive: settings, tasks, the catalogue, and a flow on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.flow import NoteFlow
from app.model.catalogue import ModelEntry
from app.model.client import ModelClient
from app.prompts.tasks import Task
from app.settings.file import Settings

if TYPE_CHECKING:  # importing it loads the database, which most starts do not need
    from app.history.vault import Vault


@dataclass(frozen=True, slots=True)
class Session:
    """A flow and the worker below it; close the worker when done."""

    flow: NoteFlow
    client: ModelClient


@dataclass(frozen=True, slots=True)
class Core:
    """Everything the faces need.

    Attributes:
        settings: Options in force and their sources.
        tasks: What may be asked for, by name.
        catalogue: Known models.
        open_vault: Find the encrypted history of this user; it is not opened yet.
        open_session: Locate the model and build the flow; raises ModelError. No process starts yet.
    """

    settings: Settings
    tasks: dict[str, Task]
    catalogue: tuple[ModelEntry, ...]
    open_session: Callable[[], Session]
    open_vault: Callable[[], Vault]
