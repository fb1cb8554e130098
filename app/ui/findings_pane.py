"""What the checks found, with counts; nothing here interrupts the doctor."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from app.checks.finding import Finding
from app.history.entry import Decision
from app.ui import style, wording
from app.ui.desk import Desk
from app.ui.state import FindingKey, key_of
from app.ui.widgets import button, label

_QUOTES = 2
_SIGNS = {"blocking": "■", "warning": "▲", "note": "●"}


class FindingsPane(QWidget):
    """The lower pane.

    Args:
        desk: What is open.
        parent: Owner.

    Attributes:
        finding_chosen: A finding was chosen: its places are to be lit.
        finding_opened: It was activated: the caret is to go there.
        fact_asked: A fact of the letter's head is to be completed: its name.
    """

    finding_chosen = Signal(object)
    finding_opened = Signal(object)
    fact_asked = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._findings: list[Finding] = []
        self.counts = label("muted")
        self.counts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.insert = button("primary")
        self.fill = button("primary")
        self.first = button()
        self.second = button()
        self.accept = button()
        self.dismiss = button()
        self.again = button("quiet")
        self.next = button("quiet")
        top = QHBoxLayout()
        top.addWidget(self.counts, 1)
        for one in (
            self.insert, self.fill, self.first, self.second, self.accept, self.dismiss, self.again, self.next,
        ):  # fmt: skip
            top.addWidget(one)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _: self.finding_opened.emit(self.chosen))
        self.list.itemClicked.connect(lambda _: self._choose(self.list.currentRow()))
        self.insert.clicked.connect(self._insert)
        self.fill.clicked.connect(self._fill)
        self.first.clicked.connect(lambda: self._decide("accepted", 1))
        self.second.clicked.connect(lambda: self._decide("accepted", 2))
        self.accept.clicked.connect(lambda: self._decide("accepted"))
        self.dismiss.clicked.connect(lambda: self._decide("dismissed"))
        self.again.clicked.connect(lambda: self._decide("open"))
        self.next.clicked.connect(self.choose_next)
        for signal in (desk.checked, desk.draft_changed, desk.case_opened):
            signal.connect(self.refresh)
        self.retranslate()

    @property
    def findings(self) -> list[Finding]:
        """The findings as listed."""
        return self._findings

    @property
    def still_open(self) -> list[Finding]:
        """Those without a decision."""
        draft = self._desk.current
        return draft.open_findings(self._findings) if draft is not None else self._findings

    @property
    def chosen(self) -> Finding | None:
        """The chosen finding."""
        row = self.list.currentRow()
        return self._findings[row] if 0 <= row < len(self._findings) else None

    def choose_next(self) -> None:
        """Go to the next open finding, the worst first."""
        draft = self._desk.current
        rows = [row for row, one in enumerate(self._findings) if draft is None or key_of(one) not in draft.decisions]
        if rows:
            after = [row for row in rows if row > self.list.currentRow()]
            self.list.setCurrentRow((after or rows)[0])
            self._choose(self.list.currentRow())

    def refresh(self) -> None:
        """List what was found, the open and the worst first."""
        case, draft = self._desk.case, self._desk.current
        kept = key_of(self.chosen) if self.chosen is not None else None
        decided = draft.decisions if draft is not None else {}
        order = {"blocking": 0, "warning": 1, "note": 2}
        found = list(case.findings) if case is not None else []
        self._findings = sorted(found, key=lambda one: (key_of(one) in decided, order[one.severity]))
        self.list.blockSignals(True)
        self.list.clear()
        for one in self._findings:
            self.list.addItem(self._item(one, decided.get(key_of(one), ""), draft.choices if draft is not None else {}))
        row = next((row for row, one in enumerate(self._findings) if key_of(one) == kept), -1)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._count()
        self._show_buttons()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.list.setAccessibleName(self.tr("Findings"))
        self.insert.setText(self.tr("Insert"))
        self.fill.setText(self.tr("Write it"))
        self.fill.setToolTip(self.tr("Open this heading in the draft and write it yourself."))
        self.first.setText(self.tr("First is right"))
        self.second.setText(self.tr("Second is right"))
        for one in (self.first, self.second):
            one.setToolTip(self.tr("The choice is kept with the letter. Let the letter say the same."))
        self.accept.setText(self.tr("Keep"))
        self.dismiss.setText(self.tr("Not relevant"))
        self.again.setText(self.tr("Open again"))
        self.insert.setToolTip(self.tr("Insert these words of the notes into the draft."))
        self.accept.setToolTip(self.tr("It is right as it is written."))
        self.dismiss.setToolTip(self.tr("It does not matter for this letter."))
        self.next.setText(self.tr("Next"))
        self.next.setAccessibleName(self.tr("Next finding"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _item(self, one: Finding, decision: str, choices: Mapping[FindingKey, int]) -> QListWidgetItem:
        tokens = style.tokens()
        colors: dict[str, QColor] = {
            "blocking": tokens.blocking,
            "warning": tokens.warning,
            "note": tokens.muted,
        }
        words = wording.sentence(one.message)
        said = {"accepted": self.tr("kept as written"), "dismissed": self.tr("not relevant")}.get(decision, "")
        right = {1: self.tr("the first is right"), 2: self.tr("the second is right")}
        said = right.get(choices.get(key_of(one), 0), said)
        item = QListWidgetItem(f"✓ {said}: {words}" if said else f"{_SIGNS[one.severity]} {words}")
        item.setForeground(tokens.muted if said else colors[one.severity] if one.blocking else tokens.text)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{self._severity(one.severity)}: {words} {said}".strip())
        return item

    def _severity(self, severity: str) -> str:
        names = {"blocking": self.tr("Blocking"), "warning": self.tr("Warning"), "note": self.tr("Note")}
        return names[severity]

    def _count(self) -> None:
        counts = {name: sum(one.severity == name for one in self.still_open) for name in _SIGNS}
        parts = [
            self.tr("■ {n} blocking").format(n=counts["blocking"]),
            self.tr("▲ {n} warnings").format(n=counts["warning"]),
            self.tr("● {n} notes").format(n=counts["note"]),
        ]
        self.counts.setText("   ".join(parts) if self._findings else self.tr("Nothing found so far."))

    def _choose(self, row: int) -> None:
        self._show_buttons()
        if 0 <= row < len(self._findings):
            self.finding_chosen.emit(self._findings[row])

    def _insert(self) -> None:
        if self.chosen is not None:
            self._desk.insert(self.chosen)

    def _fill(self) -> None:
        if self.chosen is None:
            return
        fact = self._desk.fact_of(self.chosen)
        if fact:
            self.fact_asked.emit(fact)
        else:
            self._desk.open_heading(self.chosen)
            self.finding_opened.emit(self.chosen)

    def _decide(self, decision: Decision, quote: int = 0) -> None:
        if self.chosen is not None:
            self._desk.decide(self.chosen, decision, quote)

    def _show_buttons(self) -> None:
        one, draft = self.chosen, self._desk.current
        can = one is not None and draft is not None and not draft.is_signed
        is_decided = can and key_of(one) in draft.decisions  # type: ignore[arg-type,union-attr]
        self.insert.setVisible(bool(can and one is not None and one.insert and not is_decided))
        self.fill.setVisible(bool(can and one is not None and one.kind == "completeness" and not is_decided))
        has_quotes = one is not None and one.kind == "contradiction" and len(one.source_spans) == _QUOTES
        for choice in (self.first, self.second):
            choice.setVisible(bool(can and has_quotes and not is_decided))
        self.accept.setVisible(bool(can and not has_quotes and not is_decided))
        self.dismiss.setVisible(bool(can and not is_decided))
        self.again.setVisible(bool(is_decided))
        self.next.setEnabled(bool(self._findings))
