import json
from dataclasses import replace

import numpy as np
import pytest

from cnngui.data.augmentation import Augmentation
from cnngui.data.dataset import OpeningCancelledError
from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise_batch
from cnngui.errors import DataError, NetworkError, TrainingError
from cnngui.pipeline.running import RunningNetwork
from cnngui.pipeline.training import batches, requirements, trainer
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.settings_codec import settings_entry
from cnngui.pipeline.training.trainer import Trainer
from cnngui.spec.layers import BatchNorm2d, Conv2d, Dropout, Linear, ReLU, Tanh
from cnngui.spec.network import NetworkSpec

from .samples import INPUT, bars, small

SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=0.01)


@pytest.fixture(autouse=True)
def _two_threads():
    parallel.configure(2)
    yield
    parallel.shutdown()


def make(spec=None, weights=None, data=None, run_id="", **changes):
    spec = small() if spec is None else spec
    data = bars() if data is None else data
    return Trainer(spec, weights, data, replace(SETTINGS, **changes), run_id=run_id)


def run(training, batches_done=10**9):
    while not training.is_done and training.batches_done < batches_done:
        training.step()
    return training


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    for layer_id, arrays in one.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, other[layer_id][name])


def differs(one, other):
    return any((one[key][name] != other[key][name]).any() for key in one for name in one[key])


def test_a_network_learns_and_says_how_it_stands():
    training = make(run_id="run 1")
    assert training.progress.state == "running"
    assert training.progress.evaluation is None
    progress = run(training).progress
    assert progress.state == "finished"
    assert progress.run_id == "run 1"
    assert progress.spec.classes == ("upper", "lower", "all")
    assert (progress.data_name, progress.data_address) == ("bars", "fake:bars")
    assert progress.samples == (72, 18)
    assert (progress.step, progress.steps, progress.epoch) == (36, 36, 4)
    assert progress.learning_rate == 0.01
    assert progress.samples_per_second > 0
    assert progress.seconds_left == 0
    assert progress.memory_bytes > 0
    assert (progress.best.basis, progress.best.samples) == ("validation", 18)
    assert progress.best.accuracy == 1
    assert len(progress.curves.loss) == 36
    np.testing.assert_array_equal(progress.curves.validation_epochs, [0, 1, 2, 3, 4])
    assert progress.curves.smooth_loss[-1] < progress.curves.smooth_loss[0] / 2
    assert [layer.layer_id for layer in progress.layers] == ["conv1", "linear1"]
    assert all(layer.gradient > 0 and layer.update > 0 for layer in progress.layers)
    assert (progress.moments[0].step, progress.moments[-1].step) == (0, 36)
    assert progress.moments[0].kernels["conv1"].shape == (4, 1, 3, 3)
    evaluation = progress.evaluation
    assert evaluation.measured == progress.best
    assert evaluation.summary.accuracy == progress.best.accuracy
    np.testing.assert_array_equal(evaluation.labels, bars().labels[evaluation.indices])
    assert not evaluation.probabilities.flags.writeable
    json.dumps(settings_entry(progress.settings))


def test_the_weights_do_in_the_program_what_they_did_in_the_training():
    training, data = run(make()), bars()
    evaluation = training.progress.evaluation
    pixels = data.pixels[evaluation.indices]
    x = normalise_batch(pixels, INPUT.mean, INPUT.std)
    found = Model(training.spec, training.best_weights()).activations(x, ["softmax1"])
    np.testing.assert_allclose(found["softmax1"], evaluation.probabilities, atol=1e-5)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("loss", ["cross-entropy", "mse"])
def test_every_optimizer_and_loss_learns(optimizer, loss):
    rate = 0.05 if optimizer == "sgd" else 0.01
    changes = {"nesterov": True, "weight_decay": 1e-4, "clip_norm": 1.0, "schedule": "cosine"}
    progress = run(
        make(optimizer=optimizer, loss=loss, learning_rate=rate, epochs=6, **changes)
    ).progress
    assert progress.best.accuracy > 0.9


RANDOM = {"augmentation": Augmentation(shift=0.2, flip=True, noise=0.1), "seed": 3}
WITH_CHANCE = small(Dropout(id="dropout1", p=0.2))


