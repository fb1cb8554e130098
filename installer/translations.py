"""Qt Linguist files of the window: collect what is said, and build what the window loads. Run by `dev.py translations`.

Sentences of the core stand in no `tr()`: they are collected here, by their templates, in the context `said`
(see `app/ui/wording.py`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SOURCE = HERE / "resources" / "i18n" / "epicrisis_zh_CN.ts"
BUILT = SOURCE.with_suffix(".qm")


def sentences() -> Iterator[str]:
    """Everything that the core says and the window translates by template."""
    sys.path.insert(0, str(HERE))
    from app import errors, paths
    from app.checks import wording
    from app.drafts import draft, standards
    from app.export import formats
    from app.history import keys
    from app.notes import documents
    from app.prompts import tasks
    from app.ui import wording as spoken

    todo: list[type[errors.EpicrisisError]] = [errors.EpicrisisError]
    while todo:
        kind = todo.pop()
        yield kind.sentence
        todo.extend(kind.__subclasses__())
    yield from (value for name, value in vars(wording).items() if name.isupper() and isinstance(value, str))
    for task in tasks.read(paths.resources() / "tasks").values():
        if not task.is_internal:
            yield from (task.title, task.purpose, *(one.title for one in task.sections))
    for standard in standards.known().values():
        yield from (one.title["en"] for one in standard.headings)
        yield from (one.about for one in standard.headings if one.about.isascii())
    yield from documents.KINDS
    yield from (one.title for one in formats.FORMATS.values())
    yield draft.NOT_DOCUMENTED
    yield from spoken.DEVICES
    yield from (name for backends in keys._BACKENDS.values() for name, *_ in backends)
    # Standing sentences and reasons in the modules that hand them out: whole string literals that end as sentences do,
    # and what stands behind `why=`.
    for folder in (
        "app/flow.py",
        "app/writer.py",
        "app/drafts",
        "app/checks",
        "app/model",
        "app/notes",
        "app/history",
        "app/ui",
    ):
        path = HERE / folder
        for file in [path] if path.is_file() else sorted(path.glob("*.py")):
            text = file.read_text(encoding="utf-8")
            yield from re.findall(r'(?<![fr\w])why="([^"{}\n]+)"', text)
            yield from re.findall(r'^_[A-Z_]+ = "([A-Z][^"{}\n]+\.)"$', text, re.MULTILINE)


def collect(to: Path) -> None:
    """Bring a .ts file up to date with the sources; translations in it stay.

    Args:
        to: The file.
    """
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said.py"
        lines = [f'QCoreApplication.translate("said", {one!r})' for one in dict.fromkeys(sentences()) if one]
        said.write_text("\n".join(lines) + "\n", encoding="utf-8")
        files = [str(one) for one in sorted((HERE / "app" / "ui").glob("*.py"))]
        command = [_tool("lupdate"), "-locations", "none", "-no-obsolete", *files, str(said), "-ts", str(to)]
        subprocess.run(command, check=True, capture_output=True)


def build() -> None:
    """Build what the window loads, where it is missing or older than its source."""
    if SOURCE.exists() and (not BUILT.exists() or BUILT.stat().st_mtime < SOURCE.stat().st_mtime):
        subprocess.run([_tool("lrelease"), str(SOURCE), "-qm", str(BUILT)], check=True, capture_output=True)


def _tool(name: str) -> str:
    suffix = ".exe" if sys.platform == "win32" else ""
    return str(Path(sysconfig.get_path("scripts")) / f"pyside6-{name}{suffix}")


if __name__ == "__main__":
    if "--build" not in sys.argv:
        collect(SOURCE)
    build()
