"""What crosses the boundary between the app and the worker process: frozen dataclasses of plain values.

::

    app -> worker   Load · Count · Generate · GenerateMany · Cancel · Read · Forget · Probe · Quit
    worker -> app   Loading · Ready · Counted · Piece · Finished · Failed · Probed

Exactly one `Finished`, `Counted` or `Failed` ends a request; `Read` and `Forget` are none and get no answer.
Codes cross, never exceptions; the only text that crosses back is what the model wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.prompts.chat import Conversation

Device = Literal["auto", "cpu", "cuda"]
Reason = Literal["stop", "length", "repeats", "cancelled"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the model may write.

    Attributes:
        new_tokens: Most tokens to write.
        no_repeat_tokens: A run of this many tokens, written for the second time, ends the text (`repeats`); 0 for no
            such rule. Small models fall into loops. Quoting the prompt is no loop, and no other token is ever put in
            place of the one that the model chose.
    """

    new_tokens: int = 256
    no_repeat_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """Load a model.

    Attributes:
        model: Name in the catalogue.
        folder: Verified folder with weights, tokenizer and manifest.
        device: Where to run; `auto` takes the GPU if the model fits, else the CPU.
        adapter: Folder of a verified LoRA adapter; empty for none.
        threads: How many threads to work with; 0 lets the worker choose.
    """

    model: str
    folder: str
    device: Device = "auto"
    adapter: str = ""
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """Ask how many tokens each conversation takes in the model's own chat format."""

    request: int
    conversations: tuple[Conversation, ...]


@dataclass(frozen=True, slots=True)
class Generate:
    """Continue a conversation."""

    request: int
    messages: Conversation
    limits: Limits


@dataclass(frozen=True, slots=True)
class GenerateMany:
    """Continue several conversations, together where the engine can; each is a request of its own."""

    requests: tuple[Generate, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a request within one token. The text so far stays with the asker."""

    request: int


@dataclass(frozen=True, slots=True)
class Read:
    """Read a conversation that will probably be continued, until anything else is asked."""

    messages: Conversation


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop all that is kept of earlier conversations."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Try to open a network connection from the worker; the answer should be a refusal."""


@dataclass(frozen=True, slots=True)
class Quit:
    """End the worker."""


@dataclass(frozen=True, slots=True)
class Loading:
    """Progress of `Load`: a fraction from 0 to 1 and what is being done, in words."""

    fraction: float
    what: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The model can be asked.

    Attributes:
        model: Name in the catalogue.
        device: `cpu` or `cuda`.
        memory_mb: Memory the model takes, in MiB.
        why_this_device: One plain sentence: "Using CPU: no NVIDIA driver found."
        context_tokens: Most tokens of conversation and answer together.
    """

    model: str
    device: Literal["cpu", "cuda"]
    memory_mb: int
    why_this_device: str
    context_tokens: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Answer to `Count`, one number per conversation."""

    request: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some more text of a request."""

    request: int
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a request.

    Attributes:
        reason: `stop` (the model ended), `length` (the limit was reached) or `cancelled`.
        prompt_tokens: Tokens read.
        tokens: Tokens written.
        first_token_s: Seconds until the first token.
        seconds: Seconds in all since it was begun.
        device_note: A sentence if the engine changed device for this request, else empty.
    """

    request: int
    reason: Reason
    prompt_tokens: int
    tokens: int
    first_token_s: float
    seconds: float
    device_note: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a request, or of `Load` where `request` is None, that went wrong.

    Attributes:
        code: The `code` of a class in `app.errors`.
        facts: Values for its sentence: names and numbers, never note text.
    """

    request: int | None
    code: str
    facts: tuple[tuple[str, str | int | float], ...] = ()


@dataclass(frozen=True, slots=True)
class Probed:
    """Answer to `Probe`: how each kind of connection attempt ended, `refused` where it was stopped."""

    attempts: tuple[tuple[str, str], ...]


ToWorker = Load | Count | Generate | GenerateMany | Cancel | Read | Forget | Probe | Quit
FromWorker = Loading | Ready | Counted | Piece | Finished | Failed | Probed
