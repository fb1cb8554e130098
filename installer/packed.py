"""What the build's own Python knows of its packages: their modules, their licence files, and which modules were frozen.

Run by `installer/bill.py` with the Python of the build's environment, the only one that has PyInstaller:
``build/venv-cpu/bin/python installer/packed.py dist/epicrisis/epicrisis``. Prints JSON.
"""

import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

_TEXTS = re.compile(r"\.dist-info/(licenses/|(.*/)?(licen[cs]e|copying|notice|authors)[^/]*$)", re.IGNORECASE)


def main() -> None:
    """Print the table."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(sys.argv[1])
    name = next(one for one in archive.toc if one.endswith(".pyz"))
    frozen = {one.split(".")[0] for one in archive.open_embedded_archive(name).toc}
    packages = {}
    for one in distributions():
        tops, texts = set(), []
        for file in one.files or []:
            place = Path(str(one.locate_file(file)))
            if _TEXTS.search(file.as_posix()) and place.is_file():
                texts.append(place.read_text("utf-8", "replace"))
            if not file.parts[0].endswith((".dist-info", ".data")) and file.parts[0] not in ("..", "__pycache__"):
                tops.add(file.parts[0].split(".")[0])
        packages[_plain(one.metadata["Name"])] = {"tops": sorted(tops), "texts": texts}
    json.dump({"frozen": sorted(frozen), "packages": packages}, sys.stdout)


def _plain(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
