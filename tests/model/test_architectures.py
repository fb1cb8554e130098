"""Every architecture with a lean path: the logits of transformers, the same bits everywhere, the same text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from app.errors import ModelUnsupported
from app.model import cache
from app.model.engine_auto import AutoEngine
from app.model.engine_lean import LeanEngine
from app.model.engine_llama import ARCHITECTURES, BLOCK, Cache, Llama, Shape, reason_against
from app.model.engine_native import Floats, Machine, library
from app.model.messages import Limits, Load
from app.prompts.chat import ChatMessage
from tests.builders import tiny_tokenizer
from tests.model.lean import read

pytestmark = [
    pytest.mark.skipif(library() is None, reason="app/model/native was not built, or needs AVX2"),
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning"),  # peft asks the old way
]

SMALL = {
    "hidden_size": 96, "intermediate_size": 160, "num_hidden_layers": 3, "num_attention_heads": 6,
    "num_key_value_heads": 2, "max_position_embeddings": 2048, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3,
    "initializer_range": 0.03,
}  # fmt: skip
LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 10_000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}  # fmt: skip
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True)
class Kind:
    """A shape to try.

    Attributes:
        architecture: Class of transformers.
        config: What is special about it.
        without: What to change in `config.json` to leave that out, which must be noticed.
    """

    architecture: str
    config: dict[str, Any] = field(default_factory=dict)
    without: dict[str, Any] = field(default_factory=dict)


PLAIN = {"architectures": ["LlamaForCausalLM"]}
PLAIN_ROPE = {"rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0}}
KINDS = {
    "llama 3, tied": Kind(
        "LlamaForCausalLM", {"head_dim": 64, "rope_parameters": LLAMA3, "tie_word_embeddings": True}, PLAIN_ROPE
    ),
    "llama 3": Kind("LlamaForCausalLM", {"head_dim": 128, "rope_parameters": LLAMA3}, PLAIN_ROPE),
    "linear": Kind(
        "LlamaForCausalLM",
        {"head_dim": 32, "rope_parameters": {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0}},
        PLAIN_ROPE,
    ),
    "mistral": Kind(
        "MistralForCausalLM",
        {"head_dim": 64, "sliding_window": None, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6}},
        PLAIN_ROPE,
    ),
    "mistral, window": Kind("MistralForCausalLM", {"head_dim": 32, "sliding_window": 256}),
    "qwen2": Kind("Qwen2ForCausalLM", {"hidden_size": 192, "tie_word_embeddings": True}, PLAIN),
    "qwen3": Kind("Qwen3ForCausalLM", {"head_dim": 64}, PLAIN),
    "smollm3": Kind(
        "SmolLM3ForCausalLM",
        {"hidden_size": 192, "no_rope_layers": [1, 0], "num_hidden_layers": 2, "initializer_range": 0.02},
        PLAIN,
    ),
    # Sizes as in models of 3 to 8 billion parameters, but for the layers: 2,080 is a multiple of 32 and not of 64.
    "llama 3, large": Kind(
        "LlamaForCausalLM",
        {"hidden_size": 2048, "intermediate_size": 2080, "num_attention_heads": 32, "num_key_value_heads": 8,
         "head_dim": 128, "num_hidden_layers": 2, "rope_parameters": LLAMA3, "initializer_range": 0.005},
    ),
    "qwen3, large": Kind(
        "Qwen3ForCausalLM",
        {"hidden_size": 2048, "intermediate_size": 2080, "num_attention_heads": 16, "num_key_value_heads": 8,
         "head_dim": 128, "num_hidden_layers": 2, "initializer_range": 0.002},
    ),
}  # fmt: skip


def save(kind: Kind, folder: Path) -> Path:
    """Save a random model of a kind, in which norms and biases are not ones and zeros."""
    import transformers

    folder.mkdir()
    sizes = {"vocab_size": tiny_tokenizer(folder, chat=True) + 5, **SMALL, **kind.config}
    torch.manual_seed(0)
    config = getattr(transformers, kind.architecture.replace("ForCausalLM", "Config"))(**sizes)
    model = getattr(transformers, kind.architecture)(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 1:
                parameter.copy_(torch.randn_like(parameter) * 0.4 + (0 if name.endswith("bias") else 1))
            elif "q_proj" in name or "k_proj" in name:
                parameter.mul_(2)  # else every token is looked at alike, and places mean nothing
    model.to(torch.bfloat16).save_pretrained(folder)
    cache.write_manifest(folder, model="tiny", revision="1", source={"kind": "test"})
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the folder of a kind; made when first asked for."""
    root, folders = tmp_path_factory.mktemp("architectures"), dict[str, Path]()

    def get(name: str) -> Path:
        if name not in folders:
            folders[name] = save(KINDS[name], root / str(len(folders)))
        return folders[name]

    return get


