"""Generated networks for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from cnngui.harmless import is_harmless
from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, Argument, LayerSpec, arguments_of
from cnngui.spec.network import FITS, InputSpec, NetworkSpec

ids = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,20}", fullmatch=True).filter(
    lambda text: text.lower() != INPUT_ID
)
lines = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40
).filter(is_harmless)


def values_of(argument: Argument) -> st.SearchStrategy:
    given = _values_of(argument)
    return st.one_of(st.none(), given) if argument.is_optional else given


def _values_of(argument: Argument) -> st.SearchStrategy:
    whole = st.integers(int(argument.minimum), int(min(argument.maximum, 2**31 - 1)))
    match argument.kind:
        case "int":
            return whole
        case "float":
            return st.floats(argument.minimum, argument.maximum)
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(argument.choices)
        case "factors":
            factor = st.floats(argument.minimum, argument.maximum)
            return st.tuples(*[factor] * argument.rank)
        case _:
            numbers = st.one_of(st.tuples(*[whole] * count) for count in argument.counts)
            named = st.sampled_from(("same", "valid"))
            return st.one_of(named, numbers) if argument.kind == "padding" else numbers


@st.composite
def layers(draw: st.DrawFn, layer_id: str) -> LayerSpec:
    layer_type = draw(st.sampled_from(sorted(LAYER_TYPES.values(), key=str)))
    return layer_type(
        id=layer_id,
        inputs=tuple(draw(st.lists(ids, max_size=3))),
        enabled=draw(st.booleans()),
        **{name: draw(values_of(item)) for name, item in arguments_of(layer_type).items()},
    )


@st.composite
def inputs(draw: st.DrawFn) -> InputSpec:
    channels = draw(st.sampled_from((1, 3)))
    numbers = st.floats(-100, 100)
    deviations = st.floats(1e-3, 100)
    return InputSpec(
        channels=channels,
        height=draw(st.integers(1, 4096)),
        width=draw(st.integers(1, 4096)),
        fit=draw(st.sampled_from(FITS)),
        mean=tuple(draw(st.lists(numbers, min_size=channels, max_size=channels))),
        std=tuple(draw(st.lists(deviations, min_size=channels, max_size=channels))),
        frames=draw(st.integers(1, 64)),
        frame_step=draw(st.integers(1, 64)),
        frame_rate=draw(st.floats(0, 1000)),
    )


@st.composite
def networks(draw: st.DrawFn) -> NetworkSpec:
    """Networks that can be written; their shapes rarely fit."""
    names = draw(st.lists(ids, min_size=1, max_size=6, unique_by=str.lower))
    return NetworkSpec(
        name=draw(lines),
        input=draw(inputs()),
        layers=tuple(draw(layers(name)) for name in names),
        classes=tuple(draw(st.lists(lines, max_size=4))),
    )
