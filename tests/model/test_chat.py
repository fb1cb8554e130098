"""Chat formats as publishers write them: what their templates ask for is there, what they refuse is said otherwise."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from app.model.engine_chat import Chat
from app.prompts.chat import ChatMessage
from tests.builders import CHAT_TEMPLATE, tiny_tokenizer

ASKED = (ChatMessage("system", "Answer."), ChatMessage("user", "chest pain"))


def rendered(folder: Path, template: str, conversation: tuple[ChatMessage, ...] = ASKED) -> str:
    tiny_tokenizer(folder, chat=True)
    (folder / "chat_template.jinja").write_text(template)
    chat = Chat(folder)
    text: str = chat._tokenizer.decode(chat.encode(conversation), skip_special_tokens=False)
    return text


def test_a_template_may_ask_for_the_day_and_is_told_the_same_one_always(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ strftime_now('%d %B %Y') }}") == "26 July 2024"


def test_a_template_may_mark_what_the_model_says(tmp_path: Path) -> None:
    marked = "{% for one in messages %}{% generation %}{{ one.content }}{% endgeneration %}|{% endfor %}"
    assert rendered(tmp_path, marked) == "Answer.|chest pain|"


def test_where_a_system_message_is_refused_the_user_says_it(tmp_path: Path) -> None:
    refusing = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        + CHAT_TEMPLATE
    )
    wanted = "<|im_start|>user\nAnswer.\n\nchest pain<|im_end|>\n<|im_start|>assistant\n"
    assert rendered(tmp_path, refusing) == wanted
    with pytest.raises(jinja2.TemplateError):
        rendered(tmp_path, refusing, (ChatMessage("system", "Answer."),))
