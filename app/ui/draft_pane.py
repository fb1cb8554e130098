"""The draft: what to write, its sections as they stream, and whether it is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.checks.finding import Evidence, Finding
from app.notes.note import Span
from app.ui import style, wording
from app.ui.desk import Desk
from app.ui.section_card import SectionCard
from app.ui.state import OpenDraft
from app.ui.widgets import Watermark, button, label, restyle
from app.ui.writing import Writing


class DraftPane(QWidget):
    """The right pane.

    Args:
        desk: What is open.
        writing: The model.
        parent: Owner.

    Attributes:
        copy_asked: The text of a section is to be copied: its key.
        sentence_chosen: The caret stands in a sentence: its section's key and the place.
        sign_asked, amend_asked, export_asked, versions_asked: Their buttons were pressed.
    """

    copy_asked = Signal(str)
    sentence_chosen = Signal(str, int)
    sign_asked = Signal()
    amend_asked = Signal()
    export_asked = Signal()
    versions_asked = Signal()

    def __init__(self, desk: Desk, writing: Writing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._writing = desk, writing
        self._cards: dict[str, SectionCard] = {}
        self._shown: OpenDraft | None = None
        self.title = label("title")
        self.tasks = QComboBox()
        self.drafts = QComboBox()
        self.write = button("primary")
        self.stop = button()
        self.versions = button("quiet")
        self.export = button()
        self.sign = button("primary")
        self.amend = button()
        self.banner = label("banner")
        self.banner.setWordWrap(True)
        self._hint = label("muted")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QWidget()
        self._rows = QVBoxLayout(self._column)
        self._rows.addStretch(1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setWidget(self._column)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._watermark = Watermark(self._scroll.viewport())
        self._pages = QStackedWidget()
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self._scroll)
        self._lay_out()
        self._connect()
        self._fill_tasks()
        self.retranslate()

    @property
    def cards(self) -> dict[str, SectionCard]:
        """The sections on the screen, by key."""
        return self._cards

    @property
    def task(self) -> str:
        """Name of the chosen task."""
        return str(self.tasks.currentData())

    def generate(self) -> None:
        """Ask the model for the chosen task."""
        self._writing.generate(self.task)

    def _tell_all_is_the_doctors(self) -> None:
        self._desk.good_news.emit(self.tr("Every section was edited or accepted by you, so nothing was rewritten."))

    def focused(self) -> SectionCard | None:
        """The section in which the caret stands."""
        return next((one for one in self._cards.values() if one.edit.hasFocus()), None)

    def reveal(self, key: str, span: Span | None = None) -> None:
        """Scroll to a section, and put the caret at a place of it."""
        card = self._cards.get(key)
        if card is None:
            return
        card.focus()
        if span is not None:
            card.edit.select(span)
        self._scroll.ensureWidgetVisible(card, 0, 40)

    def show_card(self, key: str) -> None:
        """Scroll to a section; the caret stays where it is."""
        card = self._cards.get(key)
        if card is not None:
            self._scroll.ensureWidgetVisible(card, 0, 40)

    def light(self, links: Mapping[str, Sequence[Evidence]]) -> None:
        """Light up sentences of several sections; others go dark."""
        for key, card in self._cards.items():
            card.show_linked(links.get(key, ()))

    def refresh(self) -> None:
        """Show the draft on the desk as it stands."""
        draft = self._desk.current
        is_other = draft is not self._shown
        self._shown = draft
        keys = [one.key for one in draft.draft.sections] if draft is not None else []
        if is_other or keys != list(self._cards):
            self._rebuild(keys)
        if draft is not None:
            for card in self._cards.values():
                card.show_section(draft)
            at = self.tasks.findData(draft.task)
            if is_other and at >= 0:
                self.tasks.setCurrentIndex(at)
        self._pages.setCurrentIndex(1 if keys else 0)
        self._fill_drafts()
        self._show_state()
        self._show_checks()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.title.setText(self.tr("Draft"))
        self.tasks.setAccessibleName(self.tr("What to write"))
        self.drafts.setAccessibleName(self.tr("Drafts of this case"))
        self.stop.setText(self.tr("Stop"))
        self.versions.setText(self.tr("Versions"))
        self.export.setText(self.tr("Letter…"))
        self.export.setToolTip(self.tr("Preview, print and export"))
        self.sign.setText(self.tr("Sign…"))
        self.amend.setText(self.tr("Amend"))
        self.amend.setToolTip(self.tr("Begin a new draft with this text. The signed letter stays as it is."))
        self._hint.setText(
            self.tr("Paste the notes of one stay on the left, then press “Write”.\n\n"
                    "The draft shows where every sentence comes from. You check it, change it and sign it.")
        )  # fmt: skip
        self._scroll.setAccessibleName(self.tr("Sections of the draft"))
        for index in range(self.tasks.count()):
            task = self._desk.core.tasks[str(self.tasks.itemData(index))]
            self.tasks.setItemText(index, wording.words(task.title))
            self.tasks.setItemData(index, wording.words(task.purpose), Qt.ItemDataRole.ToolTipRole)
        self._fill_drafts()
        self._show_state()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A wheel over a closed list of choices scrolls nothing: it would change the choice unseen."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.title)
        top.addWidget(self.tasks, 1)
        top.addWidget(self.write)
        top.addWidget(self.stop)
        below = QHBoxLayout()
        below.addWidget(self.drafts, 1)
        below.addStretch(1)
        below.addWidget(self.versions)
        below.addWidget(self.export)
        below.addWidget(self.sign)
        below.addWidget(self.amend)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.banner)
        column.addWidget(self._pages, 1)
        column.addLayout(below)
        for one in (self.tasks, self.drafts):
            one.installEventFilter(self)
            one.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            one.setMinimumContentsLength(12)

    def _connect(self) -> None:
        self.write.clicked.connect(self.generate)
        self.stop.clicked.connect(self._writing.stop)
        self.sign.clicked.connect(self.sign_asked)
        self.amend.clicked.connect(self.amend_asked)
        self.export.clicked.connect(self.export_asked)
        self.versions.clicked.connect(self.versions_asked)
        self.drafts.activated.connect(self._choose_draft)
        self._desk.case_opened.connect(self.refresh)
        self._desk.draft_changed.connect(self.refresh)
        self._desk.section_changed.connect(self._refresh_section)
        self._desk.checked.connect(self._show_checks)
        self._desk.kept_changed.connect(self._show_state)
        self._desk.documents_changed.connect(self._show_state)
        self._writing.text_came.connect(self._add_text)
        self._writing.busy_changed.connect(self._show_state)
        self._writing.nothing_to_write.connect(self._tell_all_is_the_doctors)

    def _fill_tasks(self) -> None:
        for name, task in self._desk.core.tasks.items():
            if not task.is_internal and all(one.key != "*" for one in task.sections):
                self.tasks.addItem(task.title, name)
        first = self.tasks.findData("discharge-letter")
        self.tasks.setCurrentIndex(max(0, first))

    def _fill_drafts(self) -> None:
        case = self._desk.case
        self.drafts.clear()
        for draft in case.drafts if case is not None else ():
            self.drafts.addItem(self._name_of(draft), draft)
        if case is not None and case.current is not None:
            self.drafts.setCurrentIndex(case.drafts.index(case.current))
        self.drafts.setVisible(self.drafts.count() > 1)

    def _name_of(self, draft: OpenDraft) -> str:
        title = wording.words(self._desk.core.tasks[draft.task].title if draft.task in self._desk.core.tasks else "")
        at = wording.moment(draft.versions[-1].at) if draft.versions else ""
        state = self.tr("signed") if draft.is_signed else self.tr("draft")
        return " · ".join(part for part in (title or draft.task, at, state) if part)

    def _choose_draft(self, index: int) -> None:
        case = self._desk.case
        if case is not None:
            self._desk.show_draft(case.drafts[index])

    def _rebuild(self, keys: list[str]) -> None:
        for card in self._cards.values():
            self._rows.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = {}
        for place, key in enumerate(keys):
            card = SectionCard(key)
            card.typed.connect(self._typed)
            card.accept_asked.connect(self._accept)
            card.rewrite_asked.connect(self._rewrite)
            card.copy_asked.connect(self.copy_asked)
            card.caret_moved.connect(self.sentence_chosen)
            self._rows.insertWidget(place, card)
            self._cards[key] = card
        if self._shown is not None and self._cards:
            QTimer.singleShot(0, lambda: self._scroll.verticalScrollBar().setValue(0))

    def _accept(self, key: str, is_accepted: bool) -> None:
        self._desk.review(key, "accepted" if is_accepted else "")

    def _typed(self, key: str, text: str) -> None:
        self._desk.type_section(key, text)
        draft, card = self._desk.current, self._cards.get(key)
        if draft is not None and card is not None and card.origin != draft.origin(key):
            card.show_section(draft, is_text_ours=False)

    def _rewrite(self, key: str) -> None:
        if self._desk.current is not None:
            self._writing.generate(self._desk.current.task, [key])

    def _refresh_section(self, key: str) -> None:
        card, draft = self._cards.get(key), self._desk.current
        if card is not None and draft is not None:
            card.show_section(draft)
            self._show_state()

    def _add_text(self, key: str, text: str) -> None:
        card = self._cards.get(key)
        if card is not None:
            card.add_text(text)

    def _show_state(self) -> None:
        case, draft = self._desk.case, self._desk.current
        has_notes = case is not None and case.has_notes
        is_busy = self._writing.is_busy
        self.write.setEnabled(has_notes)
        waiting = self._writing.waiting
        self.write.setText(self.tr("Write ({n} waiting)").format(n=waiting) if waiting else self.tr("Write"))
        self.stop.setVisible(is_busy)
        can_use = draft is not None and bool(draft.id) and not draft.waiting and not draft.streaming
        self.sign.setVisible(draft is not None and not draft.is_signed)
        self.sign.setEnabled(can_use)
        self.amend.setVisible(draft is not None and draft.is_signed)
        self.export.setEnabled(can_use)
        self.versions.setEnabled(draft is not None and bool(draft.versions))
        self._show_banner(draft)

    def _show_banner(self, draft: OpenDraft | None) -> None:
        self.banner.setVisible(draft is not None)
        if draft is None:
            self._watermark.tell("", style.tokens().watermark)
            return
        if draft.is_signed:
            last = draft.versions[-1]
            self.banner.setText(
                self.tr("✓ Signed by {name}, {at}. This version can no longer be changed.").format(
                    name=last.author, at=wording.moment(last.at)
                )
            )
        else:
            self.banner.setText(self.tr("DRAFT — written by a program. Check every sentence against the notes."))
        self.banner.setProperty("severity", "good" if draft.is_signed else "warning")
        restyle(self.banner)
        self._watermark.tell("" if draft.is_signed else self.tr("DRAFT"), style.tokens().watermark)

    def _show_checks(self) -> None:
        case, draft = self._desk.case, self._desk.current
        if case is None or draft is None:
            return
        open_ones: list[Finding] = draft.open_findings(case.findings)
        for key, card in self._cards.items():
            if key not in draft.streaming:
                card.show_checks(
                    [one for one in case.evidence if one.section == key],
                    [one for one in open_ones if one.section == key],
                )
