from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.data.augmentation import Augmentation
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.settings_codec import settings_entry, settings_from_entry


def test_settings_come_back():
    changed = TrainingSettings(
        epochs=7, optimizer="sgd", nesterov=True, augmentation=Augmentation(flip=True, shift=0.25)
    )
    assert settings_from_entry(settings_entry(changed)) == changed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
NAMES = st.sampled_from([item.name for item in fields(TrainingSettings)])


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(NAMES, JSON))
def test_bad_settings_have_their_defaults(entry):
    found = settings_from_entry(entry)
    for name in set(settings_entry(found)) - set(entry):
        assert getattr(found, name) == getattr(TrainingSettings(), name)
    assert settings_from_entry(settings_entry(found)) == found


@pytest.mark.parametrize(
    "entry", [None, 3, [], {"epochs": "many"}, {"epochs": True}, {"batch_size": 0}, {"seed": 1.5}]
)
def test_unusable_settings_are_the_usual_ones(entry):
    assert settings_from_entry(entry) == TrainingSettings()
