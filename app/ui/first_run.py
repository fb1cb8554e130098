"""The first run in three short steps: what this is, the recovery code, the model on this machine."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.ui.recovery_step import RecoveryStep
from app.ui.widgets import button, label, restyle

_WIDEST = 640
_STEPS = 3


class FirstRun(QWidget):
    """The page of the first run. It makes nothing itself: it asks, and is told what came of it.

    Attributes:
        print_asked, copy_asked, save_asked: The doctor wants the code on paper, in the clipboard, in a file.
        history_asked: The doctor has the code: make the history. Answer with `show_history`.
        ephemeral_asked: Work without a history. Answer with `show_history`.
        finished: The last step was left: with the sample case (True) or with an empty one.
    """

    print_asked = Signal()
    copy_asked = Signal()
    save_asked = Signal()
    history_asked = Signal()
    ephemeral_asked = Signal()
    finished = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = 0
        self._dots = label("muted")
        self._about = _About()
        self.recovery = RecoveryStep()
        self._model = _ModelStep()
        self._pages: tuple[QWidget, ...] = (self._about, self.recovery, self._model)
        self.back, self.next = button(), button("primary")
        self.empty, self.sample = button(), button("primary")
        self._scroll = QScrollArea(widgetResizable=True)
        self._lay_out()
        for ours, theirs in (
            (self.print_asked, self.recovery.print_asked),
            (self.copy_asked, self.recovery.copy_asked),
            (self.save_asked, self.recovery.save_asked),
            (self.history_asked, self.recovery.history_asked),
            (self.ephemeral_asked, self.recovery.ephemeral_asked),
        ):
            theirs.connect(ours)
        self.recovery.settled.connect(self._settled)
        self.back.clicked.connect(lambda: self._go(self.step - 1))
        self.next.clicked.connect(lambda: self._go(self.step + 1))
        self.empty.clicked.connect(lambda: self.finished.emit(False))
        self.sample.clicked.connect(lambda: self.finished.emit(True))
        self.retranslate()
        self._go(0)

    def show_code(self, code: str) -> None:
        """Show the recovery code: eight groups of four, joined by dashes."""
        self.recovery.show_code(code)

    def show_history(self, ok: bool, sentence: str) -> None:
        """Show what became of the wish for a history, or for none; `ok` unlocks Next.

        Args:
            ok: Whether the doctor may go on.
            sentence: In the window's language.
        """
        self.recovery.show_history(ok, sentence)

    def show_model(self, sentence: str, is_ready: bool) -> None:
        """Show the model, its device and its speed.

        Args:
            sentence: In the window's language; the first line is the name.
            is_ready: Whether it is loaded and measured. One may go on before that.
        """
        self._model.show_model(sentence, is_ready)

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self.back.setText(self.tr("Back"))
        self.next.setText(self.tr("Next"))
        self.empty.setText(self.tr("Start with an empty case"))
        self.sample.setText(self.tr("Try the sample case"))
        self._scroll.setAccessibleName(self.tr("First steps"))
        self._refresh()

    def _lay_out(self) -> None:
        column = QWidget()
        column.setMaximumWidth(_WIDEST)
        inside = QVBoxLayout(column)
        inside.setContentsMargins(24, 32, 24, 24)
        inside.setSpacing(16)
        for one in (self._dots, *self._pages):
            inside.addWidget(one)
        inside.addStretch(1)
        canvas = QWidget()
        middle = QHBoxLayout(canvas)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(column, 100)
        middle.addStretch(1)
        self._scroll.setWidget(canvas)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        bar = QFrame()
        bar.setMaximumWidth(_WIDEST)
        buttons = QHBoxLayout(bar)
        buttons.setContentsMargins(24, 8, 24, 16)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        for button_ in (self.empty, self.sample, self.next):
            buttons.addWidget(button_)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(bar, 100)
        below.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(below)

    def _go(self, step: int) -> None:
        self.step = step
        for place, page in enumerate(self._pages):
            page.setVisible(place == step)
        self._scroll.verticalScrollBar().setValue(0)
        self._refresh()
        self._focus()

    def _focus(self) -> None:
        """Put the keyboard where the next key belongs."""
        if self.step == 1 and not self.recovery.is_settled:
            self.recovery.typed.setFocus()
        else:
            (self.sample if self.step == _STEPS - 1 else self.next).setFocus()

    def _settled(self) -> None:
        self._refresh()
        if self.step == 1:
            self.next.setFocus()

    def _refresh(self) -> None:
        is_last = self.step == _STEPS - 1
        dots = " ".join("●" if place == self.step else "○" for place in range(_STEPS))
        self._dots.setText(dots + "   " + self.tr("{step} of {steps}").format(step=self.step + 1, steps=_STEPS))
        self._dots.setAccessibleName(self.tr("Step {step} of {steps}").format(step=self.step + 1, steps=_STEPS))
        self.back.setVisible(self.step > 0)
        self.next.setVisible(not is_last)
        self.empty.setVisible(is_last)
        self.sample.setVisible(is_last)
        is_held = self.step == 1 and not self.recovery.is_settled
        self.next.setEnabled(not is_held)
        self.next.setToolTip(self.tr("First make the history, or choose to keep nothing.") if is_held else "")


class _About(QWidget):
    """What this is and what it is not."""

    def __init__(self) -> None:
        super().__init__()
        self._title = label("title")
        self._points = [(label("heading"), label("muted")) for _ in range(3)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._title)
        for heading, words in self._points:
            words.setWordWrap(True)
            heading.setWordWrap(True)
            column.addSpacing(12)
            column.addWidget(heading)
            column.addWidget(words)
        column.addStretch(1)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self._title.setText(self.tr("Welcome to Epicrisis"))
        said = (
            (
                self.tr("It drafts. You decide."),
                self.tr("Paste the notes of a stay and get the draft of a letter. You read it, correct it and sign it. "
                        "It is not a medical device and decides nothing."),
            ),
            (
                self.tr("It can be wrong."),
                self.tr("It may leave something out or say it wrongly. It shows where each sentence comes from and "
                        "marks what the notes do not bear out: check every letter against them."),
            ),
            (
                self.tr("Nothing leaves this machine."),
                self.tr("The language model runs here, without a network. No notes, no letters, "
                        "no statistics are sent."),
            ),
        )  # fmt: skip
        for (heading, words), (first, second) in zip(self._points, said, strict=True):
            heading.setText(first)
            words.setText(second)


class _ModelStep(QWidget):
    """Which model was found, and how fast it is here."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self._after = label("title"), label("muted")
        self._after.setWordWrap(True)
        self._said = ""
        self._is_ready = False
        self._card = QFrame()
        self._card.setProperty("role", "card")
        self._sign, self._words = QLabel(), QLabel(wordWrap=True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        inside = QHBoxLayout(self._card)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for one in (self._title, self._card, self._after):
            column.addWidget(one)
        column.addStretch(1)
        self.retranslate()

    def show_model(self, sentence: str, is_ready: bool) -> None:
        """Show what is known of the model."""
        self._said, self._is_ready = sentence, is_ready
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self._title.setText(self.tr("The model on this machine"))
        self._words.setText(self._said or self.tr("Looking for the model…"))
        self._sign.setText("✓" if self._is_ready else "…")
        self._sign.setAccessibleName(self.tr("Ready") if self._is_ready else self.tr("Not ready yet"))
        self._card.setProperty("origin", "accepted" if self._is_ready else "writing")
        restyle(self._card)
        self._after.setText(
            self.tr("You need not wait: paste and write while it loads. The sample case is an invented stay.")
        )
