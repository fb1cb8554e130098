"""What the operating system guards for us: folders that only the user reads, memory that nobody else reads."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from app.errors import NotWritable


def private_folder(folder: Path) -> None:
    """Make a folder that only the user reads. On Windows the profile's own access list does that."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)
    except OSError as error:
        raise NotWritable(name=folder.name) from error


def harden() -> None:
    """No core dumps of a process that holds a key; other processes of the user cannot read its memory (Linux)."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
