"""GGUF files: the very weights that they have when they are expanded, and nothing read that is not there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType as Kind
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from app.errors import ModelUnsupported
from app.model import bundle, cache, engine_gguf, engine_pretrained
from app.model.engine import TransformersEngine
from app.model.engine_gguf import Gguf
from app.model.engine_lean import LeanEngine
from app.model.engine_llama import Llama
from app.model.engine_native import Floats, Machine, library
from app.model.engine_weights import Tensors, tensors_of
from app.model.importing import Target, import_bundle, import_model
from app.model.messages import Limits, Load
from app.prompts.chat import ChatMessage
from tests.benchmarks.gguf_file import write
from tests.builders import tiny_model

RELAXED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def expanded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose weights are numbers that Q4_1 and Q8_0 have, in safetensors."""
    folder = tmp_path_factory.mktemp("expanded") / "1"
    tiny_model("LlamaForCausalLM", folder)
    tensors, state = Tensors(folder), {}
    names = ["model.embed_tokens.weight", "model.norm.weight"]
    parts = ("input_layernorm", "post_attention_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
             "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")  # fmt: skip
    names += [f"model.layers.{layer}.{part}.weight" for layer in range(2) for part in parts]
    for name in names:
        weight = tensors.get(name)
        if weight.ndim > 1:
            kind = Kind.Q4_1 if "layers" in name else Kind.Q8_0
            weight = gguf.quants.dequantize(gguf.quants.quantize(weight, kind), kind)
        state[name] = torch.from_numpy(np.ascontiguousarray(weight)).to(torch.bfloat16)
    packed = tmp_path_factory.mktemp("packed") / "tiny" / "1"
    shutil.copytree(folder, packed)
    write(folder, packed / "model.gguf", Kind.Q4_1)
    (packed / "model.safetensors").unlink()
    (packed / "LICENSE.txt").write_text("free", encoding="utf-8")
    cache.write_manifest(packed, model="tiny", revision="1", source={"kind": "test"})
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    cache.write_manifest(folder, model="tiny", revision="1", source={"kind": "test"})
    (folder.parent / "packed").symlink_to(packed)
    return folder


@pytest.fixture(scope="module")
def packed(expanded: Path) -> Path:
    """The same in a GGUF file."""
    return (expanded.parent / "packed").resolve()


def same(one: Any, other: Any) -> bool:  # noqa: ANN401 - arrays of any kind
    return bool(np.array_equal(one.view(np.uint8), other.view(np.uint8)))


def test_every_weight_has_the_bits_of_the_expanded_one(expanded: Path, packed: Path) -> None:
    exact, tensors = Tensors(expanded), tensors_of(packed)
    assert isinstance(tensors, Gguf)
    assert len([*tensors]) == 20
    assert "lm_head.weight" not in tensors
    for name in tensors:
        assert same(exact.get(name), tensors.get(name)), name
        assert exact.shape(name) == tensors.shape(name)


@RELAXED
@given(first=st.integers(0, 128), count=st.integers(1, 128), part=st.sampled_from("qkv"))
def test_some_rows_are_those_rows(packed: Path, first: int, count: int, part: str) -> None:
    name, tensors = f"model.layers.1.self_attn.{part}_proj.weight", Gguf(packed)
    rows = slice(first, first + count)
    assert same(tensors.get(name, rows), np.ascontiguousarray(tensors.get(name)[rows]))


@pytest.mark.skipif(library() is None, reason="app/model/native was not built, or needs AVX2")
def test_what_the_lean_engine_packs_is_the_same(expanded: Path, packed: Path) -> None:
    one, other = (Llama(folder, None, Machine(2)) for folder in (expanded, packed))
    assert same(one._embedding.weights, other._embedding.weights)
    assert same(one._embedding.scales, other._embedding.scales)
    for ours, theirs in zip(one._kept, other._kept, strict=True):
        if isinstance(ours, np.ndarray):
            assert same(ours, theirs)
        else:
            assert same(ours.weights, theirs.weights)  # type: ignore[union-attr]
            assert same(ours.scales, theirs.scales)  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", [LeanEngine, TransformersEngine])
def test_both_engines_write_the_same(expanded: Path, packed: Path, kind: Any) -> None:  # noqa: ANN401
    if kind is LeanEngine and library() is None:
        pytest.skip("app/model/native was not built, or needs AVX2")
    texts = []
    for folder in (expanded, packed):
        engine, pieces = kind(), list[str]()
        engine.load(Load("tiny", str(folder), "cpu", ""), lambda _part, _what: None)
        engine.generate((ChatMessage("user", "pain since two days"),), Limits(20), pieces.append, lambda: False)
        texts.append("".join(pieces))
    assert texts[0] == texts[1] != ""


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_transformers_gets_the_same_model(expanded: Path, packed: Path, dtype: torch.dtype) -> None:
    one, other = (
        engine_pretrained.load(
            AutoModelForCausalLM, folder, AutoConfig.from_pretrained(folder), dtype=dtype, trust_remote_code=False
        )
        for folder in (expanded, packed)
    )
    states = one.state_dict(), other.state_dict()
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(weight, states[1][name]) for name, weight in states[0].items())
    assert one.generation_config.to_dict() == other.generation_config.to_dict()
    assert other.lm_head.weight is other.model.embed_tokens.weight
    assert other.name_or_path == str(packed)


