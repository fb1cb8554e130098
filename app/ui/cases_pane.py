"""The cases: unsigned first, filtered by a word, searched in full where the word is typed out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from app.history.entry import Case, Query, SearchHit
from app.ui import naming, wording
from app.ui.desk import Desk
from app.ui.widgets import button, label

_PAUSE_MS = 250
_FEWEST = 2
_MOST_HITS = 50


class CasesPane(QWidget):
    """The left pane.

    Args:
        desk: What is open.
        parent: Owner.

    Attributes:
        hit_chosen: A search hit was opened: its case and the words looked for.
    """

    hit_chosen = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._hits: tuple[SearchHit, ...] | None = None
        self.title = label("title")
        self.new = button("primary")
        self.search = QLineEdit(clearButtonEnabled=True)
        self.filter = QComboBox()
        for data in ("all", "unsigned", "signed"):
            self.filter.addItem(data, data)
        self.filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list = QListWidget()
        self.list.setMinimumWidth(0)
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.nothing = label("muted")
        self.nothing.setWordWrap(True)
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.new)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.search)
        column.addWidget(self.filter)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        self.new.clicked.connect(lambda: self._desk.new_case())
        self.search.textChanged.connect(lambda: self._pause.start())
        self._pause.timeout.connect(self._look)
        self.filter.currentIndexChanged.connect(self._look)
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        self.list.customContextMenuRequested.connect(self._menu)
        desk.cases_changed.connect(self.refresh)
        desk.case_opened.connect(self._mark_open)
        self.retranslate()

    def refresh(self) -> None:
        """List the cases, or what the search found."""
        with QSignalBlocker(self.list):
            self.list.clear()
            if self._hits is None:
                for case in self._filtered():
                    self._add(case.id, self._case_words(case))
            else:
                titles = {one.id: self._title(one) for one in self._desk.cases}
                for hit in self._hits:
                    self._add(hit.case, self._hit_words(hit, titles.get(hit.case, hit.title)))
        self.nothing.setVisible(not self.list.count())
        self.nothing.setText(
            self.tr("Nothing found.")
            if self._hits is not None or self._desk.cases
            else self.tr("No cases yet. Paste notes to begin one.")
        )
        self._mark_open()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.title.setText(self.tr("Cases"))
        self.new.setText(self.tr("New"))
        self.new.setAccessibleName(self.tr("New case"))
        self.search.setPlaceholderText(self.tr("Search notes and letters"))
        self.search.setAccessibleName(self.tr("Search notes and letters"))
        self.filter.setAccessibleName(self.tr("Which cases to list"))
        self.list.setAccessibleName(self.tr("List of cases"))
        names = (self.tr("All, unsigned first"), self.tr("Unsigned"), self.tr("Signed"))
        with QSignalBlocker(self.filter):
            for index, name in enumerate(names):
                self.filter.setItemText(index, name)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _filtered(self) -> Sequence[Case]:
        which = self.filter.currentData()
        cases = [one for one in self._desk.cases if not one.is_purged]
        if which != "all":
            cases = [one for one in cases if one.is_signed == (which == "signed")]
        shown = self._desk.case.case.id if self._desk.case is not None else ""
        # A case in which nothing was ever written is only in the way, unless it is the one at hand.
        cases = [one for one in cases if one.has_notes or one.has_draft or one.id == shown]
        word = self.search.text().strip().casefold()
        return [one for one in cases if word in f"{one.title} {one.patient}".casefold()]

    def _look(self) -> None:
        text = self.search.text().strip()
        if len(text) < _FEWEST or not self._desk.is_open:
            self._hits = None
            self.refresh()
            return
        which = self.filter.currentData()
        signed = None if which == "all" else which == "signed"

        def found(hits: tuple[SearchHit, ...]) -> None:
            if text == self.search.text().strip():
                self._hits = hits
                self.refresh()

        self._desk.kept.ask(found, "search", Query(text, signed=signed, limit=_MOST_HITS))

    def _add(self, identity: str, words: str) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, identity)
        self.list.addItem(item)

    def _title(self, case: Case) -> str:
        own = {naming.UNTITLED: self.tr("New case"), naming.SAMPLE: self.tr("Sample case")}
        return own.get(case.title, case.title)

    def _case_words(self, case: Case) -> str:
        if case.is_signed:
            state = self.tr("✓ signed")
        elif case.has_draft:
            state = self.tr("○ draft, not signed")
        else:
            state = self.tr("○ notes only")
        return f"{self._title(case)}\n{state} · {wording.moment(case.created)}"

    def _hit_words(self, hit: SearchHit, title: str) -> str:
        kind = self.tr("signed letter") if hit.is_signed else self.tr("draft") if hit.kind == "draft" else hit.kind
        return f"{title}\n{wording.words(kind)} {wording.day(hit.date)}: {hit.snippet}"

    def _mark_open(self) -> None:
        identity = self._desk.case.case.id if self._desk.case is not None else ""
        with QSignalBlocker(self.list):
            for row in range(self.list.count()):
                if self.list.item(row).data(Qt.ItemDataRole.UserRole) == identity:
                    self.list.setCurrentRow(row)
                    return
            self.list.setCurrentRow(-1)

    def _open(self, item: QListWidgetItem) -> None:
        identity = str(item.data(Qt.ItemDataRole.UserRole))
        self._desk.open_case(identity)
        if self._hits is not None:
            self.hit_chosen.emit(identity, self.search.text().strip())

    def _menu(self, place: object) -> None:
        item = self.list.itemAt(place)  # type: ignore[call-overload]
        if item is None:
            return
        menu = QMenu(self)
        remove = menu.addAction(self.tr("Remove the content of this case for good…"))
        if menu.exec(self.list.viewport().mapToGlobal(place)) is remove:  # type: ignore[call-overload]
            self.purge(str(item.data(Qt.ItemDataRole.UserRole)))

    def purge(self, identity: str) -> None:
        """Ask, then remove the content of a case."""
        words = self.tr(
            "Remove the notes and drafts of this case for good? Hashes and times stay in the audit trail. Backups that "
            "were made before still hold the text: remove those too if nobody may read it again."
        )
        answer = QMessageBox.question(self, self.tr("Remove this case"), words)
        if answer == QMessageBox.StandardButton.Yes:
            self._desk.purge_case(identity)
