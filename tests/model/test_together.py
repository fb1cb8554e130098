"""Texts that are written together: each has the bytes that it has alone, whatever the others do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.model.engine_llama import Cache, Llama
from app.model.engine_native import Machine, library
from tests.builders import tiny_model

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