@RELAXED
@given(
    data=st.data(), kind=st.sampled_from([(Kind.Q4_1, engine_gguf.q4_1, 20, 2), (Kind.Q8_0, engine_gguf.q8_0, 34, 1)])
)
def test_numbers_are_those_of_ggml(data: st.DataObject, kind: Any) -> None:  # noqa: ANN401
    theirs, ours, size, scales = kind
    count = data.draw(st.integers(1, 6))
    blocks = np.frombuffer(data.draw(st.binary(min_size=count * size, max_size=count * size)), np.uint8)
    blocks = blocks.reshape(count, size).copy()
    halves = st.lists(
        st.floats(width=16, allow_nan=False, allow_infinity=False), min_size=count * scales, max_size=count * scales
    )
    blocks[:, : 2 * scales] = np.array(data.draw(halves), np.float16).reshape(count, scales).view(np.uint8)
    out: Floats = np.empty((count, 32), np.float32)
    ours(blocks, out)
    exact = gguf.quants.dequantize(blocks, theirs).reshape(count, 32)
    assert np.array_equal(out, exact)
    engine_gguf._round(out)
    assert np.array_equal(out, torch.from_numpy(exact).to(torch.bfloat16).float().numpy())


def altered(packed: Path, to: Path, data: bytes) -> Path:
    to.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(packed / "config.json", to / "config.json")
    (to / "model.gguf").write_bytes(data)
    return to


@RELAXED
@given(part=st.floats(0, 0.999))
def test_a_file_that_was_cut_short_is_refused(packed: Path, tmp_path: Path, part: float) -> None:
    data = (packed / "model.gguf").read_bytes()
    with pytest.raises(ModelUnsupported, match="its GGUF file is damaged"):
        Gguf(altered(packed, tmp_path / "cut", data[: int(len(data) * part)]))


@settings(RELAXED, max_examples=300)
@given(place=st.integers(0, 2**32), value=st.binary(min_size=1, max_size=8))
def test_a_false_header_is_refused_or_leads_nowhere_else(
    packed: Path, tmp_path: Path, place: int, value: bytes
) -> None:
    data = bytearray((packed / "model.gguf").read_bytes())
    ends = data.index(b"output_norm.weight"), len(data)
    place %= min(ends[0] + 4000, ends[1] - 8)
    data[place : place + len(value)] = value
    try:
        tensors = Gguf(altered(packed, tmp_path / "false", bytes(data)))
        for name in tensors:
            assert tensors.get(name).shape == tensors.shape(name)
    except ModelUnsupported:
        pass


@pytest.mark.parametrize("kind", [Kind.F16, Kind.Q5_1, Kind.Q4_0])
def test_other_kinds_and_layers_are_refused(packed: Path, tmp_path: Path, kind: Kind) -> None:
    file = tmp_path / "other.gguf"
    out = gguf.GGUFWriter(file, "llama")
    out.add_tensor("token_embd.weight", gguf.quants.quantize(np.ones((4, 64), np.float32), kind), raw_dtype=kind)
    close(out)
    with pytest.raises(ModelUnsupported, match="not a Llama in Q4_1, Q8_0 and F32"):
        Gguf(altered(packed, tmp_path / "other", file.read_bytes()), "tiny")


@pytest.mark.parametrize(
    ("architecture", "name", "weight"),
    [
        ("qwen2", "token_embd.weight", 1.0),
        ("llama", "rope_freqs.weight", 1.0),
        ("llama", "blk.0.attn_q.bias", 1.0),
        ("llama", "output_norm.weight", float("nan")),
    ],
)
def test_what_no_llama_has_is_refused(
    packed: Path, tmp_path: Path, architecture: str, name: str, weight: float
) -> None:
    out = gguf.GGUFWriter(tmp_path / "other.gguf", architecture)
    out.add_tensor(name, np.full(64, weight, np.float32))
    close(out)
    folder = altered(packed, tmp_path / "other", (tmp_path / "other.gguf").read_bytes())
    with pytest.raises(ModelUnsupported, match="its GGUF file is damaged"):
        Gguf(folder).get("model.norm.weight")


def close(out: gguf.GGUFWriter) -> None:
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def test_a_missing_weight_is_told(packed: Path) -> None:
    with pytest.raises(ModelUnsupported, match="its GGUF file"):
        Gguf(packed).shape("model.layers.7.mlp.up_proj.weight")


def test_parts_that_do_not_fit_each_other_are_not_packed() -> None:
    machine = Machine(1)
    for rows, columns in ((56, 64), (64, 32)):
        with pytest.raises(ValueError, match="fit"):
            machine.pack([np.ones((rows, columns), np.float32), np.ones((72, 64), np.float32)])


def test_a_bundle_brings_it(packed: Path, tmp_path: Path) -> None:
    made = bundle.write([("model", packed)], tmp_path / "a.bundle")
    target = Target(tmp_path / "models", tmp_path / "adapters")
    (folder,) = import_bundle(made, target, is_allowed=lambda _kind, _name: True)
    assert cache.verify(folder).sha256 == cache.read_manifest(packed).sha256


def test_import_refuses_a_false_one_and_leaves_out_other_forms(expanded: Path, packed: Path, tmp_path: Path) -> None:
    assert cache.verify(import_model(packed, None, tmp_path / "models")).model == "tiny"
    false = tmp_path / "false"
    shutil.copytree(packed, false)
    (false / "model.gguf").write_bytes(b"GGUF no more")
    cache.write_manifest(false, model="false", revision="1", source={})
    with pytest.raises(ModelUnsupported, match="its GGUF file is damaged"):
        import_model(false, None, tmp_path / "models")
    both = tmp_path / "both"
    shutil.copytree(expanded, both)
    shutil.copyfile(packed / "model.gguf", both / "other.gguf")
    table = json.loads((both / cache.MANIFEST).read_text(encoding="utf-8"))
    (both / cache.MANIFEST).write_text(json.dumps({**table, "revision": "2"}), encoding="utf-8")
    folder = import_model(both, None, tmp_path / "models")
    assert not (folder / "other.gguf").exists()
    assert isinstance(tensors_of(folder), Tensors)
