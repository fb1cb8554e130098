"""Messages survive the pipe, and nothing else gets through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model import messages as m
from app.model import wire
from app.prompts.chat import ChatMessage

any_text = st.text(st.characters(codec=None))


@given(any_text, st.integers(), st.floats(allow_nan=False))
def test_every_message_comes_back_equal(text: str, number: int, fraction: float) -> None:
    conversation = (ChatMessage("system", text), ChatMessage("user", text))
    for message in (
        m.Load(text, text, "cpu", text),
        m.Count(number, (conversation, ())),
        m.Generate(number, conversation, m.Limits(3, 4)),
        m.GenerateMany((m.Generate(number, conversation, m.Limits(3, 4)), m.Generate(number, (), m.Limits()))),
        m.Cancel(number),
        m.Read(conversation),
        m.Forget(),
        m.Probe(),
        m.Quit(),
        m.Loading(fraction, text),
        m.Ready(text, "cuda", number, text, number),
        m.Counted(number, (1, 2)),
        m.Piece(number, text),
        m.Finished(number, "stop", 1, 2, fraction, fraction, text),
        m.Failed(None, text, (("name", text), ("count", number))),
        m.Failed(number, text),
        m.Probed((("a", "b"),)),
    ):
        assert wire.decode(wire.encode(message)) == message


@given(st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError: JSON's own or ours
        wire.decode(data)


@pytest.mark.parametrize(
    "table",
    [
        {"type": "Piece"},
        {"type": "Piece", "request": "1", "text": "x"},
        {"type": "Piece", "request": 1, "text": 5},
        {"type": "Piece", "request": 1, "text": "x", "more": 1},
        {"type": "Exec", "code": "x"},
        {"type": "Failed", "request": 1, "code": 7},
        [],
        "Piece",
        {"type": ["Piece"]},
    ],
)
def test_messages_of_the_wrong_shape_are_refused(table: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError: JSON's own or ours
        wire.decode(json.dumps(table).encode())
