"""Copying: only when asked for, marked secret for clipboard managers, and cleared by a timer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

# KDE's Klipper and others that follow it; Windows' history and cloud, by the names Qt gives foreign formats;
# macOS managers that follow nspasteboard.org.
_SECRET = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\x01\x00\x00\x00",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\x00\x00\x00\x00",
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': b"\x00\x00\x00\x00",
    "application/x-nspasteboard-concealed-type": b"",
}


def secret_mime(text: str) -> QMimeData:
    """Text for the clipboard that well-behaved managers neither keep nor show.

    Args:
        text: Plain text.

    Returns:
        The data; the clipboard takes it over.
    """
    data = QMimeData()
    data.setText(text)
    for name, value in _SECRET.items():
        data.setData(name, value)
    return data


def is_ours(data: QMimeData) -> bool:
    """Whether `secret_mime` made it: no other program marks its text in all these ways."""
    return all(data.hasFormat(name) for name in _SECRET)


class Clipboard(QObject):
    """What this program put on the clipboard, by a button or by the editors' own keys.

    Args:
        seconds: Gives the seconds after which it is taken off again.
        parent: Owner.

    Attributes:
        cleared: The text was taken off the clipboard again.
    """

    cleared = Signal()

    def __init__(self, seconds: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seconds = seconds
        self._text = ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.clear_now)
        QGuiApplication.clipboard().dataChanged.connect(self._changed)

    def copy(self, text: str, clear_after_s: int = 0) -> None:
        """Put text on the clipboard.

        Args:
            text: The text.
            clear_after_s: Seconds until it is taken off again; 0 for what the settings say.
        """
        QGuiApplication.clipboard().setMimeData(secret_mime(text))
        self._text = text
        self._timer.start(1000 * (clear_after_s or self._seconds()))

    def clear_now(self) -> None:
        """Take our text off the clipboard; what somebody else put there stays."""
        self._timer.stop()
        text, self._text = self._text, ""
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection() and clipboard.ownsSelection():
            clipboard.clear(QClipboard.Mode.Selection)  # on X11, text that was only marked can be pasted, too
        if text and clipboard.text() == text:
            clipboard.clear()
            self.cleared.emit()

    def _changed(self) -> None:
        """Text copied with an editor's own keys is taken off again, too."""
        clipboard = QGuiApplication.clipboard()
        text = clipboard.text()
        field = QApplication.focusWidget()
        is_of_a_field = isinstance(field, QLineEdit) and field.selectedText() == text
        if text and text != self._text and (is_ours(clipboard.mimeData()) or is_of_a_field):
            self._text = text
            self._timer.start(1000 * self._seconds())