def adapter_of(folder: Path, to: Path) -> Path:
    """Save a LoRA on all linear layers that changes each by a quarter or so."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    adapted = get_peft_model(base, LoraConfig(r=4, lora_alpha=8, target_modules=PROJECTIONS, init_lora_weights=False))
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            nn.init.normal_(parameter, std=(base.config.initializer_range / 16) ** 0.5)
    adapted.peft_config["default"].base_model_name_or_path = "tiny"
    adapted.save_pretrained(to, save_embedding_layers=False)
    return to


def truth(folder: Path, tokens: list[int], adapter: Path | None = None) -> Tensor:
    """Scores after every token in 32 bit, of transformers."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    if adapter:
        model = PeftModel.from_pretrained(model, str(adapter)).eval()
    with torch.inference_mode():
        return model(input_ids=torch.tensor([tokens])).logits[0]


def agree(theirs: Tensor, scores: Floats) -> bool:
    """Whether they agree within what 8 bit costs: the bounds of `test_lean`."""
    ours = torch.from_numpy(scores)
    exact, near = theirs.log_softmax(-1), ours.log_softmax(-1)
    divergence = float((exact.exp() * (exact - near)).sum(-1).mean())
    distance = float((theirs - ours).norm() / theirs.norm())
    print(f"divergence {divergence:.6f}, distance {distance:.4f}")  # noqa: T201 - read where a test fails
    return divergence < 1e-3 and distance < 0.02


def some_tokens(count: int, vocabulary: int = 300) -> list[int]:
    tokens: list[int] = torch.randint(4, vocabulary, (count,), generator=torch.Generator().manual_seed(2)).tolist()
    return tokens


def test_every_architecture_of_the_lean_path_is_tried() -> None:
    assert {kind.architecture for kind in KINDS.values()} == ARCHITECTURES


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("with_adapter", [False, True])
def test_the_scores_are_those_of_transformers(
    name: str, with_adapter: bool, made: Callable[[str], Path], tmp_path: Path
) -> None:
    folder, tokens = made(name), some_tokens(200)
    adapter = adapter_of(folder, tmp_path / "adapter") if with_adapter else None
    theirs = truth(folder, tokens, adapter)
    assert agree(theirs, read(Llama(folder, adapter, Machine(2)), tokens, [BLOCK, 1, 1, 60]))
    if adapter:
        assert not agree(theirs, read(Llama(folder, None, Machine(2)), tokens, [BLOCK]))


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.without])
def test_what_an_architecture_adds_would_be_missed(name: str, made: Callable[[str], Path], tmp_path: Path) -> None:
    tokens, lacking = some_tokens(200), tmp_path / "lacking"
    lacking.mkdir()
    for one in made(name).iterdir():
        (lacking / one.name).write_bytes(one.read_bytes())
    config = json.loads((lacking / "config.json").read_text())
    (lacking / "config.json").write_text(json.dumps(config | KINDS[name].without))
    assert not agree(truth(made(name), tokens), read(Llama(lacking, None, Machine(2)), tokens, [BLOCK]))


@pytest.mark.parametrize("name", KINDS)
def test_the_same_bits_at_every_level_and_in_any_portions(name: str, made: Callable[[str], Path]) -> None:
    tokens = some_tokens(24 if "large" in name else 90)
    found = library()
    best = read(Llama(made(name), None, Machine(1)), tokens, [1])
    for level in range(1, (found.lean_level() if found else 0) + 1):
        for sizes in ([BLOCK], [17, 3, 1]):
            assert np.array_equal(read(Llama(made(name), None, Machine(2, level)), tokens, sizes), best)


@pytest.mark.parametrize("name", [name for name in KINDS if "large" not in name])
def test_it_writes_what_generate_would_over_the_same_8_bit(name: str, made: Callable[[str], Path]) -> None:
    """A text of transformers' own `generate`, over the weights of the library, is ours wherever its choice is clear."""
    from transformers import AutoModelForCausalLM

    from app.model.engine_int8 import quantise

    folder, prompt = made(name), some_tokens(40)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    quantise(model, 2)
    with torch.inference_mode():
        written = model.generate(
            torch.tensor([prompt]), attention_mask=torch.ones(1, 40), max_new_tokens=30, do_sample=False,
            pad_token_id=0, eos_token_id=None,
        )[0].tolist()  # fmt: skip
        theirs = model(input_ids=torch.tensor([written])).logits[0]
    scores = read(Llama(folder, None, Machine(2)), written, [40, 1])
    gaps = theirs.topk(2).values
    clear = ((gaps[:, 0] - gaps[:, 1]) > 0.02 * theirs.std()).numpy()[39:-1]
    assert clear.mean() > 0.5
    assert np.array_equal(scores.argmax(-1)[39:-1][clear], np.array(written[40:])[clear])


