"""Safe writing: a file is there whole or not at all, and what stood there before survives a failure."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

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
    temporary: Path | None = None
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a device or a pipe is written to, never replaced
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".epicrisis-")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else NotWritable
        raise kind(name=path.name) from error
