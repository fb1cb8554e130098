"""What a template says of one heading: titles, what fills it, instruction, length, and what belongs there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from app.drafts import labels, templates
from app.drafts.labels import Language
from app.drafts.standards import Heading
from app.drafts.templates import Template
from app.prompts.tasks import SectionTask, Task
from app.ui import wording
from app.ui.widgets import label

_MOST_WORDS = 5000
_LEAST_LETTERS = 14  # of a list; long names are cut, not the window made wide
_LINES = 3  # of the instruction, that are seen at once


class HeadingForm(QFrame):
    """The fields of the chosen heading. It changes nothing itself.

    Args:
        task: The task that drafts the letters.
        language: The window's, for names of facts.
        is_fixed: Whether nothing may be changed.
        parent: Owner.

    Attributes:
        edited: A person changed something: attributes of `Heading` by name.
    """

    edited = Signal(dict)

    def __init__(self, task: Task, language: Language, is_fixed: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: Mapping[str, SectionTask] = {one.key: one for one in task.sections}
        self._task, self._language, self._is_fixed = task, language, is_fixed
        self._is_showing = False
        self.setProperty("role", "card")
        self.heading = label("heading")
        self.heading.setWordWrap(True)
        self.filled = label("muted")
        self.titles: dict[Language, QLineEdit] = {"en": QLineEdit(), "zh-CN": QLineEdit()}
        self.need = QComboBox()
        self.words = QLineEdit()
        self.instruction = QPlainTextEdit()
        self.limit = label("muted")
        self.most = QSpinBox()
        self.about = QLineEdit()
        self._form = QFormLayout(self)
        self._lay_out()
        self._connect()

    def show_heading(self, template: Template, index: int, name: str) -> None:
        """Show a heading; `edited` is for what a person does.

        Args:
            template: The template.
            index: Place of the heading.
            name: Its title in the window's language.
        """
        one = template.rows[index].heading
        self._is_showing = True
        self.heading.setText(name or self.tr("A new heading"))
        for language, edit in self.titles.items():
            _put(edit, one.title[language])
        names = {"mandatory": self.tr("Must be filled before signing"),
                 "required": self.tr("Asked for, where something is known"),
                 "optional": self.tr("May be empty")}  # fmt: skip
        self.need.clear()
        for need in template.needs(index):
            self.need.addItem(names[need], need)
        self.need.setCurrentIndex(self.need.findData(one.need))
        self.need.setEnabled(not self._is_fixed and self.need.count() > 1)
        if templates.patterns(self.words.text()) != one.cues:  # what is being typed stays as it is
            self.words.setText(templates.words_of(one))
        if self.instruction.toPlainText() != one.instruction:
            self.instruction.setPlainText(one.instruction)
        self.most.setValue(one.words)
        _put(self.about, one.about)
        self._explain(one)
        self._is_showing = False

    def _explain(self, one: Heading) -> None:
        """Say what fills the heading, and show the fields that mean something for it."""
        is_own, is_written = templates.is_own(one), templates.is_written(one, self._task)
        self.filled.setText(" ".join(self._sources(one)))
        self._form.setRowVisible(self.words, is_own)
        self._form.setRowVisible(self.instruction, is_written)
        self._form.setRowVisible(self.limit, is_written)
        by_model = [self._sections[key] for key in one.sections if self._is_by_model(key)]
        self.instruction.setPlaceholderText(" ".join(section.instruction for section in by_model))
        if any(section.per_document for section in by_model):
            said = self.tr("The program keeps at most {n} sentences of each document, whatever is asked for.")
        else:
            said = self.tr("The program keeps at most {n} sentences, whatever is asked for.")
        most = max((section.sentences for section in by_model), default=2)
        tail = self.tr("Empty: it is only copied.") if is_own else self.tr("Empty: as the standard does.")
        self.limit.setText(f"{said.format(n=most)} {tail}")

    def _sources(self, one: Heading) -> list[str]:
        comma = self.tr(", ")
        said = []
        if one.facts:
            names = comma.join(labels.label(name, self._language) for name in one.facts)
            said.append(self.tr("From the head of the notes: {names}.").format(names=names))
        titles = {key: wording.words(self._sections[key].title) for key in one.sections if key in self._sections}
        copied = comma.join(title for key, title in titles.items() if not self._is_by_model(key))
        written = comma.join(title for key, title in titles.items() if self._is_by_model(key))
        if copied:
            said.append(self.tr("Copied from the notes word for word: {names}.").format(names=copied))
        if written:
            said.append(self.tr("Written by the model: {names}.").format(names=written))
        if templates.is_own(one):
            said.append(self.tr("Copied from the notes where they use your words, or written by the model from there."))
        elif one.headings or one.cues:
            said.append(self.tr("Copied from the notes where they speak of it."))
        said.append(self.tr("A doctor can always write it.") if not one.facts else "")
        return [part for part in said if part]

    def _is_by_model(self, key: str) -> bool:
        return key in self._sections and self._sections[key].by == "model"

    def _lay_out(self) -> None:
        form = self._form
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.heading)
        form.addRow(self.filled)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Title (English)"), self.titles["en"]),
            (self.tr("Title (Chinese)"), self.titles["zh-CN"]),
            (self.tr("If it is empty"), self.need),
            (self.tr("Words of the notes"), self.words),
            (self.tr("Instruction for the model"), self.instruction),
        )
        for name, field in rows:
            form.addRow(self._name(name, field), field)
            field.setAccessibleName(name)
        form.addRow(self.limit)
        for name, field in ((self.tr("Most words"), self.most), (self.tr("What belongs here"), self.about)):
            form.addRow(self._name(name, field), field)
            field.setAccessibleName(name)
        for one in (self.filled, self.limit):
            one.setWordWrap(True)
        self.words.setPlaceholderText(self.tr("for example: frailty, Rockwood"))
        self.words.setToolTip(self.tr("With commas between. Passages below such a heading, and sentences with them."))
        self.most.setRange(0, _MOST_WORDS)
        self.most.setSpecialValueText(self.tr("no limit"))
        self.most.setToolTip(self.tr("A longer text is remarked on, never cut. Chinese: characters."))
        self.about.setToolTip(self.tr("Shown in the draft to who writes this heading while it is empty."))
        self.instruction.setTabChangesFocus(True)
        self.instruction.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        height = self.instruction.fontMetrics().lineSpacing() * _LINES
        self.instruction.setFixedHeight(height + 2 * int(self.instruction.document().documentMargin()) + 4)
        self.need.view().setAccessibleName(self.tr("If it is empty"))
        self.need.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.need.setMinimumContentsLength(_LEAST_LETTERS)
        self.need.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for line in (*self.titles.values(), self.words, self.about):
            line.setReadOnly(self._is_fixed)
        self.instruction.setReadOnly(self._is_fixed)
        self.most.setReadOnly(self._is_fixed)

    def _name(self, text: str, field: QWidget) -> QLabel:
        one = QLabel(text)
        one.setBuddy(field)
        return one

    def _connect(self) -> None:
        for edit in (*self.titles.values(), self.about, self.words):
            edit.textEdited.connect(self._tell)
        self.instruction.textChanged.connect(self._tell)
        self.most.valueChanged.connect(self._tell)
        self.need.currentIndexChanged.connect(self._tell)
        for field in (self.need, self.most):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scrolling the page must not change a value that the pointer happens to pass."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        if self._is_showing or self._is_fixed:
            return
        values = {
            "title": {language: edit.text() for language, edit in self.titles.items()},
            "need": self.need.currentData(),
            "instruction": self.instruction.toPlainText(),
            "words": self.most.value(),
            "about": self.about.text(),
        }
        if not self.words.isHidden():
            found = templates.patterns(self.words.text())
            values |= {"headings": found, "cues": found}
        self.edited.emit(values)


def _put(edit: QLineEdit, text: str) -> None:
    """Show a text; where it stands already, the caret stays."""
    if edit.text() != text:
        edit.setText(text)
