"""What a layer is like when it is added: defaults that fit the place where it is put."""

from __future__ import annotations

from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, Add, Concat, LayerSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer

_CHOSEN = {"Conv2d": {"padding": "same"}}
"""Arguments that a new layer has instead of PyTorch's default."""


def new_layer(spec: NetworkSpec, layer_type: str, index: int) -> LayerSpec:
    """Return a layer of that type to be inserted at ``index``, under a fresh id.

    ``Add`` and ``Concat`` read the layer before and the earliest layer that fits it: what a skip
    connection around the block so far would read. A ``Linear`` has one unit per class.
    """
    made = LAYER_TYPES[layer_type]
    arguments: dict[str, object] = dict(_CHOSEN.get(layer_type, {}))
    if issubclass(made, Add | Concat):
        arguments["inputs"] = _inputs_to_join(spec, made, index)
    if layer_type == "Linear" and spec.classes:
        arguments["out_features"] = len(spec.classes)
    return made(id=spec.fresh_id(layer_type), **arguments)  # type: ignore[arg-type]


def _inputs_to_join(spec: NetworkSpec, layer_type: type[LayerSpec], index: int) -> tuple[str, ...]:
    shapes = infer(spec).shapes
    *earlier, before = (INPUT_ID, *(layer.id for layer in spec.layers[:index]))

    def fitting(layer_id: str) -> Shape:
        shape = shapes.get(layer_id, ())
        return shape[1:] if layer_type is Concat else shape

    for layer_id in earlier:
        if fitting(layer_id) == fitting(before):
            return layer_id, before
    return (*earlier[-1:], before) if earlier else ()
