"""Medicines as the letter will list them: continued, added, amended or stopped, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app.drafts import labels
from app.ui import i18n, style
from app.ui.desk import Desk
from app.ui.widgets import label

if TYPE_CHECKING:
    from app.letter.medicines import MedicineRow

_SIGNS = {"continued": "=", "added": "+", "amended": "±", "stopped": "✕", "unclear": "?"}


class MedicinesPane(QWidget):
    """The reconciliation, from the draft's own medicines and what the notes say became of them.

    Args:
        desk: What is open.
        parent: Owner.

    Attributes:
        place_chosen: A row was chosen: its places in the notes are to be lit.
    """

    place_chosen = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.hint = label("muted")
        self.hint.setWordWrap(True)
        self.table = QTableWidget(0, 4)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in (0, 1, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        # Rows are as high as their text at the columns' width, which is known only once the table is shown.
        self._fit = QTimer(self, interval=0, singleShot=True)
        self._fit.timeout.connect(self.table.resizeRowsToContents)
        header.sectionResized.connect(lambda *_: self._fit.start())
        column_ = QVBoxLayout(self)
        column_.addWidget(self.hint)
        column_.addWidget(self.table, 1)
        self.table.itemSelectionChanged.connect(self._choose)
        for signal in (desk.checked, desk.draft_changed, desk.case_opened):
            signal.connect(self.refresh)
        self.retranslate()

    @property
    def rows(self) -> tuple[MedicineRow, ...]:
        """The rows as listed."""
        case = self._desk.case
        return case.medicines if case is not None else ()

    def refresh(self) -> None:
        """List the medicines anew; the chosen row stays chosen."""
        row = self.table.currentRow()
        self.table.blockSignals(True)
        self.table.setRowCount(len(self.rows))
        for place, one in enumerate(self.rows):
            self._show(place, one)
        self._fit.start()
        self.table.setCurrentCell(row if row < len(self.rows) else -1, 0)
        self.table.blockSignals(False)
        self.table.setVisible(bool(self.rows))
        self.hint.setVisible(not self.rows)

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        spoken = i18n.current()
        names = ("medicine", "dose", "status", "reason")
        self.table.setHorizontalHeaderLabels([labels.label(name, spoken) for name in names])
        self.table.setAccessibleName(self.tr("Medicines"))
        self.hint.setText(self.tr("The draft names no medicine yet. Each one in it will be compared with the notes."))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _show(self, place: int, one: MedicineRow) -> None:
        spoken, tokens = i18n.current(), style.tokens()
        status = labels.label(one.status, spoken) if one.status else ""
        before = labels.label("before", spoken).format(one.before) if one.before else ""
        why = one.reason or (labels.label("no reason", spoken) if one.is_changed else "")
        cells = (one.drug, f"{one.how} {before}".strip(), f"{_SIGNS.get(one.status, '')} {status}".strip(), why)
        for column, text in enumerate(cells):
            cell = QTableWidgetItem(text)
            font = cell.font()
            font.setBold(one.is_changed and column in (0, 2))
            cell.setFont(font)
            cell.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            if one.is_changed:
                cell.setBackground(tokens.warning_tint)
            if column == 3 and one.is_changed and not one.reason:
                cell.setForeground(tokens.warning)
            self.table.setItem(place, column, cell)

    def _choose(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self.rows):
            source = self.rows[row].source
            self.place_chosen.emit([source] if source is not None else [])
