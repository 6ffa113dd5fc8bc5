"""What every type of layer computes, in loops and float64, by the formulas of PyTorch's pages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.spec import layers as spec
from tests.engine import naive

Array = NDArray[np.float64]


def compute(
    layer: spec.LayerSpec, tensors: Sequence[NDArray], parameters: Mapping[str, NDArray]
) -> Array:
    """Return what a layer makes of tensors ``(N, *shape)``."""
    wide = [tensor.astype(np.float64) for tensor in tensors]
    held = {name: array.astype(np.float64) for name, array in parameters.items()}
    if layer.type in CURVES:
        return np.vectorize(CURVES[layer.type](layer), otypes=[float])(wide[0])
    if layer.rank == 2 and wide[0].ndim == 5:
        made = [
            LAYERS[layer.type](layer, wide[0][:, :, t], **held) for t in range(wide[0].shape[2])
        ]
        return np.stack(made, axis=2)
    return LAYERS[layer.type](layer, *wide, **held)


def _gelu(layer):
    if layer.approximate == "tanh":
        return lambda x: x * 0.5 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2)))


def _softplus(layer):
    def curve(x: float) -> float:
        if layer.beta * x > layer.threshold:
            return x
        return math.log1p(math.exp(layer.beta * x)) / layer.beta

    return curve


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _clip(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


CURVES: dict[str, Callable] = {
    "ReLU": lambda layer: lambda x: max(x, 0.0),
    "LeakyReLU": lambda layer: lambda x: x if x > 0 else layer.negative_slope * x,
    "ReLU6": lambda layer: lambda x: _clip(x, 0, 6),
    "ELU": lambda layer: lambda x: x if x > 0 else layer.alpha * math.expm1(x),
    "GELU": _gelu,
    "SiLU": lambda layer: lambda x: x * _sigmoid(x),
    "Hardswish": lambda layer: lambda x: x * _clip(x + 3, 0, 6) / 6,
    "Softplus": _softplus,
    "Sigmoid": lambda layer: _sigmoid,
    "Hardsigmoid": lambda layer: lambda x: _clip(x + 3, 0, 6) / 6,
    "Tanh": lambda layer: math.tanh,
    "Hardtanh": lambda layer: lambda x: _clip(x, layer.min_val, layer.max_val),
    "Dropout": lambda layer: lambda x: x,
}


def _prelu(layer, x, weight):
    out = x.copy()
    for place in np.ndindex(*x.shape):
        if x[place] < 0:
            out[place] *= weight[place[1] if len(weight) > 1 else 0]
    return out


def _softmax(layer, x):
    powers = np.exp(x)
    return powers / powers.sum(axis=1, keepdims=True)


def _conv(layer, x, weight, bias=None):
    padded = np.pad(x, ((0, 0), (0, 0), *layer.pads))
    return naive.convolve(padded, weight, bias, layer.stride, layer.dilation, layer.groups)


def _conv_transpose(layer, x, weight, bias=None):
    """Every input lays its kernel into the output, as far as that is not cut off."""
    shape = layer.output_shape([x.shape[1:]])
    out = np.zeros((len(x), *shape))
    read, made = x.shape[1] // layer.groups, layer.out_channels // layer.groups
    for n, c, *place in np.ndindex(*x.shape):
        for k, *tap in np.ndindex(*weight.shape[1:]):
            at = [
                i * step + j * distance - pad
                for i, j, step, distance, pad in zip(
                    place, tap, layer.stride, layer.dilation, layer.padding, strict=True
                )
            ]
            if all(0 <= i < side for i, side in zip(at, shape[1:], strict=True)):
                out[n, c // read * made + k, *at] += x[n, c, *place] * weight[c, k, *tap]
    return out if bias is None else _by_channel(out, None, bias)


def _pool(kind: str):
    def pool(layer, x):
        size = layer.output_shape([x.shape[1:]])[1:]
        include = getattr(layer, "count_include_pad", True)
        window = layer.kernel_size, layer.stride, layer.padding
        return naive.pool(x, kind, size, *window, include, getattr(layer, "dilation", None))

    return pool


def _adaptive(combine: Callable):
    def pool(layer, x):
        out = np.zeros((*x.shape[:2], *layer.output_size))
        for place in np.ndindex(*layer.output_size):
            window = tuple(
                slice(i * side // count, math.ceil((i + 1) * side / count))
                for i, side, count in zip(place, x.shape[2:], layer.output_size, strict=True)
            )
            out[:, :, *place] = combine(x[:, :, *window], axis=tuple(range(2, x.ndim)))
        return out

    return pool


def _batch_norm(layer, x, weight, bias, running_mean, running_var):
    scale = weight / np.sqrt(running_var + layer.eps)
    return _by_channel(_by_channel(x, None, -running_mean), scale, bias)


def _normalised(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    mean = x.mean(axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axis=axes, keepdims=True) + eps)


def _by_channel(out: Array, weight: Array | None, bias: Array | None) -> Array:
    shape = (-1,) + (1,) * (out.ndim - 2)
    out = out if weight is None else out * weight.reshape(shape)
    return out if bias is None else out + bias.reshape(shape)


def _group_norm(layer, x, weight=None, bias=None):
    groups = getattr(layer, "num_groups", x.shape[1])
    by_group = x.reshape(len(x), groups, -1)
    return _by_channel(_normalised(by_group, (2,), layer.eps).reshape(x.shape), weight, bias)


def _layer_norm(layer, x, weight=None, bias=None):
    if layer.normalized_shape == "maps":
        out = _normalised(x, tuple(range(1, x.ndim)), layer.eps)
        out = out if weight is None else out * weight
        return out if bias is None else out + bias
    return _by_channel(_normalised(x, (1,), layer.eps), weight, bias)


def _upsample(layer, x):
    size = layer.output_shape([x.shape[1:]])[1:]
    out = np.zeros((*x.shape[:2], *size))
    for place in np.ndindex(*size):
        sides = []
        for axis, (at, side, out_side) in enumerate(zip(place, x.shape[2:], size, strict=True)):
            if layer.scale_factor is not None:
                step = 1 / layer.scale_factor[axis]
            else:
                step = side / out_side
            if layer.mode == "nearest":
                sides.append([(min(math.floor(at * step + 1e-6), side - 1), 1.0)])
                continue
            if layer.align_corners:
                position = at * (side - 1) / (out_side - 1) if out_side > 1 else 0.0
            else:
                position = max((at + 0.5) * step - 0.5, 0.0)
            near = min(math.floor(position), side - 1)
            share = position - near
            sides.append([(near, 1 - share), (min(near + 1, side - 1), share)])
        for taps in itertools.product(*sides):
            read, shares = zip(*taps, strict=True)
            out[:, :, *place] += math.prod(shares) * x[:, :, *read]
    return out


def _pad(layer, x):
    # PyTorch's order begins with the last axis.
    told = list(zip(layer.padding[::2], layer.padding[1::2], strict=True))
    sides = [(0, 0), (0, 0), *reversed(told)]
    if layer.mode == "constant":
        return np.pad(x, sides, constant_values=layer.value)
    return np.pad(x, sides, mode={"reflect": "reflect", "replicate": "edge"}[layer.mode])


def _slice(layer, x):
    places = [slice(None)] * x.ndim
    places[layer.axis(x.shape[1:]) + 1] = slice(layer.start, layer.stop, layer.step)
    return x[tuple(places)]


def _linear(layer, x, weight, bias=None):
    out = x @ weight.T
    return out if bias is None else out + bias


LAYERS: dict[str, Callable] = {
    "Conv2d": _conv,
    "Conv3d": _conv,
    "ConvTranspose2d": _conv_transpose,
    "ConvTranspose3d": _conv_transpose,
    "MaxPool2d": _pool("max"),
    "MaxPool3d": _pool("max"),
    "AvgPool2d": _pool("mean"),
    "AvgPool3d": _pool("mean"),
    "AdaptiveMaxPool2d": _adaptive(np.max),
    "AdaptiveAvgPool2d": _adaptive(np.mean),
    "AdaptiveAvgPool3d": _adaptive(np.mean),
    "GlobalMaxPool2d": lambda layer, x: x.max(axis=(2, 3), keepdims=True),
    "GlobalAvgPool2d": lambda layer, x: x.mean(axis=(2, 3), keepdims=True),
    "GlobalAvgPool3d": lambda layer, x: x.mean(axis=(2, 3, 4), keepdims=True),
    "PReLU": _prelu,
    "Softmax": _softmax,
    "BatchNorm2d": _batch_norm,
    "BatchNorm3d": _batch_norm,
    "GroupNorm": _group_norm,
    "InstanceNorm2d": _group_norm,
    "InstanceNorm3d": _group_norm,
    "LayerNorm": _layer_norm,
    "Upsample": _upsample,
    "Upsample3d": _upsample,
    "Pad2d": _pad,
    "Pad3d": _pad,
    "Slice": _slice,
    "Reshape": lambda layer, x: x.reshape(len(x), *layer.shape),
    "Flatten": lambda layer, x: x.reshape(len(x), -1),
    "Linear": _linear,
    "Add": lambda layer, *tensors: sum(tensors[1:], tensors[0]),
    "Multiply": lambda layer, *tensors: math.prod(tensors[1:], start=tensors[0]),
    "Concat": lambda layer, *tensors: np.concatenate(tensors, axis=1),
}