def test_the_same_seed_gives_the_same_weights_to_the_last_bit():
    weights = [run(make(WITH_CHANCE, **RANDOM | {"seed": seed})).weights() for seed in (3, 3, 4)]
    assert_same_weights(weights[0], weights[1])
    assert differs(weights[0], weights[2])


def test_reset_goes_back_to_the_first_weights_and_the_same_steps_follow():
    training = make(WITH_CHANCE, **RANDOM)
    first = training.weights()
    once = run(training).weights()
    assert differs(first, once)
    training.reset()
    progress = training.progress
    assert (progress.state, progress.step, len(progress.curves.loss)) == ("running", 0, 0)
    assert len(progress.moments) == 1
    assert_same_weights(training.weights(), first)
    assert_same_weights(run(training).weights(), once)


def test_given_weights_are_where_it_begins():
    given = Model(small().seeded(9)).weights()
    training = make(weights=given)
    assert_same_weights(training.weights(), given)
    run(training)
    assert_same_weights(given, Model(small().seeded(9)).weights())


def test_frozen_layers_keep_their_weights():
    training = run(make(small().edited("conv1", frozen=True)))
    first = Model(small()).weights()
    np.testing.assert_array_equal(training.weights()["conv1"]["weight"], first["conv1"]["weight"])
    assert (training.weights()["linear1"]["weight"] != first["linear1"]["weight"]).any()
    assert [layer.layer_id for layer in training.progress.layers] == ["linear1"]
    assert training.progress.moments[-1].kernels["conv1"].any()


def test_progress_does_not_change_any_more():
    training = run(make(), 5)
    before = training.progress
    kernel, loss = before.moments[-1].kernels["conv1"].copy(), before.curves.loss.copy()
    run(training)
    assert before.step == 5
    np.testing.assert_array_equal(before.moments[-1].kernels["conv1"], kernel)
    np.testing.assert_array_equal(before.curves.loss, loss)


def test_one_step_is_one_batch_or_one_part_of_a_measurement():
    training = make(epochs=1, data=bars(300), validation_share=0.5)
    steps = []
    while not training.is_done:
        training.step()
        steps.append(training.batches_done)
    # 150 samples kept apart are looked at 16 at a time, then 15 for units that have gone silent.
    assert steps == [0] * 25 + list(range(1, 20)) + [19] * 25


def test_the_learning_rate_can_be_changed_while_it_runs():
    training = run(make(schedule="cosine"), 3)
    training.learning_rate = 0.5
    run(training, 4)
    progress = training.progress
    assert progress.settings.learning_rate == 0.01
    (change,) = progress.rate_changes
    assert (change.step, change.epoch, change.rate) == (3, 3 / 9, 0.5)
    assert 0 < change.seconds < training._seconds
    assert 0.45 < progress.learning_rate < 0.5
    with pytest.raises(TrainingError, match="learning rate"):
        training.learning_rate = float("nan")


def test_only_rates_that_steps_were_done_at_are_kept():
    training = make()
    training.learning_rate = 0.02
    assert training.progress.settings.learning_rate == 0.02
    run(training, 2)
    for rate in (0.5, 0.25, 0.02):
        training.learning_rate = rate
    assert training.progress.rate_changes == ()
    for rate in (0.5, 0.25):
        training.learning_rate = rate
    assert [change.rate for change in training.progress.rate_changes] == [0.25]
    training.reset()
    assert training.progress.rate_changes == ()
    assert training.progress.settings.learning_rate == 0.25


def test_stopping_at_once_keeps_only_what_was_measured():
    training = run(make(epochs=1, learning_rate=0.005, data=bars(900)), 80)
    training.stop()
    training.step()
    progress = training.progress
    assert progress.state == "stopped"
    assert progress.seconds_left == 0
    assert training.batches_done == 80
    # Batches were right, but that says nothing of samples kept apart.
    assert progress.curves.smooth_accuracy[-1] > progress.best.accuracy
    assert progress.best.epoch == 0
    assert_same_weights(training.best_weights(), Model(small()).weights())
    assert progress.evaluation.measured == progress.best


