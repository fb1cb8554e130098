"""The status line: model, device and why, speed, memory, network, history, keyring."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QWidget

from app.ui import wording
from app.ui.desk import Desk
from app.ui.widgets import label
from app.ui.writing import Writing

_SLOW = 10  # tokens per second, below which a decimal tells something


class StatusLine(QStatusBar):
    """The line below everything.

    Args:
        desk: What is open.
        writing: The model.
        is_network_locked: Whether the system itself refuses connections, proved by a try.
        parent: Owner.
    """

    def __init__(self, desk: Desk, writing: Writing, is_network_locked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._writing, self._is_network_locked = desk, writing, is_network_locked
        self.model = label("muted", elided=True)
        self.speed = label("muted", elided=True)
        self.network = label("muted")
        self.history = label("muted")
        self.kept = label("muted")
        self.loading = QProgressBar(maximum=100, textVisible=False)
        self.loading.setMaximumWidth(120)
        self.addWidget(self.model, 3)
        self.addWidget(self.loading)
        self.addWidget(self.speed, 2)
        for one in (self.kept, self.network, self.history):
            self.addPermanentWidget(one)
        self.setSizeGripEnabled(False)
        writing.model_changed.connect(self.retranslate)
        desk.kept_changed.connect(self.retranslate)
        desk.lock_changed.connect(self.retranslate)
        self.retranslate()

    @property
    def labels(self) -> tuple[QLabel, ...]:
        """All that is said, from left to right."""
        return self.model, self.speed, self.kept, self.network, self.history

    def retranslate(self) -> None:
        """Say everything as it stands, in the language that is installed now."""
        state = self._writing.state
        if state.loading is not None:
            self.model.setText(self.tr("Loading the model…"))
        elif state.name:
            adapter = state.adapter.partition("/")[0]  # the revision is for whoever points at it
            named = f"{state.name} + {adapter}" if adapter else state.name
            self.model.setText(f"{named} · {wording.device(state.why)}")
        else:
            self.model.setText(self.tr("The model is loaded when it is needed."))
        full = self.tr("Adapter: {name}").format(name=state.adapter)
        self.model.setToolTip("\n".join([self.model.text()] + [full] * bool(state.adapter)))
        self.loading.setVisible(state.loading is not None)
        self.loading.setValue(int(100 * (state.loading or 0)))
        self.loading.setAccessibleName(self.tr("Loading the model"))
        speed = self.tr("{n} tokens per second").format(
            n=wording.number(state.tokens_per_s, int(state.tokens_per_s < _SLOW))
        )
        memory = self.tr("{n} MB").format(n=wording.number(state.memory_mb))
        number, of_all = state.section or (0, 0)
        section = self.tr("Section {n} of {all}").format(n=number, all=of_all)
        parts = [section] * (number > 0) + [speed] * (state.tokens_per_s > 0) + [memory] * (state.memory_mb > 0)
        self.speed.setText(" · ".join(parts))
        self.network.setText(
            self.tr("Network locked") if self._is_network_locked else self.tr("Network: refused by the program")
        )
        self.network.setToolTip(
            self.tr("This program cannot reach any network: a connection was tried at start and refused.")
        )
        self._show_history()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _show_history(self) -> None:
        desk = self._desk
        if not desk.is_open:
            self.kept.setText("")
            self.history.setText(self.tr("History locked"))
            return
        self.kept.setText(self.tr("Not saved yet") if desk.kept.has_unsaved else self.tr("✓ All saved"))
        if desk.opened.is_ephemeral:
            self.history.setText(self.tr("Nothing is kept: ephemeral session"))
        else:
            where = wording.words(desk.opened.key_store) if desk.opened.key_store else self.tr("recovery code only")
            self.history.setText(self.tr("History encrypted · key: {where}").format(where=where))
