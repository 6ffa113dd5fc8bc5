"""One channel in detail: picture, numbers, histogram, kernel; the network's verdict at the foot."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.hands import Hands
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, give_slim_bars, number_font, with_font
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.channel_picture import ChannelPicture
from cnngui.gui.views.class_bars import ClassBars
from cnngui.gui.views.held import Held
from cnngui.gui.views.histogram_view import HistogramView
from cnngui.gui.views.kernel_view import KernelView
from cnngui.gui.widgets.buttons import tool_button
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.kernel_menu import KernelMenu, KernelTarget
from cnngui.gui.widgets.plain import plain_tip, show_plainly
from cnngui.gui.words.layers import layer_fact
from cnngui.gui.words.moments import moment_in, slice_labels
from cnngui.gui.words.naming import channel_label, channel_names, kernel_inputs
from cnngui.gui.words.numbers import number_text, shape_label, share_text
from cnngui.gui.words.scales import map_scale_text
from cnngui.gui.words.sizes import size_words
from cnngui.pipeline.lenses.channel import ChannelResult
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.results import FrameResult
from cnngui.spec.channels import own_names

_WIDTH, _LEAST_WIDTH = 300, 240
"""Pixels: three numbers of any size fit beside each other into the lesser."""
_CLASSES_SHARE = 0.3
"""This share of a low inspector is for the classes: the kernel above them needs the rest."""
_COPIED_SIDE = 320
_NUMBERS_IN_ROW = 3


class Inspector(QWidget):
    """The chosen channel of the chosen layer, live."""

    def __init__(
        self, state: ViewState, hands: Hands | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._message = QLabel(self.tr("Click a map to study it here."), self)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._message.setMargin(SPACE_L)
        self._details = _Details(state, hands)
        area = QScrollArea(self)
        area.setWidget(self._details)
        area.setWidgetResizable(True)
        area.setAccessibleName(self.tr("The chosen channel in detail"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(area)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._message)
        self._stack.addWidget(area)
        self._class_bars = ClassBars(state, self)
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_S)
        foot.addWidget(self._class_bars)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
        self.setMinimumWidth(with_font(_LEAST_WIDTH))

    @property
    def details(self) -> _Details:
        """What is shown of the channel."""
        return self._details

    @property
    def class_bars(self) -> ClassBars:
        """The strongest classes."""
        return self._class_bars

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._class_bars.fit_height(round(event.size().height() * _CLASSES_SHARE))

    def sizeHint(self) -> QSize:
        return QSize(with_font(_WIDTH), 640)

    def show_result(self, result: FrameResult) -> None:
        """Paint the channel of a result, if its layer is still the one looked at."""
        self._class_bars.show_result(result)
        layer_id = self._state.layer_id
        channel, vector = result.part(ChannelResult), result.part(VectorResult)
        if channel is not None and channel.layer_id == layer_id:
            self._details.show_channel(channel, result.view)
            self._stack.setCurrentIndex(1)
        elif vector is not None and vector.layer_id == layer_id:
            self._details.show_unit(vector)
            self._stack.setCurrentIndex(1)
        elif layer_id not in self._state.layer_ids or not result.view.wants_channel:
            self._stack.setCurrentIndex(0)

    def copy_picture(self) -> QImage:
        """Put the channel in its colours on the clipboard, and return it; null if there is none."""
        picture = self._details.picture.copy_picture()
        if self._stack.currentIndex() == 0 or picture.isNull():
            return QImage()
        factor = max(_COPIED_SIDE // max(picture.width(), picture.height()), 1)
        picture = picture.scaled(picture.size() * factor)
        QGuiApplication.clipboard().setImage(picture)
        return picture


class _Details(QWidget):
    """The inspector's scrolling part."""

    def __init__(self, state: ViewState, hands: Hands | None) -> None:
        super().__init__()
        self._state = state
        self._hands = hands
        self._held: Held[ChannelResult] = Held(state.playhead)
        self._named = "", 0
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.RichText)
        self.title.setWordWrap(True)
        self._rename = tool_button(
            "pencil-outline", self.tr("Name"), self.tr("Give this channel a name")
        )
        self._rename.clicked.connect(self._on_rename_clicked)
        self.name_field = QLineEdit(self)
        self.name_field.setAccessibleName(self.tr("Name of the channel"))
        self.name_field.setPlaceholderText(self.tr("Name of the channel"))
        self.name_field.editingFinished.connect(self._on_name_field_editing_finished)
        self.name_field.hide()
        title_row = QHBoxLayout()
        title_row.setContentsMargins(0, 0, 0, 0)
        title_row.addWidget(self.title, 1)
        title_row.addWidget(self.name_field, 1)
        title_row.addWidget(self._rename)
        self.picture = ChannelPicture(state, self)
        self.pointed = ElidingLabel(self)  # its numbers may be long, and the panel stays as it is
        self.pointed.setFont(number_font(self.font()))
        self.pointed.setMinimumHeight(self.fontMetrics().height())
        self.picture.pointed_at.connect(self._say_pointed)
        self.numbers = _Numbers(self)
        self.histogram = HistogramView(self)
        self.fact = QLabel(self)
        self.fact.setWordWrap(True)
        self.fact.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.kernel_title = QLabel(self)
        self.kernel_title.setTextFormat(Qt.TextFormat.RichText)
        self.kernel_title.setWordWrap(True)
        show_plainly(self.fact)
        self.kernel = KernelView(state, self)
        self._kernel_menu = tool_button(
            "blur-linear", self.tr("Kernel"), self.tr("Make another kernel, or change this one")
        )
        self._kernel_menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        if hands is not None:
            self._kernel_menu.setMenu(KernelMenu(hands, self._kernel_target, self._kernel_menu))
            self.kernel.weight_edited.connect(self._on_kernel_weight_edited)
            self.kernel.edit_cancelled.connect(hands.take_back)
        kernel_row = QHBoxLayout()
        kernel_row.setContentsMargins(0, 0, 0, 0)
        kernel_row.addWidget(self.kernel_title, 1)
        kernel_row.addWidget(self._kernel_menu)
        self.picture.place_chosen.connect(self._on_picture_place_chosen)
        state.playhead.moved.connect(self._on_playhead_moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addLayout(title_row)
        for part in (
            *(self.picture, self.pointed, self.numbers, self.histogram),
            self.fact,
        ):
            column.addWidget(part)
        column.addLayout(kernel_row)
        column.addWidget(self.kernel)
        column.addStretch(1)

    def show_channel(self, channel: ChannelResult, view: ViewRequest) -> None:
        """Show one map; of several moments the one looked at, or each in turn."""
        if self._held.take(channel, view):
            self._show(channel)

    @Slot()
    def _on_playhead_moved(self) -> None:
        if self._held.turn() and self._held.shown is not None:
            self._show(self._held.shown)

    def _show(self, channel: ChannelResult) -> None:
        words = self.tr("channel {number}")
        self._show_title(channel.layer_id, channel.channel, words, self._moment_words(channel))
        self.picture.show_channel(channel)
        self.numbers.show_channel(channel)
        self.histogram.show_counts(
            channel.histogram_counts, channel.histogram_edges, channel.non_finite
        )
        self._set_map_parts_visible(True)
        self._show_kernel(channel)

    @Slot(str)
    def _say_pointed(self, pointed: str) -> None:
        """Say what is under the pointer; where nothing is, what the colours mean."""
        channel = self._held.shown
        if not pointed and channel is not None:
            counted = channel.measured - channel.non_finite
            pointed = map_scale_text(channel.low, channel.high, channel.clipped, counted)
        self.pointed.setText(pointed)
        self.pointed.setToolTip(plain_tip(pointed))

    def show_unit(self, vector: VectorResult) -> None:
        """Show one unit of a flat layer."""
        unit = min(self._state.channel, len(vector.values) - 1)
        self._show_title(vector.layer_id, unit, self.tr("unit {number}"))
        value = number_text(float(vector.values[unit]), digits=5)
        self.pointed.setText(self.tr("value {value}").format(value=value))
        self._set_map_parts_visible(False)
        self.kernel_title.hide()
        self._kernel_menu.hide()
        self.kernel.hide()

    def _moment_words(self, channel: ChannelResult) -> str:
        """Say of which moments the numbers are."""
        moments = channel.moments
        if moments is None:
            return ""
        if channel.film is not None:
            return self.tr("all {count} moments").format(count=moments.count)
        return moment_in(moments.chosen, moments.count)

    def _show_title(self, layer_id: str, number: int, words: str, moment: str = "") -> None:
        network = self._state.network
        if (layer_id, number) != self._named:
            self._named = layer_id, number
            self.name_field.hide()
            self.title.show()
        self._rename.setVisible(self._hands is not None and layer_id in network)
        names = channel_names(network, layer_id)
        label = escape(channel_label(number, names))
        # A long name may be broken at its parts: the panel stays as wide as it is.
        name = escape(layer_id).replace("_", "_&#8203;")
        title = f"<b>{name}</b>&nbsp;&nbsp;{words.format(number=label)}"
        self.title.setText(f"{title}&nbsp;&nbsp;{moment}" if moment else title)
        fact = layer_fact(network.layer(layer_id) if layer_id in network else None)
        self.fact.setText("\n".join(filter(None, (fact, size_words(network, layer_id)))))

    def _set_map_parts_visible(self, visible: bool) -> None:
        for part in (self.picture, self.numbers, self.histogram):
            part.setVisible(visible)

    @Slot()
    def _on_rename_clicked(self) -> None:
        layer_id, channel = self._named
        names = own_names(self._state.network, layer_id)
        self.name_field.setText(names[channel] if channel < len(names) else "")
        self.title.hide()
        self.name_field.show()
        self.name_field.setFocus()
        self.name_field.selectAll()

    @Slot()
    def _on_name_field_editing_finished(self) -> None:
        if self.name_field.isHidden():
            return
        # Not to the button beside it, which the same Enter would press.
        self.setFocus()
        self.name_field.hide()
        self.title.show()
        if self._hands is not None:
            self._hands.name_channel(*self._named, self.name_field.text())

    def _kernel_target(self) -> KernelTarget | None:
        channel = self._held.shown
        if channel is None or channel.kernel is None:
            return None
        place, moment = self.kernel.pictures.current, self.kernel.chosen_slice
        return KernelTarget(channel.layer_id, channel.channel, place, moment)

    @Slot(int, object, float, bool)
    def _on_kernel_weight_edited(
        self, place: int, tap: tuple[int, ...], value: float, final: bool
    ) -> None:
        target = self._kernel_target()
        if target is not None and self._hands is not None:
            at = self._hands.weight_place(target.layer_id, target.channel, place, tap)
            self._hands.set_number(target.layer_id, "weight", at, value, final=final)

    @Slot(object)
    def _on_picture_place_chosen(self, at: tuple[int, ...]) -> None:
        self._state.select_place(at)
        self._state.show_sight("number")

    def _show_kernel(self, channel: ChannelResult) -> None:
        kernel = channel.kernel
        self.kernel_title.setVisible(kernel is not None)
        self._kernel_menu.setVisible(kernel is not None and self._hands is not None)
        self.kernel.setVisible(kernel is not None)
        if kernel is None:
            return
        count, *size = kernel.shape
        if count == 1:
            text = self.tr("<b>Kernel</b>&nbsp;&nbsp;{size} for its one input")
        else:
            text = self.tr("<b>Kernel</b>&nbsp;&nbsp;{size} for each of {count} inputs")
        text = text.format(size=shape_label(tuple(size)), count=count)
        # On a line of its own: a bias that is learned must not push the kernel to and fro.
        bias = "" if channel.bias is None else number_text(channel.bias)
        line = self.tr("bias {bias}").format(bias=bias) if bias else self.tr("no bias")
        self.kernel_title.setText(f"{text}<br>{line}")
        self.kernel.show_kernel(
            kernel,
            *kernel_inputs(self._state.network, channel.layer_id, channel.channel, count),
            owner=(channel.layer_id, channel.channel),
            slices=self._slices(channel.layer_id, size),
        )

    def _slices(self, layer_id: str, size: list[int]) -> tuple[str, ...]:
        """Return what the moments that a kernel spans are called; () where it spans none."""
        network = self._state.network
        if len(size) < 3 or layer_id not in network:
            return ()
        return slice_labels(network.layer(layer_id), size[0])


class _Numbers(QWidget):
    """Six numbers, each under its name, in two rows. They never make the panel wider."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_S)
        grid.setVerticalSpacing(SPACE_S // 2)
        names = (
            *(self.tr("min"), self.tr("mean"), self.tr("max")),
            *(self.tr("std"), self.tr("zeros"), self.tr("NaN or ∞")),
        )
        self._values = [QLabel(self) for _ in names]
        for place, (name, value) in enumerate(zip(names, self._values, strict=True)):
            row, column = divmod(place, _NUMBERS_IN_ROW)
            caption = QLabel(name, self)
            caption.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            value.setFont(number_font(self.font()))
            value.setAccessibleName(name)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(caption, 2 * row, column)
            grid.addWidget(value, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)

    def show_channel(self, channel: ChannelResult) -> None:
        """Show the numbers of its finite values, and how many are none; dashes where all are."""
        numbers = (channel.minimum, channel.mean, channel.maximum, channel.std)
        has_any = channel.non_finite < channel.measured
        texts = [number_text(number) if has_any else "–" for number in numbers]
        texts += [share_text(channel.zeros), f"{channel.non_finite:,}"]
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)