def test_a_sliding_window_bounds_what_may_be_read(made: Callable[[str], Path]) -> None:
    folder = made("mistral, window")
    config = json.loads((folder / "config.json").read_text())
    assert Shape.of(config).window == 256
    assert Shape.of(config | {"sliding_window": None}).window == 2048
    assert Shape.of(config | {"sliding_window": 8192}).window == 2048
    del config["sliding_window"]
    assert Shape.of(config | {"max_position_embeddings": 32_768}).window == 4096
    qwen = {**config, "architectures": ["Qwen2ForCausalLM"], "sliding_window": 256}
    assert Shape.of(qwen | {"use_sliding_window": False}).window == 2048
    assert Shape.of(qwen | {"use_sliding_window": True}).window == 256
    inside, beyond = some_tokens(256), some_tokens(500)
    assert agree(truth(folder, inside), read(Llama(folder, None, Machine(2)), inside, [BLOCK]))
    # The window does something beyond: there the numbers would be others, which is why no text may be so long.
    assert not agree(truth(folder, beyond)[256:], read(Llama(folder, None, Machine(2)), beyond, [BLOCK])[256:])


def test_large_biases_stay_exact_enough(made: Callable[[str], Path], tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(made("qwen2"), dtype=torch.float32)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("k_proj.bias"):  # tens in Qwen2 as published; they make the scores large, not the answer
                parameter.mul_(20)
            if name.endswith("q_proj.weight"):
                parameter.mul_(0.05)
    model.save_pretrained(tmp_path)
    tokens = some_tokens(200)
    assert agree(truth(tmp_path, tokens), read(Llama(tmp_path, None, Machine(2)), tokens, [BLOCK]))


@pytest.mark.parametrize("name", KINDS)
def test_a_config_as_publishers_write_it_says_the_same(name: str, made: Callable[[str], Path]) -> None:
    config = json.loads((made(name) / "config.json").read_text())
    shape, rope = Shape.of(config), config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    if rope["rope_type"] != "default":
        rope["type" if name == "linear" else "rope_type"] = rope.pop("rope_type")
        config["rope_scaling"] = rope
    assert Shape.of(config) == shape
    assert reason_against(config, {}) == ""


def test_frequencies_are_those_of_transformers(made: Callable[[str], Path]) -> None:
    from transformers import AutoConfig, LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    published = {**LLAMA3, "rope_theta": 500_000.0, "factor": 32.0, "original_max_position_embeddings": 8192}
    large = LlamaConfig(head_dim=128, max_position_embeddings=131_072, rope_parameters=published)
    for config in (large, AutoConfig.from_pretrained(made("llama 3"))):
        theirs, _ = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
        named = config.to_dict() | {"architectures": ["LlamaForCausalLM"]}
        assert np.allclose(Shape.of(named).frequencies[0], theirs.numpy(), rtol=1e-5)


@pytest.mark.parametrize("name", ["llama 3, tied", "mistral", "qwen2", "qwen3", "smollm3"])
def test_the_app_takes_the_lean_path(name: str, made: Callable[[str], Path]) -> None:
    engine = AutoEngine()
    ready = engine.load(Load("tiny", str(made(name)), "cpu"), lambda _part, _what: None)
    assert isinstance(engine._engine, LeanEngine)
    assert ready.why_this_device == "Using CPU: chosen in the settings."
    pieces: list[str] = []
    engine.generate((ChatMessage("user", "chest pain"),), Limits(20), pieces.append, lambda: False)
    assert "".join(pieces)


def test_weights_of_other_sizes_than_said_are_refused(made: Callable[[str], Path], tmp_path: Path) -> None:
    for number, change in enumerate(({"intermediate_size": 320}, {"head_dim": 96}, {"hidden_size": 128})):
        folder = tmp_path / str(number)
        folder.mkdir()
        for one in made("qwen3").iterdir():
            (folder / one.name).write_bytes(one.read_bytes())
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | change))
        cache.write_manifest(folder, model="tiny", revision="1", source={"kind": "test"})
        with pytest.raises(ModelUnsupported, match="do not fit its config"):
            LeanEngine().load(Load("tiny", str(folder), "cpu"), lambda _part, _what: None)


@pytest.mark.parametrize("name", ["llama 3", "mistral", "qwen2", "qwen3", "smollm3"])
def test_texts_side_by_side_have_the_bits_that_each_has_alone(name: str, made: Callable[[str], Path]) -> None:
    llama, tokens = Llama(made(name), None, Machine(2)), some_tokens(75)
    shared, ends = tokens[:48], (tokens[48:53], tokens[53:54], tokens[54:75])
    before = Cache(llama.shape)
    before.reserve(len(shared))
    llama.read(shared, before, lambda: None)
    texts = []
    for end in ends:
        own = Cache(llama.shape, before, 48)
        own.reserve(48 + len(end))
        texts.append((end, own))
    together = llama.scores(llama.read_together(texts, lambda: None))
    alone = [read(llama, shared + end, [BLOCK])[48:] for end in ends]
    assert np.array_equal(together, np.concatenate(alone))
