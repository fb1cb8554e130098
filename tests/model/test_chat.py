"""Chat formats as publishers write them: what their templates ask for is there, what they refuse is said otherwise."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Self

import jinja2
import pytest
from transformers.utils import chat_template_utils

from app.model import cache
from app.model.engine import TransformersEngine
from app.model.engine_chat import Chat
from app.model.engine_lean import LeanEngine
from app.model.engine_native import library
from app.model.messages import Limits, Load
from app.prompts.chat import ChatMessage
from tests.builders import CHAT_TEMPLATE, tiny_model, tiny_tokenizer
from training.data import Prompter, Row

ASKED = (ChatMessage("system", "Answer."), ChatMessage("user", "chest pain"))


# What the templates of Llama 3.2 do: they ask for the day where they can, and name it in the system's words.
DATED = "{{ strftime_now('%d %b %Y') if strftime_now is defined else '26 Jul 2024' }}" + CHAT_TEMPLATE


def rendered(folder: Path, template: str, conversation: tuple[ChatMessage, ...] = ASKED) -> str:
    tiny_tokenizer(folder, chat=True)
    (folder / "chat_template.jinja").write_text(template)
    chat = Chat(folder)
    text: str = chat._tokenizer.decode(chat.encode(conversation), skip_special_tokens=False)
    return text


def test_a_template_may_ask_for_the_day_and_is_told_the_same_one_always(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ strftime_now('%d %B %Y') }}") == "26 July 2024"


@pytest.mark.parametrize("engine_class", [LeanEngine, TransformersEngine])
def test_every_engine_reads_the_same_words_on_every_day(
    engine_class: type[LeanEngine | TransformersEngine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine_class is LeanEngine and library() is None:
        pytest.skip("app/model/native was not built, or needs AVX2")
    tiny_model("LlamaForCausalLM", tmp_path)
    (tmp_path / "chat_template.jinja").write_text(DATED)
    cache.write_manifest(tmp_path, model="tiny", revision="1", source={})

    class Tomorrow(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Self:
            return super().now(tz) + datetime.timedelta(days=1)

    written = []
    for clock in (datetime.datetime, Tomorrow):
        monkeypatch.setattr(chat_template_utils, "datetime", clock)
        engine, pieces = engine_class(), list[str]()
        engine.load(Load("tiny", str(tmp_path), "cpu"), lambda _part, _what: None)
        engine.generate(ASKED, Limits(12), pieces.append, lambda: False)
        written.append((engine.count(ASKED), "".join(pieces)))
    assert written[0] == written[1]
    told = Chat(tmp_path)
    text = told._tokenizer.decode(told.encode(ASKED), skip_special_tokens=False)
    assert text.startswith("26 Jul 2024<|im_start|>system")
    if isinstance(engine, TransformersEngine):
        assert engine._encode(ASKED)["input_ids"][0].tolist() == told.encode(ASKED)
        prompter = Prompter(engine._tokenizer, {}, "")
        monkeypatch.setattr(prompter, "conversation", lambda _row: ASKED)
        assert prompter.prompt(Row("1", "", "", "", "")) == told.encode(ASKED)  # what is trained is what is asked


def test_a_template_may_mark_what_the_model_says(tmp_path: Path) -> None:
    marked = "{% for one in messages %}{% generation %}{{ one.content }}{% endgeneration %}|{% endfor %}"
    assert rendered(tmp_path, marked) == "Answer.|chest pain|"


def test_a_template_may_write_json_as_transformers_lets_it(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ {'troponin': '<5 ng/L', 'name': '胸痛'} | tojson }}") == (
        '{"troponin": "<5 ng/L", "name": "胸痛"}'
    )


def test_a_template_may_be_one_of_several_by_name(tmp_path: Path) -> None:
    tiny_tokenizer(tmp_path, chat=False)
    (tmp_path / "chat_template.jinja").unlink(missing_ok=True)
    file = tmp_path / "tokenizer_config.json"
    several = [{"name": "tool_use", "template": "no"}, {"name": "default", "template": "{{ messages[1].content }}"}]
    file.write_text(json.dumps({**json.loads(file.read_text()), "chat_template": several}))
    chat = Chat(tmp_path)
    assert chat._tokenizer.decode(chat.encode(ASKED)) == "chest pain"


def test_where_a_system_message_is_refused_the_user_says_it(tmp_path: Path) -> None:
    refusing = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        + CHAT_TEMPLATE
    )
    wanted = "<|im_start|>user\nAnswer.\n\nchest pain<|im_end|>\n<|im_start|>assistant\n"
    assert rendered(tmp_path, refusing) == wanted
    with pytest.raises(jinja2.TemplateError):
        rendered(tmp_path, refusing, (ChatMessage("system", "Answer."),))
