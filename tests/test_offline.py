"""The guard really refuses, in the process and in its children."""

from __future__ import annotations

import subprocess
import sys

import pytest

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="the kernel lock exists on Linux only")


def run(code: str) -> str:
    """Run code in a fresh process: the guard cannot be taken off again."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_without_the_guard_the_probe_says_so() -> None:
    out = run("from app import offline; print({how for _, how in offline.probe()})")
    assert "refused" not in out


def test_with_the_guard_every_attempt_is_refused() -> None:
    out = run("from app import offline; offline.install(); print({how for _, how in offline.probe()})")
    assert out == "{'refused'}"


def test_installing_twice_is_harmless() -> None:
    assert "hook=True" in run("from app import offline; offline.install(); print(offline.install())")


@LINUX_ONLY
@pytest.mark.parametrize(
    ("what", "call"),
    [
        ("an internet socket", "libc.socket(2, 1, 0)"),
        ("an IPv6 socket", "libc.socket(10, 2, 0)"),
        ("a virtual-machine socket", "libc.socket(40, 1, 0)"),
        ("a raw packet socket", "libc.socket(17, 3, 0)"),
        ("the same by its x32 number", "libc.syscall(0x40000000 + 41, 2, 1, 0)"),
        ("io_uring", "libc.syscall(425, 1, 0)"),
    ],
)
def test_native_code_is_refused(what: str, call: str) -> None:
    out = run(f"import ctypes; from app import offline; offline.install(); libc = ctypes.CDLL(None); print({call})")
    assert out == "-1", what


@LINUX_ONLY
def test_children_are_refused_too() -> None:
    child = "import socket; socket.socket(socket.AF_INET)"
    code = (
        "import subprocess, sys; from app import offline; offline.install();"
        f"print(subprocess.run([sys.executable, '-c', {child!r}], capture_output=True, text=True).stderr)"
    )
    assert "PermissionError" in run(code)


def test_local_sockets_still_work() -> None:
    run("import socket; from app import offline; offline.install(); a, b = socket.socketpair(); a.send(b'x')")


def test_transformers_is_told_before_it_is_imported() -> None:
    out = run("import os; from app import offline; offline.install(); print(os.environ['HF_HUB_OFFLINE'])")
    assert out == "1"
