"""The disk image of a frozen app, signed and notarised where commands for that are given. Never run on a real Mac."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Name of a "Developer ID Application" certificate in the keychain, and a profile of `notarytool store-credentials`.
IDENTITY, PROFILE = "EPICRISIS_MAC_IDENTITY", "EPICRISIS_MAC_NOTARY_PROFILE"


def make(app: Path, dist: Path, version: str, environment: Mapping[str, str]) -> Path:
    """Make the image: the app beside a link to Applications.

    Args:
        app: `Epicrisis.app`.
        dist: Where it goes.
        version: Version of the program.
        environment: Variables; the two above to sign and to notarise.

    Returns:
        The image.
    """
    target = dist / f"epicrisis-{version}-macos-{platform.machine()}.dmg"
    for command in sign(app, environment.get(IDENTITY, "")):
        subprocess.run(command, check=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(app, folder / app.name, symlinks=True)
        (folder / "Applications").symlink_to("/Applications")
        target.unlink(missing_ok=True)
        subprocess.run(image(folder, target), check=True)
    for command in notarise(target, environment.get(PROFILE, "")):
        subprocess.run(command, check=True)
    return target


def image(folder: Path, target: Path) -> list[str]:
    """The command that makes a compressed image of a folder."""
    words = ["hdiutil", "create", "-volname", "Epicrisis", "-srcfolder", str(folder), "-format", "ULFO", "-ov"]
    return [*words, str(target)]


def sign(app: Path, identity: str) -> list[list[str]]:
    """The commands that sign an app; without an identity only for this machine, as arm64 runs nothing unsigned."""
    words = ["codesign", "--force", "--deep", "--sign", identity or "-"]
    if identity:
        words += ["--options", "runtime", "--timestamp", "--entitlements", str(HERE / "entitlements.plist")]
    return [[*words, str(app)], ["codesign", "--verify", "--deep", "--strict", str(app)]]


def notarise(target: Path, profile: str) -> list[list[str]]:
    """The commands that have Apple look at an image and that staple the answer; none without a profile."""
    if not profile:
        return []
    submit = ["xcrun", "notarytool", "submit", str(target), "--keychain-profile", profile, "--wait"]
    return [submit, ["xcrun", "stapler", "staple", str(target)]]
