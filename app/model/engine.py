"""The engine: transformers models in 8 bit, decoder-only and encoder-decoder, greedy and streamed.

On an NVIDIA GPU the weights go through bitsandbytes LLM.int8(); on the CPU through `engine_int8`. `engine_auto`
takes the lean engine instead where it can.
"""

from __future__ import annotations

import logging
import re
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
import transformers
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    StoppingCriteria,
    TextStreamer,
)

from app.errors import InstructionTooLong, ModelUnsupported, OutOfMemory, WorkerLost
from app.model import cache, engine_pretrained
from app.model.engine_chat import Template
from app.model.engine_device import choose, look, threads
from app.model.engine_int8 import quantise
from app.model.engine_memory import needed
from app.model.interface import Ask, IsCancelled, OnEnd, OnProgress, OnText, Outcome, one_by_one
from app.model.messages import Limits, Load, Ready, Reason
from app.prompts.chat import Conversation

_SAFE = {"local_files_only": True, "trust_remote_code": False}


class TransformersEngine:
    """See `interface.Engine` for what each method promises."""

    def __init__(self) -> None:
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it reports kernels that nobody asked for
        warnings.simplefilter("ignore")  # the worker has no reader for them; tests call the layers directly
        self._order: Load | None = None
        self._model: Any = None
        self._tokenizer: Any = None
        self._template: Template | None = None
        self._device: Literal["cpu", "cuda"] = "cpu"
        self._is_cancelled: IsCancelled = lambda: False

    def load(self, order: Load, on_progress: OnProgress) -> Ready:
        """Verify every file, load in 8 bit, apply the adapter."""
        folder = Path(order.folder)
        torch.set_num_threads(threads(order.threads))
        on_progress(0.0, "Checking the model's files")
        cache.verify(folder)
        if order.adapter:
            cache.verify(Path(order.adapter))
        self._device, why = choose(order.device, needed(folder, is_lean=False), look())
        try:
            self._load_on(self._device, order, on_progress)
        except torch.cuda.OutOfMemoryError:
            self._forget()
            self._device, why = "cpu", "Using CPU: the GPU ran out of memory while the model was loaded."
            self._load_on("cpu", order, on_progress)
        except MemoryError as error:
            raise OutOfMemory from error
        self._order = order
        on_progress(1.0, "Ready")
        memory_mb = sum(t.nbytes for t in [*self._model.parameters(), *self._model.buffers()]) // 2**20
        return Ready(order.model, self._device, memory_mb, why, self._context_tokens())

    def count(self, conversation: Conversation) -> int:
        """Tokens of the rendered conversation."""
        return int(self._encode(conversation)["input_ids"].shape[1])

    def forget(self) -> None:
        """Nothing is kept between requests here."""

    def read(self, conversation: Conversation, is_cancelled: IsCancelled) -> None:
        """Nothing is kept between requests here."""

    def generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        """Greedy decoding. Falls back to the CPU once if the GPU runs out of memory before any text."""
        try:
            return self._generate(conversation, limits, on_text, is_cancelled)
        except torch.cuda.OutOfMemoryError:
            self._forget()
        except torch.AcceleratorError as error:
            # The GPU went away or its driver failed: this process cannot use it again, a fresh one may.
            raise WorkerLost from error
        except MemoryError as error:
            raise OutOfMemory from error
        assert self._order is not None  # noqa: S101 - generate comes after load
        self._device = "cpu"
        self._load_on("cpu", self._order, lambda _part, _what: None)
        outcome = self._generate(conversation, limits, on_text, is_cancelled)
        note = "Using CPU from here on: the GPU ran out of memory for this text."
        return Outcome(outcome.reason, outcome.prompt_tokens, outcome.tokens, outcome.first_token_s, note)

    def generate_many(self, asks: Sequence[Ask], on_end: OnEnd) -> None:
        """One after the other."""
        one_by_one(self, asks, on_end)

    def _load_on(self, device: str, order: Load, on_progress: OnProgress) -> None:
        folder = Path(order.folder)
        config = AutoConfig.from_pretrained(folder, **_SAFE)
        on_progress(0.2, "Reading the tokenizer")
        self._tokenizer = AutoTokenizer.from_pretrained(folder, **_SAFE)
        if self._tokenizer.chat_template is not None:
            # Not its own `apply_chat_template`, which tells templates the real day.
            self._template = Template(self._tokenizer.get_chat_template(), self._tokenizer.special_tokens_map)
        on_progress(0.4, "Reading the weights")
        kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        options: dict[str, Any] = {"dtype": torch.bfloat16, **_SAFE}
        if device == "cuda":
            options["quantization_config"] = transformers.BitsAndBytesConfig(load_in_8bit=True)
            options["device_map"] = {"": 0}
        try:
            model = engine_pretrained.load(kind, folder, config, **options)
        except (ValueError, KeyError) as error:
            raise ModelUnsupported(model=order.model, why=str(config.model_type)) from error
        model = _with_adapter(model, order.adapter, merge=device == "cpu")
        on_progress(0.7, "Rounding the weights to 8 bit")
        if device == "cpu":
            quantise(model, torch.get_num_threads())
        self._model = model.eval()
        self._watch_for_cancellation()

    def _watch_for_cancellation(self) -> None:
        """Look at the cancellation before every layer: long prompts stop as quickly as single tokens."""

        def stop_if_cancelled(*_: object) -> None:
            if self._is_cancelled():
                raise _CancelledError

        for module in self._model.modules():
            if isinstance(module, nn.ModuleList):
                for layer in module:
                    layer.register_forward_pre_hook(stop_if_cancelled)

    def _generate(
        self, conversation: Conversation, limits: Limits, on_text: OnText, is_cancelled: IsCancelled
    ) -> Outcome:
        inputs = self._encode(conversation).to(self._model.device)
        length = int(inputs["input_ids"].shape[1])
        if length + self._answer_room(limits) > self._context_tokens():
            raise InstructionTooLong(model=self._order.model if self._order else "", window=self._context_tokens())
        streamer = _Streamer(self._tokenizer, on_text)
        repeats = Repeats(1 if self._model.config.is_encoder_decoder else length, limits.no_repeat_tokens)
        self._is_cancelled = is_cancelled
        try:
            with torch.inference_mode():
                self._model.generate(
                    **inputs,
                    streamer=streamer,
                    max_new_tokens=limits.new_tokens,
                    stopping_criteria=[repeats],
                    do_sample=False,
                    num_beams=1,
                    pad_token_id=self._tokenizer.pad_token_id or 0,
                )
            reason: Reason = "length" if streamer.tokens >= limits.new_tokens and not streamer.ended else "stop"
            if repeats.rows and not streamer.ended:
                reason = "repeats"
        except _CancelledError:
            streamer.end()
            reason = "cancelled"
        finally:
            self._is_cancelled = lambda: False
        return Outcome(reason, length, streamer.tokens, streamer.first_token_s)

    def _encode(self, conversation: Conversation) -> Any:  # noqa: ANN401 - transformers' own BatchEncoding
        contents = [{"role": one.role, "content": self._disarm(one.content)} for one in conversation]
        options = {"return_tensors": "pt", "return_token_type_ids": False}
        if self._template is None:
            return self._tokenizer("\n\n".join(one["content"] for one in contents), **options)
        return self._tokenizer(self._template.render(contents), add_special_tokens=False, **options)

    def _disarm(self, content: str) -> str:
        """Break the model's control tokens where a note spells them out: notes are data."""
        tokens = {*self._tokenizer.all_special_tokens, *self._tokenizer.get_added_vocab()}
        spelled = "|".join(re.escape(token) for token in sorted(tokens, key=len, reverse=True) if len(token) > 1)
        return re.sub(spelled, lambda found: found[0][0] + " " + found[0][1:], content) if spelled else content

    def _context_tokens(self) -> int:
        config = self._model.config.get_text_config()
        for name in ("max_position_embeddings", "n_positions"):
            if isinstance(size := getattr(config, name, None), int):
                return size
        return 512

    def _answer_room(self, limits: Limits) -> int:
        """Tokens of the window the answer takes: none where the decoder has a window of its own."""
        return 0 if self._model.config.is_encoder_decoder else limits.new_tokens

    def _forget(self) -> None:
        self._model = None
        torch.cuda.empty_cache()


