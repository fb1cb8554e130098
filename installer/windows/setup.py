"""The setup program (Inno Setup) and the MSI (WiX) of a frozen folder, signed where a command for that is given."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from installer.windows import msi

HERE = Path(__file__).resolve().parent
# A command with {file} in it, such as: signtool sign /fd sha256 /tr URL /td sha256 /sha1 THUMBPRINT {file}
SIGN = "EPICRISIS_SIGN"


def make(frozen: Path, dist: Path, version: str, environment: Mapping[str, str]) -> list[Path]:
    """Make what the tools of this machine can make.

    Args:
        frozen: The frozen folder.
        dist: Where packages go.
        version: Version of the program.
        environment: Variables for the tools; `EPICRISIS_SIGN` to sign, `SOURCE_DATE_EPOCH` for the time of the files.

    Returns:
        The packages; none where neither tool is here.
    """
    command = environment.get(SIGN, "")
    for program in sorted(frozen.glob("*.exe")):
        sign(program, command)
    made = []
    if compiler := find("ISCC", "Inno Setup 6"):
        subprocess.run(inno([compiler], frozen, dist, version, environment), check=True)
        made.append(dist / f"epicrisis-{version}-setup.exe")
    if shutil.which("candle") and shutil.which("light"):
        made.append(wix(frozen, dist, version))
        sign(made[-1], command)
    return made


def inno(compiler: Sequence[str], frozen: Path, dist: Path, version: str, environment: Mapping[str, str]) -> list[str]:
    """The command that compiles the setup program.

    Args:
        compiler: Words that start ISCC.
        frozen: The frozen folder, as the compiler sees it.
        dist: Where it goes, as the compiler sees it.
        version: Version of the program.
        environment: See `make`.
    """
    words = [*compiler, "/Qp", f"/DVersion={version}", f"/DSource={frozen}", f"/DOutput={dist}"]
    if epoch := environment.get("SOURCE_DATE_EPOCH"):
        at = datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
        words += [f"/DTouchDate={at:%Y-%m-%d}", f"/DTouchTime={at:%H:%M:%S}"]
    if command := environment.get(SIGN):
        words += ["/DSigned", f"/Sepicrisis={command.replace('{file}', '$f')}"]
    return [*words, str(HERE / "epicrisis.iss")]


def wix(frozen: Path, dist: Path, version: str) -> Path:
    """Compile the MSI with WiX 3."""
    source, target = dist / "epicrisis.wxs", dist / f"epicrisis-{version}.msi"
    source.write_text(msi.source(frozen, version), encoding="utf-8")
    objects = dist / "epicrisis.wixobj"
    subprocess.run(["candle", "-nologo", "-arch", "x64", "-o", str(objects), str(source)], check=True)  # noqa: S607
    # ICE61 warns of a rule of ours: the same number may be installed over itself.
    subprocess.run(["light", "-nologo", "-sice:ICE61", "-spdb", "-o", str(target), str(objects)], check=True)  # noqa: S607
    for left in (source, objects):
        left.unlink()
    return target


def sign(file: Path, command: str) -> None:
    """Sign a file, where a command is given."""
    if command:
        subprocess.run(command.replace("{file}", f'"{file}"'), check=True, shell=True)  # noqa: S602 - the builder's own


def find(name: str, folder: str) -> str | None:
    """A compiler: on the path, or where its own setup puts it."""
    places = [os.environ.get("PROGRAMFILES(X86)"), os.environ.get("PROGRAMFILES")]
    standard = [Path(one, folder, f"{name}.exe") for one in places if one]
    return shutil.which(name) or next((str(one) for one in standard if one.exists()), None)
