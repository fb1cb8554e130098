"""The editor of a department's template: headings on the left, the letter under it on the right.

A template is saved under a name of its own; the standard below it is never written over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app import paths
from app.drafts import standards, templates
from app.drafts.labels import Language
from app.drafts.standards import Standard
from app.drafts.templates import Template, Trouble
from app.errors import EpicrisisError
from app.ui import i18n, wording
from app.ui.checking import LETTER
from app.ui.heading_form import HeadingForm
from app.ui.heading_list import HeadingList
from app.ui.offices import Unsaved
from app.ui.template_preview import TemplatePreview, Written
from app.ui.widgets import MessageBar, button, label

if TYPE_CHECKING:
    from app.ui.window import Window

_SIZE = QSize(1240, 860)
_FRAME = 80  # of the dialog and of the desktop around it


class TemplateDialog(QDialog):
    """Edits one template.

    Args:
        window: The window.
        standard: What to begin from.
        case: What the preview shows; None for the sample stay.
        language: Of the letter in the preview, at first.
        parent: What it lies over; the window by default.

    Attributes:
        kept: A template was saved, or the one that was open deleted: the name to go on with.
    """

    kept = Signal(str)

    def __init__(
        self,
        window: Window,
        standard: Standard,
        case: Written | None,
        language: Language,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent or window)
        self._window = window
        settings = window.core.settings
        self.is_fixed = settings.sources.get("letter_standard") == "IT"
        spoken = i18n.current()
        program = standards.known((paths.resources() / "standards",))
        self._standards = window.core.standards.shared
        self._opened = standard.name if standard.base and standard.name not in self._standards else ""
        self.template = self._saved = templates.begin(standard, program[standard.base or standard.name])
        self._saved_name = self._opened
        self._before: Template | None = None
        self.message = MessageBar()
        self.name = QLineEdit(self._opened)
        self.titles: dict[Language, QLineEdit] = {"en": QLineEdit(), "zh-CN": QLineEdit()}
        task = window.core.tasks[LETTER]
        self.headings = HeadingList(spoken, self.is_fixed)
        self.form = HeadingForm(task, spoken, self.is_fixed)
        self.preview = TemplatePreview(task, case, language)
        self.is_for_all = QCheckBox(self.tr("Use it for all letters from now on"))
        self.is_for_all.setChecked(True)
        self.revert, self.delete, self.leave, self.save = button(), button(), button(), button("primary")
        self.setWindowTitle(self.tr("Template of the letter"))
        self._lay_out()
        self._connect()
        self._show(0)
        (self.headings.list if self._opened or self.is_fixed else self.name).setFocus()

    @property
    def index(self) -> int:
        """Place of the chosen heading."""
        return self.headings.list.currentRow()

    @property
    def is_changed(self) -> bool:
        """Whether anything is not saved."""
        return self.template != self._saved or self.name.text().strip() != self._saved_name

    def take(self, name: str, template: Template) -> None:
        """Go on with a template that was not saved when the window was locked."""
        self.name.setText(name)
        self.template = template
        self._show(0)
        self.message.tell(
            self.tr("Your changes from before the window was locked are here. They are not saved."), "note"
        )

    def keep(self) -> bool:
        """Save the template under its name; whether it was saved. If not, the dialog says why."""
        name = self.name.text()
        taken = (self._standards | set(self._others())) - {self._opened}
        found = templates.trouble(self.template, name, taken)
        if found is not None:
            self._tell_trouble(*found)
            return False
        identity = standards.identity(name)
        try:
            standards.save(self.template.result(identity))
            written = standards.load(identity)
        except EpicrisisError as error:
            self.message.tell(wording.sentence(error), "blocking")
            return False
        self._opened = self._saved_name = identity
        self.name.setText(identity)
        self._go_on(templates.begin(written, self.template.base), self.index)
        self._saved = self.template
        self._show(self.index)
        self._use(identity)
        words = self.tr("Saved as {name}. All letters follow it now.")
        if self._window.desk.standard != identity:
            words = self.tr("Saved as {name}. Choose it in the letter or in the settings to use it.")
        self.message.tell(words.format(name=identity), "good")
        return True

    def remove(self) -> None:
        """Delete the saved template; what is on the screen stays until the dialog is closed."""
        name, base = self._opened, self.template.base.name
        try:
            standards.remove(name)
        except EpicrisisError as error:
            self.message.tell(wording.sentence(error), "blocking")
            return
        was_used = self._window.desk.standard == name
        if was_used:
            self._window.offices.change({"letter_standard": base})
        self._opened, self._saved_name = "", self.name.text().strip()
        self._show(self.index)
        self._window.desk.checking.soon()
        self.kept.emit(base)
        words = self.tr("The template {name} was deleted. It is still on the screen: save it to have it back.")
        if was_used:
            words = self.tr("The template {name} was deleted; letters follow {standard} again. It is still on the "
                            "screen: save it to have it back.")  # fmt: skip
        self.message.tell(words.format(name=name, standard=base), "note")

    def go_back(self) -> None:
        """Let everything stand as in the standard; one step undoes that."""
        self._before = self.template
        self.template = templates.begin(self.template.base, self.template.base)
        self._show(0)
        words = self.tr("Everything stands as in {standard} again. Nothing is saved yet.")
        self.message.tell(words.format(standard=self.template.base.source), "note", self.tr("Undo"))

    def reject(self) -> None:
        """Close; what is not saved is asked for first, but a lock is never held up."""
        window = self._window
        is_locking = window.pages.currentWidget() is window.lock_page
        if self.is_changed and is_locking:
            window.offices.unsaved = Unsaved(self._opened, self.name.text(), self.template)
        elif self.is_changed:
            words = self.tr("This template has changes that are not saved. Save them, or close without them.")
            self._before = None
            self.message.tell(words, "warning", self.tr("Close without saving"))
            return
        self.done(QDialog.DialogCode.Rejected)

    def done(self, result: int) -> None:
        """Forget the letter on the way out."""
        self.preview.finish()
        super().done(result)

    def _others(self) -> list[str]:
        try:
            return list(self._window.core.standards.known())
        except EpicrisisError as error:  # another file of the folder is broken: that is said, and is not this template
            self.message.tell(wording.sentence(error))
            return []

    def _use(self, name: str) -> None:
        """Let letters, checks and drafts follow the template from now on."""
        if self.is_for_all.isChecked() and self._window.desk.standard != name:
            self._window.offices.change({"letter_standard": name})
        self._window.desk.checking.soon()
        self.kept.emit(name)

    def _tell_trouble(self, trouble: Trouble, index: int) -> None:
        words: dict[Trouble, str] = {
            "no name": self.tr("Give the template a name with letters or digits, such as the name of your department."),
            "name taken": self.tr("Another template or a standard has this name. Choose another one."),
            "no letter title": self.tr("The letter has no title. Give it one in at least one language."),
            "no title": self.tr("This heading has no title. Give it one in at least one language, or leave it out."),
            "long instruction": self.tr("This instruction is longer than {n} characters. The model reads it together "
                                        "with the notes: say it shorter."),
            "no words": self.tr("The model writes from what the notes say of a heading. Give the words by which they "
                                "speak of it."),
        }  # fmt: skip
        if index >= 0:
            self.headings.list.setCurrentRow(index)
        fields: dict[Trouble, QWidget] = {
            "no letter title": self.titles["en"],
            "no title": self.form.titles["en"],
            "long instruction": self.form.instruction,
            "no words": self.form.words,
        }
        fields.get(trouble, self.name).setFocus()
        said = words[trouble].format(n=templates.MOST_INSTRUCTION)
        self.message.tell(" ".join((self.tr("Not saved."), said)), "warning")

    def _act(self) -> None:
        """Press the button of the message: undo, where there is something to undo, else close."""
        if self._before is None:
            self.done(QDialog.DialogCode.Rejected)
            return
        self.template, self._before = self._before, None
        self.message.hide()
        self._show(0)

    def _go_on(self, template: Template, index: int) -> None:
        """Take a step, and show what changed with it."""
        self.template = template
        self._before = None
        self.message.hide()
        self._show(index)

    def _edit(self, values: dict[str, object]) -> None:
        if self.index >= 0:
            self._go_on(templates.change(self.template, self.index, values), self.index)

    def _retitle(self) -> None:
        titles = {language: edit.text() for language, edit in self.titles.items()}
        self._go_on(templates.retitle(self.template, titles), self.index)

    def _add(self, after: int) -> None:
        self._go_on(templates.add(self.template, after), after + 1)
        self.form.titles["en"].setFocus()

    def _reorder(self, order: list[int]) -> None:
        self._go_on(templates.reorder(self.template, order), order.index(self.index) if self.index in order else 0)

    def _show(self, index: int) -> None:
        template = self.template
        index = min(max(index, 0), len(template.rows) - 1)
        for language, edit in self.titles.items():
            if edit.text() != template.standard.title[language]:
                edit.setText(template.standard.title[language])
        self.headings.show_template(template, index)
        self._show_form(index)
        self.delete.setVisible(bool(self._opened) and not self.is_fixed)
        self.revert.setEnabled(template.rows != templates.begin(template.base, template.base).rows)
        self.preview.show_standard(template.result(self._opened or template.base.name))

    def _show_form(self, index: int) -> None:
        self.form.show_heading(self.template, index, self.headings.name_of(self.template.rows[index]))

    def _connect(self) -> None:
        self.headings.chosen.connect(self._show_form)
        self.headings.moved.connect(lambda at, to: self._go_on(templates.move(self.template, at, to), to))
        self.headings.reordered.connect(self._reorder)
        self.headings.ticked.connect(
            lambda at, is_shown: self._go_on(templates.show(self.template, at, is_shown=is_shown), at)
        )
        self.headings.add_asked.connect(self._add)
        self.form.edited.connect(self._edit)
        for edit in self.titles.values():
            edit.textEdited.connect(self._retitle)
        self.message.acted.connect(self._act)
        self.revert.clicked.connect(self.go_back)
        self.delete.clicked.connect(self.remove)
        self.leave.clicked.connect(self.reject)
        self.save.clicked.connect(self.keep)
        save = QShortcut(QKeySequence.StandardKey.Save, self)
        save.activated.connect(lambda: None if self.is_fixed else self.keep())

    def _lay_out(self) -> None:
        room = self.screen().availableSize()
        self.resize(_SIZE.boundedTo(QSize(room.width() - _FRAME, room.height() - _FRAME)))
        self.revert.setText(self.tr("Back to the standard"))
        self.delete.setText(self.tr("Delete this template"))
        self.leave.setText(self.tr("Close"))
        self.save.setText(self.tr("Save"))
        for one in (self.revert, self.delete, self.leave, self.save):
            one.setAutoDefault(False)  # Enter in a field must not save or close
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._left())
        split.addWidget(self.preview)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 5)
        below = QHBoxLayout()
        below.addWidget(self.revert)
        below.addWidget(self.delete)
        below.addStretch(1)
        below.addWidget(self.leave)
        below.addWidget(self.save)
        column = QVBoxLayout(self)
        column.addWidget(self.message)
        if self.is_fixed:
            column.addWidget(self._lock())
            for widget in (self.revert, self.delete, self.save, self.is_for_all):
                widget.hide()
        column.addWidget(split, 1)
        column.addWidget(self.is_for_all, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(below)

    def _lock(self) -> QWidget:
        words = self.tr(
            "🔒 Your IT department has fixed the standard of letters. It can be looked at here, not changed."
        )
        one = label("banner", words)
        one.setProperty("severity", "warning")
        one.setWordWrap(True)
        return one

    def _left(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.addLayout(self._head())
        column.addWidget(self.headings, 1)
        column.addWidget(self.form)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setAccessibleName(self.tr("The template"))
        return scroll

    def _head(self) -> QFormLayout:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        names = (
            (self.tr("Name of the template"), self.name),
            (self.tr("Title of the letter (English)"), self.titles["en"]),
            (self.tr("Title of the letter (Chinese)"), self.titles["zh-CN"]),
        )
        for name, edit in names:
            form.addRow(name, edit)
            edit.setAccessibleName(name)
            edit.setReadOnly(self.is_fixed)
        self.name.setPlaceholderText(self.tr("for example: ward 7"))
        words = self.tr("Based on {standard}. There is no field for an example letter: the model takes facts from an "
                        "example as if they were the patient's.")  # fmt: skip
        about = label("muted", words.format(standard=self.template.base.source))
        about.setWordWrap(True)
        form.addRow(about)
        return form
