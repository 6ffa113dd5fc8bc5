"""Going over a map number by number, or over a number term by term, by hand or by itself.

Where maps have moments, the next moment's map comes after the last number of one.
"""

from __future__ import annotations

from math import prod
from typing import Literal, get_args

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnngui.gui.view_state import ViewState

StepKind = Literal["number", "term"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
SPEEDS = (1, 4, 16, 60)
"""Steps a second."""
_FASTEST_MS = 33
"""A step is shown for so long at least; faster ones go several places at once."""


class Stepping(QObject):
    """Moves the chosen place along the map, and counts the terms that are to be seen.

    Whoever steps wants to read, so the picture has to be held meanwhile.

    Signals
    -------
    changed : what is to be seen of the number or of the map changed.
    holding : stepping began: the picture is to stay as it is.
    """

    changed = Signal()
    holding = Signal()

    def __init__(self, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._kind: StepKind = "number"
        self._speed = SPEEDS[1]
        self._terms = 0
        self._revealed: int | None = None
        self._fills = False
        self._is_moving = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_timeout)
        state.place_changed.connect(self._on_state_place_changed)
        state.sight_changed.connect(self.stop)

    @property
    def kind(self) -> StepKind:
        """Whether a step goes to the next number or to the next term."""
        return self._kind

    @property
    def speed(self) -> int:
        """Steps a second while it plays."""
        return self._speed

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    @property
    def revealed(self) -> int | None:
        """How many terms are to be seen; None: all."""
        return self._revealed

    @property
    def filled(self) -> int | None:
        """How many numbers of the map, row by row, the kernel has made; None: all.

        Where maps have moments, of that of the moment where it is.
        """
        if not self._fills:
            return None
        y, x = self._state.place[-2:]
        shape = self._state.shape_of(self._state.layer_id) or (1, 1, 1)
        return y * shape[-1] + x + 1

    def set_terms(self, count: int) -> None:
        """Say how many terms the number has."""
        self._terms = count
        if self._revealed is not None:
            self._revealed = min(self._revealed, count)

    def set_kind(self, kind: StepKind) -> None:
        """Step from number to number, or from term to term."""
        self._kind = kind
        self._revealed = None
        self.changed.emit()

    def set_speed(self, steps_a_second: int) -> None:
        """Choose how fast it plays."""
        self._speed = steps_a_second
        if self.is_playing:
            self._timer.start(self._interval_ms())
        self.changed.emit()

    @Slot()
    def toggle(self) -> None:
        """Play, or stop."""
        if self.is_playing:
            self.stop()
            return
        self._hold()
        if self._is_at_end():
            self.home()
        self._timer.start(self._interval_ms())
        self.changed.emit()

    @Slot()
    def stop(self) -> None:
        """Stay where it is."""
        if self.is_playing:
            self._timer.stop()
            self.changed.emit()

    @Slot()
    def forward(self) -> None:
        """Go one step on."""
        self._hold()
        self._step(1)

    @Slot()
    def back(self) -> None:
        """Go one step back."""
        self._hold()
        self._step(-1)

    @Slot()
    def home(self) -> None:
        """Go to the first number, or before the first term."""
        self._hold()
        if self._kind == "term":
            self._revealed = 0
            self.changed.emit()
        else:
            self._move(0)

    def release(self) -> None:
        """Show everything again, live."""
        self._timer.stop()
        self._revealed, self._fills = None, False
        self.changed.emit()

    def _hold(self) -> None:
        if self._kind == "number" and len(self._state.place) > 1:
            self._fills = True
        self.holding.emit()

    def _interval_ms(self) -> int:
        return max(round(1000 / self._speed), _FASTEST_MS)

    def _steps_at_once(self) -> int:
        return max(round(self._speed * self._interval_ms() / 1000), 1)

    def _step(self, by: int) -> None:
        if self._kind == "number":
            self._move(self._here() + by)
            return
        revealed = self._terms if self._revealed is None else self._revealed
        if revealed + by > self._terms and self._here() + 1 < self._count():
            self._move(self._here() + 1)
            self._revealed = 0
        elif revealed + by < 0 and self._here() > 0:
            self._move(self._here() - 1)
            self._revealed = self._terms
        else:
            self._revealed = min(max(revealed + by, 0), self._terms)
        self.changed.emit()

    def _sizes(self) -> tuple[int, ...]:
        """Return how many numbers there are to go over: along the axes of maps, or of units."""
        shape = self._state.shape_of(self._state.layer_id) or (1,)
        return shape[1:] if len(shape) > 1 else shape

    def _count(self) -> int:
        return prod(self._sizes())

    def _here(self) -> int:
        """The place, counted moment by moment and row by row; of a flat layer the unit."""
        place = self._state.place
        if not place:
            return self._state.channel
        return int(np.ravel_multi_index(place, self._sizes()))

    def _move(self, place: int) -> None:
        place = min(max(place, 0), self._count() - 1)
        self._is_moving = True
        if self._state.place:
            at = np.unravel_index(place, self._sizes())
            self._state.select_place(tuple(int(along) for along in at))
        else:
            self._state.select_channel(place)
        self._is_moving = False
        self.changed.emit()

    def _is_at_end(self) -> bool:
        if self._kind == "term":
            return self._revealed is None or self._revealed >= self._terms
        return self._here() >= self._count() - 1

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._step(self._steps_at_once())
        if self._is_at_end() and (self._kind == "number" or self._here() >= self._count() - 1):
            self.stop()

    @Slot()
    def _on_state_place_changed(self) -> None:
        if not self._is_moving and self._revealed is not None:
            self._revealed = None
            self.changed.emit()
