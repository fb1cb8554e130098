"""Every command once: its name, its key, its place in the menus. The command list shows the same actions."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

_KEYS = {
    "new": "Ctrl+N",
    "open": "Ctrl+O",
    "paste": "Ctrl+Shift+V",
    "export": "Ctrl+E",
    "print": "Ctrl+P",
    "lock": "Ctrl+L",
    "settings": "Ctrl+,",
    "quit": "Ctrl+Q",
    "undo": "Ctrl+Z",
    "redo": "Ctrl+Shift+Z",
    "find": "Ctrl+F",
    "rename": "F2",
    "copy_section": "Ctrl+Shift+C",
    "save": "Ctrl+S",
    "write": "Ctrl+Return",
    "stop": "Esc",
    "accept": "Ctrl+D",
    "rewrite": "Ctrl+R",
    "next_section": "Alt+Down",
    "previous_section": "Alt+Up",
    "next_finding": "F8",
    "source": "F9",
    "versions": "Ctrl+H",
    "sign": "Ctrl+Shift+Return",
    "cases": "Ctrl+1",
    "notes": "Ctrl+2",
    "draft": "Ctrl+3",
    "findings": "Ctrl+4",
    "medicines": "Ctrl+5",
    "head": "Ctrl+6",
    "larger": "Ctrl++",
    "smaller": "Ctrl+-",
    "plain_size": "Ctrl+0",
    "commands": "Ctrl+K",
    "help": "F1",
}
_MENUS: dict[str, tuple[str, ...]] = {
    "file": ("new", "open", "paste", "", "export", "print", "", "settings", "lock", "quit"),
    "edit": ("undo", "redo", "", "find", "rename", "copy_section", "save"),
    "letter": (
        "write", "stop", "", "accept", "rewrite", "next_section", "previous_section", "", "next_finding", "source", "",
        "versions", "sign",
    ),
    "view": (
        "cases", "notes", "draft", "findings", "medicines", "head", "",
        "larger", "smaller", "plain_size", "", ">theme", ">language",
    ),
    "help": ("commands", "help", "about"),
}  # fmt: skip
THEMES = ("system", "light", "dark", "contrast")
LANGUAGES = ("system", "en", "zh_CN")


class Commands(QObject):
    """The window's actions and menus.

    Args:
        window: The window that gets the menus.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        names = {name for menu in _MENUS.values() for name in menu if name and not name.startswith(">")}
        self.actions = {name: QAction(window) for name in sorted(names)}
        for name, action in self.actions.items():
            action.setObjectName(name)
            if name in _KEYS:
                action.setShortcuts([QKeySequence(_KEYS[name])])
            window.addAction(action)
        self.actions["larger"].setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.actions["write"].setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        self.themes = self._choice(window, THEMES)
        self.languages = self._choice(window, LANGUAGES)
        self.menus = {name: window.menuBar().addMenu("") for name in _MENUS}
        self._inner = {"theme": QMenu(window), "language": QMenu(window)}
        self._inner["theme"].addActions(self.themes.actions())
        self._inner["language"].addActions(self.languages.actions())
        for name, entries in _MENUS.items():
            self._fill(self.menus[name], entries)
        self.retranslate()

    def __getitem__(self, name: str) -> QAction:
        """Give an action by its name."""
        return self.actions[name]

    def listed(self) -> list[QAction]:
        """All that can be chosen, in the order of the menus."""
        inner = {"theme": self.themes, "language": self.languages}
        found: list[QAction] = []
        for entries in _MENUS.values():
            for name in entries:
                if name.startswith(">"):
                    found.extend(inner[name[1:]].actions())
                elif name:
                    found.append(self.actions[name])
        return found

    def retranslate(self) -> None:
        """Say everything in the language that is installed now."""
        for name, words in self._words().items():
            self.actions[name].setText(words)
        menus = (self.tr("&File"), self.tr("&Edit"), self.tr("&Letter"), self.tr("&View"), self.tr("&Help"))
        for menu, words in zip(self.menus.values(), menus, strict=True):
            menu.setTitle(words)
        self._inner["theme"].setTitle(self.tr("Colours"))
        self._inner["language"].setTitle(self.tr("Language of the window"))
        themes = (self.tr("As the system"), self.tr("Light"), self.tr("Dark"), self.tr("High contrast"))
        for action, words in zip(self.themes.actions(), themes, strict=True):
            action.setText(words)
        # Each language under its own name: who chose the wrong one must find back.
        languages = (self.tr("As the system"), "English", "简体中文")
        for action, words in zip(self.languages.actions(), languages, strict=True):
            action.setText(words)

    def _words(self) -> dict[str, str]:
        return {
            "new": self.tr("New case"),
            "open": self.tr("Open files…"),
            "paste": self.tr("Paste as new documents"),
            "export": self.tr("Preview and export…"),
            "print": self.tr("Print…"),
            "lock": self.tr("Lock"),
            "settings": self.tr("Settings…"),
            "quit": self.tr("Quit"),
            "undo": self.tr("Undo"),
            "redo": self.tr("Redo"),
            "find": self.tr("Search notes and letters"),
            "rename": self.tr("Rename this case…"),
            "copy_section": self.tr("Copy this section"),
            "save": self.tr("Save a version"),
            "write": self.tr("Write the draft"),
            "stop": self.tr("Stop writing"),
            "accept": self.tr("Accept this section"),
            "rewrite": self.tr("Rewrite this section"),
            "next_section": self.tr("Next section"),
            "previous_section": self.tr("Previous section"),
            "next_finding": self.tr("Next finding"),
            "source": self.tr("Go to the source of this sentence"),
            "versions": self.tr("Versions…"),
            "sign": self.tr("Sign…"),
            "cases": self.tr("Go to the cases"),
            "notes": self.tr("Go to the notes"),
            "draft": self.tr("Go to the draft"),
            "findings": self.tr("Go to the findings"),
            "medicines": self.tr("Go to the medicines"),
            "head": self.tr("Go to the head of the letter"),
            "larger": self.tr("Larger text"),
            "smaller": self.tr("Smaller text"),
            "plain_size": self.tr("Text at 100 %"),
            "commands": self.tr("All commands…"),
            "help": self.tr("Keys and commands"),
            "about": self.tr("About Epicrisis"),
        }

    def _choice(self, window: QMainWindow, values: tuple[str, ...]) -> QActionGroup:
        group = QActionGroup(window)
        for value in values:
            action = QAction(window, checkable=True)
            action.setData(value)
            group.addAction(action)
        return group

    def _fill(self, menu: QMenu, entries: tuple[str, ...]) -> None:
        for name in entries:
            if not name:
                menu.addSeparator()
            elif name.startswith(">"):
                menu.addMenu(self._inner[name[1:]])
            else:
                menu.addAction(self.actions[name])