def test_winding_up_measures_the_samples_kept_apart_first():
    training = run(make(epochs=1, learning_rate=0.005, data=bars(900)), 80)
    now = training.weights()
    training.wind_up()
    assert training.progress.measuring
    progress = run(training).progress
    assert progress.state == "stopped"
    assert training.batches_done == 80
    assert (progress.best.basis, progress.best.samples) == ("validation", 180)
    assert progress.best.epoch == pytest.approx(80 / 90)
    assert_same_weights(training.best_weights(), now)
    assert progress.evaluation.measured == progress.best
    found = np.mean(progress.evaluation.summary.predicted == progress.evaluation.labels)
    assert progress.best.accuracy == found


def test_good_batches_do_not_displace_weights_that_are_better_on_samples_kept_apart():
    # All that is learned from is one class over and over: batches are right, and nothing else.
    learned = run(make()).best_weights()
    data = bars(90)
    data.labels = np.where(np.arange(90) < 3, data.labels, 0)
    training = make(weights=learned, data=data, learning_rate=1.0, epochs=1, validation_share=0.5)
    run(training, 3)
    training.wind_up()
    before = training.progress.best
    progress = run(training).progress
    assert progress.best.accuracy >= before.accuracy
    if progress.best.epoch == 0:
        assert_same_weights(training.best_weights(), learned)


def test_winding_up_takes_no_longer_than_its_user_waits(monkeypatch):
    training = run(make(epochs=1, learning_rate=0.005, data=bars(900)), 80)
    monkeypatch.setattr(trainer, "_LONGEST_LAST_MEASUREMENT_S", 1e-6)
    training.wind_up()
    steps = 0
    while not training.is_done:
        training.step()
        steps += 1
    assert steps <= 2
    progress = training.progress
    # It is told how few they were; what was kept before is judged by the same ones.
    assert 10 <= progress.best.samples <= trainer._FEWEST_AT_A_TIME
    assert progress.best.epoch > 0
    assert set(progress.evaluation.indices) <= set(training._evaluated)


def test_what_is_measured_already_is_not_measured_again():
    training = make()
    while training.epochs_measured < 1:
        training.step()
    training.wind_up()
    assert training.progress.state == "stopped"
    assert training.progress.best.epoch == 1


def test_stopped_before_anything_was_measured_it_says_nothing():
    training = make()
    training.wind_up()
    progress = training.progress
    assert progress.state == "stopped"
    assert progress.best is None
    assert progress.evaluation is None
    assert_same_weights(training.best_weights(), Model(small()).weights())


def test_weights_that_nothing_betters_are_the_best():
    learned = run(make()).best_weights()
    training = run(make(weights=learned, learning_rate=1.0))
    assert training.progress.best.epoch == 0
    assert_same_weights(training.best_weights(), learned)
    assert training.progress.evaluation.summary.accuracy == 1


def test_the_best_weights_are_those_of_the_best_epoch():
    training = run(make(), 19)
    learned = training.progress
    training.learning_rate = 10.0  # spoils them
    run(training)
    assert training.progress.state == "finished"
    assert training.progress.curves.validation_loss[-1] > 1
    assert training.progress.best == learned.best
    assert learned.best.epoch <= 2
    evaluation = training.evaluate(bars())
    assert evaluation.summary.accuracy > 0.9
    assert evaluation.measured.basis == "test"
    assert (evaluation.measured.samples, evaluation.measured.epoch) == (90, learned.best.epoch)


def test_without_samples_kept_apart_it_learns_from_all_and_looks_at_those():
    progress = run(make(validation_share=0.0)).progress
    assert progress.samples == (90, 0)
    assert len(progress.curves.validation_loss) == 0
    assert len(progress.evaluation.labels) == 90
    assert progress.best.epoch == 4
    assert (progress.best.basis, progress.best.samples) == ("training", 90)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("activation", [ReLU, Tanh])
@pytest.mark.parametrize("loss", ["cross-entropy", "mse"])
def test_a_learning_rate_of_a_billion_ends_in_a_message(optimizer, activation, loss):
    spec = small().replaced("relu1", activation(id="relu1"))
    training = run(make(spec, optimizer=optimizer, learning_rate=1e9, loss=loss, epochs=3))
    progress = training.progress
    assert progress.state == "failed"
    assert str(progress.message).startswith(("conv1: ", "linear1: "))
    assert "1e+09" in str(progress.message)
    assert "The first weights are back" in str(progress.message)
    assert "try a lower rate" in str(progress.message)
    assert [layer.ailment for layer in progress.layers].count("nan") == 1
    assert not training.has_learned
    for weights in (training.weights(), training.best_weights()):
        assert_same_weights(weights, Model(spec).weights())


