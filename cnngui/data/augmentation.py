"""How pictures may be changed so that few examples go further: a description, without arrays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How far each picture may be changed at random, each time it is shown.

    Attributes
    ----------
    shift : share of width and height, 0..0.5.
    flip : left and right change places in half of the cases.
    rotation : degrees to either side, 0..180.
    scale : how much larger or smaller, as a share: 0.2 means 0.8 to 1.2; 0..0.9.
    brightness : as a share of white, 0..1.
    noise : standard deviation as a share of white, 0..1.
    cutout : side of a grey square put anywhere, as a share of the shorter side, 0..0.9.
    """

    shift: float = 0.0
    flip: bool = False
    rotation: float = 0.0
    scale: float = 0.0
    brightness: float = 0.0
    noise: float = 0.0
    cutout: float = 0.0

    @property
    def is_nothing(self) -> bool:
        """Whether pictures stay as they are."""
        return self == NO_AUGMENTATION


NO_AUGMENTATION = Augmentation()
