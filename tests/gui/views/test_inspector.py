from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cnngui.featuremaps.colormaps import NON_FINITE, lookup_table
from cnngui.featuremaps.scaling import HIGHEST_CODE, LOWEST_CODE
from cnngui.gui.document import Document
from cnngui.gui.theme import number_font, text_width
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.channel_picture import ChannelPicture
from cnngui.gui.views.inspector import Inspector
from cnngui.gui.views.kernel_view import KernelView
from cnngui.gui.words.layers import layer_fact
from cnngui.spec.layers import LAYER_TYPES, Conv2d, ReLU
from cnngui.spec.network import NetworkSpec
from tests.gui.driver import Driver
from tests.gui.views.conftest import show
from tests.gui.views.results import Maps, frame_result

KERNEL = np.array(
    [
        [[0, 1, 2], [3, 4, 5], [6, 7, 8]],
        [[-1, -2, -3], [0, 0, 0], [1, 2, 3]],
        [[0.12345, 0, 0], [0, -12.345, 0], [0, 0, 1e-6]],
    ],
    np.float32,
)


@pytest.fixture
def inspector(qtbot: QtBot, state: ViewState, document: Document) -> Inspector:
    made = Inspector(state)
    document.select("conv1")
    show(qtbot, made, 300, 900)
    return made


def words(inspector: Inspector) -> str:
    labels = inspector.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def numbers(inspector: Inspector) -> dict[str, str]:
    labels = inspector.findChildren(QLabel)
    return {label.accessibleName(): label.text() for label in labels if label.accessibleName()}


def test_before_a_channel_is_there_it_says_what_to_do(inspector: Inspector) -> None:
    assert "Click a map" in words(inspector)


