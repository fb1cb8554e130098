"""One section of a draft: where its text comes from, the text itself, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.checks.finding import Evidence, Finding, Said
from app.ui import style, wording
from app.ui.state import OpenDraft, Origin
from app.ui.widgets import GrowingEdit, Mark, button, label, mark, restyle, tint, wave


class SectionCard(QFrame):
    """A section on the screen.

    Args:
        key: The section's key.
        parent: Owner.

    Attributes:
        typed: The doctor typed: key and text.
        accept_asked: The doctor accepts it, or takes that back: key and which.
        rewrite_asked: The model is asked for it again.
        copy_asked: Its text is to be copied.
        caret_moved: The doctor's caret stands at this character: key and place.
    """

    typed = Signal(str, str)
    accept_asked = Signal(str, bool)
    rewrite_asked = Signal(str)
    copy_asked = Signal(str)
    caret_moved = Signal(str, int)

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._origin: Origin = "ai"
        self._title = ""
        self._marks: list[Mark] = []
        self._linked: list[Mark] = []
        self.setProperty("role", "card")
        self.heading = label("heading")
        self.chip = label("chip")
        self.edit = GrowingEdit()
        self.problem = label("muted")
        self.problem.setWordWrap(True)
        self.about = label("muted")
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.hide()
        self.accept = button("quiet")
        self.accept.setCheckable(True)
        self.rewrite = button("quiet")
        self.copy = button("quiet")
        top = QHBoxLayout()
        self.heading.setWordWrap(True)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self.heading)
        left.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        top.addLayout(left, 1)
        for one in (self.accept, self.rewrite, self.copy):
            top.addWidget(one)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.edit)
        column.addWidget(self.problem)
        column.addWidget(self.about)
        self.edit.typed.connect(lambda text: self.typed.emit(self.key, text))
        self.edit.caret_moved.connect(lambda place: self.caret_moved.emit(self.key, place))
        self.accept.clicked.connect(lambda checked: self.accept_asked.emit(self.key, checked))
        self.rewrite.clicked.connect(lambda: self.rewrite_asked.emit(self.key))
        self.copy.clicked.connect(lambda: self.copy_asked.emit(self.key))

    @property
    def origin(self) -> Origin:
        """Where its text comes from, as shown."""
        return self._origin

    def show_section(self, draft: OpenDraft, *, is_text_ours: bool = True) -> None:
        """Show the section as it stands.

        Args:
            draft: Its draft.
            is_text_ours: Whether the text may be replaced; not while it is being typed.
        """
        section = draft.section(self.key)
        self._origin = draft.origin(self.key)
        self._title = section.title if section is not None else self.key
        is_waiting = self._origin in ("waiting", "writing")
        if is_text_ours:
            streaming = draft.streaming.get(self.key)
            text = streaming if streaming is not None else section.text if section is not None else ""
            self.edit.set_text(text)
        problem = section.problem if section is not None and not is_waiting else ""
        self.problem.setText(wording.sentence(problem))
        self.problem.setVisible(bool(problem))
        self.edit.setReadOnly(draft.is_signed or is_waiting)
        self.setProperty("origin", "signed" if draft.is_signed else self._origin)
        self.accept.setChecked(self._origin == "accepted")
        self.accept.setVisible(not draft.is_signed)
        self.rewrite.setVisible(not draft.is_signed)
        self.accept.setEnabled(not is_waiting)
        self.rewrite.setEnabled(not is_waiting and self._origin not in ("edited", "accepted"))
        self.copy.setEnabled(bool(self.edit.toPlainText()))
        self.retranslate()
        for one in (self, self.chip, self.edit):
            one.setProperty("origin", self.property("origin"))
            restyle(one)

    def add_text(self, text: str) -> None:
        """Append streamed text."""
        self.edit.add_text(text)

    def show_checks(self, evidence: Sequence[Evidence], findings: Sequence[Finding]) -> None:
        """Mark sentences without support, and places of findings.

        Args:
            evidence: That of this section.
            findings: Open findings of this section.
        """
        tokens = style.tokens()
        length = len(self.edit.toPlainText())
        self._marks = [
            (one.draft_span, wave(tokens.warning, self.tr("No passage of the notes supports this sentence.")))
            for one in evidence
            if not one.is_supported and one.draft_span.end <= length
        ]
        self._marks += [
            (one.draft_span, wave(tokens.blocking if one.blocking else tokens.warning, wording.sentence(one.message)))
            for one in findings
            if one.draft_span is not None and one.draft_span.end <= length
        ]
        self._mark()
        said = [one.message.facts.get("about", "") for one in findings if isinstance(one.message, Said)]
        about = next((str(one) for one in said if one), "")
        self.about.setText(self.tr("What belongs here: {about}").format(about=wording.words(about)))
        self.about.setVisible(bool(about))

    def show_linked(self, evidence: Sequence[Evidence]) -> None:
        """Light up sentences; none takes the light away."""
        look = tint(style.tokens().evidence)
        self._linked = [(one.draft_span, look) for one in evidence]
        self._mark()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        title = wording.words(self._title)
        self.heading.setText(title)
        self.chip.setText(self._origin_words())
        self.chip.setToolTip(self._origin_tip())
        self.edit.setAccessibleName(title)
        self.edit.setAccessibleDescription(self._origin_words())
        self.edit.setPlaceholderText(self.tr("Writing…") if self._origin == "writing" else "")
        self.accept.setText(self.tr("✓ Accepted") if self._origin == "accepted" else self.tr("Accept"))
        self.rewrite.setText(self.tr("Rewrite"))
        self.copy.setText(self.tr("Copy"))
        self.accept.setAccessibleName(self.tr("Accept: {title}").format(title=title))
        self.rewrite.setAccessibleName(self.tr("Rewrite: {title}").format(title=title))
        self.copy.setAccessibleName(self.tr("Copy: {title}").format(title=title))
        self.rewrite.setToolTip(self.tr("Ask the model for this section again. What you edited or accepted is kept."))

    def _origin_words(self) -> str:
        return {
            "ai": self.tr("AI draft"),
            "copied": self.tr("Copied"),
            "edited": self.tr("Edited"),
            "accepted": self.tr("Accepted"),
            "absent": self.tr("Not in notes"),
            "incomplete": self.tr("Incomplete"),
            "failed": self.tr("Failed"),
            "waiting": self.tr("Waiting"),
            "writing": self.tr("Writing"),
        }[self._origin]

    def _origin_tip(self) -> str:
        return {
            "ai": self.tr("Written by the model. Nobody has looked at it yet."),
            "copied": self.tr("Copied from the notes word for word."),
            "edited": self.tr("Edited by you. The model never changes it."),
            "accepted": self.tr("Accepted by you. The model never changes it."),
            "absent": self.tr("The notes say nothing of this, so the model was not asked."),
            "incomplete": self.tr("Not written to its end."),
            "failed": self.tr("The model could not write it."),
        }.get(self._origin, "")

    def _mark(self) -> None:
        self.edit.setMouseTracking(True)
        mark(self.edit, self.edit.toPlainText(), [*self._linked, *self._marks])

    def focus(self) -> None:
        """Let the doctor type here."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
