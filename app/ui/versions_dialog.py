"""The versions of a draft: who, when, and what changed in each, word by word."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.history.entry import Version
from app.ui import style, version_diff, wording
from app.ui.clipboard import secret_mime
from app.ui.version_diff import Change, SectionChange
from app.ui.widgets import button, label

_SIZE = QSize(920, 620)
_LIST_LETTERS = 26


class VersionsDialog(QDialog):
    """Shows every version against the one before it, and restores one.

    Args:
        versions: Oldest first.
        parent: The window.
        can_restore: Whether the draft may still be changed.

    Attributes:
        restore_asked: Let the draft stand as in this `Version`.
    """

    restore_asked = Signal(object)

    def __init__(self, versions: Sequence[Version], parent: QWidget | None = None, *, can_restore: bool) -> None:
        super().__init__(parent)
        self._versions = list(versions)
        self._can_restore = can_restore
        self.list = QListWidget()
        self.text = _Reader()
        self._summary, self._hint = label("heading"), label("muted")
        self.restore, self.close_ = button("primary"), button()
        self.setWindowTitle(self.tr("Versions"))
        self.resize(_SIZE)
        self._lay_out()
        self._fill()
        self.list.currentRowChanged.connect(self._show)
        self.restore.clicked.connect(self._ask)
        self.close_.clicked.connect(self.reject)
        self.close_.setDefault(True)
        self.list.setCurrentRow(0)
        self.list.setFocus()
        self._show()

    @property
    def version(self) -> Version | None:
        """The version that is shown."""
        row = self.list.currentRow()
        return self._versions[len(self._versions) - 1 - row] if row >= 0 else None

    def _lay_out(self) -> None:
        self.list.setAccessibleName(self.tr("Versions, newest first"))
        self.text.setAccessibleName(self.tr("What changed in this version"))
        self.restore.setText(self.tr("Restore this version"))
        self.close_.setText(self.tr("Close"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(self.fontMetrics().averageCharWidth() * _LIST_LETTERS)
        self._hint.setWordWrap(True)
        self._summary.setWordWrap(True)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(self._summary)
        column.addWidget(self.text, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(right)
        split.setSizes([_SIZE.width() * 3 // 10, _SIZE.width() * 7 // 10])
        split.setStretchFactor(1, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._hint, 1)
        buttons.addWidget(self.restore)
        buttons.addWidget(self.close_)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.setSpacing(12)
        outer.addWidget(split, 1)
        outer.addLayout(buttons)

    def _fill(self) -> None:
        kinds = {"ai": self.tr("AI draft"), "edit": self.tr("Edited"), "signed": self.tr("Signed ✓")}
        for one in reversed(self._versions):
            first = self.tr("{number} · {kind}").format(number=one.number, kind=kinds[one.kind])
            second = "\n".join(part for part in (wording.words(one.author), wording.moment(one.at)) if part)
            item = QListWidgetItem(first + "\n" + second)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join((first, *second.splitlines())))
            self.list.addItem(item)

    def _show(self) -> None:
        version = self.version
        self.text.clear()
        can_restore = self._can_restore and version is not None and version.body is not None
        self.restore.setEnabled(can_restore)
        if not self._can_restore:
            self._hint.setText(self.tr("A signed letter stays as it is."))
        else:
            self._hint.setText(self.tr("Restoring keeps the present text as a version of its own."))
        if version is None:
            self._summary.setText(self.tr("There is no version yet."))
            return
        if version.body is None:
            self._summary.setText(self.tr("The text of this version was removed, as this machine's rules ask for."))
            return
        place = self._versions.index(version)
        before = self._versions[place - 1].body if place else None
        changes = version_diff.compare(before or version.body, version.body)
        self._summary.setText(self._in_short(changes, has_before=before is not None))
        for one in changes:
            self._write(one, in_full=before is None)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _in_short(self, changes: Sequence[SectionChange], *, has_before: bool) -> str:
        if not has_before:
            return self.tr("There is nothing before this version to compare it with.")
        changed = sum(one.state != "same" for one in changes)
        if not changed:
            return self.tr("No text changed since the version before.")
        words = self.tr(
            "Since the version before: {sections} sections changed, {added} words added, {removed} removed."
        )
        return words.format(
            sections=changed,
            added=sum(one.words("added") for one in changes),
            removed=sum(one.words("removed") for one in changes),
        )

    def _write(self, one: SectionChange, *, in_full: bool) -> None:
        states = {
            "same": "" if in_full else self.tr("unchanged"),
            "changed": self.tr("changed"),
            "added": self.tr("new"),
            "removed": self.tr("removed"),
        }
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        is_folded = one.state == "same" and not in_full
        heading = _look("same")
        heading.setFontWeight(QFont.Weight.Normal if is_folded else QFont.Weight.DemiBold)
        if is_folded:
            heading.setForeground(style.tokens().muted)
        state = states[one.state]
        cursor.insertText(wording.words(one.title) + (f" · {state}" if state else "") + "\n", heading)
        if is_folded:
            return
        for change, text in one.pieces:
            gap = " " if change == "removed" and not text[-1].isspace() else ""  # else old and new read as one word
            cursor.insertText(text + gap, _look(change))
        cursor.insertText("\n\n", _look("same"))

    def _ask(self) -> None:
        self.restore_asked.emit(self.version)
        self.accept()


def _look(change: Change) -> QTextCharFormat:
    """Added is underlined, removed is struck through: the colour is only the second sign."""
    look, tokens = QTextCharFormat(), style.tokens()
    look.setForeground(tokens.text)
    if change == "added":
        look.setFontUnderline(True)
        look.setForeground(tokens.good)
        look.setBackground(tokens.good_tint)
    elif change == "removed":
        look.setFontStrikeOut(True)
        look.setForeground(tokens.blocking)
        look.setBackground(tokens.blocking_tint)
    return look


class _Reader(QTextBrowser):
    """Text to read. What is copied leaves out what was removed: a struck dose must not go elsewhere as a dose."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(12)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Give the selected text as it stands in this version."""
        copy = QTextDocument()
        QTextCursor(copy).insertFragment(self.textCursor().selection())
        blocks = []
        block = copy.begin()
        while block.isValid():
            found, place = [], block.begin()
            while not place.atEnd():
                fragment = place.fragment()
                if not fragment.charFormat().fontStrikeOut():
                    found.append(fragment.text())
                place += 1
            blocks.append("".join(found))
            block = block.next()
        return secret_mime("\n".join(blocks))
