"""Colours for codes: lookup tables in which equal steps of value look like equal steps.

Sequential maps are OpenCV's tables of the perceptually uniform maps by Smith, van der Walt and
Firing (viridis, magma, inferno) and by Nunez, Anderton and Renslow (cividis, 2018). Diverging maps
are made here in Oklab (Ottosson, 2020, https://bottosson.github.io/posts/oklab/): two arms from one
neutral colour, of equal lightness at equal distance from zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.scaling import (
    BACKGROUND_CODE,
    HIGHEST_CODE,
    LOWEST_CODE,
    NON_FINITE_CODE,
)
from cnngui.images.opencv import cv2

_OPENCV_TABLES = {
    "viridis": cv2.COLORMAP_VIRIDIS,
    "magma": cv2.COLORMAP_MAGMA,
    "inferno": cv2.COLORMAP_INFERNO,
    "cividis": cv2.COLORMAP_CIVIDIS,
}

Picture = NDArray[np.uint8]
"""RGB uint8 ``(H, W, 3)``."""

PAPER = (24, 26, 30)
"""RGB of what maps lie on in pictures that are saved."""

PRIMARIES = ("red", "green", "blue")
"""Maps of one colour, for the input's own channels: from black to the colour."""

_PRIMARY_COLOURS = {"red": (1.0, 0.2, 0.2), "green": (0.15, 0.9, 0.25), "blue": (0.3, 0.45, 1.0)}

NON_FINITE = (255, 0, 255)
"""RGB of NaN and infinity, in every map: a magenta that is far from all colours of values."""

_Oklab = tuple[float, float, float]
"""Lightness 0..1, green to red, blue to yellow (both about -0.4..0.4)."""


@dataclass(frozen=True, slots=True)
class _Arms:
    """A diverging map: colours from its lowest value over its neutral to its highest."""

    low: tuple[_Oklab, _Oklab]
    neutral: _Oklab
    high: tuple[_Oklab, _Oklab]


def _polar(lightness: float, chroma: float, hue_degrees: float) -> _Oklab:
    hue = np.deg2rad(hue_degrees)
    return lightness, float(chroma * np.cos(hue)), float(chroma * np.sin(hue))


DIVERGING_ON_DARK = "blue-red on dark"
"""The diverging map whose neutral colour is dark."""

_ARMS = {
    "blue-red": _Arms(
        low=(_polar(0.38, 0.13, 258), _polar(0.70, 0.12, 245)),
        neutral=_polar(0.965, 0.003, 90),
        high=(_polar(0.70, 0.14, 40), _polar(0.38, 0.14, 25)),
    ),
    DIVERGING_ON_DARK: _Arms(
        low=(_polar(0.90, 0.07, 215), _polar(0.55, 0.15, 255)),
        neutral=_polar(0.19, 0.005, 280),
        high=(_polar(0.55, 0.17, 32), _polar(0.90, 0.10, 80)),
    ),
    "purple-green": _Arms(
        low=(_polar(0.38, 0.15, 310), _polar(0.70, 0.11, 310)),
        neutral=_polar(0.965, 0.003, 90),
        high=(_polar(0.70, 0.12, 150), _polar(0.38, 0.10, 150)),
    ),
}

SEQUENTIAL: tuple[str, ...] = (*_OPENCV_TABLES, "grey")
DIVERGING: tuple[str, ...] = tuple(_ARMS)


@cache
def lookup_table(name: str, signed: bool) -> NDArray[np.uint8]:
    """Return the colour of every code.

    Parameters
    ----------
    name : one of ``DIVERGING`` for signed maps, of ``SEQUENTIAL`` or
        ``PRIMARIES`` for others; else KeyError.

    Returns
    -------
    uint8 ``(256, 4)`` RGBA, read-only. Code 0, the background, is transparent; code 1 has the
    colour of NaN and infinity; code 128 of a diverging map is its neutral colour.
    """
    steps = np.linspace(0.0, 1.0, HIGHEST_CODE - LOWEST_CODE + 1)
    colours = _diverging(_ARMS[name], steps) if signed else _sequential(name, steps)
    table = np.full((256, 4), 255, np.uint8)
    table[LOWEST_CODE : HIGHEST_CODE + 1, :3] = np.rint(colours * 255.0)
    table[NON_FINITE_CODE, :3] = NON_FINITE
    table[BACKGROUND_CODE] = 0
    table.flags.writeable = False
    return table


def colourise(
    codes: NDArray[np.uint8],
    table: NDArray[np.uint8],
    background: tuple[int, int, int] = PAPER,
) -> Picture:
    """Return codes ``(H, W)`` as RGB, on an opaque background."""
    colours = np.ascontiguousarray(table[:, None, :3])
    colours[BACKGROUND_CODE] = background
    return np.asarray(cv2.applyColorMap(codes, colours), np.uint8)


def _sequential(name: str, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """RGB 0..1 ``(n, 3)``, dark to bright."""
    if name == "grey":
        return np.repeat(steps[:, None], 3, axis=1)
    if name in PRIMARIES:
        return steps[:, None] * np.array(_PRIMARY_COLOURS[name])
    ramp = np.arange(256, dtype=np.uint8)[:, None]
    colours = cv2.applyColorMap(ramp, _OPENCV_TABLES[name])[:, 0, ::-1] / 255.0
    places = np.linspace(0.0, 1.0, len(colours))
    return np.stack([np.interp(steps, places, channel) for channel in colours.T], axis=1)


def _diverging(arms: _Arms, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """RGB 0..1 ``(n, 3)``, through five colours; lightness changes evenly along each arm."""
    anchors = np.array([*arms.low, arms.neutral, *arms.high])
    lightness = anchors[:, 0]
    inner_low = (lightness[1] - lightness[0]) / (lightness[2] - lightness[0]) / 2
    inner_high = 1.0 - (lightness[3] - lightness[4]) / (lightness[2] - lightness[4]) / 2
    places = np.array([0.0, inner_low, 0.5, inner_high, 1.0])
    return _rgb(np.stack([np.interp(steps, places, part) for part in anchors.T], axis=1))


def _rgb(oklab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Oklab ``(n, 3)`` to sRGB 0..1, colours that a screen cannot show brought to the nearest."""
    to_lms = np.array(
        [
            [1.0, 0.3963377774, 0.2158037573],
            [1.0, -0.1055613458, -0.0638541728],
            [1.0, -0.0894841775, -1.2914855480],
        ]
    )
    to_linear = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = np.clip((oklab @ to_lms.T) ** 3 @ to_linear.T, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
