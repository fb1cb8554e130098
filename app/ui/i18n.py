"""The language of the window: Qt Linguist files, switched while it runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app import paths
from app.drafts.labels import Language

LANGUAGES = ("en", "zh_CN")
_installed: list[QTranslator] = []


def chosen(setting: str) -> str:
    """The language in force for a setting.

    Args:
        setting: `system`, `en` or `zh_CN`.

    Returns:
        `en` or `zh_CN`; English where the system's language is another.
    """
    if setting in LANGUAGES:
        return setting
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def current() -> Language:
    """The language that is installed now, as a letter names it."""
    return "zh-CN" if _installed else "en"


def install(app: QApplication, setting: str) -> None:
    """Switch the language; every widget gets a LanguageChange event.

    Args:
        app: The application.
        setting: See `chosen`.
    """
    language = chosen(setting)
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    system = QLocale.system()
    is_known = setting == "system" and system.language() != QLocale.Language.C
    QLocale.setDefault(system if is_known else QLocale("en_GB" if language == "en" else language))
    if language == "en":
        return
    qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for file in (qt / f"qtbase_{language}.qm", paths.resources() / "i18n" / f"epicrisis_{language}.qm"):
        translator = QTranslator(app)
        if translator.load(str(file)):
            app.installTranslator(translator)
            _installed.append(translator)
