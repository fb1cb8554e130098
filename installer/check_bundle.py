"""Run the frozen app and prove what the project says of it: ``python -m installer.check_bundle dist/epicrisis``.

It looks at what is inside (sizes, licences, nothing that opens a network), runs `self-test` with the network taken
away where the system allows that, and starts the window to see how long it takes and that it does not load torch.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import disk
from app.model.engine_native import FILE
from installer.bill import NO_TEXT
from installer.contents import FLAVOURS, GENERAL
from installer.outcome import Check, tell

MOST_UNPACKED_MB, MOST_PACKED_MB = 900, 300
MOST_TO_WINDOW_S = 0.3
_LONGEST_START_S = 60
# Names that must not be inside, and why.
FORBIDDEN = {
    r"(^|/)(lib)?readline[^/]*\.(so|dylib|dll|pyd)": "GPL",
    r"(^|/)lib(gdbm|history|gmp|nettle|hogweed|gnutls)[^/]*\.so": "GPL or LGPL, not needed",
    r"(^|/)_gdbm\.": "GPL",
    r"(^|/)(lib)?Qt6?Network": "opens connections",
    r"(^|/)hf_xet": "downloads",
    r"^_internal/kernels/": "downloads code",
    r"^_internal/gguf/": "only for setup",
}
# The same for some flavours only.
FORBIDDEN_IN = {
    ("cpu", "full"): {r"(^|/)libbitsandbytes_cuda": "only in the CUDA flavour"},
    ("cpu",): {rf"^_internal/({'|'.join(GENERAL)})[-./]": "only in the full flavour"},
}


def main(arguments: list[str] | None = None) -> int:
    """Check a frozen folder.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        0 if all holds, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m installer.check_bundle", description=__doc__)
    parser.add_argument("folder", type=Path, help="the frozen folder, e.g. dist/epicrisis or /opt/epicrisis")
    parser.add_argument("--packed", type=Path, help="its package, to look at the size")
    parser.add_argument("--flavour", choices=FLAVOURS, default="cpu", help="sizes are limited for cpu")
    parser.add_argument("--json", type=Path, help="where to write the outcome")
    args = parser.parse_args(arguments)
    checks = [
        *contents(args.folder, args.flavour),
        *materials(args.folder),
        *sizes(args.folder, args.packed, args.flavour),
    ]
    checks += self_test(args.folder)
    if sys.platform == "linux":
        checks += window(args.folder)
    return tell(checks, args.json)


def contents(folder: Path, flavour: str = "cpu") -> list[Check]:
    """Look for what must not and what must be inside."""
    names = [one.relative_to(folder).as_posix() for one in folder.rglob("*")]
    checks = []
    barred = [FORBIDDEN, *(more for flavours, more in FORBIDDEN_IN.items() if flavour in flavours)]
    for pattern, why in (one for table in barred for one in table.items()):
        found = [one for one in names if re.search(pattern, one)]
        checks.append(Check(f"nothing like {pattern} ({why})", not found, ", ".join(found[:3]) or "none"))
    needed = ["sbom.cdx.json", "licences.txt", "_internal/resources/models.toml"]
    engine = "torch/bin/torch_shm_manager" if flavour != "cpu" else f"app/model/native/{FILE.name}"
    needed.append(f"_internal/{engine}")
    missing = [one for one in needed if one not in names and not (os.name == "nt" and "shm" in one)]
    checks.append(Check("what must be inside", not missing, ", ".join(missing) or "all there"))
    if os.name == "posix":
        odd = [one for one in names if not (folder / one).is_symlink() and not (folder / one).stat().st_mode & 0o004]
        checks.append(Check("readable by every user", not odd, ", ".join(odd[:3]) or "all"))
    return checks


def materials(folder: Path) -> list[Check]:
    """Look at the bill of materials: licences named and printed, nothing under the GPL alone, the model it tells."""
    try:
        table = json.loads((folder / "sbom.cdx.json").read_text(encoding="utf-8"))
        printed = (folder / "licences.txt").read_text(encoding="utf-8")
        components = {f"{one['name']} {one['version']}": one for one in table["components"]}
    except (OSError, ValueError, KeyError, TypeError):
        return [Check("bill of materials", passed=False, seen="it is not there or cannot be read")]
    libraries = {name: one for name, one in components.items() if one["type"] == "library"}
    unnamed = [name for name, one in components.items() if not one.get("licenses")]
    unprinted = [name for name in libraries if not re.search(rf"^{re.escape(name)}( \(|$)", printed, re.MULTILINE)]
    unprinted += re.findall(rf"^(\S+ \S+)\n\n{NO_TEXT}", printed, re.MULTILINE)
    barred = [name for name, one in libraries.items() if name.split()[0] != "pyinstaller" and _is_gpl_alone(one)]
    models = {one["version"]: one["hashes"][0]["content"] for one in components.values() if one.get("hashes")}
    altered = [one.parent.name for one in _weights(folder) if models.get(one.parent.name) != disk.sha256(one)]
    return [
        Check("every licence is named", not unnamed, _few(unnamed, f"all of {len(components)}")),
        Check("every licence is printed", not unprinted, _few(unprinted, f"all of {len(libraries)}")),
        Check("nothing is under the GPL alone", not barred, _few(barred, "nothing")),
        Check("the bill tells the model's hash", bool(models) and not altered, _few(altered, f"{len(models)} of them")),
    ]


