"""The pasted notes: documents with the date and kind that the program guessed and the doctor can correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QUndoStack
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListWidget,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.notes.note import DocumentText, Span
from app.ui import documents, style, wording
from app.ui.desk import Desk
from app.ui.document_change import DocumentsChange
from app.ui.document_line import DocumentLine
from app.ui.empty_notes import EmptyNotes
from app.ui.note_edit import NoteEdit
from app.ui.widgets import Mark, button, label, tint

_MOST_ROWS = 6


class NotesPane(QWidget):
    """The middle pane.

    Args:
        desk: What is open.
        parent: Owner.

    Attributes:
        place_chosen: The caret stands at this character of the whole notes.
        open_asked: Files are to be chosen.
        sample_asked: The sample case is to be opened.
    """

    place_chosen = Signal(int)
    open_asked = Signal()
    sample_asked = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAcceptDrops(True)
        self.title = label("title")
        self.words = label("muted")
        self.open = button()
        self.add = button()
        self.documents = QListWidget()
        self.line = DocumentLine()
        self.more = QToolButton()
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.editors = QStackedWidget()
        self.undo = QUndoStack(self)
        self._empty = EmptyNotes()
        self._pages = QStackedWidget()
        self._split = QAction(self)
        self._merge = QAction(self)
        self._up = QAction(self)
        self._down = QAction(self)
        self._remove = QAction(self)
        self._lay_out()
        self._connect()
        self.retranslate()
        self.rebuild()

    @property
    def editor(self) -> NoteEdit | None:
        """The editor of the chosen document."""
        widget = self.editors.currentWidget()
        return widget if isinstance(widget, NoteEdit) else None

    @property
    def chosen(self) -> int:
        """Index of the chosen document; -1 for none."""
        return self.documents.currentRow()

    def paste(self) -> None:
        """Take what is on the clipboard in."""
        self.take(QApplication.clipboard().mimeData())

    def take(self, source: QMimeData) -> None:
        """Take something pasted or dropped in.

        Args:
            source: What it is. It is read at once: Qt owns it.
        """
        files = [one.toLocalFile() for one in source.urls() if one.isLocalFile()]
        if files:
            self._desk.checking.read_files(files, self.take_documents)
            return
        formats = {
            name: bytes(source.data(name).data()) for name in source.formats() if name.startswith(("text/", "appl"))
        }
        if source.hasText():
            formats["text/plain"] = source.text().encode("utf-8", "surrogatepass")
        if source.hasHtml():
            formats["text/html"] = source.html().encode("utf-8", "surrogatepass")
        self._desk.checking.read_pasted(formats, self.take_documents)

    def new_document(self) -> None:
        """Begin an empty document to type into; beside a signed letter, in a new case."""
        if self._desk.case is not None and self._desk.case.is_signed:
            self._desk.new_case()
            return
        self._change(self.tr("New document"), [*self._all, DocumentText("", "", "", "")], len(self._all))
        if self.editor is not None:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_back(self) -> None:
        """Undo in the editor that has the focus, else the last change of the documents."""
        editor = self.editor
        if self._desk.case is not None and self._desk.case.is_signed:
            return
        if editor is not None and editor.hasFocus() and editor.document().isUndoAvailable():
            editor.undo()
        else:
            self.undo.undo()

    def light(self, spans: Sequence[Span]) -> None:
        """Light up places of the notes, and show the document of the first; none takes the light away."""
        look = tint(style.tokens().evidence)
        if spans:
            self.documents.setCurrentRow(documents.place(self._all, spans[0].start)[0])
        for index, found in enumerate(documents.spread(self._all, spans)):
            editor = self.editors.widget(index)
            if isinstance(editor, NoteEdit):
                editor.show_linked([(one, look) for one in found])

    def reveal(self, span: Span) -> None:
        """Show a place of the notes and put the caret there."""
        self.light([span])
        index, start = documents.place(self._all, span.start)
        self.documents.setCurrentRow(index)
        if self.editor is not None:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.editor.reveal(Span(start, start))

    def rebuild(self) -> None:
        """Show the documents on the desk, when the program changed them."""
        row = self.chosen
        while self.editors.count():
            widget = self.editors.widget(0)
            if widget is not None:
                self.editors.removeWidget(widget)
                widget.deleteLater()
        for document in self._all:
            editor = NoteEdit(document.text)
            editor.setAccessibleName(self.tr("Text of the document"))
            editor.typed.connect(self._typed)
            editor.pasted.connect(self.take)
            editor.caret_moved.connect(self._moved)
            self.editors.addWidget(editor)
        self._fill_list()
        if self._all:
            self.documents.setCurrentRow(min(max(row, 0), len(self._all) - 1))
        self._choose(self.chosen)
        self._show_state()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.title.setText(self.tr("Notes"))
        self.open.setText(self.tr("Open files…"))
        self.add.setText("+")
        self.add.setAccessibleName(self.tr("New document"))
        self.add.setToolTip(self.tr("New document"))
        self.documents.setAccessibleName(self.tr("Documents"))
        self.more.setText(self.tr("Change"))
        self.more.setAccessibleName(self.tr("Split, merge, move or remove this document"))
        self._split.setText(self.tr("Split at the caret"))
        self._merge.setText(self.tr("Merge with the one above"))
        self._up.setText(self.tr("Move up"))
        self._down.setText(self.tr("Move down"))
        self._remove.setText(self.tr("Remove this document"))
        self._fill_list()
        self._show_state()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and text are welcome anywhere on the pane."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it in."""
        event.acceptProposedAction()
        self.take(event.mimeData())

    @property
    def _all(self) -> list[DocumentText]:
        return self._desk.case.documents if self._desk.case is not None else []

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.title)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top.addWidget(self.words, 1)
        top.addWidget(self.open)
        top.addWidget(self.add)
        top.addWidget(self.more)
        self.documents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.documents.setTextElideMode(Qt.TextElideMode.ElideRight)
        menu = QMenu(self)
        menu.addActions([self._split, self._merge, self._up, self._down])
        menu.addSeparator()
        menu.addAction(self._remove)
        self.more.setMenu(menu)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.documents)
        column.addWidget(self.line)
        column.addWidget(self.editors, 1)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(full)
        outer = QVBoxLayout(self)
        outer.addLayout(top)
        outer.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.open.clicked.connect(self.open_asked)
        self._empty.open.clicked.connect(self.open_asked)
        self._empty.sample.clicked.connect(self.sample_asked)
        self._empty.paste.clicked.connect(self.paste)
        self._empty.type.clicked.connect(self.new_document)
        self.add.clicked.connect(self.new_document)
        self.documents.currentRowChanged.connect(self._choose)
        self.line.corrected.connect(self._correct)
        self._split.triggered.connect(self.split)
        self._merge.triggered.connect(self.merge)
        self._up.triggered.connect(lambda: self._move(-1))
        self._down.triggered.connect(lambda: self._move(1))
        self._remove.triggered.connect(self.remove)
        self._desk.case_opened.connect(self._other_case)
        self._desk.documents_changed.connect(self.rebuild)
        self._desk.checked.connect(self._show_unused)
        self._desk.draft_changed.connect(self._show_state)

    def split(self) -> None:
        """Make two documents of one, at the caret."""
        editor, row = self.editor, self.chosen
        if editor is None or not 0 < editor.caret() < len(editor.toPlainText()):
            return
        self._change(self.tr("Split"), documents.split(self._all, row, editor.caret()), row + 1)

    def merge(self) -> None:
        """Put a document at the end of the one above."""
        row = self.chosen
        if row > 0:
            self._change(self.tr("Merge"), documents.merge(self._all, row), row - 1)

    def remove(self) -> None:
        """Remove a document; undo brings it back."""
        row = self.chosen
        if row >= 0:
            self._change(self.tr("Remove"), [*self._all[:row], *self._all[row + 1 :]], row)

    def _move(self, by: int) -> None:
        row = self.chosen
        if row >= 0 and 0 <= row + by < len(self._all):
            self._change(self.tr("Move"), documents.move(self._all, row, by), row + by)

    def _change(self, words: str, after: Sequence[DocumentText], row: int) -> None:
        if self._desk.case is None:
            self._desk.new_case(after)
            return
        if self._desk.case.is_signed:
            return
        self.undo.push(DocumentsChange(words, self._desk, self._all, after))
        self.documents.setCurrentRow(min(row, len(after) - 1))

    def take_documents(self, came: Sequence[DocumentText]) -> None:
        """Put documents that were read where the doctor is: into an empty document, or as further ones.

        Notes that a letter was signed on are closed: then they begin a case of their own.
        """
        if self._desk.case is not None and self._desk.case.is_signed:
            self._desk.new_case(came)
            self._desk.good_news.emit(self.tr("A letter was signed on those notes, so these began a new case."))
            return
        row = self.chosen
        if 0 <= row < len(self._all) and not self._all[row].text.strip():
            after, at = [*self._all[:row], *came, *self._all[row + 1 :]], row
        else:
            after, at = [*self._all, *came], len(self._all)
        self._change(self.tr("Paste"), after, at)

    def _other_case(self) -> None:
        self.undo.clear()
        self.rebuild()

    def _typed(self, text: str) -> None:
        editor = self.sender()
        index = self.editors.indexOf(editor) if isinstance(editor, NoteEdit) else -1
        if 0 <= index < len(self._all) and self._all[index].text != text:
            self._desk.type_document(index, replace(self._all[index], text=text))
            self._show_row(index)
            self._show_state()

    def _correct(self) -> None:
        row = self.chosen
        if row < 0:
            return
        date = self.line.date.text().strip()
        if date and wording.iso_day(date) is None:
            self._desk.good_news.emit(self.tr("“{date}” is no date; write it as YYYY-MM-DD.").format(date=date))
            self.line.date.setText(self._all[row].date)
            date = self._all[row].date
        one = self._all[row]
        kind, name = str(self.line.kind.currentData()), self.line.name.text().strip()
        self._desk.type_document(row, replace(one, kind=kind, date=date, name=name))
        self._show_row(row)

    def _choose(self, row: int) -> None:
        self.line.setVisible(row >= 0)
        if not 0 <= row < len(self._all):
            return
        self.editors.setCurrentIndex(row)
        self.line.show_document(self._all[row])
        self._merge.setEnabled(row > 0)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(row < len(self._all) - 1)

    def _moved(self, place: int) -> None:
        editor = self.sender()
        index = self.editors.indexOf(editor) if isinstance(editor, NoteEdit) else -1
        if index >= 0:
            self.place_chosen.emit(documents.start_of(self._all, index) + place)

    def _show_unused(self) -> None:
        case = self._desk.case
        if case is None or case.note is None or len(case.note.text) != documents.length(self._all):
            return  # typed meanwhile; the next reading comes soon
        look = tint(style.tokens().unused)
        for index, found in enumerate(documents.spread(self._all, case.unused)):
            editor = self.editors.widget(index)
            if isinstance(editor, NoteEdit):
                tints: list[Mark] = [(one, look) for one in found]
                editor.show_tints(tints)

    def _fill_list(self) -> None:
        row = self.chosen
        with QSignalBlocker(self.documents):
            self.documents.clear()
            for index in range(len(self._all)):
                self.documents.addItem("")
                self._show_row(index)
            self.documents.setCurrentRow(row if row < len(self._all) else len(self._all) - 1)
        rows = min(max(len(self._all), 1), _MOST_ROWS)
        high = max(self.documents.sizeHintForRow(0), self.documents.fontMetrics().height() + 8)
        self.documents.setFixedHeight(rows * high + 2 * self.documents.frameWidth() + 4)

    def _show_row(self, index: int) -> None:
        one = self._all[index]
        kind = wording.words(one.kind) if one.kind else ""
        date = wording.day(one.date) if one.date else self.tr("no date")
        count = self.tr("{n} words").format(n=wording.number(len(one.text.split())))
        item = self.documents.item(index)
        if item is not None:
            item.setText(" · ".join(part for part in (date, kind, one.name, count) if part))

    def _show_state(self) -> None:
        count = sum(len(one.text.split()) for one in self._all)
        self.words.setText(self.tr("{n} words").format(n=wording.number(count)) if count else "")
        self._pages.setCurrentIndex(1 if self._all else 0)
        for one in (self.open, self.add, self.more):
            one.setVisible(bool(self._all))
        is_signed = self._desk.case is not None and self._desk.case.is_signed
        for index in range(self.editors.count()):
            editor = self.editors.widget(index)
            if isinstance(editor, NoteEdit):
                editor.setReadOnly(is_signed)
        self.line.setEnabled(not is_signed)
        self.more.setEnabled(not is_signed)
        if is_signed:
            self.words.setText(self.tr("Read only"))
        self.words.setToolTip(
            self.tr("A letter was signed on these notes; they can be read, not changed.") if is_signed else ""
        )
