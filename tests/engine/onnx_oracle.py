"""Our descriptions as ONNX, computed by onnxruntime: an oracle that shares no code with us."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from cnngui.spec import layers as spec
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

_OPSET = 19
_IR_VERSION = 9


def to_onnx(
    network: NetworkSpec, weights: Weights, outputs: list[str], images: int | str = "N"
) -> onnx.ModelProto:
    """Return an ONNX model that gives the outputs of the layers named, for any batch or one."""
    tensors = [
        numpy_helper.from_array(np.asarray(array), f"{layer_id}.{name}")
        for layer_id, parameters in weights.items()
        for name, array in parameters.items()
    ]
    nodes = []
    for index, layer in enumerate(network.layers):
        inputs = list(network.inputs_of(index))
        if layer.enabled:
            nodes.append(_node(layer, inputs, list(weights.get(layer.id, {}))))
        else:
            nodes.append(helper.make_node("Identity", inputs[:1], [layer.id]))
    shapes = infer(network).shapes
    graph = helper.make_graph(
        nodes,
        "network",
        *(
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, [images, *shapes[name]])
                for name in names
            ]
            for names in ([INPUT_ID], outputs)
        ),
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR_VERSION
    return model


def session(model: onnx.ModelProto, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def compute(network: NetworkSpec, weights: Weights, x: NDArray) -> dict[str, NDArray]:
    """Return the output of every layer by id."""
    ids = [layer.id for layer in network.layers]
    results = session(to_onnx(network, weights, ids)).run(ids, {INPUT_ID: x})
    return dict(zip(ids, results, strict=True))


def _node(layer: spec.LayerSpec, inputs: list[str], parameters: list[str]) -> onnx.NodeProto:
    def node(kind: str, names: list[str] = inputs, **attributes: object) -> onnx.NodeProto:
        return helper.make_node(kind, names, [layer.id], **attributes)

    tensors = inputs + [f"{layer.id}.{name}" for name in parameters]
    match layer:
        case spec.Conv2d():
            (top, bottom), (left, right) = layer.pads
            return node(
                "Conv",
                tensors,
                kernel_shape=layer.kernel_size,
                strides=layer.stride,
                pads=[top, left, bottom, right],
                dilations=layer.dilation,
                group=layer.groups,
            )
        case spec.MaxPool2d() | spec.AvgPool2d():
            is_mean = isinstance(layer, spec.AvgPool2d)
            more = {"count_include_pad": int(layer.count_include_pad)} if is_mean else {}
            return node(
                "AveragePool" if is_mean else "MaxPool",
                kernel_shape=layer.kernel_size,
                strides=layer.stride,
                pads=[*layer.padding, *layer.padding],
                ceil_mode=int(layer.ceil_mode),
                **more,
            )
        case spec.BatchNorm2d():
            return node("BatchNormalization", tensors, epsilon=layer.eps)
        case spec.LeakyReLU():
            return node("LeakyRelu", alpha=layer.negative_slope)
        case spec.Linear():
            return node("Gemm", tensors, transB=1)
        case spec.Softmax():
            return node("Softmax", axis=1)
        case spec.Concat():
            return node("Concat", axis=1)
        case spec.Flatten():
            return node("Flatten", axis=1)
        case spec.SiLU():
            # ONNX has no SiLU before opset 24: x / (1 + exp(-x)) is x times its sigmoid.
            return helper.make_node(
                "QuickGelu", inputs, [layer.id], domain="com.microsoft", alpha=1.0
            )
    kinds = {
        "ReLU": "Relu",
        "Dropout": "Identity",
        "GlobalAvgPool2d": "GlobalAveragePool",
        "Add": "Sum",
    }
    return node(kinds.get(layer.type, layer.type))
