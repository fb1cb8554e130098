"""Prove what of the Windows packages can be proved under Wine: ``python -m installer.windows.prove_wine`` (as root).

Compiles the setup program and the MSI around a stand-in of a few files, then installs, upgrades and removes both
silently under Wine. It proves that the scripts compile, what they copy, write and take away, and which commands they
call. It proves nothing of the program itself, of the firewall or of rights: Wine's netsh and icacls do nothing.

Needs root, debootstrap, Xvfb, a Debian mirror, and ISCC 6 in a folder (npm's package innosetup-compiler carries it).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from installer.linux import prove_deb
from installer.linux.prove_deb import System
from installer.outcome import Check, tell
from installer.windows import msi, setup

_PACKAGES = ("wine", "wine32:i386", "wine64", "wixl")
_STAND_IN = (
    "usr/lib/x86_64-linux-gnu/wine/x86_64-windows/icacls.exe"  # a Windows program that does nothing and ends with 0
)
_PROGRAM = "root/.wine/drive_c/Program Files/Epicrisis"
_DATA = "root/.wine/drive_c/ProgramData/Epicrisis"
_ACTIONS = ("Free", "BlockOut0", "BlockOut1", "BlockIn0", "BlockIn1", "Rights", "SelfTest")
_QUIET = ("/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART", "/SP-", "/ALLUSERS")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove both packages.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        0 if all holds, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m installer.windows.prove_wine", description=__doc__)
    parser.add_argument("--iscc", type=Path, required=True, help="folder with ISCC.exe")
    parser.add_argument("--system", type=Path, help="a Debian tree with Wine; made there if it is missing")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="epicrisis-wine-") as work:
        wine = Wine(system(args.system or Path(work) / "system"))
        checks = [*prove_inno(wine, args.iscc), *prove_msi(wine)]
    return tell(checks)


def system(root: Path) -> System:
    """A Debian tree with Wine of both widths: Inno Setup's compiler has 32 bits."""
    made = System(root)
    if not os.path.lexists(root / "usr" / "bin" / "wine"):
        prove_deb.bootstrap(root, prove_deb.SUITE, prove_deb.MIRROR)
        shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
        made.run("dpkg", "--add-architecture", "i386")
        made.run("apt-get", "update", "-q")
        made.run("apt-get", "install", "-y", "--no-install-recommends", *_PACKAGES)
    return made


class Wine:
    """Windows programs run in a Debian tree.

    Args:
        inside: The tree.
    """

    def __init__(self, inside: System) -> None:
        self.system = inside
        self.root = inside.root
        shutil.rmtree(self.root / "root" / ".wine", ignore_errors=True)
        shutil.rmtree(self.root / "proof", ignore_errors=True)
        (self.root / "proof").mkdir()
        self.run("wineboot", "-i")
        self.run("winecfg", "-v", "win10")  # Wine says of itself that it is Windows 7

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a Windows program to its end, and wait for what it started."""
        quiet = ("WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=", f"DISPLAY={prove_deb.DISPLAY}")
        with prove_deb.screen():
            done = self.system.run("env", *quiet, "wine", *command)
            self.system.run("env", *quiet, "wineserver", "--wait")
        return done

    def text(self, name: str) -> str:
        """A log that a Windows program wrote, in any of its encodings."""
        file = self.root / "proof" / name
        data = file.read_bytes() if file.exists() else b""
        return data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8", "replace").replace("\r", "")

    def registry(self) -> str:
        """The machine's registry."""
        return (self.root / "root" / ".wine" / "system.reg").read_text(encoding="utf-8", errors="replace")


def payload(wine: Wine, number: str) -> Path:
    """A stand-in of the frozen folder, with a file that only this version has."""
    folder = wine.root / "proof" / f"payload-{number}"
    (folder / "_internal" / "resources" / "deep er").mkdir(parents=True)
    for name in ("epicrisis.exe", "epicrisis-cli.exe"):
        shutil.copyfile(wine.root / _STAND_IN, folder / name)
    for name in ("LICENSE", f"only-in-{number}.txt", "resources/deep er/file & more.txt"):
        (folder / "_internal" / name).write_text(f"{name} of {number}\n", encoding="utf-8")
    return folder


def prove_inno(wine: Wine, iscc: Path) -> list[Check]:
    """Compile, install, upgrade and remove the setup program."""
    shutil.copytree(iscc, wine.root / "proof" / "inno")
    shutil.copyfile(setup.HERE / "epicrisis.iss", wine.root / "proof" / "epicrisis.iss")
    (wine.root / "proof" / "policy.toml").write_text("idle_lock_minutes = 7\n", encoding="utf-8")
    checks = []
    for number in ("1.0.0", "1.1.0"):
        payload(wine, number)
        words = setup.inno(
            [r"Z:\proof\inno\ISCC.exe"],
            rf"Z:\proof\payload-{number}",
            r"Z:\proof",
            number,
            {"SOURCE_DATE_EPOCH": "1767225600"},
        )
        done = wine.run(*words[:-1], r"Z:\proof\epicrisis.iss")
        made = wine.root / "proof" / f"epicrisis-{number}-setup.exe"
        checks.append(Check(f"Inno {number} compiles", made.exists(), _end(done)))
        log, policy = f"setup-{number}.log", [r"/POLICY=Z:\proof\policy.toml"] if number == "1.0.0" else []
        done = wine.run(rf"Z:\proof\{made.name}", *_QUIET, rf"/LOG=Z:\proof\{log}", *policy)
        checks += [Check(f"Inno {number} installs silently", done.returncode == 0, _end(done)), *_there(wine, number)]
        called = _called(wine.text(log))
        checks.append(Check(f"Inno {number} calls", called == ["icacls", "netsh", "self-test"], ", ".join(called)))
    kept = (wine.root / _PROGRAM / "policy.toml").exists()
    checks.append(Check("Inno: the policy stays at an upgrade", kept, "policy.toml"))
    done = wine.run(r"C:\Program Files\Epicrisis\unins000.exe", *_QUIET[:3], r"/LOG=Z:\proof\removal.log")
    says = "left in %LOCALAPPDATA%" in wine.text("removal.log")
    return [*checks, *_gone(wine, "Inno", done), Check("Inno: removal says where the data is", says, "in its log")]


