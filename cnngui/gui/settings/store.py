"""Typed access to what the program remembers.

Whatever the file holds, the program starts: a value that is absent, of another type or out of
range counts as not set.
"""

from __future__ import annotations

import base64
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QStandardPaths

from cnngui.gui.settings.file import SettingsFile
from cnngui.gui.theme import Theme
from cnngui.gui.words.translation import Language
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.settings_codec import settings_entry, settings_from_entry
from cnngui.resources import home_folder


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
    path : a JSON file; None takes the user's own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = SettingsFile(_usual_folder() / "cnngui.json" if path is None else path)

    @property
    def folder(self) -> Path:
        """The folder of the settings file, where a network that was not saved is kept too."""
        return self._file.path.parent

    @property
    def theme(self) -> Theme:
        return self._get("theme", "system")

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._file.put("theme", theme)

    @property
    def language(self) -> Language:
        """The window's language at the next start."""
        return self._get("language", "system")

    @language.setter
    def language(self, language: Language) -> None:
        self._file.put("language", language)

    @property
    def colormaps(self) -> tuple[str, str]:
        """Names for maps without and with negative values; "" leaves it to the theme."""
        return self._get("colormap/sequential", ""), self._get("colormap/diverging", "")

    @colormaps.setter
    def colormaps(self, names: tuple[str, str]) -> None:
        self._file.put("colormap/sequential", names[0])
        self._file.put("colormap/diverging", names[1])

    @property
    def clips_colours(self) -> bool:
        """Whether the bulk of each map sets its colours, and what is stronger is clipped."""
        return self._get("colormap/clips", True)

    @clips_colours.setter
    def clips_colours(self, clips: bool) -> None:
        self._file.put("colormap/clips", clips)

    @property
    def save_folder(self) -> Path:
        """Where snapshots and recordings go. It need not exist yet."""
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        usual = Path(QStandardPaths.writableLocation(pictures) or home_folder()) / "cnngui"
        return Path(self._get("save_folder", usual))

    @save_folder.setter
    def save_folder(self, folder: Path) -> None:
        self._file.put("save_folder", str(folder))

    @property
    def snapshot_layers(self) -> str:
        """Which layers a snapshot is of; one of ``schema.SNAPSHOT_LAYERS``."""
        return str(self._get("snapshot_layers", "all"))

    @snapshot_layers.setter
    def snapshot_layers(self, choice: str) -> None:
        self._file.put("snapshot_layers", choice)

    @property
    def collection(self) -> Path:
        """The folder in which samples were recorded last. It need not exist yet."""
        return Path(self._get("collection", self.save_folder / "samples" / "my samples"))

    @collection.setter
    def collection(self, folder: Path) -> None:
        self._file.put("collection", str(folder))

    @property
    def pace(self) -> Pace:
        """How samples are recorded."""
        usual = Pace()
        return Pace(
            self._get("samples/rate", usual.rate),
            self._get("samples/burst", usual.burst),
            self._get("samples/countdown", usual.countdown),
        )

    @pace.setter
    def pace(self, pace: Pace) -> None:
        self._file.put("samples/rate", pace.rate)
        self._file.put("samples/burst", pace.burst)
        self._file.put("samples/countdown", pace.countdown)

    @property
    def camera_size(self) -> tuple[int, int]:
        """(width, height) asked of cameras; (0, 0) leaves it to the device."""
        width, height = self._get("camera/width", 0), self._get("camera/height", 0)
        return (width, height) if width and height else (0, 0)

    @camera_size.setter
    def camera_size(self, size: tuple[int, int]) -> None:
        self._file.put("camera/width", size[0])
        self._file.put("camera/height", size[1])

    @property
    def camera_rate(self) -> float:
        """Frames a second asked of cameras; 0 leaves it to the device."""
        return self._get("camera/rate", 0.0)

    @camera_rate.setter
    def camera_rate(self, rate: float) -> None:
        self._file.put("camera/rate", rate)

    @property
    def mirror(self) -> bool:
        return self._get("camera/mirror", False)

    @mirror.setter
    def mirror(self, mirror: bool) -> None:
        self._file.put("camera/mirror", mirror)

    @property
    def threads(self) -> int:
        """Cores the engine may use; 0 leaves it to the engine."""
        return self._get("threads", 0)

    @threads.setter
    def threads(self, threads: int) -> None:
        self._file.put("threads", threads)

    @property
    def recent_sources(self) -> list[str]:
        """Addresses opened lately, newest first; not for showing, as they may hold passwords."""
        return self._get("recent_sources", [])

    @property
    def recent_networks(self) -> list[str]:
        """Network files opened or saved lately, newest first."""
        return self._get("recent_networks", [])

    @property
    def recent_data(self) -> list[str]:
        """Addresses of data sets opened lately, newest first."""
        return self._get("recent_data", [])

    def add_recent_data(self, address: str) -> None:
        self._file.put_first("recent_data", address)

    def add_recent_source(self, address: str) -> None:
        self._file.put_first("recent_sources", address)

    def add_recent_network(self, path: Path) -> None:
        self._file.put_first("recent_networks", str(path))

    @property
    def last_source(self) -> str:
        """The address of the source that was open last; not for showing. "" if not known."""
        return self._get("session/source", "")

    @last_source.setter
    def last_source(self, address: str) -> None:
        self._file.put("session/source", address)

    @property
    def last_network(self) -> str:
        """The preset's key or the file of the network seen last; "" if not known."""
        return self._get("session/network", "")

    @last_network.setter
    def last_network(self, name: str) -> None:
        if name:
            self._file.put("session/network", name)

    @property
    def last_data(self) -> tuple[str, bool]:
        """The address of what was learned from last ("" if not known), and whether it is recorded.

        That is whether its folder is one of own samples, to go on recording in.
        """
        return self._get("session/data", ""), self._get("session/data_is_own", False)

    @last_data.setter
    def last_data(self, data: tuple[str, bool]) -> None:
        if data[0]:
            self._file.put("session/data", data[0])
        self._file.put("session/data_is_own", data[1])

    @property
    def training(self) -> TrainingSettings:
        """How a network is trained."""
        return settings_from_entry(self._file.get("training"))

    @training.setter
    def training(self, settings: TrainingSettings) -> None:
        self._file.put("training", settings_entry(settings))

    @property
    def training_shown(self) -> bool:
        """Whether the drawer for training is open."""
        return self._get("window/training_shown", False)

    @training_shown.setter
    def training_shown(self, shown: bool) -> None:
        self._file.put("window/training_shown", shown)

    @property
    def geometry(self) -> QByteArray:
        """Where the window was, as ``QWidget.saveGeometry`` gives it; empty if not known."""
        return QByteArray(base64.b64decode(self._get("window/geometry", "")))

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._file.put("window/geometry", base64.b64encode(geometry.data()).decode())

    def part_sizes(self, name: str) -> list[int]:
        """Return the sizes of the parts of the splitter ``name``; none if they are not known."""
        return self._get(f"window/{name}", [])

    def save_part_sizes(self, name: str, sizes: list[int]) -> None:
        """Remember sizes; none leave what is known."""
        if sizes:
            self._file.put(f"window/{name}", sizes)

    def sync(self) -> None:
        """Write to disk what was changed since, beside what other windows wrote meanwhile."""
        self._file.sync()

    def _get(self, key: str, default: Any) -> Any:
        value = self._file.get(key)
        return default if value is None else value


def _usual_folder() -> Path:
    """Return the folder that all versions of the program have used."""
    is_windows = sys.platform == "win32"
    base = os.environ.get("APPDATA" if is_windows else "XDG_CONFIG_HOME")
    if not base or not Path(base).is_absolute():
        base = str(home_folder() / ("AppData/Roaming" if is_windows else ".config"))
    return Path(base) / "cnngui"
