"""Prove the .deb on a clean Debian: ``python -m installer.linux.prove_deb dist/epicrisis_....deb`` (as root).

In a fresh debootstrap tree: a previous version is installed with its declared dependencies only, a normal user keeps a
case and IT an adapter and a policy, the new version is installed over it, all of that is still there and works without
a network, the window comes up on a screen, and removal leaves the data and says where it is.

Needs root, debootstrap, Xvfb and a Debian mirror. Xvfb runs outside the tree, so that it brings no library with it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app import paths
from app.model import bundle
from installer.check_bundle import wait_for_window
from installer.outcome import Check, tell

MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"
_USER, DISPLAY = "doctor", ":77"
_POLICY = "idle_lock_minutes = 7\n"
_NOTE = "Admitted with chest pain on 3 May 2026.\nAllergies: penicillin.\nGiven aspirin 75 mg daily.\n"
_STALE = "only-in-the-previous-version"
_SCREENS = "/tmp/.X11-unix"  # noqa: S108 - where X servers have their sockets


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove a package.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        0 if all holds, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m installer.linux.prove_deb", description=__doc__)
    parser.add_argument("package", type=Path, help="the .deb")
    parser.add_argument("--previous", type=Path, help="an older .deb; by default the same one under an older number")
    parser.add_argument("--base", type=Path, help="a debootstrap tree to start from; made there if it is missing")
    parser.add_argument("--suite", default=SUITE, help="another release, with --mirror, e.g. noble")
    parser.add_argument("--mirror", default=MIRROR, help="e.g. http://archive.ubuntu.com/ubuntu (and its keyring here)")
    parser.add_argument("--json", type=Path, help="where to write the outcome")
    args = parser.parse_args(arguments)
    missing = [one for one in ("debootstrap", "Xvfb", "unshare", "chroot", "dpkg-deb") if not shutil.which(one)]
    if os.name != "posix" or os.geteuid() != 0 or missing:
        print(f"This needs root on Linux, and: {', '.join(missing) or 'everything else is here'}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="epicrisis-deb-", dir=args.base.parent if args.base else None) as work:
        base = args.base or Path(work) / "base"
        if not (base / "etc" / "debian_version").exists():
            bootstrap(base, args.suite, args.mirror)
        checks = prove(args.package, args.previous, base, Path(work))
    return tell(checks, args.json)


def bootstrap(base: Path, suite: str, mirror: str) -> None:
    """Make a fresh tree of a release."""
    components = "main,universe" if "ubuntu" in mirror else "main"
    _run(["debootstrap", "--variant=minbase", f"--components={components}", suite, str(base), mirror])


def prove(package: Path, previous: Path | None, base: Path, work: Path) -> list[Check]:
    """Do all of it, in order.

    Args:
        package: The .deb.
        previous: The version before; None to make one of the package.
        base: A debootstrap tree, which is copied.
        work: An empty folder.

    Returns:
        What was looked at.
    """
    system = System(work / "system")
    _run(["cp", "-a", "--reflink=auto", str(base), str(system.root)])
    shutil.copyfile("/etc/resolv.conf", system.root / "etc" / "resolv.conf")
    system.run("useradd", "--create-home", _USER)
    return [
        *install(system, previous or older(package, work), "a clean system"),
        *use(system),
        *install(system, package, "the version before"),
        *still_there(system),
        *libraries(system),
        *self_test(system),
        *window(system),
        *remove(system),
    ]


def _run(words: Sequence[str]) -> None:
    subprocess.run(words, check=True, stdout=sys.stderr)


class System:
    """A Debian tree, entered with a mount namespace of its own, so that nothing stays mounted.

    Args:
        root: Its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def words(self, *command: str, user: str = "", network: bool = True) -> list[str]:
        """The command line that runs a command inside."""
        shared = [one for one in ("/dev", "/proc", "/sys", _SCREENS) if Path(one).exists()]
        mounts = [f"mkdir -p '{self.root}{one}' && mount --rbind {one} '{self.root}{one}'" for one in shared]
        inside = ["chroot", *([f"--userspec={user}:{user}"] if user else []), str(self.root), *command]
        shell = " && ".join([*mounts, 'exec "$@"'])
        spaces = ["unshare", "--mount", *([] if network else ["--net"])]
        return [*spaces, "sh", "-c", shell, "sh", *inside]

    def run(self, *command: str, user: str = "", network: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end."""
        words = self.words(*command, user=user, network=network)
        return subprocess.run(words, env=self.environment(user), capture_output=True, text=True, check=False)

    def environment(self, user: str) -> dict[str, str]:
        """What a login gives, and nothing of the machine outside."""
        home = f"/home/{user}" if user else "/root"
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"HOME": home, "PATH": path, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def older(package: Path, work: Path) -> Path:
    """The same package under the lowest number, with a file that the new one does not have."""
    tree, target = work / "older", work / "older.deb"
    _run(["dpkg-deb", "--raw-extract", str(package), str(tree)])
    control = tree / "DEBIAN" / "control"
    text = re.sub(r"^Version: .*$", "Version: 0.0.1~", control.read_text(encoding="utf-8"), flags=re.MULTILINE)
    control.write_text(text, encoding="utf-8")
    (tree / "opt" / "epicrisis" / "_internal" / _STALE).write_text("old", encoding="utf-8")
    _run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(target)])
    shutil.rmtree(tree)
    return target


def install(system: System, package: Path, over: str) -> list[Check]:
    """Install with the declared dependencies only; the package's own check runs at its end."""
    shutil.copyfile(package, system.root / "package.deb")
    options = ["-o", "Acquire::Check-Valid-Until=false", "-o", "Acquire::Check-Date=false"]
    system.run("apt-get", *options, "update", "-q")
    command = ["apt-get", *options, "install", "-y", "--no-install-recommends", "/package.deb"]
    before, started = _packages(system), time.perf_counter()
    done = system.run(*command)
    seconds, more = time.perf_counter() - started, len(_packages(system)) - len(before)
    (system.root / "package.deb").unlink()
    words = f"exit code {done.returncode}, {seconds:.0f} s, {more} packages added"
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:], file=sys.stderr)
    said = done.stdout.count("PASS"), done.stdout.count("FAIL")
    return [
        Check(f"install over {over}", done.returncode == 0, words),
        Check("its own check after installing", said[0] >= 2 and not said[1], f"{said[0]} passed, {said[1]} failed"),
    ]


