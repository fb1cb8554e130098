"""Values of settings, whoever wrote them: known names, right types, within their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

from app.errors import SetupError
from app.settings.options import BOUNDS, Options


def checked(values: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Refuse an unknown name, a wrong type and a number out of its bounds.

    Args:
        values: Values by name, as TOML, a registry or a property list gives them.
        label: What they stand in, for the sentence.

    Returns:
        The values, lists as tuples.

    Raises:
        SetupError: One of them cannot be used.
    """
    hints = get_type_hints(Options)
    for name, value in values.items():
        if name not in hints:
            raise SetupError(name=label, why=f"there is no setting named {name}")
        wanted = hints[name]
        if not _fits(value, wanted):
            raise SetupError(name=label, why=f"{name} must be {_words(wanted)}")
        least, most = BOUNDS.get(name, (value, value))
        if not least <= value <= most:
            raise SetupError(name=label, why=f"{name} must lie between {least} and {most}")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _fits(value: Any, wanted: Any) -> bool:  # noqa: ANN401 - both may be of any type
    if get_origin(wanted) is Literal:
        return value in get_args(wanted)
    if get_origin(wanted) is tuple:
        return isinstance(value, list | tuple) and all(_fits(one, get_args(wanted)[0]) for one in value)
    return type(value) is wanted or (wanted is float and type(value) is int)


def _words(wanted: Any) -> str:  # noqa: ANN401
    if get_origin(wanted) is Literal:
        return " or ".join(get_args(wanted))
    return f"a list of {_words(get_args(wanted)[0])}" if get_origin(wanted) is tuple else str(wanted.__name__)
