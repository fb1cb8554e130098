"""The letter as it would be printed: by a standard, in a language; saved, printed or copied when asked for."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
)

from app.errors import EpicrisisError
from app.export import files, formats, html, pdf
from app.letter.letter import Letter, Signature, compose
from app.notes.note import Note
from app.ui import i18n, wording
from app.ui.letter_page import LANGUAGES, LetterPage
from app.ui.state import OpenDraft
from app.ui.widgets import MessageBar, button, label

if TYPE_CHECKING:
    from app.ui.window import Window


class LetterDialog(QDialog):
    """The preview of a letter.

    Args:
        window: The window.
        note: The notes.
        draft: The draft, as it stands.
    """

    def __init__(self, window: Window, note: Note, draft: OpenDraft) -> None:
        super().__init__(window)
        self._window, self._note, self._draft = window, note, draft
        self._known = self._window.core.standards.known()
        self.setWindowTitle(self.tr("Preview and export"))
        self.resize(860, 900)
        self.standard = QComboBox()
        self.language = QComboBox()
        self.edit = button()
        self.preview = LetterPage()
        self.message = MessageBar()
        self.save = QToolButton()
        self.print = button()
        self.copy = button()
        self.leave = button()
        self._fill()
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Lay the letter out anew."""
        try:
            self.preview.show_page(html.render(self.letter()))
        except EpicrisisError as error:
            self.message.tell(wording.sentence(error))

    def letter(self) -> Letter:
        """The letter as chosen."""
        last = self._draft.versions[-1] if self._draft.versions else None
        signature = Signature(last.author, "", last.at) if last is not None and self._draft.is_signed else None
        return compose(
            self._note,
            self._draft.draft,
            self._known[str(self.standard.currentData())],
            language=self.language.currentData(),
            facts=self._draft.facts,
            signature=signature,
            made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        )

    def export(self, name: str, path: Path) -> bool:
        """Save the letter; the trail tells that it was exported, not where to.

        Args:
            name: One of `formats.FORMATS`.
            path: Where.

        Returns:
            Whether it was saved; if not, the dialog says why.
        """
        try:
            formats.refuse_forbidden(name, self._window.core.settings.options.export_formats)
            data = formats.to_bytes(self.letter(), name)
            files.write(path, data)
        except EpicrisisError as error:
            self.message.tell(wording.sentence(error))
            return False
        self._window.desk.record_export(name, hashlib.sha256(data).hexdigest())
        state = self.tr("It is a draft until it is signed.") if not self._draft.is_signed else ""
        self.message.tell(" ".join((self.tr("Saved as {name}.").format(name=path.name), state)).strip(), "good")
        return True

    def print_preview(self) -> None:
        """Show the pages, and print them if the doctor wants."""
        letter = self.letter()

        def paint(printer: QPrinter) -> None:
            try:
                pdf.paint(letter, printer)
            except EpicrisisError as error:
                self.message.tell(wording.sentence(error))

        preview = QPrintPreviewDialog(QPrinter(QPrinter.PrinterMode.HighResolution), self)
        preview.setWindowTitle(self.tr("Print"))
        preview.paintRequested.connect(paint)
        preview.exec()

    def copy_all(self) -> None:
        """Copy the letter as text: marked secret, and cleared by a timer."""
        text = formats.to_bytes(self.letter(), "txt").decode("utf-8")
        seconds = self._window.core.settings.options.clipboard_clear_s
        self._window.clipboard.copy(text, seconds)
        self.message.tell(
            self.tr("Copied. The clipboard is cleared in {n} seconds.").format(n=wording.number(seconds)), "good"
        )

    def edit_template(self) -> None:
        """Let the department change what the letter follows."""
        name, language = str(self.standard.currentData()), self.language.currentData()
        dialog = self._window.offices.template_dialog(name, self, language=language)
        if dialog is not None:
            dialog.kept.connect(self._take)
            dialog.exec()

    def _take(self, name: str) -> None:
        """Show the letter under a template that was saved, or without one that was deleted."""
        try:
            self._known = self._window.core.standards.known()
        except EpicrisisError as error:
            self.message.tell(wording.sentence(error))
            return
        self._fill_standards(name)
        self.refresh()

    def _fill_standards(self, name: str) -> None:
        with QSignalBlocker(self.standard):
            self.standard.clear()
            for one, standard in self._known.items():
                self.standard.addItem(wording.standard(one, standard.title[i18n.current()]), one)
            self.standard.setCurrentIndex(max(0, self.standard.findData(name)))

    def _fill(self) -> None:
        options = self._window.core.settings.options
        self._fill_standards(options.letter_standard)
        for language, name in LANGUAGES.items():
            self.language.addItem(name, language)
        own = options.letter_language
        wanted = i18n.chosen(options.language) if own == "system" else own
        self.language.setCurrentIndex(self.language.findData(wanted.replace("_", "-")))
        sources = self._window.core.settings.sources
        self.standard.setEnabled(sources.get("letter_standard") != "IT")
        self.language.setEnabled(sources.get("letter_language") != "IT" or own == "system")
        menu = QMenu(self)
        allowed = options.export_formats
        for one in (one for one in formats.FORMATS.values() if not allowed or one.name in allowed):
            menu.addAction(wording.words(one.title)).setData(one.name)
        menu.triggered.connect(lambda action: self._choose_place(str(action.data())))
        self.save.setMenu(menu)
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.standard.setAccessibleName(self.tr("Standard of the letter"))
        self.language.setAccessibleName(self.tr("Language of the letter"))
        self.preview.setAccessibleName(self.tr("The letter"))
        self.edit.setText(self.tr("Edit template…"))
        self.edit.setToolTip(self.tr("Order, titles, instructions and lengths of the headings, for your department"))
        self.save.setText(self.tr("Save as…"))
        self.print.setText(self.tr("Print…"))
        self.copy.setText(self.tr("Copy all"))
        self.leave.setText(self.tr("Close"))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(label("muted", self.tr("Standard")))
        top.addWidget(self.standard, 1)
        top.addWidget(self.edit)
        top.addWidget(label("muted", self.tr("Language")))
        top.addWidget(self.language)
        below = QHBoxLayout()
        for one in (self.save, self.print, self.copy):
            below.addWidget(one)
        below.addStretch(1)
        below.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.message)
        column.addWidget(self.preview, 1)
        column.addLayout(below)
        self.standard.currentIndexChanged.connect(self.refresh)
        self.language.currentIndexChanged.connect(self.refresh)
        self.edit.clicked.connect(self.edit_template)
        self.print.clicked.connect(self.print_preview)
        self.copy.clicked.connect(self.copy_all)
        self.leave.clicked.connect(self.accept)

    def _choose_place(self, name: str) -> None:
        chosen = formats.FORMATS[name]
        # No patient's name in a file's name: the doctor may type one.
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the letter"), f"letter{chosen.suffix}")
        if path:
            self.export(name, Path(path))
