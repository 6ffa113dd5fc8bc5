from __future__ import annotations

from cnngui.spec.cost import Cost, dense_multiply_adds, layer_costs, total_cost
from cnngui.spec.layers import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec

SMALL = InputSpec(channels=1, height=6, width=8, mean=(0.0,), std=(1.0,))


def test_a_convolution_beside_the_dense_layer_between_the_same_tensors():
    network = NetworkSpec(input=SMALL, layers=(Conv2d(id="c", out_channels=2, kernel_size=3),))
    outputs = 2 * 4 * 6
    assert layer_costs(network)["c"] == Cost(
        parameters=2 * 9 + 2,
        multiply_adds=outputs * 9,
        activation_bytes=outputs * 4,
        dense_parameters=outputs * 48 + outputs,
    )


def test_grouped_convolutions_without_bias_cost_less():
    described = InputSpec(height=6, width=8)
    layer = Conv2d(id="c", out_channels=6, kernel_size=3, groups=3, bias=False)
    cost = layer_costs(NetworkSpec(input=described, layers=(layer,)))["c"]
    assert cost.parameters == 6 * 9
    assert cost.multiply_adds == 6 * 24 * 9
    assert cost.dense_parameters == (6 * 24) * (3 * 48)


def test_the_other_layers_and_the_total():
    network = NetworkSpec(
        input=SMALL,
        layers=(
            BatchNorm2d(id="b"),
            ReLU(id="r"),
            MaxPool2d(id="p"),
            Flatten(id="f"),
            Linear(id="l", out_features=5),
        ),
    )
    costs = layer_costs(network)
    assert costs["b"] == Cost(2, 48, 192, 2)
    assert costs["r"] == Cost(0, 0, 192, 0)
    assert costs["p"] == costs["f"] == Cost(0, 0, 48, 0)
    assert costs["l"] == Cost(65, 60, 20, 65)
    assert total_cost(network) == Cost(67, 108, 192 + 192 + 192 + 48 + 48 + 20, 67)


def test_bypassed_layers_and_those_without_a_shape_cost_nothing():
    network = NetworkSpec(
        input=SMALL,
        layers=(Conv2d(id="c", enabled=False), Linear(id="l"), ReLU(id="r")),
    )
    costs = layer_costs(network)
    assert costs == {"c": Cost(activation_bytes=192)}
    assert total_cost(network) == Cost(activation_bytes=2 * 192)
    assert total_cost(NetworkSpec(input=InputSpec(height=0), layers=network.layers)) == Cost()


def test_multiply_adds_of_fully_connected_layers():
    network = NetworkSpec(
        input=SMALL,
        layers=(
            Conv2d(id="c", out_channels=2, kernel_size=3),
            BatchNorm2d(id="b"),
            Conv2d(id="off", enabled=False),
        ),
    )
    outputs = 2 * 4 * 6
    assert dense_multiply_adds(network) == outputs * 48 + outputs
