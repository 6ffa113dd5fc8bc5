"""What the program remembers from one start to the next, as plain data in one JSON file."""

from cnngui.gui.settings.schema import MOST_BURST, MOST_COUNTDOWN, MOST_RATE
from cnngui.gui.settings.store import Pace, Settings

__all__ = ["MOST_BURST", "MOST_COUNTDOWN", "MOST_RATE", "Pace", "Settings"]
