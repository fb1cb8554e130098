"""The letter under a template as it is being edited: of the open case, else of the sample stay; and how long it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app import paths
from app.drafts import fields, standards
from app.drafts.assemble import copied, first_sentences
from app.drafts.draft import Draft, Section, Stamp
from app.drafts.labels import Language
from app.drafts.standards import Standard
from app.errors import EpicrisisError
from app.export import html, pdf
from app.export.layout import Small, blocks
from app.letter.letter import Letter, compose
from app.notes import files, segments
from app.notes.note import Note
from app.prompts.select import select
from app.prompts.tasks import SectionTask, Task
from app.ui import wording
from app.ui.background import Background
from app.ui.letter_page import LANGUAGES, LetterPage
from app.ui.widgets import label

_PAUSE_MS = 250
_SENTENCES = 2  # that stand for what the model would write


@dataclass(frozen=True, slots=True)
class Written:
    """What is laid out: notes, the draft made of them, and facts of the head that a person typed."""

    note: Note
    draft: Draft
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter laid out.

    Attributes:
        letter: The letter.
        page: As HTML.
        words: Words, a Chinese character counting as one, without the small print.
        left_out: Titles of sections of the draft that no heading shows.
    """

    letter: Letter
    page: str
    words: int
    left_out: tuple[str, ...]


class TemplatePreview(QWidget):
    """The right side of the template editor.

    Args:
        task: The task that drafts the letters.
        case: What to show; None for the sample stay.
        language: Of the letter, at first.
        parent: Owner.
    """

    def __init__(self, task: Task, case: Written | None, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task, self._case = task, case
        self._standard: Standard | None = None
        self._asked = 0
        self._work = Background(self)
        self._timer = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self._draw)
        self.language = QComboBox()
        self.page = LetterPage()
        self.length = label("heading")
        self.what = label("muted")
        self.missing = label("banner")
        self._lay_out(language)

    def show_standard(self, standard: Standard) -> None:
        """Show the letter under a template, as soon as nobody types."""
        self._standard = standard
        self._timer.start()

    def finish(self) -> None:
        """Draw nothing any more, and forget the letter."""
        self._timer.stop()
        self._asked += 1
        self._work.finish()
        self.page.clear()

    def _draw(self) -> None:
        standard = self._standard
        if standard is None:
            return
        self._asked += 1
        asked, language = self._asked, self.language.currentData()

        def done(shown: Shown) -> None:
            if asked == self._asked:
                self._show(shown)

        def failed(error: EpicrisisError) -> None:
            if asked == self._asked:
                self.length.setText(wording.sentence(error))

        self._work.do(self._drawing(standard, language), done, failed)

    def _drawing(self, standard: Standard, language: Language) -> Callable[[], Shown]:
        case, task = self._case, self._task

        def draw() -> Shown:
            own = case or sample(standards.instruct(standard, task))
            letter = compose(own.note, own.draft, standard, language=language, facts=own.facts)
            titles = tuple(one.title for one in fields.left_out(own.draft, standard))
            return Shown(letter, html.render(letter), _words(letter), titles)

        return draw

    def _show(self, shown: Shown) -> None:
        self.page.show_page(shown.page)
        count = wording.number(shown.words)
        pages = pdf.pages(shown.letter)  # here, as a QTextDocument wants a thread of Qt's; some 30 ms
        if pages == 1:
            said = self.tr("About {n} words: fits one page.").format(n=count)
        else:
            said = self.tr("About {n} words on {pages} pages. A letter is best on one page.").format(
                n=count, pages=pages
            )
        self.length.setText(said)
        names = self.tr(", ").join(wording.words(one) for one in shown.left_out)
        self.missing.setText(self.tr("▲ In the draft, but not in this letter: {names}").format(names=names))
        self.missing.setVisible(bool(shown.left_out))

    def _lay_out(self, language: Language) -> None:
        for one, name in LANGUAGES.items():
            self.language.addItem(name, one)
        self.language.setCurrentIndex(self.language.findData(language))
        self.language.currentIndexChanged.connect(self._timer.start)
        self.language.setAccessibleName(self.tr("Language of the letter"))
        self.language.view().setAccessibleName(self.tr("Language of the letter"))
        self.page.setAccessibleName(self.tr("The letter under this template"))
        self.what.setText(
            self.tr("Preview: the letter of the open case.")
            if self._case is not None
            else self.tr("Preview: the invented sample stay. Where the model writes, the notes are quoted.")
        )
        for line in (self.what, self.length, self.missing):
            line.setWordWrap(True)
        self.missing.setProperty("severity", "warning")
        self.missing.hide()
        top = QHBoxLayout()
        top.addWidget(self.what, 1)
        top.addWidget(self.language)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.page, 1)
        column.addWidget(self.length)
        column.addWidget(self.missing)


def sample(task: Task) -> Written:
    """The invented sample stay, drafted without a model: where it would write, the notes are quoted."""
    documents = sorted((paths.resources() / "samples" / "stay").glob("*.txt"))
    note = segments.gather([(one.name, files.read(one.name, one.read_bytes())) for one in documents])
    sections = tuple(found for one in task.sections if (found := _quoted(note, task, one)))
    return Written(note, Draft(task.name, task.title, sections, (), Stamp("", "", "", ""), ""), {})


def _quoted(note: Note, task: Task, section: SectionTask) -> Section | None:
    spans = select(note, task, section)
    if not spans:
        return None
    one = copied(section, note, spans)
    if section.by == "copy":
        return one
    return Section(section.key, section.title, first_sentences(one.text, _SENTENCES), "written", spans)


def _words(letter: Letter) -> int:
    """Count what a reader reads."""
    texts: list[str] = []
    for block in blocks(letter):
        if not isinstance(block, Small):
            texts += _texts(block)
    return fields.count_words(" ".join(texts))


def _texts(value: object) -> list[str]:
    """Every text in a block, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for one in value for text in _texts(one)]
    names = getattr(value, "__slots__", ())
    return [text for name in names if name not in ("key", "kind") for text in _texts(getattr(value, name))]
