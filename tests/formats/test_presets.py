from __future__ import annotations

import importlib.util
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.errors import NetworkFileError
from cnngui.formats.network_file import read_network
from cnngui.formats.opening import open_network
from cnngui.resources import resource_path
from cnngui.spec.codec import to_json
from cnngui.spec.layers import Add, Conv2d
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.presets import PRESETS
from cnngui.spec.shapes import infer


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_presets_open_by_key_and_by_title_in_any_case(preset):
    found = open_network(preset.key)
    assert infer(found.spec).is_valid
    assert found.spec.name == preset.title
    assert open_network(f" {preset.title.upper()} ").spec == found.spec
    assert (found.weights is not None) == preset.file.endswith(".safetensors")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_class_names_match_the_units(preset):
    spec = open_network(preset.key).spec
    if spec.classes:
        assert infer(spec).shapes[spec.layers[-1].id] == (len(spec.classes),)


@pytest.mark.parametrize(
    "preset", [preset for preset in PRESETS if preset.file.endswith(".json")], ids=str
)
def test_descriptions_are_stored_as_the_program_writes_them(preset):
    path = resource_path(f"networks/{preset.file}")
    assert path.read_text(encoding="utf-8") == to_json(read_network(path).spec)


def test_files_open_by_path(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(to_json(open_network("lenet-5").spec), encoding="utf-8")
    assert open_network(str(path)).spec.name == "LeNet-5"


@pytest.mark.parametrize("name", ["", "resnet", "a/b", "net.pt", "\0"])
def test_unknown_names_are_refused_with_the_names_there_are(name):
    with pytest.raises(NetworkFileError, match="tiny-vgg, residual, squeeze-and-excitation, u-net"):
        open_network(name)


def test_tiny_vgg_and_lenet_have_the_published_shapes():
    vgg = infer(open_network("tiny-vgg").spec)
    assert vgg.shapes["max_pool_2"] == (10, 13, 13)
    assert vgg.parameters["output"] == {"weight": (10, 1690), "bias": (10,)}
    lenet = infer(open_network("lenet-5").spec)
    assert lenet.shapes["pool2"] == (16, 5, 5)


def test_the_residual_network_reads_earlier_layers_by_name():
    spec = open_network("residual").spec
    assert any(isinstance(layer, Add) for layer in spec.layers)
    assert any(
        isinstance(layer, Conv2d) and layer.kernel_size == (1, 1) and layer.inputs
        for layer in spec.layers
    )


def test_gates_weigh_whole_maps():
    shapes = infer(open_network("squeeze-and-excitation").spec).shapes
    assert shapes["block2_gate"] == (32, 1, 1)
    assert shapes["block2_scale"] == shapes["block2_relu"] == (32, 48, 64)


def test_the_u_gives_one_number_per_pixel():
    spec = open_network("u-net").spec
    shapes = infer(spec).shapes
    assert shapes["bottom_relu2"][1:] == (12, 16)
    assert shapes["mask"] == (1, *spec.input.shape[1:])


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    path = resource_path("networks/draw_classic_filters.py")
    described = importlib.util.spec_from_file_location("draw_classic_filters", path)
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


def test_the_stored_filters_are_what_the_script_draws(drawing):
    spec, weights = drawing.classic_filters()
    stored = read_network(drawing.FILE)
    assert to_json(stored.spec) == to_json(spec)
    for layer_id, arrays in weights.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(stored.weights[layer_id][name], array)


def test_filters_are_blind_to_even_areas_except_those_that_pass_the_picture(drawing):
    passing = {"blur", "sharpen", "emboss"}
    for name, kernel in drawing.first_layer().items():
        even = 1.0 if name in passing else 0.0
        assert kernel.shape == (3, 7, 7)
        assert kernel.sum() == pytest.approx(even, abs=1e-9), name


def test_oriented_filters_answer_to_their_own_stripes_most(drawing):
    rows, columns = np.mgrid[-3:4, -3:4]
    for place, angle in enumerate(drawing.ANGLES):
        radians = np.deg2rad(angle)
        across = columns * np.cos(radians) + rows * np.sin(radians)
        stripes = np.cos(2 * np.pi * across / 7)
        answers = [
            (drawing.first_layer()[f"wide stripes {other}"].sum(0) * stripes).sum()
            for other in drawing.ANGLES
        ]
        assert int(np.argmax(answers)) == place


def test_blurred_pooling_is_what_its_script_draws_and_steadier_under_a_shift():
    """The line 00110011 gives 0101 or 1111 by the largest; blurred .5 1 .5 1 or .75 everywhere."""
    stored = read_network(resource_path("networks/blurred-pooling.safetensors"))
    layers = {layer.id: layer for layer in stored.spec.layers}
    line = np.tile(np.array([0, 0, 1, 1], np.float32), 6)
    spec = NetworkSpec(
        input=InputSpec(height=8, width=24).with_channels(1),
        layers=(
            replace(layers["max_pool"], inputs=("input",)),
            replace(layers["max_everywhere"], inputs=("input",)),
            replace(layers["blur_stride"], groups=1, out_channels=1),
        ),
    )
    blur = {"weight": stored.weights["blur_stride"]["weight"][:1]}
    model = Model(spec, {"blur_stride": blur})
    found = []
    for row in (line, np.roll(line, 1)):
        x = np.ascontiguousarray(np.tile(row, (8, 1)))[None, None]
        outputs = model.activations(x)
        found.append((outputs["max_pool"][0, 0, 1], outputs["blur_stride"][0, 0, 1]))
    assert found[0][0][:4].tolist() == [0, 1, 0, 1]
    assert found[1][0][1:5].tolist() == [1, 1, 1, 1]
    blurred = {tuple(sorted(set(values[1:8].tolist()))) for _, values in found}
    assert blurred == {(0.5, 1.0), (0.75,)}
