"""Build the frozen app and its packages for the system this runs on: ``python3 dev.py build [--full | --cuda]``.

Steps: a virtual environment of its own with the pinned packages of the app and PyInstaller (`build/venv`), the frozen
folder (`dist/epicrisis`), bill of materials and licences, the package of this system, SHA-256 sums, and the check of
the frozen app (`installer/check_bundle.py`). About six minutes on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import dev
from installer import bill, check_bundle, contents, native, packages, policy_templates

ROOT = Path(__file__).resolve().parent.parent
WORK, DIST = ROOT / "build", ROOT / "dist"
FROZEN = DIST / "epicrisis"
T = TypeVar("T")
TOOLS = ROOT / "installer" / "build-tools.txt"


def main(arguments: list[str] | None = None) -> int:
    """Build, package and check.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        0, or the exit code of the step that failed.
    """
    parser = argparse.ArgumentParser(prog="python3 dev.py build", description=__doc__)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument(
        "--full", action="store_true", help="with torch and transformers, for models without a lean path"
    )
    kinds.add_argument("--cuda", action="store_true", help="the same, with the build of torch for NVIDIA cards")
    parser.add_argument("--keep-frozen", action="store_true", help="package dist/epicrisis as it is")
    parser.add_argument("--version", default=version(), help="of the package; for trying an upgrade")
    parser.add_argument("--no-check", action="store_true", help="do not run the frozen app afterwards")
    args = parser.parse_args(arguments)
    flavour = "cuda" if args.cuda else "full" if args.full else "cpu"
    environment = {**os.environ, "EPICRISIS_FLAVOUR": flavour, "EPICRISIS_VERSION": args.version, **reproducible()}
    try:
        if not args.keep_frozen:
            python = step("the build's own packages", lambda: environment_of(flavour))
            if step("the fast library", native.main) and flavour == "cpu":
                return (
                    1  # the small package has nothing else to run a model; the others have torch, several times slower
                )
            step("freezing", lambda: freeze(python, environment))
            step("bill of materials and licences", lambda: bill.write(python, FROZEN, args.version, ROOT))
        made = step("packages", lambda: packages.make(FROZEN, DIST, args.version, flavour, environment))
        step("sums", lambda: sums(DIST, [*made, *beside(args.version, flavour)]))
    except subprocess.CalledProcessError as error:
        print(f"The build stopped: {Path(str(error.cmd[0])).name} ended with {error.returncode}.", file=sys.stderr)
        return 1
    for one in made:
        print(f"{one.relative_to(ROOT)}  {one.stat().st_size / 1e6:.0f} MB")
    if args.no_check:
        return 0
    packed = [str(one) for one in made[:1]]
    return check_bundle.main([str(FROZEN), "--packed", *packed, "--flavour", flavour])


def version() -> str:
    """The version of pyproject.toml."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def reproducible() -> Mapping[str, str]:
    """Variables that make tools leave the time of day and the order of hashes out of what they write."""
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return {"SOURCE_DATE_EPOCH": asked.stdout.strip() or "1767225600", "PYTHONHASHSEED": "0"}


def environment_of(flavour: str) -> Path:
    """Make the build's virtual environment, where it is missing or its pins changed; gives its Python.

    Not `.venv`: that one holds what tests and training need, and nothing of it may slip into the bundle.
    """
    folder = WORK / f"venv-{flavour}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pins = [ROOT / "pyproject.toml", ROOT / "constraints.txt", TOOLS]
    wanted = hashlib.sha256(b"\0".join([one.read_bytes() for one in pins] + [sys.version.encode()])).hexdigest()
    stamp = folder / "made-from"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt"]
    flavours = dev.torch_flavours(flavour == "cuda", sys.platform) if flavour != "cpu" else []
    for index, words in enumerate(flavours):
        is_last = index == len(flavours) - 1
        if subprocess.run([*pip, *words], cwd=ROOT, check=is_last).returncode == 0:
            break
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = project["dependencies"] + (project["optional-dependencies"]["full"] if flavour != "cpu" else [])
    subprocess.run([*pip, "-r", str(TOOLS), *needed], cwd=ROOT, check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def freeze(python: Path, environment: Mapping[str, str]) -> None:
    """Run PyInstaller, take symbol tables out of the largest libraries, and make everything readable for all users."""
    if not any(ROOT.glob("model_cache/*/*/manifest.json")):
        raise SystemExit("The embedded model is not in model_cache: run 'python3 dev.py setup' first.")
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    places = ["--distpath", str(DIST), "--workpath", str(WORK / "pyinstaller")]
    spec = str(ROOT / "installer" / "assistant.spec")
    subprocess.run([*command, *places, spec], cwd=ROOT, env=dict(environment), check=True)
    contents.forget_scripts(FROZEN / "_internal")
    if sys.platform == "linux" and shutil.which("strip"):
        for library in contents.to_strip(FROZEN / "_internal"):
            subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)  # noqa: S607
    if os.name == "posix":
        for one in [FROZEN, *FROZEN.rglob("*")]:
            if not one.is_symlink():
                one.chmod(0o755 if one.is_dir() or one.stat().st_mode & 0o100 else 0o644)


def beside(version_: str, flavour: str) -> list[Path]:
    """What lies beside the packages: the bill of materials, the licences, the templates of the policy."""
    made = [policy(DIST / f"epicrisis-{version_}-policy.zip")]
    for source, name in ((FROZEN / "sbom.cdx.json", "sbom.cdx.json"), (FROZEN / "licences.txt", "licences.txt")):
        if source.exists():
            made.append(Path(shutil.copyfile(source, DIST / f"epicrisis-{version_}-{flavour}-{name}")))
    return made


def policy(target: Path) -> Path:
    """Pack the templates of the policy; the same files give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(policy_templates.files()):
            entry = zipfile.ZipInfo(file.relative_to(policy_templates.FOLDER).as_posix(), (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, file.read_bytes())
    return target


def sums(folder: Path, files: list[Path]) -> None:
    """Write SHA256SUMS of these files, as `sha256sum -c` reads it."""
    lines = []
    for one in sorted(files):
        with one.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {one.name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii", newline="\n")


def step(what: str, work: Callable[[], T]) -> T:
    """Do one step and say how long it took."""
    started = time.perf_counter()
    print(f"== {what}", flush=True)
    done = work()
    print(f"== {what} took {time.perf_counter() - started:.0f} s", flush=True)
    return done


if __name__ == "__main__":
    sys.exit(main())
