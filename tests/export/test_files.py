"""A result is written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from app.errors import DiskFull, NotWritable
from app.export import files


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    files.write(file, b"first")
    files.write(file, b"second")
    assert file.read_bytes() == b"second"
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.skipif(os.name != "posix", reason="named pipes of another kind")
def test_a_pipe_or_device_is_written_to_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    files.write(pipe, b"letter")
    assert os.read(reader, 100) == b"letter"
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, DiskFull), (errno.EACCES, NotWritable)])
def test_a_failure_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception]
) -> None:
    file = tmp_path / "letter.txt"
    files.write(file, b"first")

    def fail(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(kind, match=r"letter\.txt"):
        files.write(file, b"second")
    assert file.read_bytes() == b"first"
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]
