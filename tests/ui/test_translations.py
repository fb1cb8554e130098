"""The window in Chinese: nothing is missing, and a doctor gets from the start to the end in it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from app.errors import HistoryLocked, TooShort
from app.model.engine_device import Hardware, choose
from app.model.engine_memory import Needed
from app.model.messages import Device
from app.ui import i18n, wording
from app.ui.window import Window
from installer import translations
from tests.ui.conftest import NOTE, Desktop
from tests.ui.test_journeys import sign

_FIELD = re.compile(r"\{[^}]*\}")
# What stays as it is in every language.
_SAME = re.compile(
    r"epicrisis|scripted|pdf/a|pdf|word|rtf|fhir|json|markdown|prsb|it|ai|mb|nvidia|zip|hl7|cda|gp|kwallet|english|yyyy-mm-dd|dr|ctrl\S*|f\d+",
    re.IGNORECASE,
)


def messages(file: Path) -> list[tuple[str, str, bool]]:
    """Source, translation and whether it is finished, of every entry."""
    found = []
    for one in ElementTree.parse(file).getroot().iter("message"):  # noqa: S314 - our own file
        translation = one.find("translation")
        assert translation is not None
        found.append((one.findtext("source") or "", translation.text or "", "type" not in translation.attrib))
    return found


def test_everything_is_translated_and_no_placeholder_is_lost(tmp_path: Path) -> None:
    fresh = tmp_path / "epicrisis_zh_CN.ts"
    fresh.write_bytes(translations.SOURCE.read_bytes())
    translations.collect(fresh)
    entries = messages(fresh)
    assert len(entries) > 500
    assert [source for source, words, is_done in entries if not is_done or not words] == []
    assert [
        source for source, words, _ in entries if sorted(_FIELD.findall(source)) != sorted(_FIELD.findall(words))
    ] == []


@pytest.fixture
def chinese(desktop: Desktop) -> Desktop:
    """A desktop whose window speaks Chinese."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    i18n.install(app, "zh_CN")
    return desktop


@pytest.mark.parametrize(
    ("wanted", "hardware"),
    [
        ("cpu", Hardware("", "", 0, 10**12)),
        ("auto", Hardware("", "no NVIDIA driver found", 0, 10**12)),
        ("auto", Hardware("", "this build has no GPU support", 0, 10**12)),
        ("auto", Hardware("", "the NVIDIA driver does not answer", 0, 10**12)),
        ("auto", Hardware("A card", "", 10**6, 10**12)),
        ("auto", Hardware("A card", "", 10**12, 10**12)),
    ],
)
def test_why_the_model_runs_there_is_said_in_chinese(chinese: Desktop, wanted: Device, hardware: Hardware) -> None:
    _, why = choose(wanted, Needed(10**9, 10**9), hardware)
    assert "Using" not in wording.device(why)
    assert re.search("[\u4e00-\u9fff]", wording.device(why))


def said(window: QWidget) -> set[str]:
    """Every word a person can see or hear in a window, but not what stands in notes and drafts."""
    found: set[str] = set()
    for one in window.findChildren(QWidget):
        if isinstance(one, QLabel | QAbstractButton):
            found.add(one.text())
        if isinstance(one, QLineEdit):
            found.add(one.placeholderText())
        if isinstance(one, QComboBox):
            found |= {one.itemText(index) for index in range(one.count())}
        found |= {one.toolTip(), one.accessibleName()}
    return found


def untranslated(window: QWidget) -> list[str]:
    """Words in Latin letters that are no names."""
    left = []
    for text in said(window):
        words = [
            word for word in re.findall(r"[A-Za-z][\w/+.-]+", re.sub(r"<[^>]+>", "", text)) if not _SAME.fullmatch(word)
        ]
        if words and not re.search("[㐀-鿿]", text):
            left.append(text)
    return sorted(left)


def test_from_start_to_end_in_chinese(chinese: Desktop) -> None:
    window = chinese.window()
    assert "病例" in {window.cases.title.text()}
    assert untranslated(window) == []
    assert [one.text() for one in window.commands.listed() if not re.search("[㐀-鿿]|English", one.text())] == []
    chinese.paste(window, NOTE)
    chinese.write(window)
    names = {card.heading.text() for card in window.draft.cards.values()}
    assert "过敏与不良反应" in names
    assert window.draft.banner.text().startswith("草稿")
    sign(chinese, window)
    assert "签名" in window.draft.banner.text()
    window.commands["lock"].trigger()
    chinese.until(lambda: not window.desk.is_open)
    assert window.lock_page.title.text() == "Epicrisis 已锁定"
    assert untranslated(window.lock_page) == []


def test_the_language_switches_while_the_window_is_open(desktop: Desktop) -> None:
    window: Window = desktop.window()
    desktop.paste(window, NOTE)
    desktop.write(window)
    window.offices.change({"language": "zh_CN"})
    desktop.until(lambda: window.draft.write.text() == "撰写")
    assert untranslated(window.cases) == []
    window.offices.change({"language": "en"})
    desktop.until(lambda: window.draft.write.text() == "Write")


def test_errors_speak_chinese_with_their_facts(chinese: Desktop) -> None:
    assert wording.sentence(HistoryLocked()).startswith("历史记录已锁定")
    assert "3" in wording.sentence(TooShort(words=3, least=5))
    assert chinese.windows == []
