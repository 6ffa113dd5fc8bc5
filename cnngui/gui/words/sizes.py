"""How the size of a layer's maps follows from what it reads, with the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from cnngui.spec.layers import LayerSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

translate = QCoreApplication.translate


def size_words(network: NetworkSpec, layer_id: str) -> str:
    """Return a line for height and width: ``(240 + 1 + 1 − 3) / 2 + 1 = 120``; "" for no window.

    What spans time has a line for its moments before that.
    """
    if layer_id not in network:
        return ""
    index = network.index_of(layer_id)
    layer, shapes = network.layers[index], infer(network).shapes
    source = shapes.get(network.inputs_of(index)[0], ())
    shape = shapes.get(layer_id, ())
    rank = layer.rank or 0
    if not layer.enabled or rank < 2 or min(len(shape), len(source)) <= rank:
        return ""
    sizes = zip(source[-rank:], shape[-rank:], strict=True)
    formulas = [_axis(layer, axis, size, made) for axis, (size, made) in enumerate(sizes)]
    if not all(formulas):
        return ""
    *moments, rows, columns = formulas
    lines = [translate("LayerSizes", "Moments: {formula}").format(formula=one) for one in moments]
    if rows == columns:
        both = translate("LayerSizes", "Height and width: {formula}").format(formula=rows)
    else:
        both = translate("LayerSizes", "Height: {rows}\nWidth: {columns}").format(
            rows=rows, columns=columns
        )
    return "\n".join((*lines, both))


def _axis(layer: LayerSpec, axis: int, size: int, made: int) -> str:
    kernel: Sequence[int] | None = getattr(layer, "kernel_size", None)
    stride: Sequence[int] | None = getattr(layer, "stride", None)
    if kernel is None or stride is None:
        return ""
    dilation: Sequence[int] = getattr(layer, "dilation", (1,) * len(kernel))
    reach = str(kernel[axis])
    if dilation[axis] != 1:
        reach = f"({dilation[axis]}·({kernel[axis]} − 1) + 1)"
    extra: Sequence[int] | None = getattr(layer, "output_padding", None)
    if extra is not None:  # a transposed convolution: the other way round
        padding: Sequence[int] = getattr(layer, "padding", (0,) * len(kernel))
        added = f" + {extra[axis]}" if extra[axis] else ""
        cut = f" − 2·{padding[axis]}" if padding[axis] else ""
        return f"({size} − 1)·{stride[axis]} + {reach}{added}{cut} = {made}"
    before, after = getattr(layer, "pads", ((0, 0),) * len(kernel))[axis]
    padded = f"{size} + {before} + {after}" if before or after else str(size)
    exact = size + before + after - dilation[axis] * (kernel[axis] - 1) - 1
    whole = exact % stride[axis] == 0
    rounds_up = bool(getattr(layer, "ceil_mode", False))
    left, right = ("", "") if whole else ("⌈", "⌉") if rounds_up else ("⌊", "⌋")
    over = "" if stride[axis] == 1 else f" / {stride[axis]}"
    return f"{left}({padded} − {reach}){over}{right} + 1 = {made}"
