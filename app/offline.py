"""The offline guard: no process of this program can open a network connection.

Two layers. A Python audit hook stops and names the caller on every system. On Linux a seccomp filter
makes the kernel refuse every socket that is not a Unix (or netlink) socket, for native code and child
processes too; it needs no rights and cannot be taken off. `probe` proves it by trying.

On Windows and macOS only the hook exists in the process: the installer adds a firewall rule, and
`Guard.kernel` is False so that nobody is told more than is true.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from dataclasses import dataclass

from app.errors import NetworkRefused

# Set before transformers is imported anywhere: with a hub id it would otherwise try DNS 19 times.
_OFFLINE_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
_NETWORK_EVENTS = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
    }
)
_AF_UNIX = 1
_AF_NETLINK = 16
# machine -> (AUDIT_ARCH, socket, socketpair, io_uring_setup), from the kernel's syscall tables.
_SYSCALLS = {
    "x86_64": (0xC000003E, 41, 53, 425),
    "aarch64": (0xC00000B7, 198, 199, 425),
}
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_TSYNC = 1
_SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}


@dataclass(frozen=True, slots=True)
class Guard:
    """What holds in this process.

    Attributes:
        hook: The Python audit hook is in place.
        kernel: The operating system refuses network sockets of this process and its children.
        why: Plain words where `kernel` is False.
    """

    hook: bool
    kernel: bool
    why: str = ""


_state = Guard(hook=False, kernel=False, why="the guard was not installed")


def install() -> Guard:
    """Lock this process and all its later children. Safe to call twice; cannot be undone."""
    global _state
    os.environ.update(_OFFLINE_ENVIRONMENT)
    if not _state.hook:
        sys.addaudithook(_refuse)
    if not _state.kernel:
        why = _install_seccomp()
        _state = Guard(hook=True, kernel=not why, why=why)
    return _state


def probe() -> tuple[tuple[str, str], ...]:
    """Try to reach this machine's own discard port in several ways.

    Loopback is used so that an unguarded process sends nothing out.

    Returns:
        Pairs of attempt and outcome; the outcome is `refused` where the guard stopped it, else what
        happened instead.
    """
    attempts = [("connect from Python", _try_connect()), ("look up a name", _try_lookup())]
    if sys.platform == "linux":
        attempts.append(("socket from native code", _try_native()))
    return tuple(attempts)


def _refuse(event: str, args: tuple[object, ...]) -> None:
    if event not in _NETWORK_EVENTS:
        return
    if args and isinstance(args[0], socket.socket) and args[0].family == getattr(socket, "AF_UNIX", None):
        return
    raise NetworkRefused


def _try_connect() -> str:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
            attempt.settimeout(1)
            attempt.connect(("127.0.0.1", 9))
    except NetworkRefused:
        return "refused"
    except OSError as error:
        return "refused" if error.errno == errno.EACCES else errno.errorcode.get(error.errno or 0, "failed")
    return "connected"


def _try_lookup() -> str:
    try:
        socket.getaddrinfo("localhost", 9)
    except NetworkRefused:
        return "refused"
    except OSError:
        return "failed"
    return "answered"


def _try_native() -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.socket(int(socket.AF_INET), int(socket.SOCK_STREAM), 0)
    if descriptor >= 0:
        os.close(descriptor)
        return "opened"
    code = ctypes.get_errno()
    return "refused" if code == errno.EACCES else errno.errorcode.get(code, "failed")


def _instruction(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _filter(machine: str) -> bytes:
    """Classic BPF program over `struct seccomp_data` (nr at 0, arch at 4, low half of args[0] at 16).

    Another architecture (32-bit calls) and the x32 numbers are refused whole: they would reach
    `socket` by another number. io_uring can open sockets without the call, so it is refused as well.
    """
    arch, socket_call, socketpair_call, io_uring = _SYSCALLS[machine]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    refused = _ERRNO | errno.EACCES
    missing = _ERRNO | errno.ENOSYS
    return b"".join(
        [
            _instruction(load, 0, 0, 4),
            _instruction(equal, 1, 0, arch),
            _instruction(give, 0, 0, missing),
            _instruction(load, 0, 0, 0),
            _instruction(at_least, 7, 0, 0x40000000),
            _instruction(equal, 6, 0, io_uring),
            _instruction(equal, 1, 0, socket_call),
            _instruction(equal, 0, 5, socketpair_call),
            _instruction(load, 0, 0, 16),
            _instruction(equal, 3, 0, _AF_UNIX),
            _instruction(equal, 2, 0, _AF_NETLINK),
            _instruction(give, 0, 0, refused),
            _instruction(give, 0, 0, missing),
            _instruction(give, 0, 0, _ALLOW),
        ]
    )


def _install_seccomp() -> str:
    """Install the filter for all threads of this process.

    Returns:
        Empty on success, else why the kernel lock is not in place.
    """
    machine = platform.machine()
    if sys.platform != "linux":
        return "this system has no lock inside the process; the installer sets a firewall rule"
    if machine not in _SYSCALLS:
        return f"no filter was written for {machine} processors"
    program = _filter(machine)
    buffer = ctypes.create_string_buffer(program)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    packed = Program(len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return "the kernel did not allow the lock"
    answer = libc.syscall(
        ctypes.c_long(_SECCOMP_CALL[machine]),
        ctypes.c_uint(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_uint(_SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.byref(packed),
    )
    return "" if answer == 0 else "the kernel has no seccomp filter"
