"""How the window looks: colours as tokens, one style sheet, light, dark and high contrast, any size of text."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from app import paths


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours by what they mean. Text on `base`, `window` and every tint has a contrast of at least 4.5:1."""

    window: QColor
    base: QColor
    text: QColor
    muted: QColor
    border: QColor
    accent: QColor
    accent_text: QColor
    hover: QColor
    blocking: QColor
    blocking_tint: QColor
    warning: QColor
    warning_tint: QColor
    good: QColor
    good_tint: QColor
    ai: QColor
    ai_tint: QColor
    evidence: QColor
    unused: QColor
    watermark: QColor


def _tokens(*names: str) -> Tokens:
    return Tokens(**{field.name: QColor(name) for field, name in zip(fields(Tokens), names, strict=True)})


LIGHT = _tokens(
    "#f4f6f8", "#ffffff", "#17212b", "#56636f", "#c9d1d9", "#0b6bcb", "#ffffff", "#e6edf5", "#b42318", "#fdecea",
    "#8a5300", "#fff4e0", "#1a6e3c", "#e6f5ec", "#6941c6", "#f5f1fe", "#ffe58a", "#e9edf1", "#14b42318",
)  # fmt: skip
DARK = _tokens(
    "#15191e", "#1d2329", "#e6eaee", "#a3afbb", "#3b454f", "#5aa7f7", "#08121c", "#29323b", "#ff9a8f", "#43211f",
    "#f5c26b", "#3d3018", "#7fd6a0", "#1b3526", "#c4a8ff", "#2b2540", "#6b5a12", "#2a3138", "#1cff9a8f",
)  # fmt: skip
CONTRAST = _tokens(
    "#000000", "#000000", "#ffffff", "#ffffff", "#ffffff", "#ffff00", "#000000", "#333333", "#ff9d9d", "#000000",
    "#ffd24a", "#000000", "#8dff8d", "#000000", "#d7c0ff", "#000000", "#005a9e", "#303030", "#30ffffff",
)  # fmt: skip
_TITLE = 1.2  # of the plain text's size
_now = LIGHT
_plain_points: float = 0.0
_scale = 1.0


def tokens() -> Tokens:
    """The colours in force."""
    return _now


def text_scale() -> float:
    """How much larger the text is than the desktop's; 1.0 for as large."""
    return _scale


def apply(app: QApplication, theme: str, text_scale: int, *, is_dark: bool | None = None) -> None:
    """Dress the whole application: `choose` and `dress`.

    Args:
        app: The application.
        theme: See `choose`.
        text_scale: See `choose`.
        is_dark: See `choose`.
    """
    choose(app, theme, text_scale, is_dark=is_dark)
    dress(app)


def choose(app: QApplication, theme: str, text_scale: int, *, is_dark: bool | None = None) -> None:
    """Set colours and size of text; `dress` must follow.

    Args:
        app: The application.
        theme: `system`, `light`, `dark` or `contrast`.
        text_scale: Size of all text in percent of the system's.
        is_dark: Whether the system is dark; None to ask it. For `system` only.
    """
    global _now, _plain_points, _scale
    _scale = text_scale / 100
    if not _plain_points:
        _plain_points = app.font().pointSizeF() if app.font().pointSizeF() > 0 else 10.0
    if is_dark is None:
        is_dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    named = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
    _now = named.get(theme, DARK if is_dark else LIGHT)
    if app.style().name().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    font = app.font()
    font.setPointSizeF(_plain_points * text_scale / 100)
    app.setFont(font)
    app.setPalette(_palette(_now))


def dress(app: QApplication) -> None:
    """Set the style sheet of what was chosen.

    A widget is looked at again whenever it is put into another one while there is a sheet: a window that is made
    before the sheet is set is there a fifth sooner.
    """
    app.setStyleSheet(_sheet(_now, _TITLE * app.font().pointSizeF()))


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colors = {
        role.Window: t.window,
        role.WindowText: t.text,
        role.Base: t.base,
        role.AlternateBase: t.window,
        role.Text: t.text,
        role.PlaceholderText: t.muted,
        role.Button: t.base,
        role.ButtonText: t.text,
        role.BrightText: t.accent_text,
        role.Highlight: t.accent,
        role.HighlightedText: t.accent_text,
        role.ToolTipBase: t.base,
        role.ToolTipText: t.text,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.Light: t.base,
        role.Midlight: t.hover,
        role.Mid: t.border,
        role.Dark: t.border,
        role.Shadow: t.border,
        role.Accent: t.accent,
    }
    for name, color in colors.items():
        palette.setColor(name, color)
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, t.muted)
    return palette


