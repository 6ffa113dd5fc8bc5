"""A network with every kind of output, and outputs for it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.view_state import ViewState
from cnngui.spec.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.views.results import Maps

NETWORK = NetworkSpec(
    name="views",
    input=InputSpec(channels=3, height=24, width=32),
    layers=(
        Conv2d(id="conv1", out_channels=8, padding="same"),
        ReLU(id="relu1"),
        MaxPool2d(id="pool1"),
        Conv2d(id="wide", out_channels=512, groups=1),
        Flatten(id="flatten1"),
        Linear(id="fc1", out_features=3),
        Softmax(id="softmax1"),
    ),
    classes=("cat", "dog", "red panda"),
)


@pytest.fixture
def document(qapp: object) -> Document:
    document = Document(NETWORK)
    document.select("softmax1")
    return document


@pytest.fixture
def state(document: Document) -> ViewState:
    return ViewState(document)


@pytest.fixture
def outputs() -> dict[str, Maps]:
    """Every value of a map names its place: channel, row and column can be read off it."""
    conv = _counting(8, 24, 32)
    return {
        "input": _counting(3, 24, 32),
        "conv1": conv,
        "relu1": conv,
        "pool1": _counting(8, 12, 16),
        "wide": _counting(512, 10, 14),
        "flatten1": np.arange(71680, dtype=np.float32),
        "fc1": np.array([-1.5, 0.25, 0.5], np.float32),
        "softmax1": np.array([0.1, 0.65, 0.25], np.float32),
    }


def _counting(channels: int, height: int, width: int) -> Maps:
    channel, row, column = np.indices((channels, height, width))
    maps = (channel * 10000 + row * 100 + column).astype(np.float32)
    maps.flags.writeable = False
    return maps


def show(qtbot: QtBot, widget: QWidget, width: int = 700, height: int = 500) -> None:
    """Put a widget on the screen at a size."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
