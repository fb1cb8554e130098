"""The order of the house holds, and the heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"
HEAVY = {"torch", "transformers", "bitsandbytes", "peft", "accelerate"}
NETWORK = {"socket", "ssl", "http", "urllib", "requests", "httpx", "ftplib", "smtplib", "asyncio", "aiohttp"}


def imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("module", ["app.flow", "app.cli.main", "app.start"])
def test_the_core_loads_neither_qt_nor_torch(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{name.split('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    for name in ("torch", "transformers", "PySide6", "sqlalchemy", "numpy", "tokenizers"):
        assert f"'{name}'" not in loaded, name


def test_the_window_is_shown_before_the_checks_are_loaded() -> None:
    """Their patterns take longer to compile than the window takes to show."""
    code = "import sys, app.start, app.ui.run; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    for name in ("torch", "sqlalchemy", "app.flow", "app.checks.all", "app.notes.intake", "app.letter.letter"):
        assert f"'{name}'" not in loaded, name


def test_heavy_libraries_only_in_the_engine() -> None:
    for file in APP.rglob("*.py"):
        if not file.name.startswith("engine"):
            assert not imports(file) & HEAVY, file


def test_qt_only_in_the_window() -> None:
    for file in APP.rglob("*.py"):
        if "ui" not in file.parts and file.name not in ("start.py", "pdf.py"):
            assert "PySide6" not in imports(file), file


def test_no_network_module_but_in_the_guard() -> None:
    for file in APP.rglob("*.py"):
        if file.name != "offline.py":
            assert not imports(file) & NETWORK, file


def test_packages_export_nothing() -> None:
    for file in APP.rglob("__init__.py"):
        body = ast.parse(file.read_text(encoding="utf-8")).body
        assert len(body) == 1, file
        assert isinstance(body[0], ast.Expr), file
