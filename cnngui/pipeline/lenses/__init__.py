"""What is made of a frame for the screen: one module for each lens, and here all of them.

A lens says which layers it must see, and makes its part of the result. A new one is a module here,
a line in the request (``messages.ViewRequest``), and the view that shows its part.
"""

from __future__ import annotations

from typing import Any

from cnngui.pipeline.lenses.channel import ChannelLens
from cnngui.pipeline.lenses.field import FieldLens
from cnngui.pipeline.lenses.lens import Lens
from cnngui.pipeline.lenses.number import NumberLens
from cnngui.pipeline.lenses.scores import ScoresLens
from cnngui.pipeline.lenses.shift import ShiftLens
from cnngui.pipeline.lenses.thumbnails import ThumbnailsLens
from cnngui.pipeline.lenses.vector import VectorLens
from cnngui.pipeline.lenses.wall import WallLens

LENSES: tuple[type[Lens[Any]], ...] = (
    WallLens,
    VectorLens,
    ChannelLens,
    NumberLens,
    ThumbnailsLens,
    ScoresLens,
    ShiftLens,
    FieldLens,
)
"""In the order in which those that see the same layer make their parts."""
