"""Safe writing: a file is there whole or not at all, and what stood there before survives a failure."""

from __future__ import annotations

import errno
from pathlib import Path

from app import disk
from app.errors import DiskFull, NotWritable


def write(path: Path, data: bytes) -> None:
    """Write a file: a temporary one beside it, readable by the user only, synced, then renamed.

    Args:
        path: Where to write. Its folder is made if it is missing.
        data: The contents.

    Raises:
        DiskFull: No room; nothing was changed.
        NotWritable: The folder or file may not be written; nothing was changed.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a device or a pipe is written to, never replaced
            return
        disk.write(path, data)
    except OSError as error:
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else NotWritable
        raise kind(name=path.name) from error
