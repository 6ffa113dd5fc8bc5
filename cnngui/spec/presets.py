"""The networks that come with the program, as a menu offers them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready network.

    Attributes
    ----------
    key : its name on the command line.
    title, summary : for people; the summary is one line.
    file : its name in ``resources/networks/``.
    clip : the built-in clip that shows it best; see ``capture.address.CLIPS``.
    """

    key: str
    title: str
    summary: str
    file: str
    clip: str = ""


PRESETS = (
    Preset(
        "classic-filters",
        "Classic filters",
        "Kernels with a meaning, drawn by hand: edges, blur, stripes, colours, corners",
        "classic-filters.safetensors",
    ),
    Preset(
        "shapes",
        "Shapes",
        "A small network that has learned to tell six drawn shapes apart",
        "shapes.safetensors",
        clip="shapes",
    ),
    Preset(
        "motion",
        "Motion",
        "Kernels that span time, drawn by hand: what moves left, right, up, down, slowly, fast",
        "motion.safetensors",
        clip="motions",
    ),
    Preset(
        "motions",
        "Motions",
        "A small network that has learned to tell nine motions of a hand apart",
        "motions.safetensors",
        clip="motions",
    ),
    Preset(
        "lenet-5",
        "LeNet-5",
        "LeCun's reader of handwritten digits, 1998: two convolutions, average pooling, tanh",
        "lenet-5.json",
    ),
    Preset(
        "tiny-vgg",
        "Tiny VGG",
        "Four small convolutions that tell ten kinds of things apart",
        "tiny-vgg.json",
    ),
    Preset(
        "residual",
        "Residual",
        "Blocks that add their input to their output, so that deep networks can learn",
        "residual.json",
    ),
    Preset(
        "squeeze-and-excitation",
        "Squeeze and excitation",
        "Blocks that look at their maps as wholes, and then weigh each map by a number",
        "squeeze-and-excitation.json",
    ),
    Preset(
        "u-net",
        "U-Net",
        "Down to small maps and up again, with all details handed across: for one answer per pixel",
        "u-net.json",
    ),
    Preset(
        "blurred-pooling",
        "Blurred pooling",
        "Max pooling beside one that blurs first: shift the picture to see which is more stable",
        "blurred-pooling.safetensors",
    ),
)
"""In the order in which a menu shows them; the first is the one the program starts with."""


def preset_of(name: str) -> Preset | None:
    """Return the ready network of that key or title, in any case; None if there is none."""
    wanted = name.strip().casefold()
    names = ((preset, preset.key.casefold(), preset.title.casefold()) for preset in PRESETS)
    return next((preset for preset, *called in names if wanted in called), None)
