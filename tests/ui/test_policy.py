"""What a policy forbids does not happen in the window: shown with a lock, and refused where it is tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app import paths
from app.core import Core
from app.errors import EpicrisisError
from app.ui.letter_dialog import LetterDialog
from app.ui.settings_dialog import SettingsDialog
from tests.fakes import scripted_core
from tests.ui.conftest import NOTE, Desktop


def policy(text: str) -> Core:
    paths.machine_policy().parent.mkdir(parents=True, exist_ok=True)
    paths.machine_policy().write_text(text, encoding="utf-8")
    return scripted_core()


@pytest.fixture
def written(desktop: Desktop) -> Desktop:
    core = policy('export_formats = ["pdf", "docx"]\nidle_lock_minutes = 3\nclipboard_clear_s = 20\nlanguage = "en"')
    window = desktop.window(core)
    desktop.paste(window, NOTE)
    desktop.write(window)
    return desktop


def test_formats_clipboard_and_lock(written: Desktop, tmp_path: Path) -> None:
    window = written.windows[-1]
    assert window.desk.idle.minutes == 3
    dialog = window.offices.letter_dialog()
    assert isinstance(dialog, LetterDialog)
    menu = dialog.save.menu()
    assert menu is not None
    assert [action.data() for action in menu.actions()] == ["docx", "pdf"]
    assert not dialog.export("txt", tmp_path / "letter.txt")
    assert "does not allow files of the format txt" in dialog.message.text
    assert not (tmp_path / "letter.txt").exists()
    assert dialog.export("docx", tmp_path / "letter.docx")
    assert dialog.standard.isEnabled()
    assert dialog.language.isEnabled()
    dialog.copy_all()
    assert QApplication.clipboard().text()
    assert window.clipboard._timer.interval() == 20_000
    dialog.close()


def test_a_lock_of_it_cannot_be_opened_from_the_window(written: Desktop) -> None:
    window = written.windows[-1]
    window.offices.change({"idle_lock_minutes": 240})
    assert window.core.settings.options.idle_lock_minutes == 3
    dialog = SettingsDialog(window.core.settings, {}, window)
    for name in ("idle_lock_minutes", "clipboard_clear_s", "language", "export_formats"):
        assert not dialog.rows[name].editor.isEnabled()
        assert dialog.rows[name].source == "IT"
    for name in ("allowed_models", "allowed_adapters", "allowed_standards", "template_pack", "recovery_code"):
        assert not dialog.rows[name].editor.isEnabled(), "for IT to decide"
    assert dialog.rows["export_formats"].value == "pdf, docx"
    assert dialog.changes == {}


def test_the_standard_and_language_that_it_fixed_are_not_chosen(written: Desktop) -> None:
    window = written.windows[-1]
    window.use_core(policy('letter_standard = "eu"\nletter_language = "zh_CN"'))
    dialog = window.offices.letter_dialog()
    assert dialog is not None
    assert (dialog.standard.currentData(), dialog.language.currentData()) == ("eu", "zh-CN")
    assert not dialog.standard.isEnabled()
    assert not dialog.language.isEnabled()
    dialog.close()


def test_a_standard_that_is_not_allowed_writes_nothing(desktop: Desktop) -> None:
    window = desktop.window(policy('allowed_standards = ["eu"]'))
    told: list[EpicrisisError] = []
    window.desk.trouble.connect(told.append)
    desktop.paste(window, NOTE)
    window.draft.tasks.setCurrentIndex(window.draft.tasks.findData("discharge-letter"))
    window.draft.write.click()
    assert not window.writing.is_busy
    assert "does not allow the standard prsb" in str(told[-1])
    window.core.change({"letter_standard": "eu"})


def test_a_template_of_the_pack_is_copied_not_changed(desktop: Desktop, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "ward-7.toml").write_text('base = "eu"\ntitle = { en = "Letter of ward 7" }\n', encoding="utf-8")
    window = desktop.window(policy(f'template_pack = "{pack.as_posix()}"\nletter_standard = "ward-7"'))
    dialog = window.offices.template_dialog("ward-7")
    assert dialog is not None
    assert dialog.name.text() == ""
    assert dialog.template.standard.title["en"] == "Letter of ward 7"
    dialog.name.setText("ward-7")
    assert not dialog.keep()
    assert not (paths.user_standards() / "ward-7.toml").exists()
    dialog.done(0)
