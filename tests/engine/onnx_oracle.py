"""Our descriptions as ONNX, computed by onnxruntime: an oracle that shares no code with us."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from cnngui.spec import layers as spec
from cnngui.spec.layers import INPUT_ID, Shape
from cnngui.spec.layers.conv import Convolution, TransposedConvolution
from cnngui.spec.layers.norm import BatchNorm, InstanceNorm
from cnngui.spec.layers.pool import AdaptivePooling, WindowPooling
from cnngui.spec.layers.resize import Padding, Upsampling
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

_OF_LATER_OPSET = (spec.GELU, spec.GroupNorm, InstanceNorm)
NOT_IN_ONNX = (AdaptivePooling,)


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
    shapes = infer(network).shapes
    for index, layer in enumerate(network.layers):
        inputs = list(network.inputs_of(index))
        build = _Builder(layer, inputs, shapes[layer.id], shapes[inputs[0]])
        if layer.enabled:
            _build(build, list(weights.get(layer.id, {})))
        else:
            build.add("Identity", inputs[:1])
        nodes += build.nodes
        tensors += build.constants
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
    is_later = any(isinstance(layer, _OF_LATER_OPSET) for layer in network.layers)
    opset, ir_version = (21, 10) if is_later else (19, 9)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = ir_version
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


class _Builder:
    """The nodes of one layer, and the constants that they read."""

    def __init__(
        self, layer: spec.LayerSpec, inputs: list[str], shape: Shape, source: Shape
    ) -> None:
        self.layer, self.inputs, self.shape, self.source = layer, inputs, shape, source
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.of_moments = layer.enabled and layer.rank == 2 and len(source) == 4
        if self.of_moments:
            # Each moment by itself, as pictures of a batch are.
            turned = self.add("Transpose", inputs, last=False, perm=[0, 2, 1, 3, 4])
            self.inputs = self._reshaped(turned, (-1, source[0], *source[2:]))

    def _reshaped(self, inputs: list[str], shape: tuple[int, ...]) -> list[str]:
        return self.add("Reshape", [*inputs, self.constant(shape, np.int64)], last=False)

    def constant(self, values: object, dtype: type = np.float32) -> str:
        name = f"{self.layer.id}.constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(
        self, kind: str, inputs: list[str], *, last: bool = True, domain: str = "", **more: object
    ) -> list[str]:
        """Add a node, whose result is the layer's if it is the last. Return the result's name."""
        if last and self.of_moments:
            made = self.add(kind, inputs, last=False, domain=domain, **more)
            channels, moments, *sides = self.shape
            apart = self._reshaped(made, (-1, moments, channels, *sides))
            self.of_moments = False
            return self.add("Transpose", apart, perm=[0, 2, 1, 3, 4])
        result = self.layer.id if last else f"{self.layer.id}.between{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [result], domain=domain, **more))
        return [result]


_SAME_NAMES = {
    "ReLU": "Relu",
    "Dropout": "Identity",
    "GlobalAvgPool2d": "GlobalAveragePool",
    "GlobalAvgPool3d": "GlobalAveragePool",
    "GlobalMaxPool2d": "GlobalMaxPool",
    "Hardswish": "HardSwish",
    "Add": "Sum",
}


def _build(build: _Builder, parameters: list[str]) -> None:
    layer, inputs = build.layer, build.inputs
    tensors = inputs + [f"{layer.id}.{name}" for name in parameters]
    match layer:
        case Convolution() | TransposedConvolution():
            is_transposed = isinstance(layer, TransposedConvolution)
            pads = [(pad, pad) for pad in layer.padding] if is_transposed else layer.pads
            more = {"output_padding": layer.output_padding} if is_transposed else {}
            build.add(
                "ConvTranspose" if is_transposed else "Conv",
                tensors,
                kernel_shape=layer.kernel_size,
                strides=layer.stride,
                pads=_in_order(pads),
                dilations=layer.dilation,
                group=layer.groups,
                **more,
            )
        case WindowPooling():
            is_mean = isinstance(layer, spec.AvgPool2d | spec.AvgPool3d)
            more = (
                {"count_include_pad": int(layer.count_include_pad)}
                if is_mean
                else {"dilations": layer.spacing}
            )
            build.add(
                "AveragePool" if is_mean else "MaxPool",
                inputs,
                kernel_shape=layer.kernel_size,
                strides=layer.stride,
                pads=[*layer.padding, *layer.padding],
                ceil_mode=int(layer.ceil_mode),
                **more,
            )
        case BatchNorm():
            build.add("BatchNormalization", tensors, epsilon=layer.eps)
        case spec.GroupNorm() | InstanceNorm():
            channels = build.shape[0]
            neutral = [build.constant(np.ones(channels)), build.constant(np.zeros(channels))]
            tensors = tensors if parameters else inputs + neutral
            groups = layer.num_groups if isinstance(layer, spec.GroupNorm) else channels
            build.add("GroupNormalization", tensors, epsilon=layer.eps, num_groups=groups)
        case spec.LayerNorm():
            over_maps = layer.normalized_shape == "maps"
            over = build.shape if over_maps else build.shape[:1]
            given = tensors[1:] or [build.constant(np.ones(over))]
            if over_maps or len(build.shape) == 1:
                build.add("LayerNormalization", inputs + given, epsilon=layer.eps, axis=1)
            else:
                axes = range(1, len(build.shape) + 1)
                last = [0, *axes[1:], 1]
                turned = build.add("Transpose", inputs, last=False, perm=last)
                normalised = build.add(
                    "LayerNormalization", turned + given, last=False, epsilon=layer.eps, axis=-1
                )
                build.add("Transpose", normalised, perm=[0, axes[-1], *axes[:-1]])
        case spec.PReLU():
            sides = (layer.num_parameters,) + (1,) * (len(build.shape) - 1)
            slope = [*tensors[1:], build.constant(sides, np.int64)]
            build.add("PRelu", inputs + build.add("Reshape", slope, last=False))
        case spec.ReLU6():
            build.add("Clip", [*inputs, build.constant(0), build.constant(6)])
        case spec.Hardtanh():
            low, high = build.constant(layer.min_val), build.constant(layer.max_val)
            build.add("Clip", [*inputs, low, high])
        case spec.ELU():
            build.add("Elu", inputs, alpha=layer.alpha)
        case spec.GELU():
            build.add("Gelu", inputs, approximate=layer.approximate)
        case spec.Hardsigmoid():
            build.add("HardSigmoid", inputs, alpha=1 / 6, beta=0.5)
        case spec.LeakyReLU():
            build.add("LeakyRelu", inputs, alpha=layer.negative_slope)
        case spec.Linear():
            build.add("Gemm", tensors, transB=1)
        case spec.Softmax() | spec.Concat() | spec.Flatten():
            build.add(layer.type, inputs, axis=1)
        case spec.SiLU():
            # ONNX has no SiLU before opset 24: x / (1 + exp(-x)) is x times its sigmoid.
            build.add("QuickGelu", inputs, domain="com.microsoft", alpha=1.0)
        case spec.Multiply():
            (product, *others) = inputs
            for number, other in enumerate(others, 1):
                (product,) = build.add("Mul", [product, other], last=number == len(others))
        case Padding():
            pads = build.constant(_in_order([(0, 0), (0, 0), *layer.pads]), np.int64)
            mode = {"replicate": "edge"}.get(layer.mode, layer.mode)
            build.add("Pad", [*inputs, pads, build.constant(layer.value)], mode=mode)
        case spec.Slice():
            picked = [[layer.start], [_END if layer.stop is None else layer.stop]]
            numbers = [*picked, [layer.axis(build.source) + 1], [layer.step]]
            build.add("Slice", inputs + [build.constant(some, np.int64) for some in numbers])
        case spec.Reshape():
            build.add("Reshape", [*inputs, build.constant([0, *layer.shape], np.int64)])
        case Upsampling():
            if layer.mode == "nearest":
                how = {"mode": "nearest", "nearest_mode": "floor"}
                coordinates = "asymmetric"
            else:
                how = {"mode": "linear"}
                coordinates = "align_corners" if layer.align_corners else "half_pixel"
            if layer.scale_factor is not None:
                targets = ["", build.constant(layer.scale_factor)]
            else:
                targets = ["", "", build.constant(layer.size, np.int64)]
            build.add(
                "Resize",
                inputs + targets,
                coordinate_transformation_mode=coordinates,
                axes=[2, 3, 4][: layer.rank],
                **how,
            )
        case _:
            build.add(_SAME_NAMES.get(layer.type, layer.type), inputs)


def _in_order(pads: Sequence[tuple[int, int]]) -> list[int]:
    """Return ONNX's order: what is put before each axis, then what after."""
    return [before for before, _ in pads] + [after for _, after in pads]


_END = np.iinfo(np.int64).max
