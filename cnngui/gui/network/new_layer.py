"""What a layer is like when it is added: defaults that fit the place where it is put."""

from __future__ import annotations

from collections.abc import Sequence

from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, LayerSpec, MisfitError, Shape
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer


def new_layer(spec: NetworkSpec, layer_type: str, index: int) -> LayerSpec:
    """Return a layer of that type to be inserted at ``index``, under a fresh id.

    A layer that joins others reads the layer before and the earliest layer that fits it: what a
    skip connection around the block so far would read. A dense one has one unit per class.
    """
    made = LAYER_TYPES[layer_type]
    layer = made(id=spec.fresh_id(layer_type)).edited(**made.suggested)
    if layer.input_count[0] > 1:
        layer = layer.edited(inputs=_inputs_to_join(spec, layer, index))
    if layer.is_dense and spec.classes:
        layer = layer.edited(**{layer.size_argument: len(spec.classes)})
    return layer


def _inputs_to_join(spec: NetworkSpec, layer: LayerSpec, index: int) -> tuple[str, ...]:
    shapes = infer(spec).shapes
    *earlier, before = (INPUT_ID, *(layer.id for layer in spec.layers[:index]))
    for layer_id in earlier:
        known = [shapes[name] for name in (layer_id, before) if name in shapes]
        if len(known) == 2 and _fit(layer, known):
            return layer_id, before
    return (*earlier[-1:], before) if earlier else ()


def _fit(layer: LayerSpec, sources: Sequence[Shape]) -> bool:
    try:
        layer.output_shape(sources)
    except MisfitError:
        return False
    return True
