"""A snapshot: one frame, what every channel of every layer made of it, and the network itself.

It is a folder: ``input.png`` is what the network saw, ``<layer>.png`` all channels with their
numbers, ``<layer>/000.png`` one channel each (up to a number), ``maps.npz`` their raw values,
``network.safetensors`` the network and ``snapshot.json`` where all that came from. Moments are side
by side in all of these pictures, the oldest first; each frame of the input alone is
``input/000.png`` and so on.
"""

from __future__ import annotations

import json
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui import __version__
from cnngui.errors import SaveError, system_reason, text
from cnngui.featuremaps.bars import bar_range
from cnngui.featuremaps.bulk import BULK_SHARE
from cnngui.featuremaps.colormaps import DIVERGING, SEQUENTIAL, colourise, lookup_table
from cnngui.featuremaps.filmstrip import filmstrip
from cnngui.featuremaps.naming import file_stem, free_names
from cnngui.featuremaps.scales import Scales
from cnngui.featuremaps.scaling import BACKGROUND_CODE, encode
from cnngui.featuremaps.sheet import draw_sheet, draw_vector
from cnngui.featuremaps.snapshot_plan import (
    MOST_CHANNEL_PICTURES,
    SnapshotPlan,
    plan_layers,
)
from cnngui.featuremaps.statistics import ChannelStatistics, measure
from cnngui.formats.network_file import write_network
from cnngui.images.opencv import cv2
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

Progress = Callable[[int, int], None]
"""Is told how many steps are done, of how many: files, and each layer's raw values."""


class SaveCancelledError(SaveError):
    """The user did not want it any more."""


@dataclass(frozen=True, eq=False)
class SnapshotContent:
    """All that goes into a snapshot.

    Attributes
    ----------
    spec, weights : the network that computed the maps.
    input : uint8 ``(H, W, 3)`` RGB or ``(H, W, 1)`` grey, as the network saw it, before
        normalisation; ``(T, H, W, C)`` of several frames.
    maps : by layer id, float32 ``(C, H, W)``, ``(C, T, H, W)`` or ``(F,)``.
    signed : by layer id, whether its output may be negative.
    source : where the frame came from, in words.
    frame_index, frame_position : counted since the source was opened; place in the medium.
    taken_at : when.
    scales : how values became colours.
    sequential, diverging : names of the colour maps.
    most_pictures : of single channels; see ``snapshot_plan.plan_snapshot``.
    """

    spec: NetworkSpec
    weights: Weights
    input: NDArray[np.uint8]
    maps: Mapping[str, NDArray[np.float32]]
    signed: Mapping[str, bool]
    source: str
    frame_index: int
    frame_position: int = 0
    taken_at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    scales: Scales = field(default_factory=Scales)
    sequential: str = SEQUENTIAL[0]
    diverging: str = DIVERGING[0]
    most_pictures: int = MOST_CHANNEL_PICTURES

    @property
    def plan(self) -> SnapshotPlan:
        """What is written of it."""
        shapes = {layer_id: maps.shape for layer_id, maps in self.maps.items()}
        parameters = sum(
            array.size for arrays in self.weights.values() for array in arrays.values()
        )
        return plan_layers(shapes, shapes, parameters, self.most_pictures, self.frames)

    @property
    def frames(self) -> int:
        """How many frames the network saw at once."""
        return len(self.input) if self.input.ndim == 4 else 1


