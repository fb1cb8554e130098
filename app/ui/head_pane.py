"""The head of the letter: who, when, where from and where to, as found in the notes; the doctor corrects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.drafts import labels
from app.notes.note import Span
from app.ui import i18n, wording
from app.ui.desk import Desk
from app.ui.widgets import label, restyle

if TYPE_CHECKING:
    from app.drafts.header import Fact

# In the order a reader looks for them; the author is filled by signing.
FACTS = ("name", "born", "sex", "number", "nhs", "address", "gp", "referrer", "ward", "consultant", "admitted",
         "method", "discharged", "destination", "copies")  # fmt: skip
_DATES = frozenset({"born", "admitted", "discharged"})
_COLUMNS = 2
_NARROWEST = 160


class HeadPane(QScrollArea):
    """A field for each fact of the head; what the notes say stands in it, several values to choose from.

    Args:
        desk: What is open.
        parent: Owner.

    Attributes:
        place_chosen: A fact was entered: its place in the notes is to be lit.
    """

    place_chosen = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self._desk = desk
        self._found: dict[str, list[Fact]] = {}
        self.fields: dict[str, QComboBox] = {}
        self._titles: dict[str, QLabel] = {}
        self._origins: dict[str, QLabel] = {}
        self._hint = label("muted")
        self._hint.setWordWrap(True)
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.addWidget(self._hint)
        grid = QGridLayout()
        outer.addLayout(grid)
        outer.addStretch(1)
        for place, name in enumerate(FACTS):
            self._add(grid, name, place // _COLUMNS, 3 * (place % _COLUMNS))
        self.setWidget(inside)
        for signal in (desk.checked, desk.draft_changed, desk.case_opened):
            signal.connect(self.refresh)
        self.retranslate()

    def reveal(self, name: str) -> None:
        """Put the caret into the field of a fact."""
        if name in self.fields:
            self.ensureWidgetVisible(self.fields[name])
            self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show what the notes say and what the doctor typed; a field in use stays as it is."""
        case, draft = self._desk.case, self._desk.current
        self._found = {name: [] for name in FACTS}
        for fact in case.facts if case is not None else ():
            if fact.name in self._found and fact.value not in [one.value for one in self._found[fact.name]]:
                self._found[fact.name].append(fact)
        for name, field in self.fields.items():
            typed = draft.facts.get(name, "") if draft is not None else ""
            field.setEnabled(draft is not None and not draft.is_signed)
            if not field.hasFocus():
                self._fill(field, name, typed)
            self._tell_origin(name, typed)
        self._hint.setVisible(draft is None)

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.setAccessibleName(self.tr("Head of the letter"))
        self._hint.setText(self.tr("The head of the letter can be completed when there is a draft."))
        for name, field in self.fields.items():
            title = labels.label(name, i18n.current())
            self._titles[name].setText(title)
            field.setAccessibleName(title)
            edit = field.lineEdit()
            if edit is not None:
                edit.setAccessibleName(title)
                edit.setPlaceholderText(self.tr("YYYY-MM-DD") if name in _DATES else self.tr("Not in the notes"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Entering a field lights its place; a wheel over a closed list would change it unseen."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        if event.type() == QEvent.Type.FocusIn:
            for name, field in self.fields.items():
                if watched in (field, field.lineEdit()):
                    self._light(name)
        return super().eventFilter(watched, event)

    def _add(self, grid: QGridLayout, name: str, row: int, column: int) -> None:
        field = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        field.setMinimumWidth(_NARROWEST)
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        field.installEventFilter(self)
        edit = field.lineEdit()
        if edit is not None:
            edit.installEventFilter(self)
            edit.editingFinished.connect(lambda: self._take(name))
        field.activated.connect(lambda _: self._take(name))
        self.fields[name], self._titles[name], self._origins[name] = field, label("muted"), label("chip")
        self._titles[name].setBuddy(field)
        grid.addWidget(self._titles[name], row, column)
        grid.addWidget(field, row, column + 1)
        grid.addWidget(self._origins[name], row, column + 2)
        grid.setColumnStretch(column + 1, 1)

    def _fill(self, field: QComboBox, name: str, typed: str) -> None:
        values = [one.value for one in self._found[name]]
        shown = typed or (values[0] if len(values) == 1 else "")
        if [field.itemText(index) for index in range(field.count())] != values:
            field.clear()
            field.addItems(values)
        if field.currentText() != shown:
            field.setEditText(shown)

    def _tell_origin(self, name: str, typed: str) -> None:
        found, chip = self._found[name], self._origins[name]
        if typed:
            words, origin = self.tr("by you"), "edited"
        elif len(found) > 1:
            words, origin = self.tr("▲ choose: {n}").format(n=wording.number(len(found))), "incomplete"
        elif found:
            words, origin = (self.tr("date of a note") if found[0].is_inferred else self.tr("from the notes")), ""
        else:
            words, origin = "", ""
        chip.setText(words)
        chip.setVisible(bool(words))
        chip.setProperty("origin", origin)
        restyle(chip)

    def _take(self, name: str) -> None:
        """Keep what was typed; what the notes say alone is theirs, and an emptied field goes back to it."""
        draft = self._desk.current
        if draft is None or draft.is_signed:
            return
        text = " ".join(self.fields[name].currentText().split())
        only = [one.value for one in self._found[name]]
        if name in _DATES and text and wording.iso_day(text) is None:
            self._desk.good_news.emit(self.tr("“{date}” is no date; write it as YYYY-MM-DD.").format(date=text))
            self._fill(self.fields[name], name, draft.facts.get(name, ""))
            return
        self._desk.type_fact(name, "" if only == [text] else text)
        self._light(name)

    def _light(self, name: str) -> None:
        text = self.fields[name].currentText()
        spans: list[Span] = [one.source for one in self._found[name] if one.source and (not text or one.value == text)]
        self.place_chosen.emit(spans)
