"""Where a setting's value comes from: the default, the user's file, or the policy that IT fixed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

import tomlkit

from app import disk
from app.errors import SettingsNotSaved, SetupError
from app.settings import policy
from app.settings.options import Options
from app.settings.policy import Policy
from app.settings.values import checked

Source = Literal["default", "you", "IT"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Values and their sources.

    Attributes:
        options: The values in force.
        sources: For every name of a setting, who set it; what `IT` set cannot be changed by the user.
        policy: What `IT` set, and where.
    """

    options: Options
    sources: dict[str, Source]
    policy: Policy = field(default_factory=Policy)


def read(user_file: Path, policy_file: Path) -> Settings:
    """Merge default, user's file and policy; the policy wins.

    Args:
        user_file: TOML file of the user. It need not exist.
        policy_file: TOML file of IT. It need not exist; see `policy.read` for the other places of a policy.

    Returns:
        The settings.

    Raises:
        SetupError: A file cannot be read, or a value has an unknown name or the wrong type: then nothing starts.
    """
    options = Options()
    sources: dict[str, Source] = {one.name: "default" for one in fields(Options)}
    fixed = policy.read(policy_file)
    levels: tuple[tuple[Mapping[str, Any], Source], ...] = (
        (_values(_text(user_file), user_file.name), "you"),
        (fixed.values, "IT"),
    )
    for values, source in levels:
        options = replace(options, **values)
        sources |= dict.fromkeys(values, source)
    return Settings(options, sources, fixed)


def write(user_file: Path, changes: Mapping[str, Any]) -> None:
    """Change the user's file: all changes or none, comments and order kept.

    Args:
        user_file: TOML file of the user. It and its folders are made if they are missing.
        changes: New values by name; None takes the line out, so that the default holds again.

    Raises:
        SettingsNotSaved: A value that `read` would refuse, or a disk that takes no file. The file is as it was.
        SetupError: What stands in the file already cannot be used.
    """
    text = _text(user_file)
    values = _values(text, user_file.name)
    document = tomlkit.parse(text)
    try:
        given = {name: value for name, value in changes.items() if value is not None}
        checked(values | given, f"The file {user_file.name}")
        for name, value in changes.items():
            if value is None:
                document.pop(name, None)
            else:
                document[name] = list(value) if isinstance(value, tuple) else value
        disk.write(user_file, tomlkit.dumps(document).encode("utf-8"))
    except SetupError as error:
        raise SettingsNotSaved(name=user_file.name, why=str(error.facts["why"])) from error
    except (OSError, ValueError) as error:
        raise SettingsNotSaved(name=user_file.name, why="the file could not be written") from error


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise SetupError(name=f"The file {file.name}", why="it cannot be read as TOML") from error


def _values(text: str, file_name: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(text)
    except ValueError as error:
        raise SetupError(name=f"The file {file_name}", why="it cannot be read as TOML") from error
    return checked(values, f"The file {file_name}")
