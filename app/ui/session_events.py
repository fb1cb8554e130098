"""The desktop locks its screen or goes to sleep: the history is locked, too.

On Linux through D-Bus: logind's `Lock` and `PrepareForSleep`, and the screen saver's `ActiveChanged`. Elsewhere the
idle lock alone holds.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import SLOT, QObject, Signal, Slot

_LOGIN = "org.freedesktop.login1"


class SessionEvents(QObject):
    """Listens to the desktop.

    Args:
        parent: Owner.

    Attributes:
        locked: The screen was locked, or the machine goes to sleep.
    """

    locked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if sys.platform != "linux":
            return
        from PySide6.QtDBus import QDBusConnection  # only Linux has it

        system, session = QDBusConnection.systemBus(), QDBusConnection.sessionBus()
        sleeps, locks, saver = (SLOT(name).encode() for name in ("on_sleep(bool)", "on_lock()", "on_saver(bool)"))
        if system.isConnected():
            manager = f"{_LOGIN}.Manager"
            system.connect(_LOGIN, "/org/freedesktop/login1", manager, "PrepareForSleep", self, sleeps)
            path = _session_path()
            if path:
                system.connect(_LOGIN, path, f"{_LOGIN}.Session", "Lock", self, locks)
        if session.isConnected():
            for name in ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver"):
                session.connect("", "", name, "ActiveChanged", self, saver)

    @Slot(bool)
    def on_sleep(self, is_beginning: bool) -> None:
        """The machine goes to sleep, or woke up."""
        if is_beginning:
            self.locked.emit()

    @Slot()
    def on_lock(self) -> None:
        """The session was locked."""
        self.locked.emit()

    @Slot(bool)
    def on_saver(self, is_active: bool) -> None:
        """The screen saver covers the screen, or left."""
        if is_active:
            self.locked.emit()


def _session_path() -> str:
    """Path of this session's object; logind escapes what is no letter or digit."""
    identity = os.environ.get("XDG_SESSION_ID", "")
    if not identity:
        return ""
    first, rest = identity[0], identity[1:]
    escaped = f"_{ord(first):02x}" if not first.isalpha() else first
    escaped += "".join(one if one.isalnum() and one.isascii() else f"_{ord(one):02x}" for one in rest)
    return f"/org/freedesktop/login1/session/{escaped}"
