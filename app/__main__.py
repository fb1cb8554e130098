"""Start of the program: lock the network, then the window, or the command line where words were given."""

from __future__ import annotations

import multiprocessing
import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        The exit code.
    """
    multiprocessing.freeze_support()  # first: a frozen worker must not become a second window
    _tell_installer()
    from app import offline  # after freeze_support, so that a worker starts lean

    guard = offline.install()
    from app import start

    words = sys.argv[1:] if arguments is None else arguments
    if not words and _has_display():
        from app.ui import run  # Qt: the command line starts without it

        return run.run(start.build, is_network_locked=guard.kernel)
    from app.cli import main as cli

    return cli.main(words, start.build)


def _tell_installer() -> None:
    """Hold the mutexes by which the setup program on Windows sees, in any session, that the program runs."""
    if sys.platform == "win32":
        import ctypes

        for name in ("Epicrisis", "Global\\Epicrisis"):
            ctypes.WinDLL("kernel32").CreateMutexW(None, False, name)  # freed by the system when the process ends


def _has_display() -> bool:
    """Whether a window can be shown; on a server without a screen the command line tells how to use it."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)


if __name__ == "__main__":
    sys.exit(main())