def _packages(system: System) -> list[str]:
    return system.run("dpkg-query", "-f", "${Package}\n", "-W").stdout.split()


def use(system: System) -> list[Check]:
    """A user keeps a case and chooses; IT brings an adapter and a policy."""
    home = system.root / "home" / _USER
    (home / "note.txt").write_text(_NOTE, encoding="utf-8")
    (home / "code").write_text("a long passphrase of nobody in particular 42\n", encoding="utf-8")
    for one in ("note.txt", "code"):
        shutil.chown(home / one, _user_id(system), _user_id(system))
    (system.root / "etc" / "epicrisis").mkdir(exist_ok=True)
    (system.root / "etc" / "epicrisis" / "policy.toml").write_text(_POLICY, encoding="utf-8")
    brought = system.root / "adapter.bundle"
    folder = next((paths.resources() / "adapters").glob("*/*/manifest.json")).parent
    bundle.write([("adapter", folder)], brought)
    setup = ["history", "setup", "--code-file", f"/home/{_USER}/code"]
    keep = ["summarise", f"/home/{_USER}/note.txt", "--save", "Case", "--code-file", f"/home/{_USER}/code"]
    steps = [
        ("a history of the user", system.run("epicrisis", *setup, user=_USER, network=False)),
        ("a case kept in it", system.run("epicrisis", *keep, user=_USER, network=False)),
        ("an adapter for the machine", system.run("epicrisis", "models", "import", "--machine", "/adapter.bundle")),
        ("a setting of the user", system.run("epicrisis", "models", "use", "clinical", user=_USER, network=False)),
    ]
    brought.unlink()
    return [Check(name, not done.returncode, _last(done)) for name, done in steps]


def _user_id(system: System) -> int:
    line = next(one for one in (system.root / "etc/passwd").read_text().splitlines() if one.startswith(f"{_USER}:"))
    return int(line.split(":")[2])


