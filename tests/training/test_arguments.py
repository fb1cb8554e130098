"""Recipes: every shipped one is read, and a wrong one is told by its field. Help comes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app import paths
from training import __main__ as commands
from training.arguments import RecipeError, read

RECIPES = sorted((paths.program_folder() / "training" / "recipes").glob("*.toml"))
LEAST = 'name = "a"\ntitle = "b"\nbase = "c"\ndata = "d"\n[[train]]\nfile = "e"\ntask = "f"\n'


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_shipped_recipe_is_read(path: Path) -> None:
    recipe = read(path)
    assert recipe.train
    assert recipe.suites
    assert not Path(recipe.data).is_absolute()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (LEAST + "colour = 1", "colour"),
        (LEAST + 'crop = "yes"', "crop: must be bool"),
        (LEAST.replace('base = "c"', ""), "base is missing"),
        (LEAST + '[schedule]\ndtype = "int4"', "bfloat16, float32"),
        (LEAST + "[[suites]]\nname = 1", "rows is missing"),
        ("train = 3\n" + LEAST.split("[[")[0], "a list is needed"),
        ("= =", "cannot be read as TOML"),
    ],
)
def test_a_wrong_recipe_names_the_field(text: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match=named):
        read(tmp_path / "r.toml")


def test_whole_numbers_may_stand_for_fractions(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(LEAST + "least_coverage = 1", encoding="utf-8")
    assert read(tmp_path / "r.toml").train[0].least_coverage == 1.0


@pytest.mark.parametrize("verb", ["", *commands.VERBS])
def test_help_loads_nothing_heavy(verb: str) -> None:
    code = (
        f"import sys; sys.argv = ['training', *{[verb] if verb else []}, '--help']\n"
        "from training.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "print({'torch', 'transformers', 'datasets', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip().endswith("set()")
    assert "usage:" in done.stdout


def test_a_missing_recipe_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["prepare", "--recipe", "nowhere.toml"]) == 2
    assert "nowhere.toml cannot be read" in capsys.readouterr().err
