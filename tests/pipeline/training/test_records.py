"""What is kept of a training: curves, kernels, how the layers fare."""

import numpy as np
import pytest

from cnngui.pipeline.training import history
from cnngui.pipeline.training.curves import CurveRecorder
from cnngui.pipeline.training.health import HealthMonitor
from cnngui.pipeline.training.history import KernelHistory, moment


def test_curves_hold_what_was_measured():
    recorder = CurveRecorder()
    empty = recorder.curves()
    assert empty.loss.shape == empty.validation_epochs.shape == (0,)
    recorder.add_validation(0, 2.5, 0.1)
    for batch in range(3):
        recorder.add_batch((batch + 1) / 3, 2.0 - batch, 0.5)
    recorder.add_validation(1, 0.5, 0.9)
    curves = recorder.curves()
    np.testing.assert_allclose(curves.epochs, [1 / 3, 2 / 3, 1])
    np.testing.assert_array_equal(curves.loss, [2, 1, 0])
    assert curves.smooth_loss[0] == 2
    assert 1 < curves.smooth_loss[1] < 1.6
    np.testing.assert_array_equal(curves.smooth_accuracy, np.float32([0.5] * 3))
    np.testing.assert_array_equal(curves.validation_epochs, [0, 1])
    np.testing.assert_array_equal(curves.validation_accuracy, np.float32([0.1, 0.9]))
    assert curves.loss.dtype == np.float32
    assert not curves.loss.flags.writeable


def test_a_smooth_curve_is_the_mean_at_first_and_follows_later():
    recorder = CurveRecorder()
    for loss in (4.0, 2.0):
        recorder.add_batch(0, loss, 0)
    assert recorder.smooth_loss == pytest.approx(3, abs=0.1)
    for _ in range(200):
        recorder.add_batch(0, 1.0, 0)
    assert recorder.smooth_loss == pytest.approx(1, abs=1e-3)


def test_long_trainings_are_thinned_out():
    recorder = CurveRecorder()
    for batch in range(10_000):
        recorder.add_batch(batch, batch, 0)
    curves = recorder.curves()
    assert 1000 <= len(curves.loss) <= 2000
    assert curves.epochs[0] == 0
    assert curves.epochs[-1] == 9999


def kernels(value=0.0):
    return {"conv1": np.full((2, 1, 3, 3), value, np.float32)}


def test_the_history_has_before_and_now():
    past = KernelHistory(moment(0, 0.0, kernels()))
    now = kernels()
    for step in range(1, 1001):
        now["conv1"] += 1
        past.record(step, step / 10, now)
    moments = past.moments(1000, 100.0, now)
    assert len(moments) <= 201
    assert [item.step for item in moments] == sorted({item.step for item in moments})
    assert (moments[0].step, moments[-1].step) == (0, 1000)
    for item in moments:
        assert (item.kernels["conv1"] == item.step).all()
        assert not item.kernels["conv1"].flags.writeable
    assert len(past.moments(1000, 100.0, now)) == len(moments)


def test_before_training_there_is_one_moment():
    past = KernelHistory(moment(0, 0.0, kernels()))
    assert [item.step for item in past.moments(0, 0.0, kernels())] == [0]


def test_large_kernels_take_bounded_memory(monkeypatch):
    monkeypatch.setattr(history, "_MOST_BYTES", 5 * kernels()["conv1"].nbytes)
    past = KernelHistory(moment(0, 0.0, kernels()))
    for step in range(1, 50):
        past.record(step, step, kernels(step))
    assert len(past.moments(49, 49, kernels(49))) <= 6


SIZES = {"conv1": 100, "conv2": 100, "linear1": 100}


def watched(steps, gradients, changes=(0.01, 0.01, 0.01), monitor=None, has_fallen=False):
    monitor = monitor or HealthMonitor(SIZES)
    for _ in range(steps):
        monitor.add_step(
            dict(zip(SIZES, gradients, strict=True)),
            dict(zip(SIZES, changes, strict=True)),
            dict.fromkeys(SIZES, 10.0),
            has_fallen=has_fallen,
        )
    return monitor


def ailments(monitor):
    return [layer.ailment for layer in monitor.layers()]


def test_sizes_are_per_weight_and_as_a_share():
    first, *_ = watched(3, (1.0, 2.0, 3.0)).layers()
    assert first.layer_id == "conv1"
    assert first.gradient == pytest.approx(0.1)
    assert first.update == pytest.approx(0.001)


def test_who_learns_is_well():
    assert ailments(watched(100, (0.1, 0.5, 1.0))) == [None] * 3
    # Who has learned everything is, too.
    assert ailments(watched(100, (1e-12, 2e-12, 1e-12))) == [None] * 3
    assert ailments(watched(100, (0.0, 0.0, 0.0))) == [None] * 3


def test_gradients_that_do_not_reach_a_layer_vanish():
    found = watched(100, (1e-6, 0.1, 1.0), (1e-8, 1e-3, 1e-2))
    assert ailments(found) == ["vanishing", None, None]
    found = watched(100, (0.0, 0.0, 1.0), (0.0, 0.0, 1e-2))
    assert ailments(found) == ["vanishing", "vanishing", None]


def test_small_gradients_of_which_usual_steps_are_made_are_no_ailment():
    assert ailments(watched(100, (1e-6, 0.1, 1.0))) == [None] * 3


def test_gradients_that_came_at_first_and_come_no_more_are_told_apart():
    monitor = watched(10, (0.5, 0.5, 1.0))
    watched(200, (0.0, 0.5, 1.0), (0.0, 1e-3, 1e-2), monitor)
    assert ailments(monitor) == ["silenced", None, None]


def test_weights_that_change_by_their_own_size_explode():
    assert ailments(watched(100, (1.0, 1.0, 1.0), (0.1, 5.0, 0.1))) == [None, "exploding", None]
    assert ailments(watched(100, (5000.0, 50.0, 50.0))) == ["exploding", None, None]
    large = watched(100, (1.0, 1.0, 1.0), (0.1, 5.0, 0.1), has_fallen=True)
    assert ailments(large) == [None] * 3, "the loss fell by these steps"


def test_first_steps_are_not_judged_and_warnings_do_not_flicker():
    assert ailments(watched(5, (1.0, 1.0, 1.0), (9.0, 9.0, 9.0))) == [None] * 3
    monitor = watched(50, (1.0, 1.0, 1.0), (2.5, 0.1, 0.1))
    assert ailments(monitor)[0] == "exploding"
    watched(50, (1.0, 1.0, 1.0), (1.5, 0.1, 0.1), monitor)
    assert ailments(monitor)[0] == "exploding"
    watched(50, (1.0, 1.0, 1.0), (0.3, 0.1, 0.1), monitor)
    assert ailments(monitor)[0] is None


def test_the_culprit_is_where_it_began():
    monitor = watched(30, (1.0, 1.0, 1.0), (0.1, 0.3, 0.2))
    assert monitor.culprit({"conv1": np.nan, "conv2": np.inf, "linear1": 1.0}) == "conv2"
    everywhere = dict.fromkeys(SIZES, np.nan)
    assert monitor.culprit(everywhere) == monitor.culprit({}) == "conv2"
    monitor.mark_broken("conv2")
    assert ailments(monitor) == [None, "nan", None]
