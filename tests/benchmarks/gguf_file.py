"""A GGUF file with the weights of a model folder, so that llama.cpp runs the same weights."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind

from app.model.engine_llama import Shape
from app.model.engine_weights import tensors_of

_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def write(folder: Path, file: Path, layers: Kind = Kind.Q8_0) -> Path:
    """Write it.

    Args:
        folder: A plain Llama with a byte-level tokenizer.
        file: Where to.
        layers: Kind of the matrices in the layers; embedding and head are in Q8_0.

    Returns:
        The file.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape, tensors = Shape.of(config), tensors_of(folder)
    out = gguf.GGUFWriter(file, "llama")
    out.add_context_length(shape.window)
    out.add_embedding_length(shape.width)
    out.add_block_count(shape.layers)
    out.add_feed_forward_length(shape.inner)
    out.add_head_count(shape.heads)
    out.add_head_count_kv(shape.kv_heads)
    out.add_layer_norm_rms_eps(shape.epsilon)
    out.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    out.add_rope_dimension_count(shape.head_width)
    out.add_vocab_size(config["vocab_size"])
    _add_tokens(out, folder, config["vocab_size"])

    def add(name: str, weight: np.ndarray) -> None:
        if weight.ndim == 1:
            return out.add_tensor(name, weight)
        kind = layers if name.startswith("blk.") else Kind.Q8_0
        return out.add_tensor(name, gguf.quants.quantize(weight, kind), raw_dtype=kind)

    add("token_embd.weight", tensors.get("model.embed_tokens.weight"))
    add("output_norm.weight", tensors.get("model.norm.weight"))
    if not config.get("tie_word_embeddings"):
        add("output.weight", tensors.get("lm_head.weight"))
    for layer in range(shape.layers):
        for ours, theirs in _NAMES.items():
            weight = tensors.get(f"model.layers.{layer}.{ours}.weight")
            if theirs in ("attn_q", "attn_k"):  # llama.cpp turns neighbours, transformers halves
                heads = len(weight) // shape.head_width
                weight = weight.reshape(heads, 2, shape.head_width // 2, -1).swapaxes(1, 2).reshape(weight.shape)
            add(f"blk.{layer}.{theirs}.weight", weight)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    return file


def _add_tokens(out: gguf.GGUFWriter, folder: Path, size: int) -> None:
    table = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    words = {number: word for word, number in table["model"]["vocab"].items()}
    control = {one["id"] for one in table["added_tokens"]}
    words |= {one["id"]: one["content"] for one in table["added_tokens"]}
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("smollm")
    out.add_token_list([words.get(number, f"[unused{number}]") for number in range(size)])
    out.add_token_types(
        [gguf.TokenType.CONTROL if number in control else gguf.TokenType.NORMAL for number in range(size)]
    )
    merges = table["model"]["merges"]
    out.add_token_merges([one if isinstance(one, str) else " ".join(one) for one in merges])
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
