"""The window: puts the panes together and answers commands. What it shows lives on the desk."""

from __future__ import annotations

import time

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.core import Core
from app.errors import EpicrisisError
from app.history.keeper import Keeper
from app.ui import style, wording
from app.ui.acts import Acts
from app.ui.cases_pane import CasesPane
from app.ui.clipboard import Clipboard
from app.ui.commands import Commands
from app.ui.desk import Desk
from app.ui.draft_pane import DraftPane
from app.ui.findings_pane import FindingsPane
from app.ui.head_pane import HeadPane
from app.ui.links import Links
from app.ui.lock_page import LockPage
from app.ui.medicines_pane import MedicinesPane
from app.ui.model_bridge import ModelBridge
from app.ui.notes_pane import NotesPane
from app.ui.offices import Offices
from app.ui.sign_dialog import SignDialog
from app.ui.state import key_of
from app.ui.status_line import StatusLine
from app.ui.widgets import MessageBar
from app.ui.writing import Writing

_LOCK_MS = 4000


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
        self.clipboard = Clipboard(lambda: self._core.settings.options.clipboard_clear_s, self)
        self.message = MessageBar()
        self.cases = CasesPane(self.desk)
        self.notes = NotesPane(self.desk)
        self.draft = DraftPane(self.desk, self.writing)
        self.findings = FindingsPane(self.desk)
        self.medicines = MedicinesPane(self.desk)
        self.head = HeadPane(self.desk)
        self.below = QTabWidget()
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
        self.acts = Acts(self)
        self._connect()
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
        self.medicines.refresh()
        self.head.refresh()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.commands.retranslate()
        self.notes.setAccessibleName(self.tr("Notes"))
        self.draft.setAccessibleName(self.tr("Draft"))
        self.findings.setAccessibleName(self.tr("Findings"))
        self.cases.setAccessibleName(self.tr("Cases"))
        self.below.setAccessibleName(self.tr("Findings, medicines and head of the letter"))
        self._name_tabs()
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
        for tab in (self.findings, self.medicines, self.head):
            self.below.addTab(tab, "")
        self.below.setDocumentMode(True)
        down.addWidget(self.below)
        down.setSizes([580, 210])
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
        desk.case_opened.connect(self.message.forget_trouble)
        desk.draft_changed.connect(self._enable)
        self.writing.busy_changed.connect(self._enable)
        self.writing.busy_changed.connect(self._lock_when_idle)
        self.lock_page.keyring_asked.connect(lambda: self.unlock(None))
        self.lock_page.code_given.connect(self.unlock)
        self.notes.open_asked.connect(self.acts.open_files)
        self.notes.sample_asked.connect(self.offices.open_sample)
        self.draft.sign_asked.connect(self.sign)
        self.draft.amend_asked.connect(self.desk.amend)
        self.draft.versions_asked.connect(self.acts.show_versions)
        self.draft.export_asked.connect(self.offices.show_letter)
        self.draft.copy_asked.connect(self.acts.copy_section)
        self.cases.hit_chosen.connect(self.links.search)
        self.findings.finding_chosen.connect(self.links.light)
        self.findings.finding_opened.connect(self.links.open)
        self.findings.fact_asked.connect(self.acts.to_fact)
        self.medicines.place_chosen.connect(self.notes.light)
        self.head.place_chosen.connect(self.notes.light)
        for signal in (desk.checked, desk.draft_changed, desk.case_opened):
            signal.connect(self._name_tabs)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def _name_tabs(self) -> None:
        titles = (
            (self.findings, self.tr("Findings"), len(self.findings.still_open)),
            (self.medicines, self.tr("Medicines"), len(self.medicines.rows)),
            (self.head, self.tr("Head of the letter"), 0),
        )
        for pane, title, count in titles:
            self.below.setTabText(self.below.indexOf(pane), f"{title} ({wording.number(count)})" if count else title)

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
