"""The small package: the embedded model does all it is asked for without torch, and what needs torch says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import paths, start
from app.cli import main as cli
from app.errors import NeedsFullPackage
from app.model import bundle, cache, engine_device, engine_llama, fit, importing
from app.model.catalogue import ModelEntry
from app.model.engine_auto import AutoEngine
from app.model.engine_native import library
from app.model.importing import Target
from app.model.messages import Load
from installer.contents import GENERAL
from tests.builders import tiny_model
from tests.model.test_bundle import adapter_folder, bring
from tests.model.test_cache import ENTRY

ROOT = Path(__file__).resolve().parents[2]
# Read by every Python that starts, the worker's too: as if nothing of this were installed.
BARRED = f"import sys\nfor name in {(*GENERAL, 'gguf')!r}:\n    sys.modules[name] = None\n"

pytestmark = pytest.mark.skipif(library() is None, reason="the fast library was not built, or no AVX2")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if torch and transformers were not here."""
    monkeypatch.setattr(fit, "find_spec", lambda _name: None)


@pytest.fixture
def t5(tmp_path: Path) -> Path:
    tiny_model("T5ForConditionalGeneration", tmp_path / "t5")
    return tmp_path / "t5"


def load(folder: Path, adapter: str = "", device: str = "cpu") -> None:
    AutoEngine().load(Load("tiny", str(folder), device, adapter), lambda _part, _what: None)  # type: ignore[arg-type]


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def epicrisis(tmp_path: Path, embedded_folder: Path) -> Run:
    """Runs the program where none of it can be imported, for a user who never ran it."""
    (tmp_path / "barred").mkdir()
    (tmp_path / "barred" / "sitecustomize.py").write_text(BARRED, encoding="utf-8")
    home = tmp_path / "nobody"
    more = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    environment = {**os.environ, **more, "PYTHONPATH": str(tmp_path / "barred")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert "No module named 'torch'" in run("-c", "import torch").stderr or "halted" in run("-c", "import torch").stderr
    return run


@pytest.mark.model
def test_the_self_test_passes_without_torch(epicrisis: Run) -> None:
    done = epicrisis("-m", "app", "self-test", "--json")
    checks = json.loads(done.stdout)["checks"]
    assert [one for one in checks if not one["passed"]] == []
    assert len(checks) == 8
    assert done.returncode == 0


@pytest.mark.model
def test_a_summary_and_a_letter_without_torch(epicrisis: Run, tmp_path: Path) -> None:
    sample = str(paths.resources() / "samples" / "chest-pain.txt")
    summary = epicrisis("-m", "app", "summarise", sample, "--json")
    table = json.loads(summary.stdout)
    assert summary.returncode == 0
    assert table["stamp"]["adapter_name"].startswith("clinical/")
    letter = epicrisis("-m", "app", "letter", sample, "--output", str(tmp_path / "letter.docx"))
    assert letter.returncode in (0, 6), letter.stderr  # 6: a check found something to look at
    assert (tmp_path / "letter.docx").stat().st_size > 10_000


@pytest.mark.usefixtures("small")
def test_what_has_no_lean_path_says_what_to_do(t5: Path) -> None:
    with pytest.raises(NeedsFullPackage) as caught:
        load(t5)
    assert str(caught.value) == (
        "The model tiny runs only with the full package of Epicrisis, and this is the small one (its architecture has "
        "no lean path). Your notes are unchanged. Ask IT for the full package, or choose another model or adapter."
    )
    with pytest.raises(NeedsFullPackage, match="no lean path"):
        fit.refuse_model("tiny", t5)


@pytest.mark.usefixtures("small")
def test_an_adapter_that_is_no_plain_lora_says_so(tmp_path: Path) -> None:
    tiny_model("LlamaForCausalLM", tmp_path / "llama")
    adapter = adapter_folder(tmp_path / "adapter")
    with pytest.raises(NeedsFullPackage, match="not a plain LoRA"):
        load(tmp_path / "llama", str(adapter))
    load(tmp_path / "llama")


@pytest.mark.usefixtures("small")
def test_a_processor_without_avx2_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_model("LlamaForCausalLM", tmp_path / "llama")
    monkeypatch.setattr(engine_llama, "library", lambda: None)
    with pytest.raises(NeedsFullPackage, match="needs a processor with AVX2"):
        load(tmp_path / "llama")


@pytest.mark.model
@pytest.mark.usefixtures("small", "embedded_folder")
def test_the_check_after_installing_says_so_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine_llama, "library", lambda: None)
    assert cli.main(["self-test", "--quick", "--json"], start.build) == 4
    checks = {one["check"]: one for one in json.loads(capsys.readouterr().out)["checks"]}
    assert "AVX2" in checks["model files"]["seen"]


@pytest.mark.usefixtures("small")
def test_a_graphics_card_is_no_reason_to_look_for_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_device, "_has_driver", lambda: True)
    assert engine_device.look().gpu_problem == "this build has no GPU support"


@pytest.mark.usefixtures("small")
def test_a_model_that_cannot_run_is_not_imported(t5: Path, tmp_path: Path) -> None:
    entry = ModelEntry(**{**{name: getattr(ENTRY, name) for name in ENTRY.__slots__}, "revision": "1"})
    with pytest.raises(NeedsFullPackage, match="no lean path"):
        importing.import_model(t5, entry, tmp_path / "here" / "models")
    (t5 / "LICENSE.txt").write_text("MIT", encoding="utf-8")
    cache.write_manifest(t5, model="tiny", revision="1", source={})
    packed = bundle.write([("model", t5)], tmp_path / "t5.bundle")
    with pytest.raises(NeedsFullPackage, match="no lean path"):
        bring(packed.file, Target(tmp_path / "here" / "models", tmp_path / "here" / "adapters"))
    assert not list((tmp_path / "here").rglob(cache.MANIFEST))


@pytest.mark.parametrize("config", ["{}", '{"architectures": ["LlamaForCausalLM"], "hidden_act": "silu"}', "[]", "{"])
@pytest.mark.usefixtures("small")
def test_an_odd_configuration_is_no_fault_of_ours(tmp_path: Path, config: str) -> None:
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(NeedsFullPackage):
        fit.refuse_model("odd", tmp_path)


@pytest.mark.usefixtures("small")
def test_an_adapter_that_cannot_run_is_neither_imported_nor_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = bundle.write([("adapter", adapter_folder(tmp_path / "a"))], tmp_path / "a.bundle")
    with pytest.raises(NeedsFullPackage, match="not a plain LoRA"):
        bring(packed.file, Target(tmp_path / "models", tmp_path / "adapters"))
    tiny_model("LlamaForCausalLM", tmp_path / "models" / "smollm2-135m-instruct" / "b179c9523d0e")
    folder = tmp_path / "adapters" / "letters" / "1"
    folder.mkdir(parents=True)
    table = {"base_model_name_or_path": "smollm2-135m-instruct", "peft_type": "LORA", "target_modules": "all-linear"}
    (folder / "adapter_config.json").write_text(json.dumps(table), encoding="utf-8")
    cache.write_manifest(folder, model="letters", revision="1", source={})
    monkeypatch.setattr(paths, "bundled_models", lambda: tmp_path / "models")
    monkeypatch.setattr(paths, "user_data", lambda: tmp_path)
    assert cli.main(["models", "use", "letters"], start.build) == 4
    assert "full package" in capsys.readouterr().err
    assert not paths.user_settings().exists()
