"""Each value has one source, and what IT fixed stays fixed."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import paths, start
from app.errors import SettingsNotSaved, SetupError
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
        ("text_scale = 79", "text_scale must lie between 80 and 200"),
        ('theme = "pink"', "theme must be system or light or dark or contrast"),
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


KEPT = '# Ward 3, agreed in May\r\ndevice = "cpu"  # no card here\r\n\r\n# short notes are fine\r\nleast_words = 3'


def test_what_is_written_is_read_and_comments_stay(tmp_path: Path) -> None:
    user, none = tmp_path / "user.toml", tmp_path / "none.toml"
    user.write_bytes(KEPT.encode())
    file.write(user, {"device": "cuda", "author": 'Dr "Åsa" 林', "least_words": None, "text_scale": 150})
    settings = file.read(user, none)
    assert (settings.options.device, settings.options.author) == ("cuda", 'Dr "Åsa" 林')
    assert (settings.options.least_words, settings.sources["least_words"]) == (5, "default")
    assert (settings.options.text_scale, settings.sources["text_scale"]) == (150, "you")
    text = user.read_bytes().decode()
    assert "# Ward 3, agreed in May" in text
    assert 'device = "cuda"  # no card here' in text


def test_folders_are_made_and_nothing_else_is_left_in_them(tmp_path: Path) -> None:
    user = tmp_path / "new" / "folder" / "user.toml"
    file.write(user, {"language": "zh_CN"})
    assert [one.name for one in user.parent.iterdir()] == ["user.toml"]
    if os.name == "posix":
        assert not stat.S_IMODE(user.stat().st_mode) & 0o077
    file.write(user, {"language": None, "theme": None})
    assert file.read(user, tmp_path / "none").sources["language"] == "default"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text_scale": 300}, "text_scale must lie between 80 and 200"),
        ({"text_scale": True}, "text_scale must be int"),
        ({"theme": "pink"}, "theme must be"),
        ({"colour": "red"}, "no setting named colour"),
        ({"author": object()}, "author must be str"),
        ({"author": "\ud800"}, "could not be written"),
        ({"cancel_wait_s": float("nan")}, "cancel_wait_s must lie between"),
    ],
)
def test_a_value_that_cannot_be_read_is_not_written(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    user = write(tmp_path / "user.toml", "least_words = 7")
    with pytest.raises(SettingsNotSaved, match=why):
        file.write(user, {"least_words": 8} | changes)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("user.toml", "least_words = 7")]


def test_a_file_that_cannot_be_used_is_left_as_it_is(tmp_path: Path) -> None:
    user = write(tmp_path / "user.toml", "device = [")
    with pytest.raises(SetupError, match="cannot be read"):
        file.write(user, {"device": "cpu"})
    assert user.read_text() == "device = ["


def test_a_disk_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = write(tmp_path / "user.toml", "least_words = 7")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SettingsNotSaved, match="could not be written"):
        file.write(user, {"least_words": 8})
    assert [one.read_text() for one in tmp_path.iterdir()] == ["least_words = 7"]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(80, 200))
def test_any_name_and_scale_come_back(author: str, scale: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        user = Path(folder) / "user.toml"
        file.write(user, {"author": author, "text_scale": scale})
        file.write(user, {"text_scale": scale})
        options = file.read(user, Path(folder) / "none").options
    assert (options.author, options.text_scale) == (author, scale)
