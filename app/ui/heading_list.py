"""The headings of a template in order: dragged or moved by keys, ticked where the letter has them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.drafts import templates
from app.drafts.labels import Language
from app.drafts.templates import Row, Template
from app.ui.widgets import button, label

_ROWS = 9  # that are seen at once, at least


class HeadingList(QWidget):
    """The list and what can be done with a heading. It changes nothing itself.

    Args:
        language: Which titles to show.
        is_fixed: Whether nothing may be changed.
        parent: Owner.

    Attributes:
        chosen: Another heading is chosen: its place.
        moved: A heading is to stand elsewhere: from and to.
        reordered: The headings were dragged into another order: their places before.
        ticked: A heading is to be in the letter, or not: its place and which.
        add_asked: A heading of one's own is to be added below this place.
    """

    chosen = Signal(int)
    moved = Signal(int, int)
    reordered = Signal(list)
    ticked = Signal(int, bool)
    add_asked = Signal(int)

    def __init__(self, language: Language, is_fixed: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language: Language = language
        self._is_fixed = is_fixed
        self._template: Template | None = None
        self.list = QListWidget()
        self.up, self.down, self.add = button(), button(), button()
        self.reason = label("muted")
        self.reason.setWordWrap(True)
        self._lay_out()
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemChanged.connect(self._tick)
        self.list.model().rowsMoved.connect(self._drag)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.add.clicked.connect(lambda: self.add_asked.emit(self.list.currentRow()))
        for keys, by in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(keys), self.list, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda by=by: self._move(by))

    def show_template(self, template: Template, index: int) -> None:
        """List the headings of a template, and choose one."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for place, row in enumerate(template.rows):
                self.list.addItem(self._item(template, place, row))
            self.list.setCurrentRow(index)
        self._template = template
        self._show_buttons()

    def name_of(self, row: Row) -> str:
        """A heading's title in the window's language, or in the other."""
        titles = row.heading.title
        return titles[self._language].strip() or next((one for one in titles.values() if one.strip()), "")

    def _item(self, template: Template, place: int, row: Row) -> QListWidgetItem:
        title = self.name_of(row) or self.tr("(no title yet)")
        marks = {"mandatory": self.tr("mandatory"), "required": self.tr("asked for"), "optional": ""}
        parts = [title, marks[row.heading.need]]
        if templates.is_own(row.heading):
            parts.append(self.tr("your own"))
        if not row.is_shown:
            parts.append(self.tr("left out"))
        item = QListWidgetItem(" · ".join(part for part in parts if part))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not self._is_fixed:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
            if not template.is_kept(place):
                flags |= Qt.ItemFlag.ItemIsUserCheckable
        item.setFlags(flags)
        item.setCheckState(Qt.CheckState.Checked if row.is_shown else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.UserRole, place)
        item.setToolTip(self._why(template, place))
        return item

    def _why(self, template: Template, index: int) -> str:
        """Why a heading stays, or how it is left out."""
        before, name = template.of_base(index), template.base.source
        if before is None:
            return self.tr("A heading of your own. Untick it to leave it out; it is gone once you save.")
        if before.need == "mandatory":
            return self.tr("{standard} demands this heading, so it stays.").format(standard=name)
        if before.need == "required":
            return self.tr(
                "{standard} asks for this heading wherever something is known, so it stays. Where nothing is known, "
                "the letter names it in one line at the end."
            ).format(standard=name)
        return self.tr("Optional in {standard}: untick it to leave it out.").format(standard=name)

    def _choose(self, row: int) -> None:
        self._show_buttons()
        if row >= 0:
            self.chosen.emit(row)

    def _tick(self, item: QListWidgetItem) -> None:
        self.ticked.emit(self.list.row(item), item.checkState() == Qt.CheckState.Checked)

    def _drag(self) -> None:
        order = [int(self.list.item(row).data(Qt.ItemDataRole.UserRole)) for row in range(self.list.count())]
        if order != sorted(order):
            # The list is filled anew, which it must not be while it still moves its rows.
            QTimer.singleShot(0, self, lambda: self.reordered.emit(order))

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if not self._is_fixed and row >= 0 and 0 <= row + by < self.list.count():
            self.moved.emit(row, row + by)

    def _show_buttons(self) -> None:
        row = self.list.currentRow()
        self.up.setEnabled(not self._is_fixed and row > 0)
        self.down.setEnabled(not self._is_fixed and 0 <= row < self.list.count() - 1)
        self.add.setEnabled(not self._is_fixed)
        self.reason.setText(self._why(self._template, row) if self._template is not None and row >= 0 else "")

    def _lay_out(self) -> None:
        self.list.setAccessibleName(self.tr("Headings of the letter, in order"))
        self.list.setMinimumHeight(_ROWS * self.list.fontMetrics().lineSpacing() * 3 // 2)
        if not self._is_fixed:
            self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.up.setText(self.tr("Up"))
        self.down.setText(self.tr("Down"))
        self.add.setText(self.tr("Add a heading"))
        self.up.setToolTip(self.tr("Move this heading up (Alt+Up)"))
        self.down.setToolTip(self.tr("Move this heading down (Alt+Down)"))
        buttons = QHBoxLayout()
        for one in (self.up, self.down, self.add):
            one.setAutoDefault(False)
            buttons.addWidget(one)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        column.addWidget(self.reason)
