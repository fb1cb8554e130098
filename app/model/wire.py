"""Messages to bytes and back: JSON, so that a damaged or hostile worker can send text and numbers only.

A pickle from the worker could run code in the app; JSON cannot. Anything that is not exactly one of the
known messages is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, get_type_hints

from app.model import messages as m
from app.prompts.chat import ChatMessage, Conversation

LARGEST_MESSAGE = 32 * 1024 * 1024

_MESSAGES: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        m.Load,
        m.Count,
        m.Generate,
        m.GenerateMany,
        m.Cancel,
        m.Read,
        m.Forget,
        m.Probe,
        m.Quit,
        m.Loading,
        m.Ready,
        m.Counted,
        m.Piece,
        m.Finished,
        m.Failed,
        m.Probed,
    )
}


def encode(message: m.ToWorker | m.FromWorker) -> bytes:
    """Write one message as JSON in ASCII: any text survives, lone surrogates too."""
    return json.dumps({"type": type(message).__name__, **asdict(message)}).encode("ascii")


def decode(untrusted_data: bytes) -> m.ToWorker | m.FromWorker:
    """Read one message.

    Args:
        untrusted_data: What came over the pipe.

    Returns:
        The message.

    Raises:
        ValueError: It is not one of the known messages with values of the right types.
    """
    try:
        untrusted = json.loads(untrusted_data)
        kind = _MESSAGES[untrusted.pop("type")]
        values = {name: _NESTED.get(name, _as_is)(value) for name, value in untrusted.items()}
        message = kind(**values)
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("not a known message") from error
    _check_types(message)
    return message  # type: ignore[no-any-return]


def _as_is(value: object) -> object:
    return value


def _conversation(value: list[dict[str, Any]]) -> Conversation:
    return tuple(ChatMessage(**one) for one in value)


def _request(value: dict[str, Any]) -> m.Generate:
    request = m.Generate(value["request"], _conversation(value["messages"]), m.Limits(**value["limits"]))
    _check_types(request)
    return request


_NESTED: Mapping[str, Callable[[Any], object]] = {
    "messages": _conversation,
    "conversations": lambda value: tuple(_conversation(one) for one in value),
    "limits": lambda value: m.Limits(**value),
    "requests": lambda value: tuple(_request(one) for one in value),
    "counts": tuple,
    "facts": lambda value: tuple((str(name), fact) for name, fact in value),
    "attempts": lambda value: tuple((str(name), str(outcome)) for name, outcome in value),
}


def _check_types(message: object) -> None:
    hints = get_type_hints(type(message))
    for field in fields(message):  # type: ignore[arg-type]
        expected = hints[field.name]
        value = getattr(message, field.name)
        if expected in (str, int) and type(value) is not expected:
            raise ValueError("a field has the wrong type")
        if expected is float and type(value) not in (float, int):
            raise ValueError("a field has the wrong type")
