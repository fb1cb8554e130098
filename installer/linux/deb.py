"""The .deb: the frozen folder under /opt, a command, a menu entry, and scripts that check and that leave user data."""

from __future__ import annotations

import gzip
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
MAINTAINER = "Epicrisis maintainers <maintainers@epicrisis.invalid>"
# Qt loads these by name, and the bundled libstdc++ asks for this glibc. Proved on a clean Debian 12 by `prove_deb.py`.
DEPENDS = (
    "libc6 (>= 2.36)",
    "libegl1",
    "libgl1",
    "libfontconfig1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
# Without libwayland-cursor0 the window runs on X only, where both are offered.
RECOMMENDS = (
    "gnome-keyring | kwalletmanager",
    "fonts-dejavu-core | fonts-liberation2",
    "libcups2",
    "libwayland-cursor0",
)
SUGGESTS = ("fonts-noto-cjk | fonts-wqy-microhei",)
# zstd -19 is 5 % smaller than -15 here and takes three times as long to make, once; it unpacks as quickly as any.
_COMPRESSION = ["-Zzstd", "-z19"]


def is_possible() -> bool:
    """Whether this machine can write a .deb."""
    return shutil.which("dpkg-deb") is not None


def architecture() -> str:
    """Debian's name for this processor."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def control(version: str, flavour: str, installed_kib: int) -> str:
    """The control file.

    Args:
        version: Version of the program.
        flavour: One of `contents.FLAVOURS`.
        installed_kib: Size of what it installs.

    Returns:
        Its text.
    """
    graphics = "NVIDIA graphics card, else processor" if flavour == "cuda" else "processor"
    needs = " Needs a processor with AVX2.\n" if flavour == "cpu" else ""
    lines = {
        "Package": "epicrisis",
        "Version": version if flavour == "cpu" else f"{version}+{flavour}",
        "Architecture": architecture(),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(installed_kib),
        "Depends": ", ".join(DEPENDS),
        "Recommends": ", ".join(RECOMMENDS),
        "Suggests": ", ".join(SUGGESTS),
        "Section": "science",
        "Priority": "optional",
        "Description": "offline assistant that drafts and checks discharge letters",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return text + (
        " Drafts discharge letters from pasted notes with a language model that runs on\n"
        f" this machine ({graphics}). It opens no network connection and keeps\n"
        " its history encrypted. A draft is a draft: a doctor reads and answers for it.\n" + needs
    )


def make(frozen: Path, dist: Path, version: str, flavour: str, environment: Mapping[str, str]) -> Path:
    """Write the package.

    Args:
        frozen: The frozen folder. It is moved into the package's tree by hard links, not copied.
        dist: Where it goes.
        version: Version of the program.
        flavour: One of `contents.FLAVOURS`.
        environment: Variables for dpkg-deb; `SOURCE_DATE_EPOCH` makes it reproducible.

    Returns:
        The .deb.
    """
    tree = ROOT / "build" / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    program = tree / "opt" / "epicrisis"
    shutil.copytree(frozen, program, symlinks=True, copy_function=_link)
    (tree / "usr" / "bin").mkdir(parents=True)
    (tree / "usr" / "bin" / "epicrisis").symlink_to("/opt/epicrisis/epicrisis")
    _copy(HERE / "epicrisis.desktop", tree / "usr/share/applications/epicrisis.desktop")
    _copy(ROOT / "resources/icons/epicrisis.png", tree / "usr/share/icons/hicolor/256x256/apps/epicrisis.png")
    _copy(ROOT / "installer/README.md", tree / "usr/share/doc/epicrisis/README.md")
    _copy(HERE / "copyright", tree / "usr/share/doc/epicrisis/copyright")
    changes = gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), mtime=0)
    (tree / "usr/share/doc/epicrisis/changelog.gz").write_bytes(changes)
    debian = tree / "DEBIAN"
    debian.mkdir()
    files = [one for one in tree.rglob("*") if one.is_file() and not one.is_symlink()]
    kib = sum(-(-one.stat().st_size // 4096) * 4 for one in files)
    (debian / "control").write_text(control(version, flavour, kib), encoding="utf-8")
    for name in ("postinst", "postrm"):
        _copy(HERE / name, debian / name)
        (debian / name).chmod(0o755)
    _plain_rights(tree)
    package = dist / f"epicrisis_{version}_{flavour}_{architecture()}.deb"
    command = ["dpkg-deb", "--root-owner-group", *_COMPRESSION, "--build", str(tree), str(package)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=dict(environment))
    shutil.rmtree(tree)
    return package


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _plain_rights(tree: Path) -> None:
    """Folders 0755 and files readable for all, whatever the umask of the builder was."""
    for one in tree.rglob("*"):
        if not one.is_symlink():
            one.chmod(0o755 if one.is_dir() or one.stat().st_mode & 0o100 else 0o644)
