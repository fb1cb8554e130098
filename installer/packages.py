"""The package that fits the system: .deb and tarball on Linux, setup program and MSI on Windows, dmg on macOS."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from installer.linux import deb
from installer.macos import dmg
from installer.windows import setup


def make(frozen: Path, dist: Path, version: str, flavour: str, environment: Mapping[str, str]) -> list[Path]:
    """Make this system's packages.

    Args:
        frozen: The frozen folder.
        dist: Where packages go.
        version: Version of the program.
        flavour: One of `contents.FLAVOURS`.
        environment: Variables for the tools.

    Returns:
        The packages.
    """
    if sys.platform == "win32":
        return setup.make(frozen, dist, version, environment)
    if sys.platform == "darwin":
        return [dmg.make(dist / "Epicrisis.app", dist, version, environment)]
    # Flavours are packages of the same name: one replaces the other.
    made = [deb.make(frozen, dist, version, flavour, environment)] if deb.is_possible() else []
    return [*made, tarball(frozen, dist, version, flavour, environment)]


def tarball(frozen: Path, dist: Path, version: str, flavour: str, environment: Mapping[str, str]) -> Path:
    """Pack the frozen folder with names, owners and times that do not depend on this machine."""
    target = dist / f"epicrisis-{version}-{flavour}-linux-{platform.machine()}.tar.zst"
    command = ["tar", "--create", "--file", str(target), "--use-compress-program", "zstd -12 -T2"]
    same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{environment['SOURCE_DATE_EPOCH']}"]
    subprocess.run([*command, *same, "--directory", str(frozen.parent), frozen.name], check=True)
    return target
