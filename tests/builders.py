"""Tiny things for tests: random models of every architecture, notes, tasks."""

from __future__ import annotations

from pathlib import Path

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WORDS = (
    "the patient was given aspirin nitroglycerin and morphine for chest pain ECG showed ST elevation in leads "
    "II III aVF troponin 2.5 ng/mL summarize notes system user assistant write only what say"
)


def tiny_tokenizer(folder: Path, *, chat: bool) -> int:
    """Save a byte-level BPE tokenizer trained on a few words; returns its vocabulary size."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<pad>", "</s>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([WORDS], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",  # noqa: S106 - not a password
        eos_token="<|im_end|>" if chat else "</s>",
        additional_special_tokens=special[2:],
    )
    if chat:
        fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(folder)
    return len(fast)


def tiny_model(architecture: str, folder: Path, *, head_dim: int = 32) -> None:
    """Save a random model of an architecture with two layers, its tokenizer and manifest.

    The lean engine wants heads of a multiple of 32 numbers; the tests of training were tuned on 16.
    """
    import torch
    import transformers

    from app.model import cache

    folder.mkdir(parents=True, exist_ok=True)
    is_t5 = architecture == "T5ForConditionalGeneration"
    vocabulary = tiny_tokenizer(folder, chat=not is_t5)
    torch.manual_seed(0)
    model_class = getattr(transformers, architecture)
    model = model_class(_config(architecture, vocabulary, head_dim)).to(torch.bfloat16).eval()
    model.generation_config.eos_token_id = 1 if is_t5 else 3
    model.generation_config.pad_token_id = 0
    if is_t5:  # or it would say its own start again and again, which is no text
        model.generation_config.suppress_tokens = [0, 2, 3]
    model.save_pretrained(folder)
    cache.write_manifest(folder, model="tiny", revision="1", source={"kind": "test"})


def _config(architecture: str, vocabulary: int, head_dim: int) -> object:
    import transformers

    size = {
        "vocab_size": vocabulary,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": head_dim,
        "max_position_embeddings": 2048,
        "pad_token_id": 0,
        "bos_token_id": 2,
        "eos_token_id": 3,
        "tie_word_embeddings": True,
    }
    if architecture == "T5ForConditionalGeneration":
        return transformers.T5Config(
            vocab_size=vocabulary, d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4,
            decoder_start_token_id=0, pad_token_id=0, eos_token_id=1, feed_forward_proj="gated-gelu",
        )  # fmt: skip
    if architecture == "Gemma3ForConditionalGeneration":
        vision = {
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2,
            "image_size": 28, "patch_size": 14,
        }  # fmt: skip
        return transformers.Gemma3Config(
            text_config=size, vision_config=vision, mm_tokens_per_image=4, eos_token_id=3, pad_token_id=0
        )
    name = {"Gemma3ForCausalLM": "Gemma3TextConfig"}.get(architecture, architecture.replace("ForCausalLM", "Config"))
    return getattr(transformers, name)(**size)