class Repeats(StoppingCriteria):  # type: ignore[misc]
    """Ends a text in which a run of tokens is written for the second time; see `messages.Limits`.

    Args:
        start: Tokens of the prompt, which do not count.
        size: Tokens of a run; 0 for no such rule.

    Attributes:
        rows: Texts of the batch in which one was found; what stands behind the end of a text counts too.
    """

    def __init__(self, start: int, size: int) -> None:
        self._start, self._size = start, size
        self._runs: dict[int, set[tuple[int, ...]]] = {}
        self.rows: set[int] = set()

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """Look at the last tokens of every row."""
        written = input_ids.shape[1] - self._start
        rows = input_ids[:, -self._size :].tolist() if 0 < self._size <= written else []
        met = [False] * input_ids.shape[0]
        for index, row in enumerate(rows):
            runs = self._runs.setdefault(index, set())
            met[index] = tuple(row) in runs
            runs.add(tuple(row))
        self.rows |= {index for index, is_met in enumerate(met) if is_met}
        return torch.tensor(met, device=input_ids.device)


class _CancelledError(Exception):
    """Raised inside the forward pass to leave `generate` at once."""


class _Streamer(TextStreamer):  # type: ignore[misc]
    """Gives text to a callback as whole words, counts tokens, notes the first one's time."""

    def __init__(self, tokenizer: Any, on_text: Callable[[str], None]) -> None:  # noqa: ANN401
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self._on_text = on_text
        self._started = time.perf_counter()
        self._skipped_prompt = False
        self._ends = {tokenizer.eos_token_id}
        self.tokens = 0
        self.first_token_s = 0.0
        self.ended = False

    def put(self, value: torch.Tensor) -> None:
        """Count a token; the first call brings the prompt."""
        if self._skipped_prompt:
            self.tokens += 1
            self.first_token_s = self.first_token_s or time.perf_counter() - self._started
            self.ended = int(value.flatten()[-1]) in self._ends
        self._skipped_prompt = True
        super().put(value)

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
        """Pass finished words on."""
        if text:
            self._on_text(text)


def _with_adapter(model: Any, folder: str, *, merge: bool) -> Any:  # noqa: ANN401
    """Apply a LoRA adapter; merged into the weights where they are still 16-bit."""
    if not folder:
        return model
    from peft import PeftModel  # 2 s to import, and most starts need it not

    adapted = PeftModel.from_pretrained(model, folder, local_files_only=True)
    return adapted.merge_and_unload() if merge else adapted
