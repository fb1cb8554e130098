"""Copying: only when asked for, marked secret for clipboard managers, and cleared by a timer."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

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


class Clipboard(QObject):
    """What this window put on the clipboard.

    Args:
        parent: Owner.

    Attributes:
        cleared: The text was taken off the clipboard again.
    """

    cleared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.clear_now)

    def copy(self, text: str, clear_after_s: int) -> None:
        """Put text on the clipboard.

        Args:
            text: The text.
            clear_after_s: Seconds until it is taken off again.
        """
        QGuiApplication.clipboard().setMimeData(secret_mime(text))
        self._text = text
        self._timer.start(1000 * clear_after_s)

    def clear_now(self) -> None:
        """Take our text off the clipboard; what somebody else put there stays."""
        self._timer.stop()
        text, self._text = self._text, ""
        clipboard = QGuiApplication.clipboard()
        if text and clipboard.text() == text:
            clipboard.clear()
            self.cleared.emit()