def _sheet(t: Tokens, title_points: float) -> str:
    names = {field.name: getattr(t, field.name).name() for field in fields(Tokens)}
    dark = "on-dark" if t is not LIGHT else "on-light"
    signs = {name: (paths.resources() / "icons" / f"{name}-{dark}.png").as_posix() for name in ("up", "down", "tick")}
    return _SHEET.format(**names, **signs, title=f"{title_points:.1f}")


# Lengths are in em, so that they grow with the text; Qt wants sizes of text in points.
_SHEET = """
QWidget {{ color: {text}; }}
QMainWindow, QDialog {{ background: {window}; }}
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: {title}pt; font-weight: 600; }}
QLabel[role="heading"] {{ font-weight: 600; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="code"] {{ font-family: monospace; font-size: {title}pt; font-weight: 600; background: {base};
  border: 1px solid {border}; border-radius: 6px; padding: 0.8em; }}
QLabel[role="banner"] {{ padding: 0.35em 0.7em; border-radius: 4px; font-weight: 600; }}
QLabel[role="banner"][severity="warning"] {{ color: {warning}; background: {warning_tint};
  border: 1px solid {warning}; }}
QLabel[role="banner"][severity="good"] {{ color: {good}; background: {good_tint}; border: 1px solid {good}; }}
QLabel[role="chip"] {{ padding: 0.1em 0.6em; border-radius: 0.5em; border: 1px solid {border}; color: {muted}; }}
QLabel[role="chip"][origin="ai"], QLabel[role="chip"][origin="writing"] {{ color: {ai}; border-color: {ai};
  background: {ai_tint}; }}
QLabel[role="chip"][origin="edited"], QLabel[role="chip"][origin="accepted"], QLabel[role="chip"][origin="signed"]
  {{ color: {good}; border-color: {good}; background: {good_tint}; }}
QLabel[role="chip"][origin="incomplete"] {{ color: {warning}; border-color: {warning}; background: {warning_tint}; }}
QLabel[role="chip"][origin="failed"] {{ color: {blocking}; border-color: {blocking}; background: {blocking_tint}; }}
QLabel[role="chip"][source="IT"] {{ color: {warning}; border-color: {warning}; }}

QFrame[role="card"] {{ background: {base}; border: 1px solid {border}; border-left: 4px solid {border};
  border-top-right-radius: 6px; border-bottom-right-radius: 6px; }}
QFrame[role="card"][origin="ai"], QFrame[role="card"][origin="writing"] {{ border-left-color: {ai};
  background: {ai_tint}; }}
QFrame[role="card"][origin="edited"], QFrame[role="card"][origin="accepted"], QFrame[role="card"][origin="signed"]
  {{ border-left-color: {good}; }}
QFrame[role="card"][origin="incomplete"] {{ border-left-color: {warning}; }}
QFrame[role="card"][origin="failed"] {{ border-left-color: {blocking}; }}
QFrame[role="card"] QTextEdit {{ background: transparent; border: 1px solid transparent; border-radius: 4px; }}
QFrame[role="card"] QTextEdit:focus {{ border: 1px solid {accent}; background: {base}; }}
QFrame[role="card"] QTextEdit[origin="ai"], QFrame[role="card"] QTextEdit[origin="writing"] {{ font-style: italic; }}
QFrame[role="card"] QTextEdit[origin="absent"], QFrame[role="card"] QTextEdit[origin="waiting"] {{ color: {muted}; }}
QFrame[role="bar"] {{ border-bottom: 1px solid {border}; background: {base}; }}
QFrame[role="bar"][severity="blocking"] {{ background: {blocking_tint}; border-bottom: 2px solid {blocking}; }}
QFrame[role="bar"][severity="warning"] {{ background: {warning_tint}; border-bottom: 2px solid {warning}; }}
QFrame[role="bar"][severity="good"] {{ background: {good_tint}; border-bottom: 2px solid {good}; }}

QPushButton, QToolButton {{ background: {base}; border: 1px solid {border}; border-radius: 5px;
  padding: 0.3em 0.8em; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {accent}; padding: 0.25em 0.75em; }}
QPushButton:disabled, QToolButton:disabled {{ color: {muted}; background: {window}; border-style: dashed; }}
QPushButton[kind="primary"] {{ background: {accent}; color: {accent_text}; border-color: {accent};
  font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[kind="primary"]:disabled {{ background: {window}; color: {muted}; border-color: {border}; }}
QPushButton[kind="quiet"] {{ background: transparent; border: 1px solid transparent; color: {accent};
  padding: 0.2em 0.5em; }}
QPushButton[kind="quiet"]:hover {{ background: {hover}; }}
QPushButton[kind="quiet"]:focus {{ border: 1px solid {accent}; }}
QPushButton[kind="quiet"]:disabled {{ color: {muted}; border: 1px solid transparent; }}
QPushButton[kind="quiet"]:checked {{ color: {good}; }}
QToolButton::menu-indicator {{ image: none; }}

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QListWidget, QTextBrowser {{ background: {base};
  border: 1px solid {border}; border-radius: 5px; selection-background-color: {accent};
  selection-color: {accent_text}; }}
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {{ padding: 0.25em 0.5em; }}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QPlainTextEdit:focus, QListWidget:focus, QTextBrowser:focus
  {{ border: 2px solid {accent}; }}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled {{ color: {muted}; background: {window}; }}
QComboBox {{ padding-right: 1.8em; }}
QComboBox::drop-down {{ border: none; width: 1.6em; subcontrol-origin: border; subcontrol-position: center right; }}
QComboBox::down-arrow {{ image: url({down}); width: 0.8em; height: 0.8em; }}
QSpinBox::up-button, QDoubleSpinBox::up-button {{ border: none; width: 1.4em; subcontrol-position: top right; }}
QSpinBox::down-button, QDoubleSpinBox::down-button {{ border: none; width: 1.4em;
  subcontrol-position: bottom right; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url({up}); width: 0.7em; height: 0.7em; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url({down}); width: 0.7em; height: 0.7em; }}
QAbstractSpinBox QLineEdit {{ border: none; padding: 0 0.4em; background: transparent; }}
QCheckBox::indicator {{ width: 1em; height: 1em; border: 1px solid {muted}; border-radius: 3px; background: {base}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent}; image: url({tick}); }}
QCheckBox::indicator:focus {{ border: 2px solid {accent}; }}
QComboBox QAbstractItemView {{ background: {base}; color: {text}; selection-background-color: {accent};
  selection-color: {accent_text}; border: 1px solid {border}; }}
QListWidget::item {{ padding: 0.35em 0.5em; border-radius: 4px; }}
QListWidget::item:hover {{ background: {hover}; }}
QListWidget::item:selected {{ background: {accent}; color: {accent_text}; }}
QTableWidget {{ background: {base}; border: 1px solid {border}; border-radius: 5px;
  selection-background-color: {accent}; selection-color: {accent_text}; }}
QTableWidget::item {{ padding: 0.2em 0.5em; }}
QTableWidget::item:selected {{ background: {accent}; color: {accent_text}; }}
QHeaderView::section {{ background: {window}; color: {muted}; border: none; border-bottom: 1px solid {border};
  padding: 0.3em 0.5em; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {border}; }}
QTabBar::tab {{ background: transparent; color: {muted}; padding: 0.35em 1em; border-bottom: 3px solid transparent; }}
QTabBar::tab:selected {{ color: {text}; font-weight: 600; border-bottom: 3px solid {accent}; }}
QTabBar::tab:hover {{ background: {hover}; }}
QTabBar:focus {{ border: 1px solid {accent}; }}
QListWidget::indicator {{ width: 1em; height: 1em; border: 1px solid {muted}; border-radius: 3px; background: {base}; }}
QListWidget::indicator:checked {{ background: {accent}; border-color: {base}; image: url({tick}); }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QSplitter::handle {{ background: {border}; }}
QSplitter::handle:horizontal {{ width: 3px; }}
QSplitter::handle:vertical {{ height: 3px; }}
QSplitter::handle:hover {{ background: {accent}; }}
QMenuBar {{ background: {window}; border-bottom: 1px solid {border}; }}
QMenuBar::item {{ padding: 0.3em 0.7em; background: transparent; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {accent}; color: {accent_text}; }}
QMenu {{ background: {base}; border: 1px solid {border}; padding: 0.3em; }}
QMenu::item {{ padding: 0.35em 1.6em; border-radius: 4px; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 0.3em; }}
QStatusBar {{ background: {window}; border-top: 1px solid {border}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ padding: 0.15em 0.5em; }}
QToolTip {{ background: {base}; color: {text}; border: 1px solid {border}; padding: 0.3em; }}
QProgressBar {{ background: {base}; border: 1px solid {border}; border-radius: 4px; max-height: 0.7em; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {border}; border-radius: 5px; min-height: 28px; min-width: 28px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QCheckBox:focus, QRadioButton:focus {{ border: 1px solid {accent}; border-radius: 4px; }}
"""
