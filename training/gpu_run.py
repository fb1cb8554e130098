"""Training on a borrowed CUDA machine without network: pack here, one command there. Standard library only.

    python -m training.gpu_run pack --recipe training/recipes/clinical-gpu.toml --work training-work --to gpu-parts \
        [--wheels FOLDER]
    python3 gpu-parts/gpu_run.py train gpu-parts --out OUT            there: joins, proves the hash, trains, copies back

Where only some megabytes travel at a time, send the parts one after another and say `receive PART...` for each batch;
`train` then takes them from the machine's own folder. Wheels are for what the machine lacks (peft, datasets, ...):
`pip download --no-deps --only-binary=:all: --python-version 3.12 --platform manylinux_2_28_x86_64 -d FOLDER NAME`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PART_BYTES = 44 * 2**20
INDEX = "index.json"
KEPT = Path(tempfile.gettempdir()) / "epicrisis-gpu"
# The code that training needs; all of it is small.
CODE = ("app", "training", "resources")


def pack(recipe: Path, work: Path, to: Path, wheels: Path | None, model: Path) -> int:
    """Put code, prepared rows, base and wheels into parts.

    Args:
        recipe: The recipe to train by.
        work: The work folder, with prepared rows.
        to: Folder to write.
        wheels: Folder of wheels; None for none.
        model: Folder of the base, `<name>/<revision>`.

    Returns:
        How many parts there are.
    """
    root = Path(__file__).resolve().parent.parent
    to.mkdir(parents=True, exist_ok=True)
    whole = to / "whole.tar"
    with tarfile.open(whole, "w") as tar:
        for name in CODE:
            tar.add(root / name, f"code/{name}", filter=lambda one: None if "__pycache__" in one.name else one)
        tar.add(model, f"code/model_cache/{model.parent.name}/{model.name}")
        tar.add(work / "prepared", "work/prepared")
        tar.add(recipe, "recipe.toml")
        if wheels:
            tar.add(wheels, "wheels")
    parts = 0
    with whole.open("rb") as stream:
        while data := stream.read(PART_BYTES):
            (to / f"part-{parts:03}").write_bytes(data)
            parts += 1
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    whole.unlink()
    (to / INDEX).write_text(json.dumps({"parts": parts, "sha256": digest}), encoding="utf-8")
    shutil.copyfile(__file__, to / "gpu_run.py")
    return parts


def receive(files: list[Path]) -> None:
    """Keep parts for `train` in the machine's own folder."""
    KEPT.mkdir(exist_ok=True)
    for file in files:
        shutil.copyfile(file, KEPT / file.name)


def unpack(parts: Path, to: Path) -> None:
    """Join the parts, prove them by their hash, and unpack.

    Args:
        parts: Folder of the parts and their index.
        to: Folder to unpack into.
    """
    index = json.loads((parts / INDEX).read_text(encoding="utf-8"))
    to.mkdir(parents=True, exist_ok=True)
    whole = to / "whole.tar"
    with whole.open("wb") as stream:
        for at in range(index["parts"]):
            stream.write((parts / f"part-{at:03}").read_bytes())
    with whole.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != index["sha256"]:
            raise SystemExit("The parts are not those that were packed.")
    with tarfile.open(whole) as tar:
        tar.extractall(to, filter="data")
    whole.unlink()


def train(parts: Path, out: Path) -> int:
    """Unpack, install the wheels beside, train, and copy what comes back.

    Args:
        parts: Folder of the parts.
        out: Folder for adapter, facts and curves.

    Returns:
        Exit code of the training.
    """
    home = KEPT / "run"
    if not (home / "recipe.toml").exists():
        unpack(parts, home)
    site = home / "site"
    environment = {**os.environ, "PYTHONPATH": f"{home / 'code'}{os.pathsep}{site}", "HF_HUB_OFFLINE": "1"}
    if (home / "wheels").exists() and not site.exists():
        wheels = [str(one) for one in (home / "wheels").glob("*.whl")]
        install = ["-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(site), *wheels]
        subprocess.run([sys.executable, *install], check=True)  # noqa: S603 - a fixed command
    words = ["finetune", "--recipe", str(home / "recipe.toml"), "--work", str(home / "work")]
    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-m", "training", *words], cwd=home / "code", env=environment, check=False
    )
    out.mkdir(parents=True, exist_ok=True)
    for name in ("adapter", "runs"):
        if (home / "work" / name).exists():
            shutil.copytree(home / "work" / name, out / name, dirs_exist_ok=True)
    if (home / "work" / "training.json").exists():
        shutil.copyfile(home / "work" / "training.json", out / "training.json")
    return done.returncode


def main(words: list[str] | None = None) -> int:
    """Run `pack`, `receive` or `train`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("pack", help="put everything into parts")
    one.add_argument("--recipe", type=Path, required=True)
    one.add_argument("--work", type=Path, default=Path("training-work"))
    one.add_argument("--to", type=Path, required=True)
    one.add_argument("--wheels", type=Path)
    one.add_argument("--model", type=Path, required=True, help="folder of the base, e.g. model_cache/NAME/REVISION")
    verbs.add_parser("receive", help="keep parts for train").add_argument("parts", type=Path, nargs="+")
    two = verbs.add_parser("train", help="join the parts and train")
    two.add_argument("parts", type=Path, nargs="?", default=KEPT)
    two.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(words)
    if args.verb == "pack":
        print(f"{pack(args.recipe, args.work, args.to, args.wheels, args.model)} parts in {args.to}.")
        return 0
    if args.verb == "receive":
        receive(args.parts)
        return 0
    return train(args.parts, args.out)


if __name__ == "__main__":
    sys.exit(main())
