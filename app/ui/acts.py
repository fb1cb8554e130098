"""What each command of the window does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from app.ui import wording
from app.ui.command_list import CommandList
from app.ui.versions_dialog import VersionsDialog

if TYPE_CHECKING:
    from app.ui.window import Window

_SCALES = (80, 90, 100, 110, 125, 150, 175, 200)


class Acts(QObject):
    """Ties the commands to the panes.

    Args:
        window: The window, with its panes and commands made.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        slots: dict[str, Callable[[], Any]] = {
            "new": window.desk.new_case,
            "open": self.open_files,
            "paste": window.notes.paste,
            "export": window.offices.show_letter,
            "print": window.offices.print_letter,
            "lock": window.lock,
            "settings": window.offices.show_settings,
            "quit": window.close,
            "undo": self._undo,
            "redo": self._redo,
            "find": lambda: _focus(window.cases.search),
            "rename": self._rename,
            "copy_section": self.copy_section,
            "save": self._save,
            "write": window.draft.generate,
            "stop": window.writing.stop,
            "accept": self._accept,
            "rewrite": self._rewrite,
            "next_section": lambda: self._step(1),
            "previous_section": lambda: self._step(-1),
            "next_finding": self._next_finding,
            "source": self._to_source,
            "versions": self.show_versions,
            "sign": window.sign,
            "cases": lambda: _focus(window.cases.list),
            "notes": lambda: _focus(window.notes.editor),
            "draft": lambda: self._step(0),
            "findings": lambda: self._to_tab(window.findings, window.findings.list),
            "medicines": lambda: self._to_tab(window.medicines, window.medicines.table),
            "head": lambda: self.to_fact("name"),
            "larger": lambda: self._scale(1),
            "smaller": lambda: self._scale(-1),
            "plain_size": lambda: self._scale(0),
            "commands": self._show_commands,
            "help": self._show_commands,
            "about": self._about,
        }
        for name, slot in slots.items():
            window.commands[name].triggered.connect(lambda _=False, slot=slot: slot())
        window.commands.themes.triggered.connect(lambda action: window.offices.change({"theme": action.data()}))
        window.commands.languages.triggered.connect(lambda action: window.offices.change({"language": action.data()}))

    def open_files(self) -> None:
        """Choose files to read."""
        from app.notes import files  # it loads the readers of all formats

        kinds = " ".join(f"*{suffix}" for suffix in files.SUFFIXES)
        words = self.tr("Notes ({kinds})").format(kinds=kinds)
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open notes"), "", words)
        if names:
            self._window.desk.checking.read_files(names, self._window.notes.take_documents)

    def show_versions(self) -> None:
        """Show the versions of the draft, and restore one."""
        draft = self._window.desk.current
        if draft is None:
            return
        dialog = VersionsDialog(draft.versions, self._window, can_restore=not draft.is_signed)
        dialog.restore_asked.connect(self._window.desk.restore)
        dialog.exec()

    def copy_section(self, key: str = "") -> None:
        """Copy a section: marked secret, and cleared by a timer."""
        draft, card = self._window.desk.current, self._window.draft.focused()
        key = key or (card.key if card is not None else "")
        section = draft.section(key) if draft is not None else None
        if section is None:
            self._window.message.tell(self.tr("Put the caret into a section first, then copy it."), "note")
            return
        seconds = self._window.core.settings.options.clipboard_clear_s
        self._window.clipboard.copy(section.text, seconds)
        words = self.tr("Copied. The clipboard is cleared in {n} seconds.").format(n=wording.number(seconds))
        self._window.message.tell(words, "good")

    def to_fact(self, name: str) -> None:
        """Let the doctor complete a fact of the letter's head."""
        self._window.below.setCurrentWidget(self._window.head)
        self._window.head.reveal(name)

    def _undo(self) -> None:
        card = self._window.draft.focused()
        if card is not None:
            card.edit.undo()
        else:
            self._window.notes.take_back()

    def _redo(self) -> None:
        card, editor = self._window.draft.focused(), self._window.notes.editor
        if card is not None:
            card.edit.redo()
        elif editor is not None and editor.hasFocus() and editor.document().isRedoAvailable():
            editor.redo()
        else:
            self._window.notes.undo.redo()

    def _rename(self) -> None:
        case = self._window.desk.case
        if case is None:
            return
        words = self.tr("Title of this case")
        title, is_ok = QInputDialog.getText(self._window, self.tr("Rename"), words, text=case.case.title)
        if is_ok:
            self._window.desk.rename_case(title)

    def _save(self) -> None:
        self._window.desk.leave()
        words = self.tr("Saved. Typing is saved by itself, too; this kept a version to come back to.")
        self._window.message.tell(words, "good")

    def _accept(self) -> None:
        card = self._window.draft.focused()
        if card is not None and card.accept.isEnabled():
            card.accept.click()
            self._step(1)

    def _rewrite(self) -> None:
        card = self._window.draft.focused()
        if card is not None and card.rewrite.isEnabled():
            card.rewrite.click()

    def _step(self, by: int) -> None:
        draft = self._window.draft
        keys, card = list(draft.cards), draft.focused()
        if keys:
            at = keys.index(card.key) + by if card is not None else 0
            draft.reveal(keys[min(max(at, 0), len(keys) - 1)])

    def _next_finding(self) -> None:
        self._window.below.setCurrentWidget(self._window.findings)
        self._window.findings.choose_next()

    def _to_source(self) -> None:
        if not self._window.links.to_source():
            words = self.tr("Put the caret into a sentence of the draft. One with a wavy line has no source.")
            self._window.message.tell(words, "note")

    def _to_tab(self, pane: QWidget, inside: QWidget) -> None:
        self._window.below.setCurrentWidget(pane)
        _focus(inside)

    def _scale(self, step: int) -> None:
        now = self._window.core.settings.options.text_scale
        nearest = min(range(len(_SCALES)), key=lambda index: abs(_SCALES[index] - now))
        wanted = 100 if step == 0 else _SCALES[min(max(nearest + step, 0), len(_SCALES) - 1)]
        self._window.offices.change({"text_scale": wanted})

    def _show_commands(self) -> None:
        CommandList(self._window.commands.listed(), self._window).exec()

    def _about(self) -> None:
        QMessageBox.about(
            self._window,
            self.tr("About Epicrisis"),
            self.tr("Epicrisis drafts and checks clinical text on this machine alone. Every draft needs a doctor's "
                    "eyes before it is used: the doctor decides, the doctor signs."),
        )  # fmt: skip


def _focus(widget: QWidget | None) -> None:
    if widget is not None:
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