def _is_gpl_alone(component: dict[str, Any]) -> bool:
    words = json.dumps(component.get("licenses", ""))
    return bool(re.search(r"(?<![LA])GPL", words)) and not re.search(r"LGPL|exception|\bor\b|AND", words, re.IGNORECASE)


def _weights(folder: Path) -> list[Path]:
    inside = folder / "_internal"
    models, adapters = inside / "model_cache", inside / "resources" / "adapters"
    return [*models.glob("*/*/*.gguf"), *models.glob("*/*/*.safetensors"), *adapters.glob("*/*/*.safetensors")]


def _few(names: Sequence[str], otherwise: str) -> str:
    return f"{len(names)}: {', '.join(names[:8])}" if names else otherwise


def sizes(folder: Path, packed: Path | None, flavour: str = "cpu") -> list[Check]:
    """Compare sizes with the limits of the CPU flavour."""
    files = [one for one in folder.rglob("*") if one.is_file() and not one.is_symlink()]
    seen = {"unpacked": (sum(one.stat().st_size for one in files) / 1e6, MOST_UNPACKED_MB)}
    if packed:
        seen["packed"] = (packed.stat().st_size / 1e6, MOST_PACKED_MB)
    return [
        Check(f"size {name}", size < most or flavour != "cpu", f"{size:.0f} MB, limit {most}; {len(files)} files")
        for name, (size, most) in seen.items()
    ]


def self_test(folder: Path) -> list[Check]:
    """Run `self-test --json`, without any network where that can be had without rights."""
    with tempfile.TemporaryDirectory(prefix="epicrisis-check-") as home:
        prefix = without_network()
        started = time.perf_counter()
        command = [*prefix, str(program(folder)), "self-test", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(home), timeout=600)
        seconds = time.perf_counter() - started
        left = [one for one in Path(home).rglob("*") if one.is_file()]
    where = "in an empty network namespace" if prefix else "with the network of this machine"
    try:
        table = json.loads(done.stdout.strip().splitlines()[-1])
        checks = [Check(f"self-test: {one['check']}", one["passed"], one["seen"]) for one in table["checks"]]
    except (ValueError, KeyError, IndexError):
        checks = []
        print(done.stderr[-2000:], file=sys.stderr)
    passed = done.returncode == 0 and len(checks) >= 7
    return [
        *checks,
        Check(f"self-test {where}", passed, f"{len(checks)} checks, exit code {done.returncode}, {seconds:.1f} s"),
        Check("self-test leaves nothing behind", not left, ", ".join(one.name for one in left) or "nothing"),
    ]


def window(folder: Path) -> list[Check]:
    """Start the window three times; the first start reads the disk, the quickest counts."""
    times, maps = [], ""
    for _ in range(3):
        with tempfile.TemporaryDirectory(prefix="epicrisis-check-") as home:
            started = time.monotonic()
            process = subprocess.Popen(
                [str(program(folder))],
                env=environment(home) | {"QT_QPA_PLATFORM": "offscreen", "EPICRISIS_TELL_SHOWN": "1"},
                stderr=subprocess.PIPE,
                text=True,
            )
            shown = wait_for_window(process)
            if shown is None:
                process.kill()
                process.wait()
                return [Check("window", passed=False, seen="it did not come")]
            times.append(shown - started)
            maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8", errors="replace")
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
    heavy = sorted(set(re.findall(r"lib(?:torch|bitsandbytes|sqlcipher)\w*", maps)))
    quickest = min(times)
    return [
        Check("time to window", quickest < MOST_TO_WINDOW_S, ", ".join(f"{one:.2f} s" for one in times)),
        Check("the window's process holds no torch", not heavy, ", ".join(heavy) or "none"),
    ]


def wait_for_window(process: subprocess.Popen[str]) -> float | None:
    """The moment that the app named; None where it ended before."""
    assert process.stderr is not None  # noqa: S101 - it was asked for
    too_late = threading.Timer(_LONGEST_START_S, process.kill)  # ends the reading below
    too_late.start()
    try:
        for line in process.stderr:
            if found := re.match(r"window shown ([\d.]+)", line):
                return float(found[1])
    finally:
        too_late.cancel()
    return None


def program(folder: Path) -> Path:
    """The executable for scripts."""
    if sys.platform == "win32":
        return folder / "epicrisis-cli.exe"
    return folder / ("Contents/MacOS/epicrisis" if folder.suffix == ".app" else "epicrisis")


def environment(home: str) -> dict[str, str]:
    """A user who never ran the program: nothing of this account, no keyring, no display."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "TEMP") if name in os.environ}
    return {**kept, "HOME": home, "XDG_CONFIG_HOME": f"{home}/.config", "XDG_DATA_HOME": f"{home}/.local/share"}


def without_network() -> Sequence[str]:
    """Words that start a program in an empty network namespace; none where the system does not let us."""
    words = ["unshare", "--map-current-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
        return words
    return []


if __name__ == "__main__":
    sys.exit(main())