def test_weights_that_were_good_come_back():
    training = run(make(data=bars(1200), epochs=3, learning_rate=0.003), 130)
    learned = training.progress.best
    training.learning_rate = 1e9
    run(training)
    assert training.progress.state == "failed"
    assert "The weights of epoch 1 are back" in str(training.progress.message)
    assert (learned.epoch, learned.accuracy > 0.9) == (1, True)
    assert_same_weights(training.weights(), training.best_weights())
    evaluation = training.evaluate(bars(300))
    assert evaluation.summary.accuracy > 0.9


def test_batch_normalisation_fails_in_words_too():
    spec = small().inserted(1, BatchNorm2d(id="bn1"))
    training = run(make(spec, learning_rate=1e9))
    for arrays in training.weights().values():
        assert all(np.isfinite(array).all() for array in arrays.values())


def test_a_sample_that_vanishes_on_the_way_ends_it_with_its_name(monkeypatch):
    monkeypatch.setattr(batches, "_MOST_BYTES", 10)
    data = bars()
    training = run(make(data=data, validation_share=0.0), 13)
    data.unreadable = frozenset(range(90))
    run(training)
    assert training.progress.state == "failed"
    assert "must be readable, got no such file" in str(training.progress.message)
    assert training.has_learned
    assert training.progress.best.epoch == 1


def test_many_samples_are_read_for_each_batch(monkeypatch):
    weights = run(make()).weights()
    monkeypatch.setattr(batches, "_MOST_BYTES", 10)
    assert_same_weights(run(make()).weights(), weights)


def test_reading_samples_tells_how_far_it_is_and_can_be_given_up():
    told = []
    Trainer(
        small(),
        None,
        bars(150),
        SETTINGS,
        on_prepared=lambda done, total: told.append((done, total)),
    )
    assert told == [(64, 150), (128, 150), (150, 150)]
    with pytest.raises(OpeningCancelledError):
        Trainer(small(), None, bars(), SETTINGS, is_cancelled=lambda: True)


def test_other_samples_of_the_same_classes_can_be_measured():
    training = run(make())
    assert training.evaluate(bars(31)).summary.accuracy == 1
    turned = bars(30, classes=("all", "upper", "lower"))
    turned.labels = (turned.labels + 1) % 3
    assert training.evaluate(turned).summary.accuracy == 1
    with pytest.raises(DataError, match="middle"):
        training.evaluate(bars(30, classes=("upper", "lower", "middle")))
    with pytest.raises(OpeningCancelledError):
        training.evaluate(bars(30), is_cancelled=lambda: True)


def with_labels(*labels, classes=("upper", "lower", "all")):
    data = bars(max(len(labels), 1), classes=classes)
    data.labels = np.array(labels, np.int64)
    return data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (with_labels(), "two samples or more to learn from, got none"),
        (with_labels(0), "two samples or more to learn from, got one"),
        (with_labels(0, 0, classes=("upper",)), "two classes or more, .*, got only upper"),
        (with_labels(0, 1, 0, 1), "each class must have samples: .*, got none of all"),
        (with_labels(0, 1, classes=tuple(map(str, range(10_000)))), "at most 1,000 classes"),
        (with_labels(0, 1, classes=("a", "b")), "softmax1: must put out 2 numbers.* got 3"),
    ],
)
def test_samples_that_cannot_be_learned_from_are_refused(data, said):
    with pytest.raises(TrainingError, match=said):
        make(data=data)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": float("inf")},
        {"learning_rate": -1.0},
        {"momentum": 2.0},
        {"validation_share": 1.0},
        {"augmentation": Augmentation(shift=2.0)},
    ],
)
def test_settings_out_of_range_are_refused(change):
    with pytest.raises(TrainingError, match="must be a number from"):
        make(**change)


def test_samples_of_one_recording_are_learned_from_or_measured_with_but_not_both():
    # Recordings of five samples, each of one class.
    data = bars(90)
    order = np.argsort(data.labels, kind="stable")
    together = np.empty(90, np.int64)
    together[order] = np.arange(90) // 5
    data.together = tuple(together)
    training = run(make(data=data))
    assert not set(together[training._training]) & set(together[training._validation])
    assert training.progress.samples == (75, 15)
    assert "alike" not in {finding.kind for finding in training.progress.findings}