def write_snapshot(
    parent: Path,
    content: SnapshotContent,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Write a snapshot into a new folder in ``parent``, which is made if absent.

    It is written under a name that begins with a dot and renamed when complete: whole or absent.

    Returns
    -------
    The new folder, named by time and network.

    Raises
    ------
    SaveError
        If the folder is read-only, full or vanishes. Nothing is left behind.
    SaveCancelledError
        If ``cancelled`` returned True after some file.
    """
    place = parent / file_stem(content.taken_at, content.spec.name)
    unfinished = parent / f".{secrets.token_hex(8)}.unfinished"
    # Raw values are one file, and a step for each layer.
    total = content.plan.files - 1 + len(content.maps)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir()
        try:
            for done, _ in enumerate(_written(unfinished, content), 1):
                if progress is not None:
                    progress(done, total)
                if cancelled is not None and cancelled():
                    raise SaveCancelledError(str(place), text("was cancelled"))
            return _put_in_place(unfinished, place)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except SaveError as error:
        # A file that failed names itself by where it was for the moment.
        thing = str(error.thing).replace(unfinished.name, place.name)
        raise type(error)(thing, error.rule, error.got) from error
    except OSError as error:
        rule = text("must be a folder that can be written to, with room for a snapshot")
        raise SaveError(str(parent), rule, system_reason(error)) from error


def _put_in_place(unfinished: Path, place: Path) -> Path:
    for candidate in free_names(place):
        try:
            return unfinished.rename(candidate)
        except OSError:
            # Somebody took the name in between; anything else would come again and is the caller's.
            if not candidate.exists():
                raise
    raise AssertionError("there is always another name")


def _written(folder: Path, content: SnapshotContent) -> Iterator[None]:
    """Write the files one after the other; stops after each."""
    yield from _input_pictures(folder, content)
    described: dict[str, Any] = {}
    pictured = content.plan.pictured
    for layer_id, maps in content.maps.items():
        signed = content.signed[layer_id]
        if maps.ndim == 1:
            statistics = measure(maps[None, None, :])
            least = content.scales.least_of_bars(layer_id, maps, signed)
            low, high = bar_range(maps, signed, least)
        else:
            statistics = measure(maps)
            low, high = content.scales.ranges(layer_id, maps, statistics, signed)
        described[layer_id] = _describe(maps, signed, statistics, low, high)
        described[layer_id]["channel_pictures"] = layer_id in pictured
        yield from _layer_pictures(folder, content, layer_id, low, high, layer_id in pictured)
    # Not compressed: raw activations hardly shrink, and take ten times as long.
    with zipfile.ZipFile(folder / "maps.npz", "x", allowZip64=True) as archive:
        for layer_id, maps in content.maps.items():
            with archive.open(f"{layer_id}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(maps), allow_pickle=False)
            yield
    write_network(folder / "network.safetensors", content.spec, content.weights)
    yield
    (folder / "snapshot.json").write_text(_written_out(_about(content), described), "utf-8")
    yield


def _input_pictures(folder: Path, content: SnapshotContent) -> Iterator[None]:
    if content.input.ndim == 3:
        write_png(folder / "input.png", content.input)
        yield
        return
    write_png(folder / "input.png", filmstrip(content.input))
    yield
    (folder / "input").mkdir()
    for place, frame in enumerate(content.input):
        write_png(folder / "input" / f"{place:03d}.png", frame)
        yield


def _layer_pictures(
    folder: Path,
    content: SnapshotContent,
    layer_id: str,
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    is_pictured: bool,
) -> Iterator[None]:
    maps, signed = content.maps[layer_id], content.signed[layer_id]
    colours = lookup_table(content.diverging if signed else content.sequential, signed)
    if maps.ndim == 1:
        is_last = bool(content.spec.layers) and content.spec.layers[-1].id == layer_id
        labels = content.spec.classes if is_last and len(content.spec.classes) == len(maps) else ()
        least = content.scales.least_of_bars(layer_id, maps, signed)
        picture = draw_vector(layer_id, maps, labels, signed, colours, least)
        write_png(folder / f"{layer_id}.png", picture)
        yield
        return
    sheet = draw_sheet(layer_id, maps, low, high, colours, content.scales.clips)
    write_png(folder / f"{layer_id}.png", sheet)
    yield
    if not is_pictured:
        return
    (folder / layer_id).mkdir()
    for channel, values in enumerate(maps):
        codes = encode(values, low[channel], high[channel])
        if codes.ndim == 3:
            codes = filmstrip(codes, BACKGROUND_CODE)
        write_png(folder / layer_id / f"{channel:03d}.png", colourise(codes, colours))
        yield


def _about(content: SnapshotContent) -> dict[str, Any]:
    return {
        "format": "cnngui-snapshot",
        "version": 1,
        "program": f"cnngui {__version__}",
        "taken_at": content.taken_at.isoformat(timespec="milliseconds"),
        "source": content.source,
        "frame": {"index": content.frame_index, "position": content.frame_position},
        "frames": content.frames,
        "network": content.spec.name,
        "scaling": content.scales.scaling,
        "bulk": BULK_SHARE if content.scales.clips else 1.0,
        "colours": {"signed": content.diverging, "unsigned": content.sequential},
    }


def _describe(
    maps: NDArray[np.float32],
    signed: bool,
    statistics: ChannelStatistics,
    low: NDArray[np.float32],
    high: NDArray[np.float32],
) -> dict[str, Any]:
    return {
        "shape": list(maps.shape),
        "signed": signed,
        "low": _numbers(low),
        "high": _numbers(high),
        "minimum": _numbers(statistics.minimum),
        "mean": _numbers(statistics.mean),
        "maximum": _numbers(statistics.maximum),
        "std": _numbers(statistics.std),
        "zeros": _numbers(statistics.zeros),
        "non_finite": statistics.non_finite.tolist(),
    }


def _numbers(values: NDArray[np.float32]) -> list[float]:
    """Return numbers in as many digits as tell them from every other float32."""
    return [float(written) for written in values.astype(str)]


def _written_out(about: Mapping[str, Any], layers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return JSON in which what is said of all channels of a layer is one line."""

    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    described = ",\n".join(
        f"  {dump(layer_id)}: {{\n"
        + ",\n".join(f"   {dump(name)}: {dump(value)}" for name, value in entry.items())
        + "\n  }"
        for layer_id, entry in layers.items()
    )
    heads = "".join(f" {dump(name)}: {dump(value)},\n" for name, value in about.items())
    return f'{{\n{heads} "layers": {{\n{described}\n }}\n}}\n'


def write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write uint8 ``(H, W, 3)`` RGB or ``(H, W, 1)`` grey without loss; OSError if it cannot be.

    OpenCV encodes in memory: when it writes a file itself it does not say that the disk was full.
    """
    if pixels.shape[2] == 3:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
    _, content = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    path.write_bytes(content.tobytes())