def test_the_channel_and_its_numbers_are_shown(
    inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    outputs["conv1"] = np.zeros((8, 24, 32), np.float32)
    outputs["conv1"][5, :12] = 2
    outputs["conv1"][5, 12:, 16:] = -1
    state.select_channel(5)
    inspector.show_result(frame_result(state.request(), outputs, signed=True))
    assert "channel 5" in words(inspector)
    assert numbers(inspector) == {
        "min": "−1",
        "mean": "0.75",
        "max": "2",
        "std": "1.3",
        "zeros": "25 %",
        "NaN or ∞": "0",
    }


def test_what_is_no_number_is_counted_and_left_out_of_the_others(
    inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    outputs["conv1"] = np.full((8, 24, 32), np.nan, np.float32)
    outputs["conv1"][5, :12] = 2
    outputs["conv1"][5, 0, 0] = np.inf
    outputs["conv1"][5, 0, 1] = 0
    state.select_channel(5)
    inspector.show_result(frame_result(state.request(), outputs, signed=True))
    shown = numbers(inspector)
    assert (shown["min"], shown["max"]) == ("0", "2")
    assert shown["NaN or ∞"] == "385"
    assert inspector.details.histogram.left_out_words == "385 left out: NaN or ∞"
    picture = inspector.details.histogram.grab().toImage()
    assert NON_FINITE in {
        picture.pixelColor(x, y).toTuple()[:3]
        for x in range(picture.width())
        for y in range(picture.height())
    }
    state.select_channel(6)
    inspector.show_result(frame_result(state.request(), outputs, signed=True))
    shown = numbers(inspector)
    assert [shown[name] for name in ("min", "mean", "max", "std")] == ["–"] * 4
    assert shown["NaN or ∞"] == "768"
    inspector.details.histogram.grab()


@pytest.mark.parametrize("size", [1e-38, 1e-7, 1.0, 1e7, 3e38])
@pytest.mark.parametrize("width", [240, 300])
def test_numbers_of_any_size_leave_the_panel_as_wide_as_it_is(
    qtbot: QtBot,
    inspector: Inspector,
    state: ViewState,
    outputs: dict[str, Maps],
    size: float,
    width: int,
) -> None:
    inspector.resize(width, 900)
    rng = np.random.default_rng(0)
    outputs["conv1"] = (rng.uniform(-1, 1, (8, 24, 32)) * size).astype(np.float32)
    kernel = (rng.uniform(-1, 1, (3, 3, 3)) * size).astype(np.float32)
    state.select_channel(5)
    inspector.show_result(
        frame_result(state.request(), outputs, signed=True, kernel=kernel, bias=-size / 3)
    )
    qtbot.mouseMove(inspector.details.picture, inspector.details.picture.picture_rect().center())
    QApplication.processEvents()
    assert inspector.details.minimumSizeHint().width() <= width
    assert inspector.details.width() <= width
    for label in inspector.details.numbers.findChildren(QLabel):
        assert text_width(label.fontMetrics(), label.text()) <= label.width(), label.text()


@pytest.mark.parametrize(("row", "column"), [(0, 0), (23, 31), (12, 7)])
def test_pointing_tells_place_and_value(
    qtbot: QtBot,
    inspector: Inspector,
    state: ViewState,
    outputs: dict[str, Maps],
    row: int,
    column: int,
) -> None:
    state.select_channel(3)
    inspector.show_result(frame_result(state.request(), outputs))
    picture = inspector.findChild(ChannelPicture)
    qtbot.waitUntil(lambda: picture.height() > 100)
    target = picture.picture_rect()
    at = target.topLeft() + QPoint(
        int((column + 0.5) * target.width() / 32), int((row + 0.5) * target.height() / 24)
    )
    with qtbot.waitSignal(picture.pointed_at) as said:
        qtbot.mouseMove(picture, at)
    value = f"{30000 + row * 100 + column}"
    assert said.args == [f"row {row}, column {column}   value {value}"]
    assert value in words(inspector)


def test_the_kernel_is_shown_as_numbers_and_another_input_by_click(
    qtbot: QtBot, inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    result = frame_result(state.request(), outputs, kernel=KERNEL, bias=-0.5)
    inspector.show_result(result)
    kernel = inspector.findChild(KernelView)
    assert kernel.isVisible()
    assert "3×3 for each of 3 inputs<br>bias −0.5" in words(inspector)
    assert "channel R of input" in words(inspector)
    assert kernel.numbers.accessibleDescription() == "0 1 2\n3 4 5\n6 7 8"
    at = kernel.pictures.picture_rect(2).center()
    qtbot.mouseClick(kernel.pictures, Qt.MouseButton.LeftButton, pos=at)
    assert "channel B of input" in words(inspector)
    assert kernel.numbers.accessibleDescription() == ".123 0 0\n0 −12.3 0\n0 0 1e−06"
    qtbot.keyClick(kernel.pictures, Qt.Key.Key_Left)
    assert kernel.numbers.accessibleDescription() == "−1 −2 −3\n0 0 0\n1 2 3"
    inspector.show_result(result)
    assert "channel G of input" in words(inspector)


def test_a_kernel_opens_with_the_input_that_it_weighs_most(
    qtbot: QtBot, inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    last_is_strongest = KERNEL * np.array([0, 1, 10], np.float32)[:, None, None]
    inspector.show_result(frame_result(state.request(), outputs, kernel=last_is_strongest))
    pictures = inspector.findChild(KernelView).pictures
    assert pictures.current == 2
    qtbot.keyClick(pictures, Qt.Key.Key_Left)
    learned = frame_result(state.request(), outputs, kernel=1.1 * last_is_strongest)
    inspector.show_result(learned)
    assert pictures.current == 1  # what is looked at stays while it learns
    state.select_channel(3)
    inspector.show_result(frame_result(state.request(), outputs, kernel=KERNEL))
    assert pictures.current == 0


def test_arrows_are_the_kernels_own_before_the_windows_shortcuts(
    qtbot: QtBot, inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    taken: list[str] = []
    QShortcut("Right", inspector, lambda: taken.append("Right"))
    QShortcut("Space", inspector, lambda: taken.append("Space"))
    inspector.show_result(frame_result(state.request(), outputs, kernel=KERNEL))
    pictures = inspector.findChild(KernelView).pictures
    pictures.setFocus()
    qtbot.waitUntil(pictures.hasFocus)
    qtbot.keyClick(pictures, Qt.Key.Key_Right)
    qtbot.keyClick(pictures, Qt.Key.Key_Space)
    assert pictures.current == 1
    assert taken == ["Space"]


def test_zero_weights_have_the_neutral_colour(
    inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    inspector.show_result(frame_result(state.request(), outputs, kernel=KERNEL))
    pictures = inspector.findChild(KernelView).pictures
    rect = pictures.picture_rect(1)
    color = pictures.grab().toImage().pixelColor(rect.center())
    assert list(color.toTuple()[:3]) == lookup_table("blue-red", True)[128, :3].tolist()


def test_a_kernel_over_many_inputs_scrolls_in_its_place(
    qtbot: QtBot, inspector: Inspector, state: ViewState, document: Document
) -> None:
    document.select("wide")
    kernel = np.zeros((256, 7, 7), np.float32)
    maps = {"wide": np.zeros((512, 10, 14), np.float32)}
    inspector.show_result(frame_result(state.request(), maps, kernel=kernel))
    view = inspector.findChild(KernelView)
    qtbot.waitUntil(lambda: 300 < view.height() < 420)
    assert view.pictures.height() > 1000


@pytest.mark.parametrize(("size", "fits"), [(3, True), (7, True), (11, False)])
def test_a_kernel_of_seven_by_seven_is_seen_whole(
    qtbot: QtBot,
    inspector: Inspector,
    state: ViewState,
    outputs: dict[str, Maps],
    size: int,
    fits: bool,
) -> None:
    kernel = np.full((3, size, size), -0.0174, np.float32)
    inspector.show_result(frame_result(state.request(), outputs, kernel=kernel))
    view = inspector.findChild(KernelView)
    qtbot.waitUntil(lambda: view.width() > 200)
    assert (view.numbers.minimumWidth() <= view.width()) == fits


def test_a_weight_next_to_zero_does_not_make_the_table_wider(
    qtbot: QtBot, inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    kernel = np.full((3, 7, 7), -0.0174, np.float32)
    kernel[0, 0, 0] = -5.32e-5
    inspector.show_result(frame_result(state.request(), outputs, kernel=kernel))
    view = inspector.findChild(KernelView)
    qtbot.waitUntil(lambda: view.width() > 200)
    assert view.numbers.minimumWidth() <= view.width()


def test_a_layer_without_a_kernel_says_what_it_does(
    inspector: Inspector, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    document.select("pool1")
    inspector.show_result(frame_result(state.request(), outputs))
    assert not inspector.findChild(KernelView).isVisible()
    assert "largest value of each 2×2 window" in words(inspector)


@pytest.mark.parametrize("name", LAYER_TYPES)
def test_every_type_of_layer_is_explained(qapp: object, name: str) -> None:
    fact = layer_fact(LAYER_TYPES[name](id="x"))
    assert fact.endswith(".")
    assert "{" not in fact
    assert layer_fact(LAYER_TYPES[name](id="x", enabled=False)).startswith("Bypassed")


def test_a_unit_of_a_flat_layer_is_shown_with_its_class(
    inspector: Inspector, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    document.select("fc1")
    state.select_channel(2)
    inspector.show_result(frame_result(state.request(), outputs))
    assert "unit 2 red panda" in words(inspector)
    assert "value 0.5" in words(inspector)
    assert not inspector.findChild(ChannelPicture).isVisible()


def test_a_result_of_another_layer_changes_nothing(
    inspector: Inspector, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    inspector.show_result(frame_result(state.request(), outputs))
    late = frame_result(state.request(), outputs)
    document.select("relu1")
    inspector.show_result(frame_result(state.request(), outputs))
    inspector.show_result(late)
    assert "relu1" in words(inspector)


def test_the_copy_has_the_channels_colours(
    inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    assert inspector.copy_picture().isNull()
    inspector.show_result(frame_result(state.request(), outputs))
    picture = inspector.copy_picture()
    assert (picture.width(), picture.height()) == (320, 240)
    assert QGuiApplication.clipboard().image().size() == picture.size()
    table = lookup_table("viridis", False)
    assert list(picture.pixelColor(0, 0).toTuple()[:3]) == table[LOWEST_CODE, :3].tolist()
    assert list(picture.pixelColor(319, 239).toTuple()[:3]) == table[HIGHEST_CODE, :3].tolist()


def test_the_strongest_classes_come_first(
    inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    assert not inspector.class_bars.isVisible()
    inspector.show_result(frame_result(state.request(), outputs, scores=outputs["softmax1"]))
    assert inspector.class_bars.isVisible()
    assert [(name, length) for name, _, length in inspector.class_bars.rows] == [
        ("dog", pytest.approx(0.65)),
        ("red panda", pytest.approx(0.25)),
        ("cat", pytest.approx(0.1)),
    ]
    first_part = replace(frame_result(state.request(), outputs), is_complete=False)
    inspector.show_result(first_part)
    assert inspector.class_bars.isVisible(), "they stay until the rest of the frame is there"
    inspector.show_result(frame_result(state.request(), outputs))
    assert not inspector.class_bars.isVisible()


def test_an_untrained_network_names_no_class(
    inspector: Inspector, state: ViewState, outputs: dict[str, Maps]
) -> None:
    bars = inspector.class_bars
    inspector.show_result(frame_result(state.request(), outputs, scores=outputs["softmax1"]))
    height = bars.sizeHint().height()
    assert bars.reason == ""
    drawn = frame_result(state.request(), outputs, scores=outputs["softmax1"], is_untrained=True)
    inspector.show_result(drawn)
    assert bars.isVisible()
    assert bars.rows == []
    assert "Not trained" in bars.reason
    assert bars.accessibleDescription() == bars.reason
    assert bars.sizeHint().height() == height, "nothing moves when it begins to learn"


def test_scores_of_named_classes_are_shares_without_a_softmax_too(
    inspector: Inspector, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    document.edit(document.spec.removed("softmax1"), "remove")
    inspector.show_result(frame_result(state.request(), outputs, scores=outputs["fc1"]))
    rows = inspector.class_bars.rows
    assert sum(length for _, _, length in rows) == pytest.approx(1.0)
    best, worst = outputs["fc1"].max(), outputs["fc1"].min()
    assert rows[0][1] / rows[-1][1] == pytest.approx(np.exp(best - worst), rel=1e-5)


def test_scores_that_nobody_named_are_signed(
    inspector: Inspector, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    document.edit(replace(document.spec.removed("softmax1"), classes=()), "remove")
    inspector.show_result(frame_result(state.request(), outputs, scores=outputs["fc1"]))
    assert [length for _, _, length in inspector.class_bars.rows] == [0.25, 0.125, -0.75]


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (480, 640)])
def test_maps_of_any_shape_are_painted(
    inspector: Inspector, state: ViewState, shape: tuple[int, int]
) -> None:
    maps = {"conv1": np.zeros((8, *shape), np.float32)}
    inspector.show_result(frame_result(state.request(), maps))
    picture = inspector.findChild(ChannelPicture)
    assert not inspector.grab().isNull()
    target = picture.picture_rect()
    assert picture.rect().contains(target)
    assert min(target.width(), target.height()) >= 16


def test_a_map_of_one_row_is_thick_enough_to_point_at(
    qtbot: QtBot, inspector: Inspector, state: ViewState
) -> None:
    maps = {"conv1": np.arange(8 * 60, dtype=np.float32).reshape(8, 1, 60)}
    inspector.show_result(frame_result(state.request(), maps))
    picture = inspector.findChild(ChannelPicture)
    target = picture.picture_rect()
    with qtbot.waitSignal(picture.pointed_at) as said:
        qtbot.mouseMove(picture, target.bottomRight())
    assert said.args == ["row 0, column 59   value 59"]


@pytest.mark.parametrize("name", ["thing 1", "triangle", "star", "school bus"])
def test_a_name_is_not_elided_in_the_room_it_needs(qapp: QApplication, name: str) -> None:
    metrics = QFontMetrics(number_font(qapp.font()))
    room = text_width(metrics, name)
    assert metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) == name


def test_long_names_of_layers_do_not_widen_the_panel(driver: Driver) -> None:
    beginning = "denseblock12_denselayer34_of_a_network"
    layers = (
        Conv2d(id=f"{beginning}_conv1", padding="same"),
        ReLU(id=f"{beginning}_relu1"),
        Conv2d(id=f"{beginning}_conv2", padding="same"),
    )
    driver.document.replace_network(NetworkSpec(layers=layers))
    driver.document.select(layers[2].id)
    inspector = driver.window.findChild(Inspector)
    assert inspector is not None
    driver.wait(lambda: driver.channel is not None and driver.channel.layer_id == layers[2].id)
    assert inspector.findChildren(KernelView)[0].isVisible()
    assert inspector.details.minimumSizeHint().width() <= inspector.width()
