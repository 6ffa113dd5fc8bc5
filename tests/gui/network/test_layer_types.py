"""Every type of layer in the window: its words, its icon, its editors."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QCheckBox, QDoubleSpinBox, QSpinBox
from pytestqt.qtbot import QtBot

from cnngui.gui.network.editors import make_editor
from cnngui.gui.network.layer_form import LayerForm
from cnngui.gui.widgets.layer_icon import layer_icon
from cnngui.gui.words.arguments import arguments_summary, meaning
from cnngui.gui.words.layers import layer_fact, menu_text, words_of
from cnngui.gui.words.translation import translators
from cnngui.spec.checks import misfit
from cnngui.spec.layers import LAYER_TYPES, WEIGHT_ARGUMENTS, arguments_of
from tests.layer_table import EXAMPLES, Example, computable, examples, network_of

every_type = pytest.mark.parametrize("kind", LAYER_TYPES.values(), ids=LAYER_TYPES)
every_example = pytest.mark.parametrize("example", examples(LAYER_TYPES.values()), ids=str)


def said(kind: type) -> list[str]:
    """Return all that is said of a type."""
    fact = layer_fact(EXAMPLES[kind][0].layer)
    meanings = [meaning(name, kind.__name__) for name in arguments_of(kind)]
    return [menu_text(kind.__name__), fact, *meanings]


@every_type
def test_a_type_has_words_in_both_languages(qapp: QApplication, kind: type) -> None:
    english = said(kind)
    assert all(english)
    installed = translators("zh_CN", qapp)
    try:
        for translator in installed:
            qapp.installTranslator(translator)
        chinese = said(kind)
    finally:
        for translator in installed:
            qapp.removeTranslator(translator)
    for here, there in zip(english, chinese, strict=True):
        assert here != there
        assert "{" not in here + there


@pytest.mark.parametrize("name", LAYER_TYPES)
def test_a_type_is_drawn_unlike_all_others_of_its_group(qapp: QApplication, name: str) -> None:
    def picture(other: str) -> bytes:
        image = layer_icon(other).pixmap(QSize(20, 20)).toImage()
        return bytes(image.constBits())

    assert any(picture(name))
    if callable(words_of(name).icon):
        drawn = [kind for kind in LAYER_TYPES if callable(words_of(kind).icon)]
        assert sum(picture(name) == picture(other) for other in drawn) == 1


@every_type
def test_curves_stay_within_the_icon(kind: type) -> None:
    curve = words_of(kind.__name__).icon
    if not isinstance(curve, str):
        assert all(abs(curve(step / 50 - 1)) <= 1.3 for step in range(101))


@every_type
def test_a_row_shows_arguments_that_the_type_has(kind: type) -> None:
    words = words_of(kind.__name__)
    assert set(words.shows) <= set(arguments_of(kind))
    assert set(words.meanings) <= set(arguments_of(kind))


@every_example
def test_a_row_tells_what_is_not_as_usual(example: Example) -> None:
    layer = example.layer
    told = arguments_summary(layer)
    assert "None" not in told
    for name in words_of(layer.type).shows:
        value = getattr(layer, name)
        if value not in (layer.usual(name), "valid") and value is not None:
            first = value[0] if isinstance(value, tuple) else value
            shown = f"{first:g}" if isinstance(first, float | int) else first
            assert shown.replace("-1", "?") in told or shown.replace("-", "−") in told


@every_example
def test_every_argument_can_be_shown_and_given_another_value(
    qtbot: QtBot, example: Example
) -> None:
    for name, argument in arguments_of(type(example.layer)).items():
        editor = make_editor(argument)
        qtbot.addWidget(editor)
        editor.show()
        given: list[object] = []
        editor.edited.connect(given.append)
        value = getattr(example.layer, name)
        editor.set_value(value)
        assert given == []
        for box in editor.findChildren(QAbstractSpinBox):
            assert isinstance(box, QSpinBox | QDoubleSpinBox)
            if box.isVisible():
                box.stepBy(1 if box.value() < argument.maximum else -1)
                assert given.pop() != value
                assert not given
                editor.set_value(value)
        for tick in editor.findChildren(QCheckBox):
            tick.click()
            assert not misfit(argument, given.pop())


@pytest.mark.parametrize("example", computable(), ids=str)
def test_a_form_shows_the_layer_as_it_is(qtbot: QtBot, example: Example) -> None:
    network = network_of(example)
    form = LayerForm(type(example.layer))
    qtbot.addWidget(form)
    given: list[object] = []
    form.edited.connect(lambda name, value: given.append((name, value)))
    form.show_layer(network, network.layers[-1])
    form.show()
    assert given == []
    for name in arguments_of(type(example.layer)):
        if name not in WEIGHT_ARGUMENTS:
            assert form.editor(name).isVisible()
