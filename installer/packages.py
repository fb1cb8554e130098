"""The package that fits the system: .deb and tarball on Linux, Inno Setup and MSI on Windows, disk image on macOS."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from installer.linux import deb

_HERE = Path(__file__).resolve().parent


def make(frozen: Path, dist: Path, version: str, flavour: str, environment: Mapping[str, str]) -> list[Path]:
    """Make this system's packages.

    Args:
        frozen: The frozen folder.
        dist: Where packages go.
        version: Version of the program.
        flavour: `cpu` or `cuda`.
        environment: Variables for the tools.

    Returns:
        The packages.
    """
    # The cuda flavour is another package of the same name: one replaces the other.
    if sys.platform == "win32":
        return _windows(dist, version, flavour, environment)
    if sys.platform == "darwin":
        subprocess.run(["/bin/bash", str(_HERE / "macos" / "build_dmg.sh"), version], check=True, env=dict(environment))
        return sorted(dist.glob(f"*{version}*.dmg"))
    made = [deb.make(frozen, dist, version, flavour, environment)] if deb.is_possible() else []
    return [*made, tarball(frozen, dist, version, flavour, environment)]


def tarball(frozen: Path, dist: Path, version: str, flavour: str, environment: Mapping[str, str]) -> Path:
    """Pack the frozen folder with names, owners and times that do not depend on this machine."""
    target = dist / f"epicrisis-{version}-{flavour}-linux-{platform.machine()}.tar.zst"
    command = ["tar", "--create", "--file", str(target), "--use-compress-program", "zstd -12 -T2"]
    same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{environment['SOURCE_DATE_EPOCH']}"]
    subprocess.run([*command, *same, "--directory", str(frozen.parent), frozen.name], check=True)
    return target


def _windows(dist: Path, version: str, flavour: str, environment: Mapping[str, str]) -> list[Path]:
    """Compile both installers. `ISCC` and `WIX` name the compilers; `SIGN` a command that signs a file."""
    words = {**environment, "VERSION": version, "FLAVOUR": flavour}
    iscc = os.environ.get("ISCC", r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe")
    defines = [f"/DVersion={version}", f"/DFlavour={flavour}"]
    sign = [f"/Ssigner={os.environ['SIGN']} $f", "/DSigned"] if os.environ.get("SIGN") else []
    subprocess.run([iscc, "/Qp", *defines, *sign, str(_HERE / "windows" / "assistant.iss")], check=True, env=words)
    made = [dist / f"epicrisis-{version}-{flavour}-setup.exe"]
    msi = dist / f"epicrisis-{version}-{flavour}.msi"
    wix = os.environ.get("WIX", "wix")
    source = str(_HERE / "windows" / "assistant.wxs")
    build = [wix, "build", "-arch", "x64", "-d", f"Version={version}", "-o", str(msi), source]
    if subprocess.run(build, check=False, env=words).returncode == 0:
        made.append(msi)
    return made
