"""The window: puts the panes together and answers commands. What it shows lives on the desk."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core import Core
from app.errors import EpicrisisError
from app.history.keeper import Keeper
from app.notes import files
from app.ui import style, wording
from app.ui.cases_pane import CasesPane
from app.ui.clipboard import Clipboard
from app.ui.command_list import CommandList
from app.ui.commands import Commands
from app.ui.desk import Desk
from app.ui.draft_pane import DraftPane
from app.ui.findings_pane import FindingsPane
from app.ui.links import Links
from app.ui.lock_page import LockPage
from app.ui.model_bridge import ModelBridge
from app.ui.notes_pane import NotesPane
from app.ui.offices import Offices
from app.ui.sign_dialog import SignDialog
from app.ui.state import key_of
from app.ui.status_line import StatusLine
from app.ui.versions_dialog import VersionsDialog
from app.ui.widgets import MessageBar
from app.ui.writing import Writing

_LOCK_MS = 4000
_SCALES = (80, 90, 100, 110, 125, 150, 175, 200)
_FILES = " ".join(f"*{suffix}" for suffix in files.SUFFIXES)


class Window(QMainWindow):
    """The clinician's window.

    Args:
        core: Settings, tasks, models.
        history: The keeper of the history.
        state: Where the window remembers its panes; never anything of a note.
        is_network_locked: What the start found.
    """

    def __init__(self, core: Core, history: Keeper, state: QSettings, *, is_network_locked: bool = True) -> None:
        super().__init__()
        self.setWindowTitle("Epicrisis")
        self._core, self._state = core, state
        self.desk = Desk(core, history, self)
        self.bridge = ModelBridge(core.open_session, self)
        self.writing = Writing(self.desk, self.bridge, self)
        self.clipboard = Clipboard(self)
        self.message = MessageBar()
        self.cases = CasesPane(self.desk)
        self.notes = NotesPane(self.desk)
        self.draft = DraftPane(self.desk, self.writing)
        self.findings = FindingsPane(self.desk)
        self.lock_page = LockPage()
        self.links = Links(self.desk, self.notes, self.draft)
        self.commands = Commands(self)
        self.offices = Offices(self)
        self.status = StatusLine(self.desk, self.writing, is_network_locked)
        self.setStatusBar(self.status)
        self.work = self._work_page()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.work)
        self.pages.addWidget(self.lock_page)
        self.setCentralWidget(self.pages)
        self._is_locking = False
        self._is_closing_anyway = False
        self._connect()
        self._connect_commands()
        self._restore_place()
        self.retranslate()
        self.show_page(self.lock_page)

    # Start and end

    def begin(self) -> None:
        """Open the history, or set it up; load the model meanwhile."""
        self.offices.begin()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep everything, end the worker and the keeper. What could not be kept is said, and closing waits."""
        self.writing.stop()
        self._finish_writing()
        if not self.desk.close() and not self._is_closing_anyway:
            self._is_closing_anyway = True
            self.message.tell(
                self.tr("Not everything could be saved, so the window stays open. Copy what you need; "
                        "close it again to leave without saving."),
                "blocking",
            )  # fmt: skip
            event.ignore()
            return
        self._state.setValue("geometry", self.saveGeometry())
        for name, splitter in self._splitters.items():
            self._state.setValue(f"splitter/{name}", splitter.saveState())
        self.hide()
        self.clipboard.clear_now()
        self.bridge.close()
        self.desk.history.lock()
        event.accept()

    # Commands

    def lock(self) -> None:
        """Hide all text at once; then stop the model, keep what was typed and end the process with the key."""
        if self._is_locking or not self.desk.is_open:
            return
        self._is_locking = True
        self.show_page(self.lock_page)
        self.lock_page.set_waiting(True)
        self.message.hide()
        self.clipboard.clear_now()
        for dialog in QApplication.topLevelWidgets():
            if dialog is not self and dialog.isVisible():
                dialog.close()
        self.writing.lock()
        if self.writing.is_busy:
            QTimer.singleShot(_LOCK_MS, self._finish_lock)
        else:
            self._finish_lock()

    def sign(self) -> None:
        """Ask for the name, show what is open, freeze the version."""
        draft = self.desk.current
        if draft is not None and not draft.is_signed and draft.id and not draft.waiting:
            self.desk.checking.now(self._ask_to_sign)

    def show_versions(self) -> None:
        """Show the versions of the draft, and restore one."""
        draft = self.desk.current
        if draft is None:
            return
        dialog = VersionsDialog(draft.versions, self, can_restore=not draft.is_signed)
        dialog.restore_asked.connect(self.desk.restore)
        dialog.exec()

    def open_files(self) -> None:
        """Choose files to read."""
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Open notes"), "", self.tr("Notes ({kinds})").format(kinds=_FILES)
        )
        if names:
            self.desk.checking.read_files(names, self.notes.take_documents)

    def show_commands(self) -> None:
        """Show the list of all commands."""
        CommandList(self.commands.listed(), self).exec()

    def scale(self, step: int) -> None:
        """Make all text larger or smaller; 0 for 100 %."""
        now = self._core.settings.options.text_scale
        nearest = min(range(len(_SCALES)), key=lambda index: abs(_SCALES[index] - now))
        wanted = 100 if step == 0 else _SCALES[min(max(nearest + step, 0), len(_SCALES) - 1)]
        self.offices.change({"text_scale": wanted})

    def tell(self, error: EpicrisisError) -> None:
        """Show an error in the one place for errors."""
        severity = "blocking" if error.exit_code in (5, 6) else "warning"
        self.message.tell(wording.sentence(error), severity)

    def apply_look(self) -> None:
        """Follow the settings: colours, size of text."""
        app, options = QApplication.instance(), self._core.settings.options
        if isinstance(app, QApplication):
            style.apply(app, options.theme, options.text_scale)
        self.draft.refresh()
        self.findings.refresh()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.commands.retranslate()
        self.notes.setAccessibleName(self.tr("Notes"))
        self.draft.setAccessibleName(self.tr("Draft"))
        self.findings.setAccessibleName(self.tr("Findings"))
        self.cases.setAccessibleName(self.tr("Cases"))
        options = self._core.settings.options
        for group, value in ((self.commands.themes, options.theme), (self.commands.languages, options.language)):
            for action in group.actions():
                action.setChecked(action.data() == value)

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or click of a person holds the idle lock off."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self.desk.touch()
        return super().eventFilter(watched, event)

    def use_core(self, core: Core) -> None:
        """Go on with changed settings."""
        self._core = core
        self.desk.core = core
        self.desk.idle.minutes = core.settings.options.idle_lock_minutes
        self.desk.author = core.settings.options.author or self.desk.author

    @property
    def core(self) -> Core:
        """Settings, tasks and models as they are now."""
        return self._core

    def _work_page(self) -> QWidget:
        self._splitters = {"across": QSplitter(Qt.Orientation.Horizontal), "down": QSplitter(Qt.Orientation.Vertical)}
        across, down = self._splitters["across"], self._splitters["down"]
        for pane in (self.cases, self.notes, self.draft):
            across.addWidget(pane)
        across.setSizes([220, 480, 560])
        across.setChildrenCollapsible(False)
        across.setStretchFactor(1, 1)
        across.setStretchFactor(2, 1)
        down.addWidget(across)
        down.addWidget(self.findings)
        down.setSizes([620, 170])
        down.setStretchFactor(0, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(down, 1)
        return page

    def _connect(self) -> None:
        desk = self.desk
        desk.trouble.connect(self.tell)
        desk.good_news.connect(lambda words: self.message.tell(words, "note"))
        desk.remarks.connect(lambda some: self.message.tell(" ".join(wording.sentence(one) for one in some), "note"))
        desk.locking_asked.connect(self.lock)
        desk.lock_changed.connect(self._lock_changed)
        desk.case_opened.connect(self._enable)
        desk.draft_changed.connect(self._enable)
        self.writing.busy_changed.connect(self._enable)
        self.writing.busy_changed.connect(self._lock_when_idle)
        self.lock_page.keyring_asked.connect(lambda: self.unlock(None))
        self.lock_page.code_given.connect(self.unlock)
        self.notes.open_asked.connect(self.open_files)
        self.notes.sample_asked.connect(self.offices.open_sample)
        self.draft.sign_asked.connect(self.sign)
        self.draft.versions_asked.connect(self.show_versions)
        self.draft.export_asked.connect(self.offices.show_letter)
        self.draft.copy_asked.connect(self.copy_section)
        self.findings.finding_chosen.connect(self.links.light)
        self.findings.finding_opened.connect(self.links.open)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def _connect_commands(self) -> None:
        slots: dict[str, Callable[[], Any]] = {
            "new": self.desk.new_case,
            "open": self.open_files,
            "paste": self.notes.paste,
            "export": self.offices.show_letter,
            "print": self.offices.print_letter,
            "lock": self.lock,
            "settings": self.offices.show_settings,
            "quit": self.close,
            "undo": self._undo,
            "redo": self._redo,
            "find": lambda: self.cases.search.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "rename": self._rename,
            "copy_section": self.copy_section,
            "save": self._save,
            "write": self.draft.generate,
            "stop": self.writing.stop,
            "accept": self._accept,
            "rewrite": self._rewrite,
            "next_section": lambda: self._step(1),
            "previous_section": lambda: self._step(-1),
            "next_finding": self.findings.choose_next,
            "source": self._to_source,
            "versions": self.show_versions,
            "sign": self.sign,
            "cases": lambda: self.cases.list.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "notes": self._to_notes,
            "draft": lambda: self._step(0),
            "findings": lambda: self.findings.list.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "larger": lambda: self.scale(1),
            "smaller": lambda: self.scale(-1),
            "plain_size": lambda: self.scale(0),
            "commands": self.show_commands,
            "help": self.show_commands,
            "about": self._about,
        }
        for name, slot in slots.items():
            self.commands[name].triggered.connect(lambda _=False, slot=slot: slot())
        self.commands.themes.triggered.connect(lambda action: self.offices.change({"theme": action.data()}))
        self.commands.languages.triggered.connect(lambda action: self.offices.change({"language": action.data()}))

    def copy_section(self, key: str = "") -> None:
        """Copy a section: marked secret, and cleared by a timer."""
        draft, card = self.desk.current, self.draft.focused()
        key = key or (card.key if card is not None else "")
        section = draft.section(key) if draft is not None else None
        if section is None:
            self.message.tell(self.tr("Put the caret into a section first, then copy it."), "note")
            return
        seconds = self._core.settings.options.clipboard_clear_s
        self.clipboard.copy(section.text, seconds)
        self.message.tell(
            self.tr("Copied. The clipboard is cleared in {n} seconds.").format(n=wording.number(seconds)), "good"
        )

    def _undo(self) -> None:
        card = self.draft.focused()
        if card is not None:
            card.edit.undo()
        else:
            self.notes.take_back()

    def _redo(self) -> None:
        card, editor = self.draft.focused(), self.notes.editor
        if card is not None:
            card.edit.redo()
        elif editor is not None and editor.hasFocus() and editor.document().isRedoAvailable():
            editor.redo()
        else:
            self.notes.undo.redo()

    def _rename(self) -> None:
        case = self.desk.case
        if case is None:
            return
        words = self.tr("Title of this case")
        title, is_ok = QInputDialog.getText(self, self.tr("Rename"), words, text=case.case.title)
        if is_ok:
            self.desk.rename_case(title)

    def _save(self) -> None:
        self.desk.leave()
        words = self.tr("Saved. Typing is saved by itself, too; this kept a version to come back to.")
        self.message.tell(words, "good")

    def _accept(self) -> None:
        card = self.draft.focused()
        if card is not None and card.accept.isEnabled():
            card.accept.click()
            self._step(1)

    def _rewrite(self) -> None:
        card = self.draft.focused()
        if card is not None and card.rewrite.isEnabled():
            card.rewrite.click()

    def _step(self, by: int) -> None:
        keys, card = list(self.draft.cards), self.draft.focused()
        if keys:
            at = keys.index(card.key) + by if card is not None else 0
            self.draft.reveal(keys[min(max(at, 0), len(keys) - 1)])

    def _to_source(self) -> None:
        if not self.links.to_source():
            words = self.tr("Put the caret into a sentence of the draft. One with a wavy line has no source.")
            self.message.tell(words, "note")

    def _to_notes(self) -> None:
        if self.notes.editor is not None:
            self.notes.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _about(self) -> None:
        QMessageBox.about(
            self,
            self.tr("About Epicrisis"),
            self.tr("Epicrisis drafts and checks clinical text on this machine alone. Every draft needs a doctor's "
                    "eyes before it is used: the doctor decides, the doctor signs."),
        )  # fmt: skip

    def _ask_to_sign(self) -> None:
        case, draft = self.desk.case, self.desk.current
        if case is None or draft is None:
            return
        decided = {index for index, one in enumerate(case.findings) if key_of(one) in draft.decisions}
        still_open = [
            wording.words(one.title)
            for one in draft.draft.sections
            if one.state in ("incomplete", "failed") or not one.text.strip()
        ]
        dialog = SignDialog(self.desk.author, case.findings, decided, still_open, self)
        if dialog.exec():
            self.desk.sign(dialog.author)

    def _enable(self) -> None:
        draft, case = self.desk.current, self.desk.case
        can_change = draft is not None and not draft.is_signed
        for name in ("accept", "rewrite", "sign"):
            self.commands[name].setEnabled(can_change)
        for name in ("export", "print", "versions", "copy_section", "source", "next_section", "previous_section"):
            self.commands[name].setEnabled(draft is not None)
        self.commands["stop"].setEnabled(self.writing.is_busy)
        self.commands["rename"].setEnabled(case is not None)
        is_open = self.desk.is_open
        for name in ("new", "open", "paste", "write", "find", "save", "lock", "undo", "redo"):
            self.commands[name].setEnabled(is_open)

    def unlock(self, code: str | None) -> None:
        """Open the history with the keyring (None) or a recovery code."""
        self.lock_page.set_waiting(True)
        self.desk.unlock(code, self._not_unlocked)

    def _not_unlocked(self, error: EpicrisisError) -> None:
        self.lock_page.set_waiting(False)
        self.lock_page.show_error(wording.sentence(error))

    def _lock_changed(self) -> None:
        if self.desk.is_open:
            self.lock_page.set_waiting(False)
            if self.pages.currentWidget() is self.lock_page:
                self.show_page(self.work)
            self.offices.opened()
        self._enable()

    def _lock_when_idle(self) -> None:
        if self._is_locking and not self.writing.is_busy:
            self._finish_lock()

    def _finish_lock(self) -> None:
        if not self._is_locking:
            return
        self._is_locking = False
        self.desk.lock()
        self.notes.undo.clear()
        self.lock_page.start(has_keyring=True)
        self.lock_page.set_waiting(False)
        self.show_page(self.lock_page)

    def _finish_writing(self) -> None:
        """Let the model's last words arrive, so that they are kept."""
        end = time.monotonic() + self._core.settings.options.cancel_wait_s
        while self.writing.is_busy and time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.01)

    def show_page(self, page: QWidget) -> None:
        """Show the work, the lock or another page, which alone gets the keyboard."""
        self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        is_work = page is self.work
        self.menuBar().setEnabled(is_work)
        self.statusBar().setVisible(is_work)
        for action in self.commands.actions.values():
            action.setEnabled(is_work)
        if is_work:
            self._enable()
        self.commands["quit"].setEnabled(True)

    def _restore_place(self) -> None:
        self.resize(1280, 800)
        self.restoreGeometry(self._remembered("geometry"))
        for name, splitter in self._splitters.items():
            splitter.restoreState(self._remembered(f"splitter/{name}"))

    def _remembered(self, name: str) -> QByteArray:
        value = self._state.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()
