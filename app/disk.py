"""Files on disk: there whole or not at all, and known by their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def write(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file beside its place and rename it there, once the disk has it. Its folder is made if it is missing.

    Args:
        path: Where to write.
        data: The contents.
        mode: Rights of the file, where the system knows such.

    Raises:
        OSError: It cannot be written; what stood there before is unchanged, and nothing lies beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".epicrisis-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sha256(file: Path) -> str:
    """Hash a file, in hex.

    Raises:
        OSError: It cannot be read.
    """
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
