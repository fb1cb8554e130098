"""The documents say what is there: verbs, exit codes, files, settings, and no path of any one machine."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path

from app import errors
from app.settings.options import Options
from tests.fakes import known_tasks

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def every_error() -> list[type[errors.EpicrisisError]]:
    todo, found = [errors.EpicrisisError], []
    while todo:
        kind = todo.pop()
        found.append(kind)
        todo += kind.__subclasses__()
    return [kind for kind in found if kind.__module__.startswith("app.error")]


def test_every_link_and_file_named_is_there() -> None:
    for document in ROOT.glob("*.md"):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (ROOT / target).exists(), f"{document.name}: {target}"
        for path in re.findall(r"`((?:app|tests|resources)/[\w/.-]+\.(?:py|toml|md))`", text):
            assert (ROOT / path).exists(), f"{document.name}: {path}"


def test_the_readme_tells_every_setting_and_exit_code() -> None:
    for field in fields(Options):
        assert f"`{field.name}`" in README
    for kind in every_error():
        assert re.search(rf"^\| {kind.exit_code} \|", README, re.MULTILINE), kind


def test_errors_are_drawn_coded_and_plain() -> None:
    kinds = every_error()
    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.__name__ in (errors.__doc__ or "")
        assert kind.sentence.endswith((".", "'."))
        assert errors.by_code(kind.code) is kind
        assert getattr(errors, kind.__name__) is kind, "app.errors is the door to all of them"
        assert kind.__name__ in errors.__all__


def test_tasks_are_fit_to_be_shown() -> None:
    for task in known_tasks().values():
        assert task.purpose.endswith(".")
        for section in task.sections:
            assert section.title
            assert section.new_tokens <= 512


def test_no_machine_path_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    for name in listed.stdout.splitlines():
        file = ROOT / name
        if file.suffix in (".py", ".md", ".toml", ".txt") and file.exists() and file != Path(__file__):
            assert not re.search(r"(?<![\w.])/(?:home|root|work|Users)/\w", file.read_text(encoding="utf-8")), name
