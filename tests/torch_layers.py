"""PyTorch's layers for ours, where it is installed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnngui.spec.layers import LayerSpec, Shape, arguments_of
from cnngui.spec.layers.conv import Convolution


def torch_result(layer: LayerSpec, sources: Sequence[Shape]) -> tuple[Shape, dict[str, Shape]]:
    """Return the shape that PyTorch gives, and the shapes of its parameters."""
    module = torch_module(layer, sources)
    module.eval()
    with torch.no_grad():
        made = apply(layer, module, [torch.zeros(1, *shape) for shape in sources])
    state = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    state.pop("num_batches_tracked", None)
    return tuple(made.shape[1:]), state


def torch_module(layer: LayerSpec, sources: Sequence[Shape]) -> nn.Module:
    """Return a module with the layer's parameters; ``apply`` says how it is called."""
    arguments = {
        name: getattr(layer, name)
        for name in arguments_of(type(layer))
        if name not in ("initializer", "seed", "frozen", "out_channels", "out_features")
    }
    channels = sources[0][0]
    match layer.type:
        case "Conv2d" | "Conv3d":
            assert isinstance(layer, Convolution)
            arguments["padding"] = 0
            return getattr(nn, layer.type)(channels, layer.out_channels, **arguments)
        case "ConvTranspose2d" | "ConvTranspose3d":
            return getattr(nn, layer.type)(channels, layer.out_channels, **arguments)
        case "Linear":
            return nn.Linear(channels, layer.out_features, **arguments)
        case "BatchNorm2d" | "BatchNorm3d" | "InstanceNorm2d" | "InstanceNorm3d":
            return getattr(nn, layer.type)(channels, **arguments)
        case "GroupNorm":
            return nn.GroupNorm(num_channels=channels, **arguments)
        case "LayerNorm":
            over = sources[0] if arguments.pop("normalized_shape") == "maps" else channels
            return nn.LayerNorm(over, **arguments)
        case "Softmax":
            return nn.Softmax(dim=1)
        case "Upsample" | "Upsample3d":
            arguments["align_corners"] = arguments["align_corners"] or None
            return nn.Upsample(**arguments)
        case "GlobalAvgPool2d":
            return nn.AdaptiveAvgPool2d(1)
        case "GlobalMaxPool2d":
            return nn.AdaptiveMaxPool2d(1)
        case "GlobalAvgPool3d":
            return nn.AdaptiveAvgPool3d(1)
        case "Add" | "Multiply" | "Concat" | "Slice" | "Reshape" | "Pad2d" | "Pad3d":
            return nn.Identity()
        case kind:
            return getattr(nn, kind)(**arguments)


def apply(layer: LayerSpec, module: nn.Module, tensors: Sequence[Tensor]) -> Tensor:
    """Return what a layer's module makes of tensors ``(N, *shape)``."""
    x = tensors[0]
    if layer.rank == 2 and x.ndim == 5:
        # Each moment for itself, as pictures of a batch are.
        made = apply(layer, module, [x.transpose(1, 2).flatten(0, 1)])
        return made.unflatten(0, (len(x), x.shape[2])).transpose(1, 2)
    match layer.type:
        case "Conv2d" | "Conv3d":
            sides = [number for pair in reversed(layer.pads) for number in pair]
            return module(functional.pad(x, sides))
        case "LayerNorm" if layer.normalized_shape == "channels" and x.ndim >= 4:
            return module(x.movedim(1, -1)).movedim(-1, 1)
        case "Add":
            for other in tensors[1:]:
                x = x + other
            return x
        case "Multiply":
            for other in tensors[1:]:
                x = x * other
            return x
        case "Concat":
            return torch.cat(list(tensors), dim=1)
        case "Slice":
            place = [slice(None)] * x.ndim
            axis = layer.axis(tuple(x.shape[1:])) + 1
            place[axis] = slice(*slice(layer.start, layer.stop, layer.step).indices(x.shape[axis]))
            return x[tuple(place)]
        case "Reshape":
            return x.reshape(len(x), *layer.shape)
        case "Pad2d" | "Pad3d":
            value = layer.value if layer.mode == "constant" else None
            return functional.pad(x, layer.padding, layer.mode, value)
        case _:
            return module(x)
