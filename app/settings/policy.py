"""What IT fixed on this machine: a file, on Windows also the registry, on macOS also what device management wrote.

All of it fails closed: what is there and cannot be read stops the program, with a sentence. The places can be
written by administrators only; nothing a user sets moves them.
"""

from __future__ import annotations

import importlib
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from app.errors import SetupError
from app.settings.options import Options
from app.settings.values import checked

KEY = r"SOFTWARE\Policies\Epicrisis"  # below HKEY_LOCAL_MACHINE
MANAGED = Path("/Library/Managed Preferences/org.epicrisis.Epicrisis.plist")


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy of a machine.

    Attributes:
        values: Values by name.
        places: Where they were looked for, and whether something was there.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, bool] = field(default_factory=dict)


def read(file: Path) -> Policy:
    """Read every place of this system; what device management wrote wins over the file.

    Args:
        file: The policy file. It need not exist.

    Returns:
        The policy.

    Raises:
        SetupError: Something is there and cannot be used.
    """
    found = from_file(file)
    if sys.platform == "win32":
        return _over(found, from_registry(importlib.import_module("winreg")))
    if sys.platform == "darwin":
        return _over(found, from_plist(MANAGED))
    return found


def from_file(file: Path) -> Policy:
    """Read a TOML file."""
    # Windows editors like to put a mark in front.
    values = _loaded(file, lambda data: tomllib.loads(data.decode("utf-8-sig")))
    label = f"The policy file {file.name}"
    return Policy(checked(values or {}, label), {str(file): values is not None})


def from_plist(file: Path) -> Policy:
    """Read a property list, as device management on macOS writes it. Its own keys have a colon or a capital letter."""
    import plistlib  # needed on macOS only

    values = _loaded(file, plistlib.loads)
    ours = {name: value for name, value in (values or {}).items() if name == name.lower() and ":" not in name}
    return Policy(checked(ours, f"The policy file {file.name}"), {str(file): values is not None})


def from_registry(winreg: Any) -> Policy:  # noqa: ANN401 - the module exists on Windows only
    """Read the key of group policy: numbers as REG_DWORD, words as REG_SZ, lists as REG_MULTI_SZ.

    Args:
        winreg: The module of that name.
    """
    label = f"The registry key HKLM\\{KEY}"
    try:
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, KEY, 0, access) as key:
            count = winreg.QueryInfoKey(key)[1]
            rows = [winreg.EnumValue(key, index)[:2] for index in range(count)]
    except FileNotFoundError:
        return Policy({}, {f"HKLM\\{KEY}": False})
    except OSError as error:
        raise SetupError(name=label, why="it cannot be read") from error
    hints = get_type_hints(Options)
    values = {name: _from_number(value, hints.get(name)) for name, value in rows if name}  # "" is the key's own value
    return Policy(checked(values, label), {f"HKLM\\{KEY}": True})


def _from_number(value: Any, wanted: Any) -> Any:  # noqa: ANN401
    """The registry knows no truth values."""
    return bool(value) if wanted is bool and value in (0, 1) else value


def _loaded(file: Path, parse: Any) -> dict[str, Any] | None:  # noqa: ANN401
    """None where there is no file."""
    label = f"The policy file {file.name}"
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SetupError(name=label, why="it cannot be read") from error
    try:
        values = parse(data)
        if not isinstance(values, dict):
            raise TypeError(file.name)
    except Exception as error:  # of the parsers, and expat has one of its own
        raise SetupError(name=label, why=f"it cannot be read as {file.suffix[1:].upper()}") from error
    return values


def _over(first: Policy, second: Policy) -> Policy:
    return Policy({**first.values, **second.values}, {**first.places, **second.places})
