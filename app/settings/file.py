"""Where a setting's value comes from: the default, the user's file, or the policy that IT fixed."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

import tomlkit

from app.errors import SettingsNotSaved, SetupError
from app.settings.options import BOUNDS, Options

Source = Literal["default", "you", "IT"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Values and their sources.

    Attributes:
        options: The values in force.
        sources: For every name of a setting, who set it; what `IT` set cannot be changed by the user.
    """

    options: Options
    sources: dict[str, Source]


def read(user_file: Path, policy_file: Path) -> Settings:
    """Merge default, user's file and policy; the policy wins.

    Args:
        user_file: TOML file of the user. It need not exist.
        policy_file: TOML file of IT. It need not exist; if it does and cannot be read, nothing starts.

    Returns:
        The settings.

    Raises:
        SetupError: A file is not TOML, or a value has an unknown name or the wrong type.
    """
    options = Options()
    sources: dict[str, Source] = {field.name: "default" for field in fields(Options)}
    levels: tuple[tuple[Path, Source], ...] = ((user_file, "you"), (policy_file, "IT"))
    for file, source in levels:
        values = _values(_text(file), file.name)
        options = replace(options, **values)
        sources |= dict.fromkeys(values, source)
    return Settings(options, sources)


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
        _check(values | {name: value for name, value in changes.items() if value is not None}, user_file.name)
        for name, value in changes.items():
            if value is None:
                document.pop(name, None)
            else:
                document[name] = value
        _replace(user_file, tomlkit.dumps(document))
    except SetupError as error:
        raise SettingsNotSaved(name=user_file.name, why=str(error.facts["why"])) from error
    except (OSError, ValueError) as error:
        raise SettingsNotSaved(name=user_file.name, why="the file could not be written") from error


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".epicrisis-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(text.encode("utf-8"))
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


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
    _check(values, file_name)
    return values


def _check(values: Mapping[str, Any], file_name: str) -> None:
    """Refuse an unknown name, a wrong type and a number out of its bounds."""
    label = f"The file {file_name}"
    hints = get_type_hints(Options)
    for name, value in values.items():
        if name not in hints:
            raise SetupError(name=label, why=f"there is no setting named {name}")
        choices = get_args(hints[name])
        fits = (
            value in choices if choices else type(value) is hints[name] or (hints[name] is float and type(value) is int)
        )
        if not fits:
            wanted = " or ".join(choices) if choices else hints[name].__name__
            raise SetupError(name=label, why=f"{name} must be {wanted}")
        least, most = BOUNDS.get(name, (value, value))
        if not least <= value <= most:
            raise SetupError(name=label, why=f"{name} must lie between {least} and {most}")
