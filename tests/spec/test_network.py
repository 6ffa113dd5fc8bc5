from __future__ import annotations

from dataclasses import replace

import pytest

from cnngui.spec.checks import misfit
from cnngui.spec.layers import LAYER_TYPES, Add, Conv2d, MaxPool2d, ReLU, Upsample, arguments_of
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.remembering import remembered

NETWORK = NetworkSpec(
    layers=(Conv2d(id="conv1", weights_id="file"), ReLU(id="relu1"), Conv2d(id="conv2")),
)


def ids(network: NetworkSpec) -> list[str]:
    return [layer.id for layer in network.layers]


def test_edits_return_a_new_network_and_leave_the_old_one():
    before = hash(NETWORK)
    assert ids(NETWORK.inserted(1, MaxPool2d(id="p"))) == ["conv1", "p", "relu1", "conv2"]
    assert ids(NETWORK.removed("relu1")) == ["conv1", "conv2"]
    assert ids(NETWORK.moved("conv1", 2)) == ["relu1", "conv2", "conv1"]
    assert ids(NETWORK.moved("conv2", 0)) == ["conv2", "conv1", "relu1"]
    assert ids(NETWORK.duplicated("conv1")) == ["conv1", "conv3", "relu1", "conv2"]
    assert NETWORK.edited("conv1", stride=2).layer("conv1").stride == (2, 2)
    assert hash(NETWORK) == before


def test_what_cannot_stand_beside_an_edit_is_changed_with_it():
    network = NETWORK.inserted(3, Upsample(id="up"))
    assert network.edited("up", size=(4, 4)).layer("up").scale_factor is None
    by_hand = NETWORK.edited("conv1", by_hand=True)
    assert by_hand.layer("conv1").weights_id == "file"
    drawn = by_hand.edited("conv1", seed=3).layer("conv1")
    assert (drawn.weights_id, drawn.by_hand) == ("", False)


def test_absent_layers_are_key_errors():
    for call in (NETWORK.layer, NETWORK.index_of, lambda name: NETWORK.moved(name, 0)):
        with pytest.raises(KeyError):
            call("gone")
    assert "gone" not in NETWORK
    assert "conv1" in NETWORK


def test_a_layer_reads_the_one_before_unless_it_names_others():
    network = NETWORK.inserted(3, Add(id="add1", inputs=("conv1", "relu1")))
    assert [network.inputs_of(place) for place in range(4)] == [
        ("input",),
        ("conv1",),
        ("relu1",),
        ("conv1", "relu1"),
    ]


def test_fresh_ids_differ_from_all_others_whatever_their_case():
    assert NETWORK.fresh_id("Conv2d") == "conv3"
    assert NETWORK.inserted(0, ReLU(id="POOL1")).fresh_id("AvgPool2d") == "pool2"
    assert NETWORK.fresh_id("ReLU") == "relu2"


def test_weights_are_drawn_anew_for_all_or_for_some():
    every = NETWORK.redrawn(7, "xavier")
    assert [every.layer(name).seed for name in ("conv1", "conv2")] == [7, 7]
    assert every.layer("conv1").weights_id == ""
    assert every.layer("conv1").initializer == "xavier"
    some = NETWORK.redrawn(7, layer_ids=["conv2"])
    assert some.layer("conv1") == NETWORK.layer("conv1")
    assert some.layer("conv2").seed == 7


def test_twins_differ_in_nothing_that_their_weights_would_not_suit():
    twin = replace(NETWORK.redrawn(5, "xavier"), name="other", classes=("a", "b"))
    assert NETWORK.is_twin_of(twin.edited("conv1", frozen=True))
    for other in (
        NETWORK.edited("conv2", stride=(2, 2)),
        NETWORK.edited("relu1", enabled=False),
        NETWORK.removed("relu1"),
        replace(NETWORK, input=InputSpec(mean=(0.5, 0.5, 0.5))),
    ):
        assert not NETWORK.is_twin_of(other)


def test_weights_are_named_as_another_network_names_them():
    learned = NETWORK.edited("conv2", weights_id="learned").removed("conv1")
    named = NETWORK.named_weights_of(learned)
    assert [named.layer(name).weights_id for name in ("conv1", "conv2")] == ["file", "learned"]


def test_mean_and_deviation_follow_the_channels():
    described = InputSpec(mean=(0.1, 0.2, 0.3), std=(1.0, 2.0, 3.0))
    grey = described.with_channels(1)
    assert (grey.channels, grey.mean, grey.std) == (1, (0.1,), (1.0,))
    assert grey.with_channels(3).mean == (0.1, 0.1, 0.1)


@pytest.mark.parametrize("layer_type", LAYER_TYPES.values())
def test_every_default_is_within_its_range_and_layers_can_be_keys(layer_type):
    layer = layer_type(id="a")
    assert hash(layer) == hash(layer_type(id="a"))
    for name, argument in arguments_of(layer_type).items():
        assert not misfit(argument, getattr(layer, name))


def test_what_was_found_out_about_a_network_is_asked_of_that_object_only():
    asked = []

    @remembered
    def find(network: NetworkSpec, most: int) -> int:
        asked.append(network)
        return most

    network = NetworkSpec(layers=(ReLU(id="r"),))
    assert [find(network, 1), find(network, 1), find(network, 2)] == [1, 1, 2]
    find(replace(network), 1)
    assert len(asked) == 3
    for name in "abcdefgh":
        find(replace(network, name=name), 1)
    find(network, 1)
    assert len(asked) == 12


def test_of_two_layers_with_one_id_the_first_is_meant():
    network = NetworkSpec(layers=(ReLU(id="a"), ReLU(id="b"), ReLU(id="b")))
    assert network.index_of("b") == 1
    assert "b" in network
    assert "c" not in network
    with pytest.raises(KeyError):
        network.layer("c")
