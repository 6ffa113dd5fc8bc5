"""What the program remembers from one start to the next.

Whatever the file holds, the program starts: a value that is absent, of another type or out of
range counts as not set.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from cnngui.featuremaps.colormaps import DIVERGING, SEQUENTIAL
from cnngui.gui.widgets.theme import THEMES, Theme
from cnngui.gui.words.translation import LANGUAGES, Language
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.settings_codec import settings_entry, settings_from_entry

_RECENT_COUNT = 8
_LARGEST_SIZE = 16384
_LARGEST_RATE = 1000.0
_MOST_THREADS = 256

MOST_RATE, MOST_BURST, MOST_COUNTDOWN = 30, 999, 30

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class Pace:
    """How samples are recorded.

    Attributes
    ----------
    rate : samples a second.
    burst : how many at a click; 0 as long as the button is held.
    countdown : seconds before the first.
    """

    rate: int = 5
    burst: int = 0
    countdown: int = 0


class Settings:
    """Typed, checked access to the settings file.

    Parameters
    ----------
    path : an INI file; None takes the user's own.
    """

    def __init__(self, path: Path | None = None) -> None:
        form = QSettings.Format.IniFormat
        if path is None:
            self._store = QSettings(form, QSettings.Scope.UserScope, "cnngui", "cnngui")
        else:
            self._store = QSettings(str(path), form)

    @property
    def folder(self) -> Path:
        """The folder of the settings file, where a network that was not saved is kept too."""
        return Path(self._store.fileName()).parent

    @property
    def theme(self) -> Theme:
        return self._choice("theme", THEMES, "system")

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme)

    @property
    def language(self) -> Language:
        """The window's language at the next start."""
        return self._choice("language", LANGUAGES, "system")

    @language.setter
    def language(self, language: Language) -> None:
        self._store.setValue("language", language)

    @property
    def colormaps(self) -> tuple[str, str]:
        """Names for maps without and with negative values; "" leaves it to the theme."""
        return (
            self._choice("colormap/sequential", SEQUENTIAL, ""),
            self._choice("colormap/diverging", DIVERGING, ""),
        )

    @colormaps.setter
    def colormaps(self, names: tuple[str, str]) -> None:
        self._store.setValue("colormap/sequential", names[0])
        self._store.setValue("colormap/diverging", names[1])

    @property
    def save_folder(self) -> Path:
        """Where snapshots and recordings go. It need not exist yet."""
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        usual = Path(QStandardPaths.writableLocation(pictures) or Path.home()) / "cnngui"
        return self._folder("save_folder", usual)

    @save_folder.setter
    def save_folder(self, folder: Path) -> None:
        self._store.setValue("save_folder", str(folder))

    @property
    def collection(self) -> Path:
        """The folder in which samples were recorded last. It need not exist yet."""
        return self._folder("collection", self.save_folder / "samples" / "my samples")

    @collection.setter
    def collection(self, folder: Path) -> None:
        self._store.setValue("collection", str(folder))

    @property
    def pace(self) -> Pace:
        """How samples are recorded."""
        usual = Pace()
        return Pace(
            max(self._integer("samples/rate", usual.rate, MOST_RATE), 1),
            self._integer("samples/burst", usual.burst, MOST_BURST),
            self._integer("samples/countdown", usual.countdown, MOST_COUNTDOWN),
        )

    @pace.setter
    def pace(self, pace: Pace) -> None:
        self._store.setValue("samples/rate", pace.rate)
        self._store.setValue("samples/burst", pace.burst)
        self._store.setValue("samples/countdown", pace.countdown)

    @property
    def camera_size(self) -> tuple[int, int]:
        """(width, height) asked of cameras; (0, 0) leaves it to the device."""
        width = self._integer("camera/width", 0, _LARGEST_SIZE)
        height = self._integer("camera/height", 0, _LARGEST_SIZE)
        return (width, height) if width and height else (0, 0)

    @camera_size.setter
    def camera_size(self, size: tuple[int, int]) -> None:
        self._store.setValue("camera/width", size[0])
        self._store.setValue("camera/height", size[1])

    @property
    def camera_rate(self) -> float:
        """Frames a second asked of cameras; 0 leaves it to the device."""
        return self._number("camera/rate", 0.0, _LARGEST_RATE)

    @camera_rate.setter
    def camera_rate(self, rate: float) -> None:
        self._store.setValue("camera/rate", rate)

    @property
    def mirror(self) -> bool:
        return self._flag("camera/mirror")

    @mirror.setter
    def mirror(self, mirror: bool) -> None:
        self._store.setValue("camera/mirror", mirror)

    @property
    def threads(self) -> int:
        """Cores the engine may use; 0 leaves it to the engine."""
        return self._integer("threads", 0, _MOST_THREADS)

    @threads.setter
    def threads(self, threads: int) -> None:
        self._store.setValue("threads", threads)

    @property
    def recent_sources(self) -> list[str]:
        """Addresses opened lately, newest first."""
        return self._texts("recent_sources")

    @property
    def recent_networks(self) -> list[str]:
        """Network files opened or saved lately, newest first."""
        return self._texts("recent_networks")

    @property
    def recent_data(self) -> list[str]:
        """Addresses of data sets opened lately, newest first."""
        return self._texts("recent_data")

    def add_recent_data(self, address: str) -> None:
        self._add_recent("recent_data", address)

    def add_recent_source(self, address: str) -> None:
        self._add_recent("recent_sources", address)

    def add_recent_network(self, path: Path) -> None:
        self._add_recent("recent_networks", str(path))

    @property
    def training(self) -> TrainingSettings:
        """How a network is trained."""
        try:
            entry = json.loads(self._text("training"))
        except (ValueError, RecursionError):
            entry = None
        return settings_from_entry(entry)

    @training.setter
    def training(self, settings: TrainingSettings) -> None:
        self._store.setValue("training", json.dumps(settings_entry(settings)))

    @property
    def training_shown(self) -> bool:
        """Whether the drawer for training is open."""
        return self._flag("window/training_shown")

    @training_shown.setter
    def training_shown(self, shown: bool) -> None:
        self._store.setValue("window/training_shown", shown)

    def window_state(self, name: str) -> QByteArray:
        """Return what ``save_window_state`` was given under that name; empty if nothing usable."""
        value = self._store.value(f"window/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_window_state(self, name: str, state: QByteArray) -> None:
        self._store.setValue(f"window/{name}", state)

    def sync(self) -> None:
        """Write to disk now. A disk that refuses costs the settings, never the program."""
        self._store.sync()

    def _add_recent(self, key: str, text: str) -> None:
        texts = [text, *(old for old in self._texts(key) if old != text)]
        self._store.setValue(key, texts[:_RECENT_COUNT])

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        if isinstance(value, bool | int | float | str):
            return str(value)
        return ""

    def _texts(self, key: str) -> list[str]:
        value = self._store.value(key)
        # An INI file gives back a list of one as a plain string.
        found = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [text for text in found if isinstance(text, str) and text][:_RECENT_COUNT]

    def _folder(self, key: str, default: Path) -> Path:
        path = Path(self._text(key))
        return path if path.is_absolute() else default

    def _flag(self, key: str) -> bool:
        return self._text(key).lower() == "true"

    def _choice(self, key: str, choices: tuple[Choice, ...], default: Choice) -> Choice:
        text = self._text(key)
        return next((choice for choice in choices if choice == text), default)

    def _number(self, key: str, default: float, maximum: float) -> float:
        try:
            number = float(self._text(key))
        except ValueError:
            return default
        return number if math.isfinite(number) and 0 <= number <= maximum else default

    def _integer(self, key: str, default: int, maximum: int) -> int:
        return int(self._number(key, default, maximum))
