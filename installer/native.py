"""Build the library of `app/model/native` with the system's C++ compiler: ``python -m installer.native``.

Run by `dev.py setup` and `dev.py build`, never on a user's machine. Without it the program works, several times slower.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from app.model.engine_native import FILE

# No contraction: where a product is added in one rounding stands in the source, so every level gives the same bits.
OPTIONS = ["-O3", "-std=c++20", "-fPIC", "-shared", "-ffp-contract=off", "-fno-math-errno", "-pthread"]
STATIC = ["-static-libstdc++", "-static-libgcc"]  # the user's system may have an older one


def main() -> int:
    """Build it where a source is newer; gives 0, or 1 where that was not possible, after saying why."""
    sources = [one for one in FILE.parent.iterdir() if one.suffix in (".cpp", ".h")]
    if FILE.exists() and FILE.stat().st_mtime >= max(one.stat().st_mtime for one in sources):
        return 0
    compiler = shutil.which(os.environ.get("CXX", "g++"))
    if compiler is None:
        print("No C++ compiler (g++): the embedded model will write several times slower.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(dir=FILE.parent) as folder:
        made = Path(folder) / FILE.name
        warnings = ["-Wall", "-Wextra", "-Wno-maybe-uninitialized"]  # g++ 12 suspects its own AVX-512 header
        command = [compiler, *OPTIONS, *STATIC, *warnings, "-o", str(made), str(FILE.parent / "lean.cpp")]
        done = subprocess.run(command, check=False)
        if done.returncode:
            print("The fast library could not be compiled; the lines above say why.", file=sys.stderr)
            return 1
        made.replace(FILE)
    print("The fast library is built.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
