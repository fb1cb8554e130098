"""Where the key that opens the key file is kept: the system's keyring, pinned and distrusted.

The only module that imports keyring. A backend is constructed here by name, never taken from the
environment: `PYTHON_KEYRING_BACKEND` could name one that forgets or keeps in clear. What is written is
read back before anything relies on it.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, Protocol

from keyring.errors import KeyringError

from app.errors import KeyringUnusable

SERVICE = "Epicrisis"
# (name for people, module, class); the first that can be used is taken. No plaintext or chained backend.
_BACKENDS = {
    "linux": (
        ("the desktop's Secret Service", "keyring.backends.SecretService", "Keyring"),
        ("KWallet", "keyring.backends.kwallet", "DBusKeyring"),
    ),
    "win32": (("Windows Credential Manager", "keyring.backends.Windows", "WinVaultKeyring"),),
    "darwin": (("the macOS Keychain", "keyring.backends.macOS", "Keyring"),),
}


class KeyStore(Protocol):
    """A place that keeps one short secret per history."""

    name: str

    def get(self, history: str) -> str | None:
        """Return the secret; None if there is none."""

    def set(self, history: str, secret: str) -> None:
        """Keep a secret."""

    def delete(self, history: str) -> None:
        """Forget a secret; no error if there is none."""


class SystemKeyring:
    """The system's keyring behind `KeyStore`. Calls may open the desktop's unlock prompt and block.

    Raises:
        KeyringUnusable: None of the allowed backends can be used, here or in any method.
    """

    def __init__(self) -> None:
        self.name, self._backend = _usable()

    def get(self, history: str) -> str | None:
        """Return the secret; None if there is none."""
        try:
            secret: str | None = self._backend.get_password(SERVICE, history)
        except (KeyringError, OSError) as error:
            raise KeyringUnusable(why=_words(error)) from error
        return secret

    def set(self, history: str, secret: str) -> None:
        """Keep a secret and read it back."""
        try:
            self._backend.set_password(SERVICE, history, secret)
            kept = self._backend.get_password(SERVICE, history)
        except (KeyringError, OSError) as error:
            raise KeyringUnusable(why=_words(error)) from error
        if kept != secret:
            raise KeyringUnusable(why=f"{self.name} did not keep what it was given")

    def delete(self, history: str) -> None:
        """Forget a secret."""
        try:
            if self._backend.get_password(SERVICE, history) is not None:
                self._backend.delete_password(SERVICE, history)
        except (KeyringError, OSError) as error:
            raise KeyringUnusable(why=_words(error)) from error


def _usable() -> tuple[str, Any]:
    for name, module, class_name in _BACKENDS.get(sys.platform, ()):
        try:
            kind = getattr(importlib.import_module(module), class_name)
            if kind.priority > 0:  # a backend's property raises where it cannot work
                backend = kind()
                if sys.platform == "win32":
                    backend.persist = "local machine"  # the default roams with a domain profile
                return name, backend
        except (ImportError, RuntimeError, KeyringError, AttributeError, OSError):
            continue
    raise KeyringUnusable(why="this system offers none that this program trusts")


def _words(error: Exception) -> str:
    """A few words from the class alone: a backend's message may name the user or a path."""
    known = {
        "KeyringLocked": "it is locked",
        "InitError": "it could not be unlocked",
        "NoKeyringError": "there is none",
        "PasswordSetError": "it refused to keep the key",
    }
    return known.get(type(error).__name__, "it does not answer")