def prove_msi(wine: Wine) -> list[Check]:
    """Compile, install, upgrade and remove the MSI."""
    checks = []
    for number in ("1.0.0", "1.1.0"):
        folder = wine.root / "proof" / f"payload-{number}"
        source = wine.root / "proof" / f"{number}.wxs"
        text = msi.source(folder, number).replace(f"{wine.root}/proof/", "")
        source.write_text(_for_wixl(text), encoding="utf-8")
        done = wine.system.run("sh", "-c", f"cd /proof && wixl -a x64 -o {number}.msi {number}.wxs")
        checks.append(Check(f"MSI {number} compiles", done.returncode == 0, _end(done)))
        log = f"msi-{number}.log"
        words = ("msiexec", "/i", rf"Z:\proof\{number}.msi", "/qn", "/norestart", "/l*v", rf"Z:\proof\{log}")
        done = wine.run(*words)
        checks += [Check(f"MSI {number} installs silently", done.returncode == 0, _end(done)), *_there(wine, number)]
        called = [one for one in _ACTIONS if re.search(rf"\b{one}\b", wine.text(log))]
        checks.append(Check(f"MSI {number} calls", called == list(_ACTIONS), ", ".join(called)))
    done = wine.run("msiexec", "/x", r"Z:\proof\1.1.0.msi", "/qn", "/norestart")
    return [*checks, *_gone(wine, "MSI", done)]


def _for_wixl(text: str) -> str:
    """What wixl does not know and WiX 3 does."""
    text = text.replace('<MediaTemplate EmbedCab="yes" />', '<Media Id="1" Cabinet="files.cab" EmbedCab="yes" />')
    text = text.replace(' ForceCreateOnInstall="yes"', "").replace(' AllowSameVersionUpgrades="yes"', "")
    key = '<RegistryKey Root="HKLM" Key="SOFTWARE\\Policies\\Epicrisis" />'
    value = '<RegistryValue Root="HKLM" Key="SOFTWARE\\Policies\\Epicrisis" Type="string" Value="" />'
    return text.replace(key, value)


def _there(wine: Wine, number: str) -> list[Check]:
    """Every file of the version and none of another; the policy's key; the machine's data folder."""
    program = wine.root / _PROGRAM
    payload_ = wine.root / "proof" / f"payload-{number}"
    wanted = {one.relative_to(payload_).as_posix() for one in payload_.rglob("*") if one.is_file()}
    found = {one.relative_to(program).as_posix() for one in program.rglob("*") if one.is_file()}
    odd = {one for one in found - wanted if not re.match(r"unins000\.|policy\.toml$", one)}
    missing = sorted(wanted - found)
    words = (
        f"{len(found)} files" + (f"; missing {missing}" if missing else "") + (f"; odd {sorted(odd)}" if odd else "")
    )
    has_key = r"Software\\Policies\\Epicrisis" in wine.registry() or r"SOFTWARE\\Policies\\Epicrisis" in wine.registry()
    return [
        Check(f"{number}: its files and no others", not missing and not odd, words),
        Check(f"{number}: the policy's key", has_key, "HKLM\\SOFTWARE\\Policies\\Epicrisis"),
        Check(f"{number}: the machine's data folder", (wine.root / _DATA).is_dir(), "ProgramData\\Epicrisis"),
    ]


def _gone(wine: Wine, name: str, done: subprocess.CompletedProcess[str]) -> list[Check]:
    program = wine.root / _PROGRAM
    left = sorted(one.name for one in program.rglob("*") if one.is_file() and one.name != "policy.toml")
    kept = (wine.root / _DATA).is_dir()
    return [
        Check(f"{name}: removal", done.returncode == 0 and not left, ", ".join(left) or "nothing left"),
        Check(f"{name}: removal leaves the machine's data", kept, "ProgramData\\Epicrisis"),
    ]


def _called(log: str) -> list[str]:
    """Programs that the setup called and that ended with 0."""
    found = re.findall(r"-- Run entry --.*?Filename: .*?\\(\w+)\.exe.*?Process exit code: 0", log, re.DOTALL)
    found += ["self-test"] if "self-test --quick ended with 0" in log else []
    return list(dict.fromkeys(found))


def _end(done: subprocess.CompletedProcess[str]) -> str:
    words = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return f"exit code {done.returncode}" + (f"; {words[-1][:100]}" if done.returncode and words else "")


if __name__ == "__main__":
    sys.exit(main())
