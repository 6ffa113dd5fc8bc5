from pathlib import Path

import numpy as np
import pytest

from cnngui.gui.document import Document
from cnngui.spec.layers import INPUT_ID, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from cnngui.spec.network import NetworkSpec

NETWORK = NetworkSpec(
    name="three", layers=(Conv2d(id="conv1"), ReLU(id="relu1"), MaxPool2d(id="pool1"))
)
OTHER = NetworkSpec(name="other", layers=(Conv2d(id="conv9"),))
BROKEN = NetworkSpec(name="broken", layers=(Linear(id="linear1"),))
WEIGHTS = {"conv9": {"bias": np.zeros(8, np.float32)}}


@pytest.fixture
def document(qapp):
    return Document(NETWORK)


def record(document):
    """The order in which a document tells what happened."""
    heard = []
    document.spec_changed.connect(lambda: heard.append("spec"))
    document.running_changed.connect(lambda: heard.append("running"))
    document.selection_changed.connect(lambda layer_id: heard.append(f"selected {layer_id}"))
    return heard


@pytest.mark.parametrize(
    ("layers", "seen_first"),
    [
        ((Conv2d(id="conv1"), ReLU(id="relu1")), "conv1"),
        ((Conv2d(id="conv1", enabled=False), MaxPool2d(id="pool1"), ReLU(id="relu1")), "pool1"),
        ((Flatten(id="flatten1"), Linear(id="linear1")), "linear1"),
        ((Conv2d(id="conv1", kernel_size=(999, 999)),), "conv1"),
    ],
)
def test_a_network_opens_at_its_first_maps(qapp, layers, seen_first):
    spec = NetworkSpec(layers=layers)
    assert Document(spec).selected_id == seen_first
    document = Document(NETWORK)
    document.select("pool1")
    document.replace_network(spec)
    assert document.selected_id == seen_first
    document.undo_stack.undo()
    assert document.selected_id == "pool1"


def test_nothing_is_modified_to_begin_with(document):
    assert document.running_spec == NETWORK
    assert not document.is_modified


def test_empty_document_selects_the_input(qapp):
    document = Document()
    assert document.selected_id == INPUT_ID
    assert document.report.is_valid


def test_edit_runs_and_counts_a_generation(document):
    heard = record(document)
    edited = NETWORK.edited("conv1", out_channels=4)
    document.edit(edited, "Change out_channels")
    assert heard == ["spec", "running"]
    assert document.running_spec == document.spec == edited
    assert document.generation == 1
    assert document.is_modified
    assert document.undo_stack.undoText() == "Change out_channels"


def test_edit_that_changes_nothing_is_no_step(document):
    heard = record(document)
    document.edit(NETWORK.edited("conv1", out_channels=8), "Change out_channels")
    assert document.undo_stack.count() == 0
    assert heard == []


def test_broken_edit_keeps_the_last_valid_network_running(document):
    heard = record(document)
    broken = NETWORK.edited("conv1", kernel_size=(999, 999))
    document.edit(broken, "Change kernel_size")
    assert heard == ["spec"]
    assert document.spec == broken
    assert document.running_spec == NETWORK
    assert document.generation == 0
    assert document.report.problems_of("conv1")[0].field == "kernel_size"
    document.undo_stack.undo()
    assert document.report.is_valid
    assert document.generation == 0


def test_undo_and_redo_run_the_network_again(document):
    edited = NETWORK.edited("conv1", out_channels=4)
    document.edit(edited, "Change out_channels")
    document.undo_stack.undo()
    assert (document.running_spec, document.generation) == (NETWORK, 2)
    assert not document.is_modified
    document.undo_stack.redo()
    assert (document.running_spec, document.generation) == (edited, 3)


def test_edits_of_one_field_merge(document):
    for count in (9, 90, 900):
        document.edit(NETWORK.edited("conv1", out_channels=count), "Change", "conv1.out_channels")
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.spec == NETWORK


def test_edits_of_different_fields_do_not_merge(document):
    document.edit(document.spec.edited("conv1", out_channels=9), "Change", "conv1.out_channels")
    document.edit(document.spec.edited("conv1", groups=3), "Change", "conv1.groups")
    assert document.undo_stack.count() == 2


def test_edits_without_a_key_do_not_merge(document):
    document.edit(document.spec.edited("conv1", out_channels=9), "Change")
    document.edit(document.spec.edited("conv1", out_channels=10), "Change")
    assert document.undo_stack.count() == 2


def test_leaving_a_field_ends_its_step(document):
    for count in (9, 10):
        document.edit(NETWORK.edited("conv1", out_channels=count), "Change", "conv1.out_channels")
        document.finish_merging()
    assert document.undo_stack.count() == 2
    for count in (1, 12):
        document.edit(NETWORK.edited("conv1", out_channels=count), "Change", "conv1.out_channels")
    assert document.undo_stack.count() == 3


def test_merged_edits_that_come_back_leave_no_step(document):
    for count in (9, 8):
        document.edit(NETWORK.edited("conv1", out_channels=count), "Change", "conv1.out_channels")
    assert document.undo_stack.count() == 0
    assert document.spec == NETWORK


@pytest.mark.parametrize(
    ("removed", "neighbour"), [("conv1", "relu1"), ("relu1", "pool1"), ("pool1", "relu1")]
)
def test_removing_the_selected_layer_selects_a_neighbour(document, removed, neighbour):
    document.select(removed)
    document.edit(NETWORK.removed(removed), "Remove")
    assert document.selected_id == neighbour
    document.undo_stack.undo()
    assert document.selected_id == removed
    document.undo_stack.redo()
    assert document.selected_id == neighbour


