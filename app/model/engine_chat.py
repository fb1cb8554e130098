"""Conversations to tokens and tokens to words, with tokenizers and Jinja: transformers takes seconds to import."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer
from tokenizers.decoders import DecodeStream

from app.model.interface import OnText
from app.prompts.chat import Conversation

# The day that templates may name as today's: with the real one, the same notes would give other bytes tomorrow.
_TODAY = datetime.date(2024, 7, 26)  # what Llama 3's template says itself where it is told no day
_HELD_BACK = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\Z")


class Chat:
    """The tokenizer of one model and its chat format.

    Args:
        folder: Verified folder of a model.

    Attributes:
        ends: Tokens that end an answer.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        names, template = _names(folder), _template(folder)
        self._template = Template(template, names) if template else None
        control = {one.content for one in self._tokenizer.get_added_tokens_decoder().values() if len(one.content) > 1}
        spelled = "|".join(re.escape(token) for token in sorted(control, key=len, reverse=True))
        self._control = re.compile(spelled) if spelled else None
        self.ends = _ends(folder)
        last = self._tokenizer.token_to_id(names.get("eos_token", ""))
        if not self.ends and last is not None:
            self.ends = {last}

    def encode(self, conversation: Conversation) -> list[int]:
        """Tokens of a conversation, up to where the answer begins."""
        contents = [{"role": one.role, "content": self._disarm(one.content)} for one in conversation]
        if self._template is None:
            return list(self._tokenizer.encode("\n\n".join(one["content"] for one in contents)).ids)
        return list(self._tokenizer.encode(self._template.render(contents), add_special_tokens=False).ids)

    def words(self, on_text: OnText) -> Words:
        """A stream that turns tokens into whole words."""
        return Words(self._tokenizer, on_text)

    def _disarm(self, content: str) -> str:
        """Break the model's control tokens where a note spells them out: notes are data."""
        return self._control.sub(lambda found: found[0][0] + " " + found[0][1:], content) if self._control else content


class Template:
    """The chat format of a model as its publisher wrote it, for every engine and for training: the same words always.

    Args:
        text: The template.
        names: Special tokens that it may write out, such as `bos_token`.
    """

    def __init__(self, text: str, names: Mapping[str, Any]) -> None:
        self._template = _environment().from_string(text)
        self._names = names

    def render(self, contents: Sequence[Mapping[str, str]]) -> str:
        """A conversation in the model's format, up to where the answer begins.

        Args:
            contents: Tables with `role` and `content`.
        """
        try:
            return self._template.render(messages=contents, add_generation_prompt=True, **self._names)
        except jinja2.TemplateError:
            if len(contents) < 2 or [one["role"] for one in contents[:2]] != ["system", "user"]:
                raise
        # Templates of Gemma 2 and the first Mistral refuse a system's words: the user says them then.
        first = {"role": "user", "content": f"{contents[0]['content']}\n\n{contents[1]['content']}"}
        return self._template.render(messages=[first, *contents[2:]], add_generation_prompt=True, **self._names)


class _Generation(Extension):
    """Lets `{% generation %}` through, which marks for training what the model itself says (SmolLM3)."""

    tags = {"generation"}  # noqa: RUF012 - as jinja2 declares it

    def parse(self, parser: Parser) -> list[Node]:
        """What stands between the tags."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class Words:
    """Gives text on as whole words, as "2." and "2.5 mg" are not the same end of a sentence."""

    def __init__(self, tokenizer: Tokenizer, on_text: OnText) -> None:
        self._tokenizer = tokenizer
        self._stream = DecodeStream(skip_special_tokens=True)
        self._on_text = on_text
        self._waiting = ""

    def add(self, token: int) -> None:
        """Take one token."""
        self._waiting += self._stream.step(self._tokenizer, token) or ""
        held_back = _HELD_BACK.search(self._waiting)
        self._give(held_back.start() if held_back else len(self._waiting))

    def end(self) -> None:
        """Give the rest."""
        self._give(len(self._waiting))

    def _give(self, characters: int) -> None:
        text, self._waiting = self._waiting[:characters], self._waiting[characters:]
        if text:
            self._on_text(text)


def _environment() -> ImmutableSandboxedEnvironment:
    """Templates come with models: they are rendered in a sandbox, with what transformers offers them."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation]
    )

    def raise_exception(message: str) -> None:
        raise jinja2.exceptions.TemplateError(message)

    def strftime_now(form: str) -> str:
        return _TODAY.strftime(form)

    def tojson(value: object, indent: int | None = None) -> str:
        return json.dumps(value, ensure_ascii=False, indent=indent)  # Jinja's own writes "<" as "\\u003c"

    environment.filters["tojson"] = tojson
    environment.globals |= {"raise_exception": raise_exception, "strftime_now": strftime_now}
    return environment


def _table(file: Path) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return table


def _template(folder: Path) -> str:
    file = folder / "chat_template.jinja"
    inside = _table(folder / "tokenizer_config.json").get("chat_template")
    if isinstance(inside, list):  # some by name
        inside = next((one["template"] for one in inside if one.get("name") == "default"), None)
    return file.read_text(encoding="utf-8") if file.exists() else inside if isinstance(inside, str) else ""


def _names(folder: Path) -> dict[str, str]:
    """Names of special tokens, which templates write out."""
    table = _table(folder / "tokenizer_config.json")
    found = {name: table.get(name) for name in ("bos_token", "eos_token", "pad_token", "unk_token")}
    texts = {name: one.get("content") if isinstance(one, dict) else one for name, one in found.items()}
    return {name: one for name, one in texts.items() if isinstance(one, str)}


def _ends(folder: Path) -> set[int]:
    for file in ("generation_config.json", "config.json"):
        ends = _table(folder / file).get("eos_token_id")
        if ends is not None:
            return set(ends) if isinstance(ends, list) else {ends}
    return set()
