"""Keyrings for tests: one that keeps secrets in a folder, and some that misbehave."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app.errors import KeyringUnusable


class FolderKeyring:
    """Keeps secrets as files, so that other processes of a test see them. The folder comes from the environment."""

    name = "the test keyring"

    def __init__(self) -> None:
        self._folder = Path(os.environ["EPICRISIS_TEST_KEYRING"])
        self._folder.mkdir(parents=True, exist_ok=True)

    def get(self, history: str) -> str | None:
        file = self._folder / history
        return file.read_text(encoding="ascii") if file.exists() else None

    def set(self, history: str, secret: str) -> None:
        (self._folder / history).write_text(secret, encoding="ascii")

    def delete(self, history: str) -> None:
        (self._folder / history).unlink(missing_ok=True)


class LockedKeyring(FolderKeyring):
    """A keyring that nobody unlocked."""

    def get(self, history: str) -> str | None:
        raise KeyringUnusable(why="it is locked")

    def set(self, history: str, secret: str) -> None:
        raise KeyringUnusable(why="it is locked")


class HangingKeyring(FolderKeyring):
    """A keyring that waits for somebody to answer its prompt."""

    def get(self, history: str) -> str | None:
        time.sleep(600)
        return None


def no_keyring() -> FolderKeyring:
    """A system without one."""
    raise KeyringUnusable(why="there is none")
