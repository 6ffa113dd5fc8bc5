"""A network computed by PyTorch as one usually would: eager mode, default layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.spec import layers as spec
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


def prepare(
    network: NetworkSpec, weights: Weights, x: NDArray[np.float32], threads: int
) -> Callable[[], NDArray[np.float32]]:
    """Return what computes the last layer of a batch.

    Raises
    ------
    ModuleNotFoundError : PyTorch is not installed.
    """
    import torch  # a yardstick, not something that the program needs

    torch.set_num_threads(threads)
    parameters = {
        layer_id: {name: torch.from_numpy(array) for name, array in arrays.items()}
        for layer_id, arrays in weights.items()
    }
    batch = torch.from_numpy(x)

    def forward() -> NDArray[np.float32]:
        with torch.inference_mode():
            result: NDArray[np.float32] = compute(network, parameters, batch).numpy()
        return result

    return forward


def compute(network: NetworkSpec, parameters: dict[str, dict[str, Any]], batch: Any) -> Any:
    """Return the last layer of a batch, of tensors that PyTorch may be asked to differentiate."""
    values = {INPUT_ID: batch}
    for index, layer in enumerate(network.layers):
        sources = [values[name] for name in network.inputs_of(index)]
        values[layer.id] = _compute_layer(layer, sources, parameters.get(layer.id, {}))
    return values[network.layers[-1].id]


def _compute_layer(layer: spec.LayerSpec, sources: list[Any], parameters: dict[str, Any]) -> Any:
    from torch.nn import functional

    x = sources[0]
    match layer:
        case spec.Conv2d() | spec.Conv3d():
            if any(before != after for before, after in layer.pads):
                raise NotImplementedError("uneven padding")
            padding = tuple(before for before, _ in layer.pads)
            weight, bias = parameters["weight"], parameters.get("bias")
            convolve = functional.conv2d if layer.rank == 2 else functional.conv3d
            return convolve(x, weight, bias, layer.stride, padding, layer.dilation, layer.groups)
        case spec.BatchNorm2d():
            return functional.batch_norm(x, **parameters, eps=layer.eps)
        case spec.MaxPool2d():
            return functional.max_pool2d(x, layer.kernel_size, layer.stride, layer.padding)
        case spec.AvgPool2d():
            return functional.avg_pool2d(x, layer.kernel_size, layer.stride, layer.padding)
        case spec.ReLU():
            return functional.relu(x)
        case spec.ReLU6():
            return functional.relu6(x)
        case spec.SiLU():
            return functional.silu(x)
        case spec.Sigmoid():
            return x.sigmoid()
        case spec.Hardswish():
            return functional.hardswish(x)
        case spec.Hardsigmoid():
            return functional.hardsigmoid(x)
        case spec.Tanh():
            return x.tanh()
        case spec.Softmax():
            return x.softmax(1)
        case spec.Flatten():
            return x.flatten(1)
        case spec.Linear():
            return functional.linear(x, parameters["weight"], parameters.get("bias"))
        case spec.GlobalAvgPool2d():
            return x.mean((2, 3), keepdim=True)
        case spec.Add():
            return sources[0] + sources[1]
        case spec.Multiply():
            return sources[0] * sources[1]
        case spec.Concat():
            import torch

            return torch.cat(sources, 1)
        case _:
            raise NotImplementedError(layer.type)
