"""What the window takes for granted of Qt for Python."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

_TIMES = 500


class _Bell(QObject):
    rings = Signal()


def test_calls_do_not_take_references_away_from_none_and_true(qtbot: QtBot) -> None:
    """6.12.0 did, on Pythons whose None can die: after some hundred signals the whole program was aborted."""
    bell = _Bell()
    before = [sys.getrefcount(one) for one in (None, True, False)]
    for _ in range(_TIMES):
        bell.rings.emit()
        bell.setObjectName("x")
    lost = [was - sys.getrefcount(one) for was, one in zip(before, (None, True, False), strict=True)]
    assert max(lost) < _TIMES / 2
