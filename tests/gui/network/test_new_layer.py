import pytest

from cnngui.gui.network.new_layer import new_layer
from cnngui.spec.layers import BatchNorm2d, Conv2d, MaxPool2d, ReLU
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

BLOCK = NetworkSpec(
    classes=("cat", "dog"),
    layers=(
        Conv2d(id="conv1", padding="same"),
        MaxPool2d(id="pool1"),
        Conv2d(id="conv2", padding="same"),
        BatchNorm2d(id="bn2"),
    ),
)


def test_a_convolution_keeps_the_size():
    layer = new_layer(BLOCK, "Conv2d", 4)
    assert (layer.id, layer.padding) == ("conv3", "same")


def test_a_linear_layer_has_a_unit_per_class():
    assert new_layer(BLOCK, "Linear", 4).out_features == 2
    assert new_layer(NetworkSpec(), "Linear", 0).out_features == 10


@pytest.mark.parametrize("layer_type", ["Add", "Concat"])
def test_joining_layers_skip_the_block_so_far(layer_type):
    layer = new_layer(BLOCK, layer_type, 4)
    assert layer.inputs == ("pool1", "bn2")
    assert infer(BLOCK.inserted(4, layer)).is_valid


def test_a_concat_joins_other_numbers_of_channels():
    network = NetworkSpec(layers=(Conv2d(id="conv1", padding="same"), ReLU(id="relu1")))
    assert new_layer(network, "Concat", 2).inputs == ("input", "relu1")
    assert new_layer(network, "Add", 2).inputs == ("conv1", "relu1")


def test_where_nothing_fits_the_two_nearest_are_proposed():
    network = NetworkSpec(layers=(Conv2d(id="conv1"),))
    assert new_layer(network, "Add", 1).inputs == ("input", "conv1")
    assert new_layer(network, "Add", 0).inputs == ()
