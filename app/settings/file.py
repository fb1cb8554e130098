"""Where a setting's value comes from: the default, the user's file, or the policy that IT fixed."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from app.errors import SetupError
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
        values = _values(file)
        options = replace(options, **values)
        sources |= dict.fromkeys(values, source)
    return Settings(options, sources)


def write(user_file: Path, name: str, value: str) -> None:
    """Set one setting of words in the user's file; every other line stays as it is.

    Args:
        user_file: The user's file. It and its folder are made if they are not there.
        name: Name of the setting.
        value: Its value.

    Raises:
        SetupError: The file cannot be read or written, or would not be a settings file afterwards.
    """
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    try:
        old = user_file.read_text(encoding="utf-8") if user_file.exists() else ""
        kept = [one for one in old.splitlines() if not re.match(rf"\s*{re.escape(name)}\s*=", one)]
        user_file.parent.mkdir(parents=True, exist_ok=True)
        fresh = user_file.with_suffix(".new")
        fresh.write_text("\n".join([*kept, line]) + "\n", encoding="utf-8", newline="\n")
        _values(fresh)
        fresh.replace(user_file)
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(name=f"The file {user_file.name}", why="it cannot be written") from error


def _values(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SetupError(name=f"The file {file.name}", why="it cannot be read as TOML") from error
    hints = get_type_hints(Options)
    for name, value in values.items():
        if name not in hints:
            raise SetupError(name=f"The file {file.name}", why=f"there is no setting named {name}")
        choices = get_args(hints[name])
        fits = (
            value in choices if choices else type(value) is hints[name] or (hints[name] is float and type(value) is int)
        )
        if not fits:
            wanted = " or ".join(choices) if choices else hints[name].__name__
            raise SetupError(name=f"The file {file.name}", why=f"{name} must be {wanted}")
        least, most = BOUNDS.get(name, (value, value))
        if not least <= value <= most:
            raise SetupError(name=f"The file {file.name}", why=f"{name} must lie between {least} and {most}")
    return values
