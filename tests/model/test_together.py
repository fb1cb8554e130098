"""Texts that are written together: each has the bytes that it has alone, whatever the others do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import InstructionTooLong, OutOfMemory
from app.model.engine_chat import Words
from app.model.engine_lean import LeanEngine
from app.model.engine_llama import Cache, Llama
from app.model.engine_native import Floats, Machine, library
from app.model.interface import Ask, OnText, Outcome
from app.model.messages import Limits
from app.prompts.chat import ChatMessage, Conversation
from tests.builders import WORDS, tiny_model
from tests.model.lean import loaded

RELAXED = settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
some_tokens = st.lists(st.integers(4, 300), min_size=1, max_size=60)

pytestmark = pytest.mark.skipif(library() is None, reason="app/model/native was not built, or needs AVX2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("together") / "llama"
    tiny_model("LlamaForCausalLM", made)
    return made


def levels() -> range:
    """Levels that this processor can run."""
    found = library()
    return range(1, (found.lean_level() if found else 0) + 1)


@RELAXED
@given(
    st.lists(st.integers(4, 300), min_size=16, max_size=200),
    st.lists(st.tuples(st.booleans(), some_tokens, some_tokens), min_size=1, max_size=6),
)
def test_texts_read_together_have_the_bits_they_have_alone(
    folder: Path, begin: list[int], texts: list[tuple[bool, list[int], list[int]]]
) -> None:
    shared = len(begin) // 16 * 16
    for level in levels():
        llama = Llama(folder, None, Machine(2, level))
        first = Cache(llama.shape)
        first.reserve(len(begin))
        llama.read(begin, first, lambda: None)
        caches, wanted = [], []
        for is_shared, before, after in texts:
            cache = Cache(llama.shape, first, shared) if is_shared else Cache(llama.shape)
            whole = [*(begin[:shared] if is_shared else []), *before]
            cache.reserve(len(whole) + len(after))
            llama.read(whole[len(cache.tokens) :], cache, lambda: None)
            alone = Cache(llama.shape)
            alone.reserve(len(whole) + len(after))
            llama.read(whole, alone, lambda: None)
            wanted.append(llama.read(after, alone, lambda: None))
            caches.append((after, cache))
        rows = llama.read_together(caches, lambda: None)
        assert np.array_equal(rows, np.concatenate(wanted))


def test_a_text_without_room_is_refused_and_nothing_is_added(folder: Path) -> None:
    llama = Llama(folder, None, Machine(1))
    caches = [Cache(llama.shape), Cache(llama.shape)]
    caches[0].reserve(8)
    with pytest.raises(ValueError, match="no room"):
        llama.read_together([([5], one) for one in caches], lambda: None)
    assert [one.tokens for one in caches] == [[], []]


class Answers:
    """What several conversations gave.

    Attributes:
        texts: Text of each.
        ends: How each ended.
    """

    def __init__(self, engine: LeanEngine, contents: list[str], limits: list[Limits], stops: dict[int, int]) -> None:
        pieces: list[list[str]] = [[] for _ in contents]
        self.ends: dict[int, Outcome | Exception] = {}
        asks = [
            Ask(
                say(content), one, pieces[index].append, lambda index=index: len(pieces[index]) >= stops.get(index, 999)
            )  # type: ignore[misc]
            for index, (content, one) in enumerate(zip(contents, limits, strict=True))
        ]
        engine.generate_many(asks, self._on_end)
        self.texts = ["".join(one) for one in pieces]

    def _is_enough(self, pieces: list[str], most: int) -> bool:
        return len(pieces) >= most

    def _on_end(self, index: int, end: Outcome | Exception) -> None:
        assert index not in self.ends
        self.ends[index] = end


def say(content: str) -> Conversation:
    return (ChatMessage("system", "Answer."), ChatMessage("user", content))


contents = st.lists(
    st.tuples(st.sampled_from(["", f"{WORDS} " * 5, f"{WORDS} aspirin " * 9]), st.sampled_from(WORDS.split())),
    min_size=1,
    max_size=11,
)


@pytest.fixture(scope="module")
def kept(folder: Path) -> LeanEngine:
    """It has a past."""
    return loaded(folder)


@RELAXED
@given(contents, st.lists(st.tuples(st.integers(1, 40), st.sampled_from([0, 3])), min_size=11, max_size=11))
def test_together_each_gives_the_bytes_it_gives_alone(
    folder: Path, kept: LeanEngine, contents: list[tuple[str, str]], sizes: list[tuple[int, int]]
) -> None:
    asked = [f"{notes}{instruction}" for notes, instruction in contents]
    limits = [Limits(*size) for size in sizes[: len(asked)]]
    wanted = []
    for content, one in zip(asked, limits, strict=True):
        wanted.append(Answers(loaded(folder, guesses=False), [content], [one], {}))
    for engine in (kept, loaded(folder, guesses=False)):
        got = Answers(engine, asked, limits, {})
        assert got.texts == [one.texts[0] for one in wanted]
        for index, one in enumerate(wanted):
            end, alone = got.ends[index], one.ends[0]
            assert isinstance(end, Outcome)
            assert isinstance(alone, Outcome)
            assert (end.reason, end.prompt_tokens, end.tokens) == (alone.reason, alone.prompt_tokens, alone.tokens)
        assert len(engine._caches) <= 4
        assert sum(cache.room for cache in engine._caches) <= 16_384


def test_one_that_stops_does_not_hurt_the_others(folder: Path) -> None:
    asked = [f"{WORDS} {word}" for word in ("aspirin", "morphine", "chest")]
    limits = [Limits(30)] * 3
    whole, cut = (Answers(loaded(folder), asked, limits, stops) for stops in ({}, {1: 2}))
    ends = [cut.ends[index] for index in range(3)]
    assert [end.reason == "cancelled" for end in ends if isinstance(end, Outcome)] == [False, True, False]
    assert (cut.texts[0], cut.texts[2]) == (whole.texts[0], whole.texts[2])
    assert whole.texts[1].startswith(cut.texts[1])
    assert len(cut.texts[1]) < len(whole.texts[1])


def test_stopped_at_once_nothing_is_written_and_nothing_wrong_is_kept(folder: Path) -> None:
    asked = [f"{WORDS * 9} {word}" for word in ("aspirin", "morphine")]
    engine = loaded(folder)
    stopped = Answers(engine, asked, [Limits(9)] * 2, {0: 0, 1: 0})
    assert stopped.texts == ["", ""]
    assert (
        Answers(engine, asked, [Limits(9)] * 2, {}).texts == Answers(loaded(folder), asked, [Limits(9)] * 2, {}).texts
    )


def test_one_that_fails_ends_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [f"{WORDS} {word}" for word in ("aspirin", "morphine", "chest")]
    wanted = Answers(loaded(folder), asked, [Limits(30)] * 3, {})
    engine = loaded(folder)
    words, count = engine._chat.words, iter(range(3))

    class Broken(Words):
        def add(self, token: int) -> None:
            raise RuntimeError

    def broken(on_text: OnText) -> Words:
        return Broken(engine._chat._tokenizer, on_text) if next(count) == 1 else words(on_text)

    monkeypatch.setattr(engine._chat, "words", broken)
    got = Answers(engine, [*asked, "pain " * 3000], [Limits(30)] * 4, {})
    assert isinstance(got.ends[1], RuntimeError)
    assert isinstance(got.ends[3], InstructionTooLong)
    assert (got.texts[0], got.texts[2]) == (wanted.texts[0], wanted.texts[2])


def test_one_without_memory_ends_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [f"{WORDS} {word}" for word in ("aspirin", "morphine", "chest")]
    wanted = Answers(loaded(folder), asked, [Limits(30)] * 3, {})
    engine = loaded(folder)
    reserve, count = Cache.reserve, iter(range(1000))

    def second_fails(cache: Cache, tokens: int) -> None:
        if next(count) == 1:
            raise MemoryError
        reserve(cache, tokens)

    monkeypatch.setattr(Cache, "reserve", second_fails)
    got = Answers(engine, asked, [Limits(30)] * 3, {})
    assert [isinstance(got.ends[index], OutOfMemory) for index in range(3)] == [False, True, False]
    assert (got.texts[0], got.texts[2]) == (wanted.texts[0], wanted.texts[2])


def test_what_they_share_is_read_and_kept_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = loaded(folder)
    asked = [f"{WORDS * 9} {word}" for word in ("aspirin", "morphine", "chest", "pain")]
    read: list[int] = []
    real = Llama.read_together

    def counted(self: Llama, texts: list[tuple[list[int], Cache]], look: Callable[[], None]) -> Floats:
        read.append(sum(len(tokens) for tokens, _ in texts))
        return real(self, texts, look)

    monkeypatch.setattr(Llama, "read_together", counted)
    Answers(engine, asked, [Limits(1)] * 4, {})
    tokens = [engine.count(say(one)) for one in asked]
    assert sum(read) < max(tokens) + 4 * 40 < sum(tokens)
    assert len(engine._caches) == 1


def test_the_embedded_model_writes_together_what_it_writes_alone(embedded_folder: Path) -> None:
    notes = "Presenting complaint: chest pain for two days. Given aspirin 300 mg. Troponin 45 ng/L. "
    asked = [f"<notes>\n{notes * 3}\n</notes>\n\nWrite {what}." for what in ("the course", "the results", "the plan")]
    asked.append("Write down what a letter is for.")
    limits = [Limits(24, 24)] * len(asked)
    together = Answers(loaded(embedded_folder), asked, limits, {}).texts
    alone = loaded(embedded_folder, guesses=False)
    for content, text in zip(asked, together, strict=True):
        alone.forget()
        assert text == Answers(alone, [content], limits[:1], {}).texts[0]
