"""Memory: what a model takes is reckoned from its figures, what is kept is bounded, what has no room is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import ModelTooLarge, OutOfMemory
from app.model import catalogue, engine_device, engine_lean, engine_llama, engine_memory
from app.model.engine_auto import AutoEngine
from app.model.engine_lean import LeanEngine
from app.model.engine_llama import BLOCK, Cache
from app.model.engine_memory import MOST_KEPT_TOKENS, kept_tokens, needed, token_bytes
from app.model.engine_native import library
from app.model.interface import Ask, Outcome
from app.model.messages import Limits, Load
from app.prompts.chat import ChatMessage, Conversation
from tests.builders import WORDS, tiny_model
from tests.model.lean import loaded

GB = 1024**3
LLAMA_8B = {"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "hidden_size": 4096}

needs_library = pytest.mark.skipif(library() is None, reason="app/model/native was not built, or needs AVX2")


def say(text: str) -> Conversation:
    return (ChatMessage("user", text),)


def write(engine: LeanEngine, contents: list[str], tokens: int = 12) -> list[str | Exception]:
    """What each becomes where they are asked together."""
    texts, ends = [""] * len(contents), dict[int, Outcome | Exception]()

    def add(index: int, text: str) -> None:
        texts[index] += text

    asks = [
        Ask(say(one), Limits(tokens), lambda text, index=index: add(index, text), lambda: False)  # type: ignore[misc]
        for index, one in enumerate(contents)
    ]
    engine.generate_many(asks, ends.__setitem__)
    return [end if isinstance(end := ends[index], Exception) else text for index, text in enumerate(texts)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("memory") / "llama"
    tiny_model("LlamaForCausalLM", made)
    return made


def only(free: int, patch: pytest.MonkeyPatch) -> None:
    """As if so many bytes were free."""
    for module in (engine_device, engine_lean, engine_llama):
        patch.setattr(module, "free_memory", lambda: free)


@pytest.mark.parametrize(
    ("free_gb", "held_gb", "tokens"),
    [(64, 0, MOST_KEPT_TOKENS), (4, 0, 8192), (3, 1, 8192), (1, 0, 2048), (0, 0, 0)],
)
def test_what_is_kept_is_bounded_in_bytes(free_gb: int, held_gb: int, tokens: int) -> None:
    token = token_bytes(LLAMA_8B, 2)
    assert token == 128 * 1024
    assert kept_tokens(token, held_gb * GB, free_gb * GB) == tokens


@needs_library
def test_caches_stay_within_a_quarter_of_the_free_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [f"{word} {WORDS * 3}" for word in ("aspirin", "morphine", "chest", "pain", "troponin")]
    wanted = write(loaded(folder), contents)
    engine = loaded(folder)
    token, real, most = engine._llama.shape.token_bytes, Cache.reserve, [0]
    room = -(-(engine.count(say(contents[-1])) + 12) // BLOCK) * BLOCK

    def watched(kept: Cache, tokens: int) -> None:
        real(kept, tokens)
        assert kept.keys.nbytes + kept.values.nbytes == kept.room * token
        most[0] = max(most[0], sum(one.keys.nbytes + one.values.nbytes for one in engine._caches))

    monkeypatch.setattr(Cache, "reserve", watched)
    for rooms in (1, 2, 3):
        # What is held counts as free where the bound is made, so the machine has what the caches have not.
        only(4 * rooms * room * token, monkeypatch)
        monkeypatch.setattr(
            engine_lean, "kept_tokens", lambda token, _held, free: engine_memory.kept_tokens(token, 0, free)
        )
        engine.forget()
        most[0] = 0
        assert write(engine, contents) == wanted
        assert most[0] == rooms * room * token


@needs_library
def test_a_text_that_has_no_room_is_told_and_the_next_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = loaded(folder)
    (wanted,) = write(engine, ["chest pain"])
    engine.forget()
    only(2 * BLOCK * engine._llama.shape.token_bytes, monkeypatch)
    long, short = write(engine, [WORDS * 9, "chest pain"])
    assert isinstance(long, OutOfMemory)
    assert short == wanted


@needs_library
def test_reading_ahead_takes_no_memory_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = loaded(folder)
    only(BLOCK * engine._llama.shape.token_bytes, monkeypatch)
    with pytest.raises(MemoryError):  # the worker forgets all, and tells nobody
        engine.read(say(WORDS * 9), lambda: False)


@needs_library
@pytest.mark.parametrize("engine_class", [LeanEngine, AutoEngine])
def test_a_model_that_does_not_fit_is_refused_in_plain_words(
    engine_class: type[LeanEngine | AutoEngine], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(needed(folder, is_lean=True).cpu - 1, monkeypatch)
    with pytest.raises(ModelTooLarge, match=r"needs 0\.1 GB of free memory, and this machine has 0\.1 GB"):
        engine_class().load(Load("tiny", str(folder), "cpu"), lambda _part, _what: None)
    only(needed(folder, is_lean=True).cpu, monkeypatch)
    engine_class().load(Load("tiny", str(folder), "cpu"), lambda _part, _what: None)


@needs_library
def test_what_is_needed_covers_what_is_taken(folder: Path, embedded_folder: Path) -> None:
    for one in (folder, embedded_folder):
        engine = loaded(one)
        shape = engine._llama.shape
        text = min(shape.window, 8192) * shape.token_bytes
        assert engine._llama.nbytes + text < needed(one, is_lean=True).cpu < engine._llama.nbytes + text + 150 * 2**20


@pytest.mark.parametrize("architecture", sorted(catalogue.SUPPORTED))
def test_every_architecture_is_reckoned_from_its_own_sizes(architecture: str, tmp_path: Path) -> None:
    tiny_model(architecture, tmp_path)
    base = needed(tmp_path / "none", is_lean=False)
    found = needed(tmp_path, is_lean=False)
    weights = sum(file.stat().st_size for file in tmp_path.glob("*.safetensors")) / 2
    assert found.cpu - base.cpu > weights
    assert base.gpu < found.gpu < found.cpu + base.gpu - base.cpu
    config = json.loads((tmp_path / "config.json").read_text())
    part = config.get("text_config", config)
    part["num_layers" if "num_layers" in part else "num_hidden_layers"] *= 2
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert needed(tmp_path, is_lean=False).cpu > found.cpu


def test_what_cannot_be_read_is_left_to_the_check_of_the_files(tmp_path: Path) -> None:
    tiny_model("LlamaForCausalLM", tmp_path)
    base = needed(tmp_path / "none", is_lean=True)
    for name, content in (("model.safetensors", b"\xff" * 40), ("config.json", b"[]"), ("config.json", b"{")):
        kept = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content)
        assert needed(tmp_path, is_lean=True) == base
        (tmp_path / name).write_bytes(kept)