def test_a_class_of_one_recording_is_said_to_flatter():
    data = bars(90)
    data.together = tuple(np.where(data.labels == 1, 0, np.arange(90) + 1))
    (finding,) = make(data=data).progress.findings
    assert finding.kind == "alike"
    assert str(finding.words).startswith("lower: all samples are of one recording.")


def test_it_ends_early_where_nothing_gets_better_for_so_long():
    learned = run(make()).best_weights()
    training = run(make(weights=learned, learning_rate=1.0, epochs=20, patience=3))
    progress = training.progress
    assert progress.state == "finished"
    assert progress.epoch == progress.best.epoch + 3
    assert progress.epoch < 20
    (finding,) = (found for found in progress.findings if found.kind == "ended early")
    assert "for 3 epochs" in str(finding.words)
    patient = run(make(patience=0)).progress
    assert patient.epoch == 4
    assert "ended early" not in {found.kind for found in patient.findings}


def unbalanced():
    """Pictures of two kinds: one is always of the common class, the other of both, seldom rare."""
    data = bars(180, classes=("common", "rare"))
    kinds = data.labels.copy()
    kept = np.flatnonzero(kinds != 1)
    data.pixels = data.pixels[kept]
    is_doubtful = kinds[kept] == 2
    data.labels = (is_doubtful & (np.arange(120) % 3 == 0)).astype(np.int64)
    return data


@pytest.mark.parametrize(("counts_alike", "recall"), [(False, 0), (True, 1)])
def test_classes_that_count_alike_are_found_although_they_are_rare(counts_alike, recall):
    data = unbalanced()
    settings = {"epochs": 8, "learning_rate": 0.02, "class_weights": counts_alike}
    progress = run(make(small(units=2), data=data, **settings)).progress
    assert progress.evaluation.summary.class_accuracies[1] == recall
    assert progress.evaluation.summary.class_counts[1] >= 3
    assert progress.best.epoch > 0


def test_class_weights_of_equal_classes_change_nothing():
    with_weights, without = (run(make(class_weights=on)).weights() for on in (True, False))
    for layer_id, arrays in without.items():
        for name, array in arrays.items():
            np.testing.assert_allclose(with_weights[layer_id][name], array, atol=1e-4)


def test_two_samples_of_two_classes_are_enough():
    progress = run(make(small(units=2), data=with_labels(0, 1, classes=("a", "b")))).progress
    assert progress.state == "finished"


def test_a_network_that_cannot_be_trained_is_refused():
    frozen = small().edited("conv1", frozen=True).edited("linear1", frozen=True)
    with pytest.raises(TrainingError, match="small"):
        make(frozen)
    with pytest.raises(TrainingError, match=r"must put out 3 numbers, .*, got 4x6x6"):
        make(NetworkSpec(input=INPUT, layers=(Conv2d(id="conv1", out_channels=4),)))
    with pytest.raises(NetworkError, match="linear1"):
        make(NetworkSpec(input=INPUT, layers=(Linear(id="linear1", out_features=3),)))


def test_a_batch_too_large_for_the_machine_is_refused_with_one_that_fits(monkeypatch):
    needed = requirements.training_bytes(small(), 64)
    monkeypatch.setattr(requirements, "_machine_bytes", lambda: 0.3 * needed)
    with pytest.raises(TrainingError, match=r"use batches of [48],? got .* GB for a batch of 64"):
        make(batch_size=64)
    monkeypatch.setattr(requirements, "_machine_bytes", lambda: 1.0)
    with pytest.raises(TrainingError, match="make the network or its input smaller"):
        make(batch_size=64)


def test_what_is_shown_of_a_training_is_copied_once() -> None:
    training = run(make(), 1)
    copied = training.weights()
    shown = RunningNetwork(training.spec, copied).weights
    for layer_id, arrays in copied.items():
        for name, array in arrays.items():
            assert shown[layer_id][name] is array
    begun_at = training.batches_done
    while training.batches_done == begun_at:
        run(training, 2)
    assert not np.array_equal(training.weights()["linear1"]["weight"], copied["linear1"]["weight"])