def still_there(system: System) -> list[Check]:
    """After the upgrade: case, setting, adapter and policy; and nothing of the old version."""
    code = ["--code-file", f"/home/{_USER}/code"]
    cases = system.run("epicrisis", "history", "list", "--json", *code, user=_USER, network=False)
    kept = json.loads(cases.stdout) if cases.returncode == 0 else []
    policy = json.loads(system.run("epicrisis", "policy", "show", "--json", user=_USER, network=False).stdout or "{}")
    fixed = policy.get("settings", {})
    adapters = system.root / "var" / "lib" / "epicrisis" / "adapters"
    found = [one.parent.relative_to(adapters).as_posix() for one in adapters.glob("*/*/manifest.json")]
    readable = all(one.stat().st_mode & 0o004 for one in adapters.rglob("*"))
    stale = list((system.root / "opt" / "epicrisis").rglob(_STALE))
    return [
        Check("the user's case is there", [one["title"] for one in kept] == ["Case"], _last(cases)[:80]),
        Check(
            "the user's setting is there", fixed.get("adapter", {}).get("source") == "you", str(fixed.get("adapter"))
        ),
        Check("the policy holds", fixed.get("idle_lock_minutes") == {"value": 7, "source": "IT"}, "idle_lock_minutes"),
        Check("the machine's adapter is there", bool(found) and readable, ", ".join(found)),
        Check("nothing of the version before is left", not stale, f"{len(stale)} files"),
    ]


def libraries(system: System) -> list[Check]:
    """Every shared library that something in the bundle asks for is there."""
    look = "find /opt/epicrisis -name '*.so*' -type f -exec ldd {} + 2>/dev/null | grep 'not found' | sort -u"
    done = system.run("env", "LD_LIBRARY_PATH=/opt/epicrisis/_internal", "sh", "-c", look)
    missing = sorted({line.split()[0] for line in done.stdout.splitlines()})
    # Plugins for other kinds of screens, and printing, ask for what a system may not have; Qt then leaves them out.
    needed = [one for one in missing if not one.startswith(("libwayland", "libcups"))]
    words = f"not here and not needed: {', '.join(missing)}" if missing else "all"
    return [Check("shared libraries", not needed, f"missing: {', '.join(needed)}" if needed else words)]


def self_test(system: System) -> list[Check]:
    """The whole self-test, as a normal user without any network."""
    started = time.perf_counter()
    done = system.run("epicrisis", "self-test", "--json", user=_USER, network=False)
    seconds = time.perf_counter() - started
    try:
        rows = json.loads(done.stdout.strip().splitlines()[-1])["checks"]
    except (ValueError, KeyError, IndexError):
        print(done.stderr[-2000:], file=sys.stderr)
        rows = []
    passed = sum(one["passed"] for one in rows)
    words = f"{passed} of {len(rows)}, {seconds:.0f} s"
    return [Check("self-test as a user without network", done.returncode == 0 and passed >= 7, words)]


def window(system: System) -> list[Check]:
    """The window on a real X screen, as a normal user without any network; ended as a session ends it."""
    with screen():
        words = system.words("/usr/bin/epicrisis", user=_USER, network=False)
        environment = system.environment(_USER) | {"DISPLAY": DISPLAY, "EPICRISIS_TELL_SHOWN": "1"}
        started = time.monotonic()
        with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as process:
            shown = wait_for_window(process)
            process.terminate()
            code = process.wait(timeout=60)
    seen = f"shown after {shown - started:.2f} s, closed with {code}" if shown else "it did not come"
    return [Check("window under Xvfb", bool(shown) and code == 0, seen)]


@contextlib.contextmanager
def screen() -> Iterator[None]:
    """An X server as long as it is needed."""
    words = ["Xvfb", DISPLAY, "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as server:
        try:
            socket = Path(_SCREENS, f"X{DISPLAY[1:]}")
            end = time.monotonic() + 20
            while not socket.exists() and time.monotonic() < end:
                time.sleep(0.1)
            yield
        finally:
            server.terminate()


def remove(system: System) -> list[Check]:
    """Remove and purge: the program goes, the data stays, and the place of it is said."""
    done = [system.run("apt-get", one, "-y", "epicrisis") for one in ("remove", "purge")]
    home = system.root / "home" / _USER
    left = [
        home / ".local/share/Epicrisis/history/history.db",
        home / ".config/Epicrisis/settings.toml",
        system.root / "etc/epicrisis/policy.toml",
        *(system.root / "var/lib/epicrisis").glob("adapters/*/*/manifest.json"),
    ]
    gone = [one for one in ("opt/epicrisis", "usr/bin/epicrisis") if os.path.lexists(system.root / one)]
    says = "~/.local/share/Epicrisis" in done[0].stdout
    return [
        Check("removal", not any(one.returncode for one in done) and not gone, ", ".join(gone) or "nothing left"),
        Check("removal leaves the data", all(one.exists() for one in left) and len(left) == 4, f"{len(left)} places"),
        Check("removal says where the data is", says, "~/.local/share/Epicrisis" if says else _last(done[0])),
    ]


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return lines[-1][:120] if lines else f"exit code {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
