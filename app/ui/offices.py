"""What happens around the work: first run, settings, the sample case, the letter's preview, print and export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from app import paths
from app.drafts.labels import Language
from app.drafts.standards import Standard
from app.drafts.templates import Template
from app.errors import ClockAhead, EpicrisisError
from app.export import files
from app.history import codes
from app.history.keeper import Opened
from app.model import adapters
from app.settings.options import allows
from app.ui import i18n, wording
from app.ui.checking import LETTER
from app.ui.first_run import FirstRun
from app.ui.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from app.ui.letter_dialog import LetterDialog
    from app.ui.template_dialog import TemplateDialog
    from app.ui.window import Window

_CODE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A template that was being edited when the window was locked. It holds no word of a note.

    Attributes:
        standard: Name of the template it was opened from; empty for one that was not saved yet.
        name: As typed.
        template: As it stood.
    """

    standard: str
    name: str
    template: Template


class Offices(QObject):
    """The window's side rooms.

    Args:
        window: The window.

    Attributes:
        unsaved: What a lock closed in the template editor: the standard it began from, the name and the template.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._first_run: FirstRun | None = None
        self.code = ""
        self.unsaved: Unsaved | None = None

    def begin(self) -> None:
        """Open the history, or set it up; load the model meanwhile."""
        window = self._window
        if window.desk.history.state == "absent":
            self._begin_first_run()
        else:
            window.lock_page.start(has_keyring=True)
            window.unlock(None)
        window.writing.preload()

    # First run

    def _begin_first_run(self) -> None:
        page = self._first_run = FirstRun()
        self.code = codes.new_code()
        page.show_code(self.code)
        page.print_asked.connect(self._print_code)
        page.copy_asked.connect(lambda: self._window.clipboard.copy(self.code, _CODE_SECONDS))
        page.save_asked.connect(self._save_code)
        page.history_asked.connect(self._make_history)
        page.ephemeral_asked.connect(self._keep_nothing)
        page.finished.connect(self._end_first_run)
        self._window.writing.model_changed.connect(self._show_model)
        self._window.show_page(page)

    def _make_history(self) -> None:
        page = self._first_run
        if page is None:
            return
        words = self.tr("Done. Everything you type is encrypted on this machine.")
        self._window.desk.create(
            self.code,
            lambda: page.show_history(True, words),
            lambda error: page.show_history(False, wording.sentence(error)),
        )

    def _keep_nothing(self) -> None:
        page = self._first_run
        if page is not None:
            self._window.desk.open_ephemeral(
                lambda: page.show_history(True, self.tr("Nothing will be kept once you close the window."))
            )

    def _show_model(self) -> None:
        state = self._window.writing.state
        if self._first_run is None or not state.name or state.loading is not None:
            return
        self._window.writing.model_changed.disconnect(self._show_model)
        self._first_run.show_model(self._model_words(0), False)
        self._window.bridge.measure(self._show_speed)

    def _show_speed(self, tokens_per_s: float) -> None:
        if self._first_run is not None:
            self._first_run.show_model(self._model_words(tokens_per_s), True)

    def _model_words(self, tokens_per_s: float) -> str:
        state = self._window.writing.state
        words = f"{state.name}\n{wording.device(state.why)}"
        if not tokens_per_s:
            return words + "\n" + self.tr("Measuring its speed…")
        speed = self.tr("Measured here: {n} tokens a second, about {words} words a minute.")
        return words + "\n" + speed.format(n=wording.number(tokens_per_s), words=wording.number(45 * tokens_per_s))

    def _end_first_run(self, with_sample: bool) -> None:
        page, self._first_run = self._first_run, None
        self.code = ""
        self._window.show_page(self._window.work)
        if page is not None:
            self._window.pages.removeWidget(page)
            page.deleteLater()
        if with_sample:
            self.open_sample()

    def _print_code(self) -> None:
        document = QTextDocument()
        document.setPlainText(self.tr("Epicrisis recovery code") + "\n\n" + self.code)
        printer = QPrinter()
        if QPrintDialog(printer, self._window).exec():
            document.print_(printer)

    def _save_code(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the recovery code"), "epicrisis-recovery-code.txt"
        )
        if name:
            self._save(name, self.code.encode())

    def _save(self, name: str, data: bytes) -> bool:
        try:
            files.write(Path(name), data)
        except EpicrisisError as error:
            self._window.tell(error)
            return False
        return True

    # The work

    def opened(self) -> None:
        """The history was opened: tell what the keeper wants told."""
        window, opened = self._window, self._window.desk.opened
        for error in opened.errors:
            window.tell(error)
        clock = next((error for error in opened.errors if isinstance(error, ClockAhead)), None)
        if clock is not None:
            words = wording.sentence(clock)
            window.message.tell(words, "warning", self.tr("The date is right"), self._confirm_clock)
        elif opened.is_by_code and not opened.errors:
            words = self.tr("Opened with the recovery code. The keyring of this system can keep the key again.")
            window.message.tell(words, "note", self.tr("Keep it there"), self._enrol)
        elif opened.purged:
            words = self.tr("Cases whose content was removed, as it is older than the rule for keeping: {n}.")
            window.message.tell(words.format(n=wording.number(opened.purged)), "note")

    def _confirm_clock(self) -> None:
        words = self.tr("Noted: the date of this computer is right.")
        self._window.desk.kept.ask(lambda _: self._window.message.tell(words, "good"), "confirm_clock")

    def _enrol(self) -> None:
        desk = self._window.desk

        def enrolled(opened: Opened) -> None:
            desk.opened = opened
            self._window.message.tell(self.tr("The keyring keeps the key again."), "good")
            desk.kept_changed.emit()

        desk.kept.do(desk.history.enrol_keyring, enrolled)

    def open_sample(self) -> None:
        """Open the invented sample stay as a new case."""
        folder = paths.resources() / "samples" / "stay"
        names = [str(one) for one in sorted(folder.glob("*.txt"))]
        self._window.desk.checking.read_files(names, self._window.desk.new_case)

    # Settings

    def show_settings(self) -> None:
        """Show every setting: its value, where it comes from, and a lock where IT fixed it."""
        core, options = self._window.core, self._window.core.settings.options
        try:
            known = _named(core.standards.known())
        except EpicrisisError as error:  # a broken file of the department must not close the settings
            self._window.tell(error)
            known = {}
        found = [one.name for one in adapters.installed(*adapters.folders())]
        installed = [one for one in found if allows(options.allowed_adapters, one)]
        choices = {
            "model": {one.name: one.title for one in core.catalogue if allows(options.allowed_models, one.name)},
            "adapter": {one: one for one in ("auto", "none", *installed)},
            "letter_standard": known,
        }
        dialog = SettingsDialog(core.settings, choices, self._window)
        dialog.changed.connect(self.change)
        dialog.template_asked.connect(lambda name: self._edit_from_settings(dialog, name))
        dialog.exec()

    def _edit_from_settings(self, settings: SettingsDialog, name: str) -> None:
        editor = self.template_dialog(name, settings)
        if editor is not None:
            editor.exec()
            now = self._window.core.settings
            settings.take_standards(_named(self._window.core.standards.known()), now.options.letter_standard)

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change settings: the file is written, and the window follows.

        Args:
            changes: New values by name; None for the default.
        """
        window, before = self._window, self._window.core.settings.options
        try:
            window.use_core(window.core.change(changes))
        except EpicrisisError as error:
            window.tell(error)
            return
        after = window.core.settings.options
        if after.letter_standard != before.letter_standard:
            window.desk.checking.soon()
        app = QApplication.instance()
        if isinstance(app, QApplication) and after.language != before.language:
            i18n.install(app, after.language)
        if (after.theme, after.text_scale) != (before.theme, before.text_scale):
            window.apply_look()
        if (after.model, after.adapter, after.device) != (before.model, before.adapter, before.device):
            window.bridge.use(window.core.open_session)
            window.writing.preload()
        window.retranslate()

    # The letter

    def show_letter(self) -> None:
        """Show the letter as it would be printed, and export it."""
        dialog = self.letter_dialog()
        if dialog is not None:
            dialog.exec()

    def print_letter(self) -> None:
        """Print the letter, with a preview."""
        dialog = self.letter_dialog()
        if dialog is not None:
            dialog.print_preview()

    def letter_dialog(self) -> LetterDialog | None:
        """The letter of the shown draft, laid out; None where there is none yet."""
        from app.ui.letter_dialog import LetterDialog  # brings templates and renderers: not needed to start

        case, draft = self._window.desk.case, self._window.desk.current
        if case is None or draft is None or case.note is None or draft.waiting:
            return None
        try:
            return LetterDialog(self._window, case.note, draft)
        except EpicrisisError as error:
            self._window.tell(error)
            return None

    def template_dialog(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        language: Language | None = None,
    ) -> TemplateDialog | None:
        """The editor of a department's template; None, and the reason told, where the standard cannot be read.

        Args:
            name: The standard or template to begin from.
            parent: The dialog it lies over.
            language: Of the letter in the preview; by default the standard's.
        """
        from app.ui.template_dialog import TemplateDialog  # as the letter's
        from app.ui.template_preview import Written

        window, left = self._window, self.unsaved
        opened, draft, case = window.desk.case, window.desk.current, None
        if opened is not None and opened.note is not None and draft is not None and draft.task == LETTER:
            case = Written(opened.note, draft.draft, dict(draft.facts))
        try:
            known = window.core.standards.known()
            if left is not None:
                name = left.standard if left.standard in known else left.template.base.name
            standard = known[name] if name in known else window.core.standards.load(name)
            dialog = TemplateDialog(window, standard, case, language or standard.language, parent)
        except EpicrisisError as error:
            window.tell(error)
            return None
        if left is not None:
            self.unsaved = None
            dialog.take(left.name, left.template)
        return dialog


def _named(known: Mapping[str, Standard]) -> dict[str, str]:
    return {name: wording.standard(name, one.title[i18n.current()]) for name, one in known.items()}
