"""A network that learns in PyTorch as one usually would: eager mode, default layout.

To be imported where PyTorch is known to be installed.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnngui.spec.layers import INPUT_ID
from cnngui.spec.layers.conv import Convolution
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights
from tests.torch_layers import apply, torch_module


class Pupil(nn.Module):
    """PyTorch's modules for our layers, with the same weights; float32 ``(N, *shape)`` in."""

    def __init__(self, network: NetworkSpec, weights: Weights) -> None:
        super().__init__()
        self._network = network
        shapes = infer(network).shapes
        for index, layer in enumerate(network.layers):
            sources = [shapes[name] for name in network.inputs_of(index)]
            module = torch_module(layer, sources)
            if isinstance(layer, Convolution):
                # As one writes it: the convolution pads by itself.
                if any(before != after for before, after in layer.pads):
                    raise NotImplementedError("uneven padding")
                module.padding = tuple(before for before, _ in layer.pads)
            state = {name: torch.tensor(array) for name, array in weights.get(layer.id, {}).items()}
            module.load_state_dict(state, strict=False)
            self.add_module(layer.id, module)

    def forward(self, x: Tensor) -> Tensor:
        values = {INPUT_ID: x}
        for index, layer in enumerate(self._network.layers):
            sources = [values[name] for name in self._network.inputs_of(index)]
            module = getattr(self, layer.id)
            is_plain = isinstance(layer, Convolution) and layer.rank == sources[0].ndim - 2
            values[layer.id] = module(*sources) if is_plain else apply(layer, module, sources)
        return values[self._network.last_id]
