"""The keeper's own process: opens the history and answers what it is asked, until its asker goes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app import offline
from app.errors import EpicrisisError, HistoryError, HistoryLocked, KeyringUnusable
from app.history import backup, clock, editing, ephemeral, retention
from app.history.keeper import Opened
from app.history.keys import KeyStore, SystemKeyring
from app.history.store import History
from app.history.vault import Vault

# What may be asked for by name; everything else is refused.
_ASKED = frozenset(
    {
        "add_case", "add_document", "add_draft", "add_version", "sign", "decide", "record_export", "record", "cases",
        "documents", "drafts", "findings", "search", "trail",
    }
)  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "purge_case": retention.purge_case,
    "confirm_clock": clock.confirm,
    "new_case": editing.new_case,
    "rename_case": editing.rename_case,
    "set_documents": editing.set_documents,
    "keep_work": editing.keep_work,
}
_OF_VAULT: dict[str, Callable[..., Any]] = {
    "enrol_keyring": Vault.enrol_keyring,
    "change_code": Vault.change_code,
    "back_up": backup.backup,
    "verify": lambda vault: backup.verify(vault.folder, vault.data_key),
}


def serve(connection: Connection, folder: Path, key_store: Callable[[], KeyStore] | None, retention_days: int) -> None:
    """Answer until the other end of the pipe is closed; never returns.

    Args:
        connection: The pipe to the asker.
        folder: Folder of the history.
        key_store: Class of the keyring; None for the system's.
        retention_days: See `Keeper`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    offline.install()
    vault = Vault(folder, key_store or SystemKeyring)
    history: History | None = None
    while True:
        try:
            name, arguments, named = connection.recv()
        except (EOFError, OSError):
            os._exit(0)  # at once, and with the memory that held the key
        try:
            if name in ("unlock", "create", "ephemeral"):
                history, opened = _open(vault, name, arguments[0], retention_days)
                answer: tuple[bool, Any] = (True, opened)
            else:
                answer = (True, _do(vault, history, name, arguments, named))
        except EpicrisisError as error:
            answer = (False, (error.code, error.facts))
        except Exception as error:  # noqa: BLE001 - a bug must not end the keeper, nor carry a note out
            answer = (False, (HistoryError.code, {"kind": type(error).__name__}))
        connection.send(answer)


def _open(vault: Vault, how: str, code: str | None, retention_days: int) -> tuple[History, Opened]:
    if how == "ephemeral":
        return ephemeral.open_ephemeral(), Opened(is_ephemeral=True)
    if how == "create":
        history = vault.create(code or "")
    else:
        history = vault.open() if code is None else vault.open_with_code(code)
    swept = retention.sweep(vault, retention_days)
    problems = tuple((one.code, one.facts) for one in (history.rolled_back, swept.doubt) if one is not None)
    return history, Opened(
        "" if code and how == "unlock" else _key_store(vault),
        purged=len(swept.purged),
        copies_removed=swept.copies,
        is_by_code=how == "unlock" and code is not None,
        problems=problems,
    )


def _key_store(vault: Vault) -> str:
    if vault.key_file.keyring is None:
        return ""
    try:
        return vault.key_store().name
    except KeyringUnusable:
        return ""


def _do(vault: Vault, history: History | None, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:  # noqa: ANN401
    if history is None:
        raise HistoryLocked
    if name in _OF_VAULT:
        return _OF_VAULT[name](vault, *arguments, **named)
    if name in _FUNCTIONS:
        return _FUNCTIONS[name](history, *arguments, **named)
    if name not in _ASKED:
        raise ValueError(name)
    return getattr(history, name)(*arguments, **named)
