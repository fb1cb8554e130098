"""Each value has one source, and what IT fixed stays fixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import paths, start
from app.errors import SetupError
from app.settings import file


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_policy_wins_over_the_user_and_both_over_the_default(tmp_path: Path) -> None:
    user = write(tmp_path / "user.toml", 'device = "cpu"\nleast_words = 9')
    policy = write(tmp_path / "policy.toml", "least_words = 20")
    settings = file.read(user, policy)
    assert (settings.options.device, settings.sources["device"]) == ("cpu", "you")
    assert (settings.options.least_words, settings.sources["least_words"]) == (20, "IT")
    assert settings.sources["model"] == "default"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("device = [", "cannot be read"),
        ('device = "tpu"', "device must be auto or cpu or cuda"),
        ("colour = 1", "no setting named colour"),
        ('least_words = "five"', "least_words must be int"),
        ("idle_lock_minutes = 0", "idle_lock_minutes must lie between 1 and 240"),
        ("idle_lock_minutes = 241", "idle_lock_minutes must lie between 1 and 240"),
        ("retention_days = -1", "retention_days must lie between 0"),
    ],
)
def test_a_policy_that_cannot_be_used_stops_the_start(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(SetupError, match=why):
        file.read(tmp_path / "none.toml", write(tmp_path / "policy.toml", text))


def test_the_command_line_cannot_change_what_it_fixed() -> None:
    write(paths.machine_policy(), 'device = "cpu"')
    with pytest.raises(SetupError, match="IT department has fixed"):
        start.build({"device": "cuda"})
    assert start.build({"device": "cpu", "model": "smollm3-3b"}).settings.options.model == "smollm3-3b"
