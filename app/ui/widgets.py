"""Small widgets that Qt does not bring: editors that grow with their text, a bar for messages, the word DRAFT."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QMimeData, QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QTextEdit,
    QWidget,
)

from app.notes.note import Span
from app.ui.clipboard import secret_mime

Mark = tuple[Span, QTextCharFormat]


def qt_position(text: str, position: int) -> int:
    """Give the place in a QTextDocument, which counts UTF-16 units, of a character of its text."""
    return len(text[:position].encode("utf-16-le", "surrogatepass")) // 2


def text_position(text: str, position: int) -> int:
    """Give the character of a text at a place of its QTextDocument."""
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * position]
    return len(units.decode("utf-16-le", "ignore"))


def mark(edit: QTextEdit | QPlainTextEdit, text: str, marks: Iterable[Mark]) -> None:
    """Lay formats over places of an editor's text, in the order given; what was there before goes.

    Args:
        edit: The editor.
        text: Its plain text.
        marks: Places in the text, and how they look.
    """
    selections = []
    for span, look in marks:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(edit.document())
        last = edit.document().characterCount() - 1
        cursor.setPosition(min(last, qt_position(text, span.start)))
        cursor.setPosition(min(last, qt_position(text, span.end)), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor, selection.format = cursor, look
        selections.append(selection)
    edit.setExtraSelections(selections)


def tint(color: QColor) -> QTextCharFormat:
    """A background."""
    look = QTextCharFormat()
    look.setBackground(color)
    return look


def wave(color: QColor, tip: str = "") -> QTextCharFormat:
    """A wavy line below, and what it means."""
    look = QTextCharFormat()
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    look.setUnderlineColor(color)
    look.setToolTip(tip)
    return look


class GrowingEdit(QTextEdit):
    """A plain-text editor as high as its text; the pane around it scrolls.

    Attributes:
        typed: The text changed by a person, not by `set_text` or `add_text`.
        caret_moved: The caret moved by a person, to this character.
    """

    typed = Signal(str)
    caret_moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.textChanged.connect(self._changed)
        self.cursorPositionChanged.connect(self._moved)
        self._is_ours = False

    def set_text(self, text: str) -> None:
        """Show a text; undo takes it back. The caret and `typed` stay."""
        if text == self.toPlainText():
            return
        self._is_ours = True
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()
        self._is_ours = False
        self._fit()

    def add_text(self, text: str) -> None:
        """Append streamed text."""
        self._is_ours = True
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        self._is_ours = False

    def caret(self) -> int:
        """The character at which the caret stands."""
        return text_position(self.toPlainText(), self.textCursor().position())

    def select(self, span: Span) -> None:
        """Put the caret around a place of the text."""
        text = self.toPlainText()
        cursor = self.textCursor()
        cursor.setPosition(qt_position(text, span.start))
        cursor.setPosition(qt_position(text, min(span.end, len(text))), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copied text is marked secret for clipboard managers."""
        return secret_mime(self.textCursor().selection().toPlainText())

    def sizeHint(self) -> QSize:
        """As high as the text."""
        return QSize(super().sizeHint().width(), self._height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the pane, not the editor."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        self._fit()

    def _height(self) -> int:
        margins = self.contentsMargins()
        return int(self.document().size().height()) + margins.top() + margins.bottom() + 2

    def _fit(self) -> None:
        height = max(self._height(), self.fontMetrics().height() + 12)
        if height != self.height():
            self.setFixedHeight(height)

    def _changed(self) -> None:
        if not self._is_ours:
            self.typed.emit(self.toPlainText())

    def _moved(self) -> None:
        if not self._is_ours and self.hasFocus():
            self.caret_moved.emit(self.caret())


class MessageBar(QFrame):
    """The one place for messages: what happened, what is safe, what to do. It never takes the focus.

    Attributes:
        acted: The button of the message was pressed.
    """

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._sign = QLabel()
        self._words = QLabel(wordWrap=True)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._act = QPushButton()
        self._do: Callable[[], None] | None = None
        self._act.clicked.connect(self._press)
        self._close = QPushButton()
        self._close.setProperty("kind", "quiet")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        row.addWidget(self._act)
        row.addWidget(self._close)
        self.retranslate()
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown; empty where none is."""
        return "" if self.isHidden() else self._words.text()

    def tell(
        self, sentence: str, severity: str = "warning", action: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Show a sentence.

        Args:
            sentence: In the window's language.
            severity: `blocking`, `warning`, `note` or `good`.
            action: Words of a button; none by default.
            act: What the button does, beside `acted`; the message goes away first.
        """
        signs = {"blocking": "■", "warning": "▲", "note": "●", "good": "✓"}
        self._sign.setText(signs[severity])
        self._words.setText(sentence)
        self._words.setAccessibleName(sentence)
        self._do = act
        self._act.setText(action)
        self._act.setVisible(bool(action))
        self.setProperty("severity", severity)
        restyle(self)
        self.show()

    def _press(self) -> None:
        if self._do is not None:
            self.hide()
            self._do()
        self.acted.emit()

    def forget_trouble(self) -> None:
        """Another case is open: what went wrong with the last one does not stand over it."""
        if self.property("severity") in ("blocking", "warning"):
            self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        self._close.setText(self.tr("Close"))
        self._close.setAccessibleName(self.tr("Close this message"))
        self._sign.setAccessibleName(self.tr("Message"))


class Watermark(QWidget):
    """The word DRAFT across a pane, until the draft is signed. Clicks go through it.

    Args:
        over: The widget it lies over.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._text = ""
        self._color = QColor()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        over.installEventFilter(self)
        self.hide()

    def tell(self, text: str, color: QColor) -> None:
        """Show a word; none hides it."""
        self._text, self._color = text, color
        self.setVisible(bool(text))
        self.setGeometry(self._over.rect())
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what is below."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the word from corner to corner."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        font = QFont(self.font())
        font.setBold(True)
        font.setPixelSize(100)
        wide = QFontMetricsF(font).horizontalAdvance(self._text)
        font.setPixelSize(max(24, int(100 * 0.72 * self.width() / max(wide, 1))))
        painter.setFont(font)
        painter.setPen(self._color)
        painter.translate(self.width() / 2, self.height() / 2)
        painter.rotate(-28)
        size = max(self.width(), self.height())
        painter.drawText(-size, -size, 2 * size, 2 * size, Qt.AlignmentFlag.AlignCenter, self._text)


def restyle(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class ElidedLabel(QLabel):
    """A line that ends in "…" where it has no room; its text is whole all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def shown(self) -> str:
        """What of the text there is room for."""
        mode = Qt.TextElideMode.ElideRight
        return self.fontMetrics().elidedText(self.text(), mode, self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter, role = QPainter(self), self.foregroundRole()
        align = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading)
        self.style().drawItemText(
            painter, self.contentsRect(), align, self.palette(), self.isEnabled(), self.shown(), role
        )


def label(role: str, text: str = "", *, elided: bool = False) -> QLabel:
    """A label in one of the style's roles; with `elided` it gives up what has no room."""
    one = ElidedLabel() if elided else QLabel()
    one.setText(text)
    one.setProperty("role", role)
    return one


def button(kind: str = "") -> QPushButton:
    """A button in one of the style's kinds; it leaves the focus where it is."""
    one = QPushButton()
    if kind:
        one.setProperty("kind", kind)
    return one
