"""What a policy forbids does not happen on the command line, whatever the words and the user's file say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from app import paths, start
from app.cli import main as cli
from app.core import Core
from app.errors import PolicyForbids, SetupError
from app.export import formats
from app.history import codes
from app.model import adapters, cache
from app.settings.options import ExportFormat
from tests.fakes import scripted_core

NOTE = "Admitted with chest pain on 3 May.\nAllergies: penicillin.\nGiven aspirin 75 mg daily."
MODEL = "smollm2-135m-instruct"


def policy(text: str) -> None:
    paths.machine_policy().parent.mkdir(parents=True, exist_ok=True)
    paths.machine_policy().write_text(text, encoding="utf-8")


def scripted(_overrides: object) -> Core:
    return scripted_core()


@pytest.fixture
def note(tmp_path: Path) -> str:
    file = tmp_path / "note.txt"
    file.write_text(NOTE, encoding="utf-8")
    return str(file)


def test_the_policy_knows_every_format() -> None:
    assert set(get_args(ExportFormat)) == set(formats.FORMATS)


@pytest.mark.parametrize(
    ("words", "format_"),
    [
        (["letter", "NOTE", "--format", "txt"], "txt"),
        (["letter", "NOTE", "--format", "json"], "json"),
        (["letter", "NOTE", "-o", "letter.docx"], "docx"),
        (["letter", "NOTE", "-o", "letter"], "txt"),
        (["summarise", "NOTE", "-o", "s.json", "--json"], "json"),
        (["history", "export", "case", "-o", "case.json", "--by", "Dr A"], "json"),
        (["batch", "NOTE", "out.jsonl"], "json"),
    ],
)
def test_an_export_format_that_is_not_allowed(
    words: list[str],
    format_: str,
    note: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    policy('export_formats = ["pdf"]')
    before = sorted(tmp_path.iterdir())
    assert cli.main([note if one == "NOTE" else one for one in words], scripted) == 2
    said = capsys.readouterr()
    assert f"IT department does not allow files of the format {format_}" in said.err
    assert "NOTE" not in said.out
    assert sorted(tmp_path.iterdir()) == before


def test_a_format_that_is_allowed_and_the_screen(note: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy('export_formats = ["md"]')
    assert cli.main(["letter", note, "-o", str(tmp_path / "letter.md")], scripted) in (0, 6)
    assert (tmp_path / "letter.md").exists()
    assert cli.main(["summarise", note], scripted) == 0


def test_a_model_that_is_not_allowed_is_not_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    policy('allowed_models = ["smollm3-3b"]')
    with pytest.raises(PolicyForbids, match=rf"does not allow the model {MODEL} .*allowed_models"):
        start.build({}).open_session()
    assert cli.main(["models", "list"], start.build) == 0
    assert f"{MODEL}  (" in (out := capsys.readouterr().out)
    assert "not allowed by IT" in out.split("smollm3-3b  (")[0]


def test_an_adapter_that_is_not_allowed_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "adapters"
    for name in ("letters/1", "letters/2", "ward/1"):
        (root / name).mkdir(parents=True)
        (root / name / "adapter_config.json").write_text(f'{{"base_model_name_or_path": "{MODEL}"}}', encoding="utf-8")
        cache.write_manifest(root / name, model=name.split("/")[0], revision=name.split("/")[1], source={})
    model = tmp_path / "models" / MODEL / "b179c9523d0e"
    model.mkdir(parents=True)
    (model / "config.json").write_text("{}", encoding="utf-8")
    cache.write_manifest(model, model=MODEL, revision="b179c9523d0e", source={})
    monkeypatch.setattr(cache, "folders", lambda: (tmp_path / "models",))
    monkeypatch.setattr(adapters, "folders", lambda: (root,))

    def loaded() -> str:
        session = start.build({}).open_session()
        session.client.close()
        order = session.client._order
        return Path(order.adapter).relative_to(root).as_posix() if order.adapter else ""

    assert loaded() == "ward/1"
    policy('allowed_adapters = ["letters/1"]')
    assert loaded() == "letters/1"  # the program's own that is allowed
    policy('allowed_adapters = ["none-of-these"]')
    assert loaded() == ""
    paths.user_settings().parent.mkdir(parents=True, exist_ok=True)
    paths.user_settings().write_text('adapter = "ward"\n', encoding="utf-8")
    with pytest.raises(PolicyForbids, match="the adapter ward/1"):
        loaded()
    policy('allowed_adapters = ["letters/1"]')
    assert cli.main(["models", "use", "ward"], start.build) == 2
    paths.user_settings().write_text('adapter = "letters/1"\n', encoding="utf-8")
    assert cli.main(["models", "use", "letters"], start.build) == 2
    assert "the adapter letters/2" in capsys.readouterr().err
    policy('allowed_adapters = ["letters/2"]\nadapter = "letters/2"')
    assert loaded() == "letters/2"


def test_a_gpu_that_is_not_allowed(capsys: pytest.CaptureFixture[str], note: str) -> None:
    policy('device = "cpu"')
    assert cli.main(["summarise", note, "--device", "cuda"], start.build) == 2
    assert "your IT department has fixed it" in capsys.readouterr().err
    assert start.build({}).settings.options.device == "cpu"


def test_a_recovery_code_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "code.txt"
    own.write_text(codes.new_code(), encoding="utf-8")
    policy('recovery_code = "random"')
    assert cli.main(["history", "setup", "--code-file", str(own)], scripted) == 2
    assert "does not allow a recovery code of your own" in capsys.readouterr().err
    assert not (paths.user_data() / "history" / "history.db").exists()


def test_standards_and_the_template_pack(note: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "ward-7.toml").write_text('base = "eu"\ntitle = { en = "Letter of ward 7" }\n', encoding="utf-8")
    mine = paths.user_standards()
    mine.mkdir(parents=True)
    (mine / "ward-7.toml").write_text('base = "eu"\ntitle = { en = "My own letter" }\n', encoding="utf-8")
    policy(f'template_pack = "{pack.as_posix()}"\nallowed_standards = ["eu"]\nletter_standard = "ward-7"')
    assert cli.main(["letter", note, "--format", "txt"], scripted) in (0, 6)
    assert "Letter of ward 7" in capsys.readouterr().out
    for words in (["letter", note, "--standard", "prsb"], ["check", "--source", note, "--draft", note]):
        asked = words if words[0] == "letter" else [*words, "--standard", "prsb"]
        assert cli.main(asked, scripted) == 2
        assert "does not allow the standard prsb" in capsys.readouterr().err
    library = start.build({}).standards
    assert {"eu", "ward-7"} <= set(library.known())
    assert "prsb" not in library.known()
    assert "ward-7" in library.shared
    (pack / "ward-7.toml").unlink()
    pack.rmdir()
    with pytest.raises(SetupError, match=r"template pack .* no such folder"):
        start.build({}).standards.known()


def test_the_standard_and_the_language_that_it_fixed(note: str, capsys: pytest.CaptureFixture[str]) -> None:
    policy('letter_standard = "eu"\nletter_language = "zh_CN"')
    for words, name in ((["--standard", "jc"], "letter_standard"), (["--language", "en"], "letter_language")):
        assert cli.main(["letter", note, *words], scripted) == 2
        assert f"The setting {name} cannot be used: your IT department has fixed it" in capsys.readouterr().err
    assert cli.main(["letter", note, "--format", "json"], scripted) in (0, 6)
    letter = json.loads(capsys.readouterr().out)
    assert (letter["standard"], letter["language"]) == ("eu", "zh-CN")
    assert cli.main(["letter", note, "--language", "zh", "--standard", "eu"], scripted) in (0, 6)


@pytest.mark.parametrize("name", ["idle_lock_minutes", "retention_days", "clipboard_clear_s"])
def test_what_it_fixed_is_not_changed(name: str) -> None:
    policy(f"{name} = 30")
    core = start.build({})
    with pytest.raises(SetupError, match="IT department has fixed"):
        core.change({name: 60})
    paths.user_settings().parent.mkdir(parents=True, exist_ok=True)
    paths.user_settings().write_text(f"{name} = 60\n", encoding="utf-8")
    assert getattr(start.build({}).settings.options, name) == 30


def test_an_unreadable_policy_stops_every_verb(note: str, capsys: pytest.CaptureFixture[str]) -> None:
    policy("idle_lock_minutes = soon")
    for words in (["summarise", note], ["models", "list"], ["history", "list"], ["self-test", "--quick"]):
        assert cli.main([*words, "--json"], start.build) == 2
        said = capsys.readouterr()
        assert "policy" in said.err
        assert "Nothing was started" in json.loads(said.out)["error"]["message"]