def test_removing_the_last_layer_selects_the_input(qapp):
    document = Document(OTHER)
    document.edit(OTHER.removed("conv9"), "Remove")
    assert document.selected_id == INPUT_ID
    assert not document.running_spec.layers


def test_selection_is_told_after_everything_is_in_place(document):
    document.select("pool1")
    seen = []
    document.spec_changed.connect(lambda: seen.append(document.selected_id in document.spec))
    document.selection_changed.connect(lambda chosen: seen.append(chosen in document.spec))
    document.edit(NETWORK.removed("pool1"), "Remove")
    assert seen == [True, True]


def test_selecting_what_is_not_there_is_ignored(document):
    heard = record(document)
    document.select("nothing")
    document.select("conv1")
    assert heard == []
    document.select(INPUT_ID)
    assert heard == ["selected input"]


def test_replacing_brings_weights_and_path_and_is_undoable(document):
    document.edit(NETWORK.edited("conv1", out_channels=4), "Change")
    given = []
    document.running_changed.connect(lambda running: given.append(running.weights))
    document.replace_network(OTHER, Path("other.safetensors"), WEIGHTS)
    assert given == [WEIGHTS]
    assert document.path == Path("other.safetensors")
    assert not document.is_modified
    document.undo_stack.undo()
    assert given == [WEIGHTS, None]
    assert document.path is None
    assert document.is_modified
    document.undo_stack.redo()
    assert given == [WEIGHTS, None, WEIGHTS]
    assert document.path == Path("other.safetensors")


def test_weights_with_a_name_are_left_to_whoever_runs_them(document):
    given = []
    document.running_changed.connect(lambda running: given.append(running.weights))
    named = OTHER.edited("conv9", weights_id="theirs")
    document.replace_network(named, None, WEIGHTS)
    document.learn(named.edited("conv9", weights_id="learned"), WEIGHTS, "Learn")
    for step in (document.undo_stack.undo, document.undo_stack.undo):
        step()
    for step in (document.undo_stack.redo, document.undo_stack.redo):
        step()
    assert given == [WEIGHTS, WEIGHTS, None, None, None, None]


def test_weights_of_a_broken_network_wait_until_it_is_mended(document):
    given = []
    document.running_changed.connect(lambda running: given.append(running.weights))
    document.replace_network(BROKEN, None, WEIGHTS)
    assert given == []
    document.edit(OTHER, "Mend")
    assert given == [WEIGHTS]


def test_weights_of_a_broken_network_are_forgotten_with_it(document):
    given = []
    document.running_changed.connect(lambda running: given.append(running.weights))
    document.replace_network(BROKEN, None, WEIGHTS)
    document.undo_stack.undo()
    document.edit(OTHER, "Another one")
    assert given == [None]


def test_a_network_that_is_to_run_comes_as_one_value(document):
    heard = []
    document.running_changed.connect(heard.append)
    document.replace_network(OTHER, None, WEIGHTS)
    document.edit(NETWORK.edited("conv1", out_channels=5), "Change")
    (first, second) = heard
    assert (first.spec, first.weights) == (OTHER, WEIGHTS)
    assert (second.spec, second.weights) == (document.running_spec, None)
    assert (first.generation, second.generation) == (1, 2)
    assert document.generation == 2


def test_the_first_network_cannot_be_undone(qapp):
    document = Document()
    document.begin_with(NETWORK)
    assert not document.undo_stack.canUndo()
    assert document.running_spec == NETWORK
    assert document.generation == 1
    assert not document.is_modified


def test_saving_clears_modified_and_undoing_sets_it(document):
    document.edit(NETWORK.edited("conv1", out_channels=4), "Change")
    document.mark_saved(Path("saved.json"))
    assert not document.is_modified
    assert document.path == Path("saved.json")
    document.undo_stack.undo()
    assert document.is_modified
    assert document.path == Path("saved.json")


def test_saving_under_another_name_survives_undoing_and_redoing_a_replacement(document):
    document.replace_network(OTHER, Path("other.json"))
    document.undo_stack.undo()
    document.mark_saved(Path("three.json"))
    document.undo_stack.redo()
    assert document.path == Path("other.json")
    document.undo_stack.undo()
    assert document.path == Path("three.json")
    assert not document.is_modified


def test_weights_that_changed_their_shape_get_a_name_in_the_same_step(document):
    document.edit(NETWORK.edited("conv1", out_channels=9), "more")
    generation = document.generation
    heard = record(document)
    document.name_weights(generation, {"conv1": "carried"})
    assert heard == ["spec"]  # nothing has to be computed anew
    assert document.generation == generation
    assert document.spec.layer("conv1").weights_id == "carried"
    assert document.running_spec == document.spec
    document.undo_stack.undo()
    assert document.spec == NETWORK
    document.undo_stack.redo()
    assert document.spec.layer("conv1").weights_id == "carried"


def test_a_name_for_a_network_that_is_gone_is_ignored(document):
    document.edit(NETWORK.edited("conv1", out_channels=9), "more")
    old = document.generation
    document.edit(NETWORK.edited("conv1", out_channels=10), "still more")
    document.name_weights(old, {"conv1": "carried"})
    assert document.spec.layer("conv1").weights_id == ""
