#!/usr/bin/env python3
"""One command for everything: ``python3 dev.py demo`` (see the verbs below).

Needs Python 3.11 and nothing else. It makes `.venv`, installs the pinned versions, fetches the embedded
model, then hands over. A second run finds all that done and starts at once.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Epicrisis needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import tomllib
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "epicrisis-setup"
TORCH = "torch==2.13.0"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CUDA_INDEX = "https://download.pytorch.org/whl/cu130"
# Shared libraries that Qt and the test display need, and the Debian packages that bring them.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
# Programs that some tests use where they are there: a real keyring, and a look at every write.
TEST_PROGRAMS = {"dbus-run-session": "dbus", "gnome-keyring-daemon": "gnome-keyring", "strace": "strace"}
# verb -> (module that must be here, words after "python")
VERBS = {
    "demo": ("app/cli/drafting.py", ["-m", "app", "demo"]),
    "test": ("tests", ["-m", "pytest", "-n", "logical", "--maxprocesses", "4", "--dist", "worksteal"]),
    "app": ("app/ui/window.py", ["-m", "app"]),
    "lint": ("app", []),
    "bench": ("tests/benchmarks/__main__.py", ["-m", "tests.benchmarks"]),
    "train": ("training/__main__.py", ["-m", "training"]),
    "build": ("installer/build.py", ["-m", "installer.build"]),
    "translations": ("installer/translations.py", ["-m", "installer.translations"]),
    "screenshots": ("tests/ui/screenshots.py", ["-m", "tests.ui.screenshots"]),
    "setup": ("app", []),
}
LINT = (
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "mypy"],
    ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
)


def main(words: list[str]) -> int:
    """Set up what is missing, then run the verb; gives its exit code."""
    verb, rest = (words[0], words[1:]) if words else ("", [])
    if verb not in VERBS:
        print(f"{__doc__}\nVerbs: {', '.join(VERBS)}.")
        return 0 if verb in ("-h", "--help") else 2
    needed, command = VERBS[verb]
    if not (HERE / needed).exists():
        print(f"'{verb}' is not part of this version yet: {needed} is not here.", file=sys.stderr)
        return 2
    os.chdir(HERE)
    if not set_up():
        return 1
    if verb == "setup":
        return 0
    if verb == "lint":
        return max(run(line) for line in LINT)
    environment = dict(os.environ)
    if verb == "test" and sys.platform == "linux":
        missing = [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
        if missing and not apt_get(missing, "A part of the tests"):
            say("Those tests are skipped, with the reason.")
    if verb == "test" and not environment.get("DISPLAY") and sys.platform == "linux":
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return run([*command, *rest], environment)


def set_up() -> bool:
    """Make `.venv` as pinned and fetch the model; False where something could not be had, after saying so."""
    flavours = torch_flavours(has_nvidia_driver(), sys.platform)
    wanted = fingerprint(flavours[0])
    if not (PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted):
        say("Setting up .venv: about 1 GB of pinned packages, once. It takes some minutes.")
        if not (make_venv() and install_torch(flavours) and pip(["--editable", ".[test]"])):
            return False
        STAMP.write_text(wanted, encoding="utf-8")
    if not qt_is_ready():
        return False
    if run(["-m", "installer.translations", "--build"]):
        return False
    if sys.platform == "linux" and shutil.which("g++") is None:
        apt_get(["g++"], "The fast library")
    run(["-m", "installer.native"])  # says what is lost where it cannot be built
    if any(HERE.glob("model_cache/*/[!.]*/*.gguf")):  # every load checks its hashes again
        return True
    return run(["-m", "installer.fetch_model"]) == 0


def fingerprint(flavour: list[str]) -> str:
    """Hash of everything that decides what must be in `.venv`; settings of the linters do not."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = json.dumps([project.get("build-system"), project.get("project")], sort_keys=True)
    pinned = (HERE / "constraints.txt").read_text(encoding="utf-8")
    return hashlib.sha256("\0".join([wanted, pinned, sys.version, *flavour]).encode()).hexdigest()


def has_nvidia_driver() -> bool:
    """Whether this machine has an NVIDIA driver."""
    if os.name == "nt":
        return Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "nvcuda.dll").exists()
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def torch_flavours(has_gpu: bool, system: str) -> list[list[str]]:
    """Arguments for pip to try, in order, to get the right build of torch."""
    if has_gpu and system == "win32":
        return [[TORCH, "--extra-index-url", CUDA_INDEX]]
    if has_gpu or system != "linux":
        return [[TORCH]]
    # The plain build for Linux brings gigabytes of CUDA libraries: last resort only.
    cpu = TORCH + "+cpu"
    return [[cpu], [cpu, "--extra-index-url", CPU_INDEX], [TORCH]]


def install_torch(flavours: list[list[str]]) -> bool:
    """Install the first flavour that an index offers."""
    for flavour in flavours[:-1]:
        if pip(flavour, is_last_try=False):
            return True
    if len(flavours) > 1:
        say("No index offers the CPU build of torch; taking the full one, several GB.")
    return pip(flavours[-1])


def make_venv() -> bool:
    """Make `.venv`; on Debian the module for it may be missing, and is installed if we may."""
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401 - Debian takes it out of Python's own library
    except ImportError:
        if not apt_get([f"python3.{sys.version_info.minor}-venv"], "Python's venv module"):
            return False
    venv.create(VENV, with_pip=True)
    return True


def pip(words: list[str], *, is_last_try: bool = True) -> bool:
    """Install with pip under the constraints; pip's own errors are shown on the last try."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt"]
    done = subprocess.run([*command, *words], check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode and is_last_try:
        print(done.stderr, file=sys.stderr)
        print("The packages could not be installed. Look at the lines above; is a package index reachable?")
    return done.returncode == 0


def missing_libraries() -> list[str]:
    """Debian packages for the shared libraries that are not on this machine."""
    missing = []
    for library, package in QT_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def qt_is_ready() -> bool:
    """Make sure that Qt can start on Linux."""
    missing = missing_libraries() if sys.platform == "linux" else []
    return not missing or apt_get(missing, "The window")


def apt_get(packages: list[str], what: str) -> bool:
    """Say what is needed and the command that brings it; run it where we are root on Debian or Ubuntu."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    is_root = os.name != "nt" and os.geteuid() == 0
    say(f"{what} needs {', '.join(packages)}: {'' if is_root else 'sudo '}{' '.join(command)}")
    if not is_root or shutil.which("apt-get") is None:
        print("Run that command, then this one again.", file=sys.stderr)
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"check": False, "stdout": subprocess.DEVNULL, "env": environment}
    return any(
        subprocess.run(line, **quiet).returncode == 0
        for line in (command, ["sh", "-c", "apt-get update -q && " + " ".join(command)])
    )


def run(words: list[str], environment: dict[str, str] | None = None) -> int:
    """Run the Python of `.venv`."""
    try:
        return subprocess.run([str(PYTHON), *words], check=False, env=environment).returncode
    except KeyboardInterrupt:
        return 130


def say(words: str) -> None:
    """Tell a person what is going on."""
    print(words, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
