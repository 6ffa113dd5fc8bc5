"""A network's description as versioned JSON, and back.

Reading trusts nothing: whatever the text holds, the answer is a network or a ``NetworkFileError``
that names the place, the rule and what was found. A network whose shapes do not fit yet can be
written and read, so that unfinished work can be saved; ``spec.shapes`` tells what is wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

from cnngui.errors import NetworkError, NetworkFileError, Text, Words, text
from cnngui.spec.checks import MAX_LAYERS, description_problems, is_id, is_whole, shown
from cnngui.spec.layers import LAYER_TYPES, LayerSpec, ParametricSpec, arguments_of
from cnngui.spec.network import TIME_FIELDS, InputSpec, NetworkSpec

FORMAT = "cnngui-network"
VERSION = 3
"""The newest version. A network is written in the oldest that can hold it: 2 brought twenty layer
types and a padding of its own for each side, 3 layers that span time and inputs of several
frames."""
MAX_TEXT_LENGTH = 4 * 2**20

_NETWORK_KEYS = ("format", "version", "name", "input", "classes", "layers")
_INPUT_KEYS = tuple(item.name for item in fields(InputSpec))
_NETWORK = text("network")
_Kind = TypeVar("_Kind")


def to_json(network: NetworkSpec, *, is_draft: bool = False) -> str:
    """Return a network as text, one line per layer.

    Parameters
    ----------
    is_draft : numbers may be out of their ranges; only ``from_json`` of a draft reads that again.

    Raises
    ------
    NetworkError
        If an id, an argument, the input or a name is one that ``from_json`` would refuse.
    """
    for problem in description_problems(network, is_draft=is_draft):
        raise NetworkError(problem.thing, problem.rule, problem.got)
    head = {
        "format": FORMAT,
        "version": max(
            network.input.format_version, *(layer.format_version for layer in network.layers), 1
        ),
        "name": network.name,
        "input": _input_entry(network.input),
        "classes": network.classes,
    }
    lines = [f"  {_dump(key)}: {_dump(value)}" for key, value in head.items()]
    rows = ",\n".join(f"    {_dump(_layer_entry(layer))}" for layer in network.layers)
    lines.append(f'  "layers": [\n{rows}\n  ]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(written: str, thing: Words = _NETWORK, *, is_draft: bool = False) -> NetworkSpec:
    """Return the network that a text describes. Arguments left out have their defaults.

    Parameters
    ----------
    written : at most ``MAX_TEXT_LENGTH`` characters.
    thing : what messages call the text: a file's name.
    is_draft : what a network that is being worked at may hold is no fault.

    Raises
    ------
    NetworkFileError
        If the text is not JSON, not a network, of a newer version, or holds an unknown key, a
        value of a wrong type or out of its range.
    """
    entry = _Entry(thing, "", _parse(written, thing))
    _require_version(entry)
    entry.refuse_other_keys(_NETWORK_KEYS)
    network = NetworkSpec(
        name=entry.take("name", str, "network"),
        input=_input(entry),
        classes=tuple(entry.take("classes", list, [])),
        layers=_layers(entry),
    )
    for problem in description_problems(network, is_draft=is_draft):
        raise NetworkFileError(place_in(thing, problem.thing), problem.rule, problem.got)
    return network


def place_in(thing: Words, place: str) -> Text:
    """Return what a message calls a place in a file."""
    return text("{thing}: {place}", thing=thing, place=place)


class _Entry:
    """One JSON object and its place in the file, for messages."""

    def __init__(self, thing: Words, place: str, value: object) -> None:
        self.thing, self.place = thing, place
        if not isinstance(value, dict):
            self.refuse("", _KIND_RULES[dict], value)
        self.values: dict[str, Any] = value

    def take(self, key: str, kind: type[_Kind], default: _Kind | None = None) -> _Kind:
        """Return the value of a key if it is of that kind, else refuse the file."""
        value = self.values.get(key, default)
        if not isinstance(value, kind):
            self.refuse(key, _KIND_RULES[kind], value)
        return value

    def refuse_other_keys(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                self.refuse("", text("must have no keys but {keys}", keys=", ".join(known)), key)

    def refuse(self, key: str, rule: Text, value: object) -> NoReturn:
        place = ".".join(part for part in (self.place, key) if part)
        thing = place_in(self.thing, place) if place else self.thing
        raise NetworkFileError(thing, rule, "null" if value is None else shown(value))


_KIND_RULES: dict[type, Text] = {
    str: text("must be a text"),
    bool: text("must be true or false"),
    int: text("must be a whole number"),
    list: text("must be a list"),
    dict: text("must be a JSON object"),
}


def _parse(written: str, thing: Words) -> object:
    if len(written) > MAX_TEXT_LENGTH:
        rule = text("must be at most {most:,} characters", most=MAX_TEXT_LENGTH)
        raise NetworkFileError(thing, rule, f"{len(written):,}")

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            repeated = next(name for name, count in counts.items() if count > 1)
            raise NetworkFileError(thing, text("must not repeat a key"), shown(repeated))
        return values

    def refuse_constant(name: str) -> NoReturn:
        raise NetworkFileError(thing, text("must hold only finite numbers"), name)

    try:
        return json.loads(
            written, object_pairs_hook=without_repeats, parse_constant=refuse_constant
        )
    except RecursionError:
        raise NetworkFileError(thing, text("must not be nested that deeply")) from None
    except json.JSONDecodeError as error:
        found = text(
            "{fault} at line {line}, column {column}",
            fault=_json_fault(error.msg),
            line=error.lineno,
            column=error.colno,
        )
        raise NetworkFileError(thing, text("must be JSON"), found) from None
    except ValueError:
        found = text("a number of more digits than can be read")
        raise NetworkFileError(thing, text("must be JSON"), found) from None


def _json_fault(said: str) -> Text:
    """Return what is wrong with JSON, from what Python says of it."""
    match said.split()[:2]:
        case ["Expecting", "value"]:
            return text("no value")
        case ["Expecting", "property"]:
            return text("no key in double quotes")
        case ["Expecting", "','"]:
            return text("no comma")
        case ["Expecting", "':'"]:
            return text("no colon")
        case ["Extra", _]:
            return text("something behind its end")
        case ["Unterminated", _]:
            return text("a text without an end")
        case _:
            return text("a fault")


def _require_version(entry: _Entry) -> None:
    if entry.values.get("format") != FORMAT:
        rule = text('must be "{format}"', format=FORMAT)
        entry.refuse("format", rule, entry.values.get("format"))
    version = entry.values.get("version")
    if not is_whole(version) or version < 1:
        entry.refuse("version", text("must be a whole number from 1"), version)
    if version > VERSION:
        rule = text("must be at most {most}, the newest that this program reads", most=VERSION)
        entry.refuse("version", rule, version)


def _input(entry: _Entry) -> InputSpec:
    described = _Entry(entry.thing, "input", entry.take("input", dict))
    described.refuse_other_keys(_INPUT_KEYS)
    standard = InputSpec()
    if described.values.get("channels") == 1:
        standard = standard.with_channels(1)
    values = {key: described.values.get(key, getattr(standard, key)) for key in _INPUT_KEYS}
    for key in ("mean", "std"):
        values[key] = tuple(described.take(key, list, list(getattr(standard, key))))
    return InputSpec(**values)


def _layers(entry: _Entry) -> tuple[LayerSpec, ...]:
    described = entry.take("layers", list)
    if len(described) > MAX_LAYERS:
        entry.refuse("layers", text("must be at most {most}", most=MAX_LAYERS), len(described))
    return tuple(
        _layer(_Entry(entry.thing, f"layers[{index}]", value))
        for index, value in enumerate(described)
    )


def _layer(entry: _Entry) -> LayerSpec:
    layer_id = entry.take("id", str)
    entry.place = f"{entry.place} {shown(layer_id)}"
    type_name = entry.take("type", str)
    if type_name not in LAYER_TYPES:
        # All of them would be a wall of words.
        alike = get_close_matches(type_name[:60], LAYER_TYPES, cutoff=0)
        rule = text("must be a type of layer, such as {types}", types=", ".join(alike))
        entry.refuse("type", rule, type_name)
    layer_type = LAYER_TYPES[type_name]
    arguments = arguments_of(layer_type)
    by_hand = ("by_hand",) if layer_type.has_parameters else ()
    others = ("inputs", "enabled", "channel_names", *by_hand)
    entry.refuse_other_keys(("id", "type", *arguments, *others))
    inputs = entry.take("inputs", list, [])
    for name in inputs:
        if not isinstance(name, str) or not is_id(name):
            entry.refuse("inputs", text("must be a list of ids"), name)
    return layer_type(
        id=layer_id,
        inputs=tuple(inputs),
        enabled=entry.take("enabled", bool, True),
        channel_names=tuple(entry.take("channel_names", list, [])),
        **{name: entry.take(name, bool, False) for name in by_hand},
        **{name: entry.values[name] for name in arguments if name in entry.values},
    )


def _input_entry(described: InputSpec) -> dict[str, Any]:
    left_out = TIME_FIELDS if described.format_version == 1 else ()
    return {key: getattr(described, key) for key in _INPUT_KEYS if key not in left_out}


def _layer_entry(layer: LayerSpec) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": layer.id, "type": layer.type}
    for name, argument in arguments_of(type(layer)).items():
        value = getattr(layer, name)
        if value == argument.default and (argument.goes_without_saying or argument.since > 1):
            continue
        is_one_for_all = (
            isinstance(value, tuple)
            and len(value) == argument.rank
            and argument.kind in ("sizes", "factors", "padding")
            and len(set(value)) == 1
        )
        entry[name] = value[0] if is_one_for_all else value
    if layer.inputs:
        entry["inputs"] = layer.inputs
    if not layer.enabled:
        entry["enabled"] = False
    if layer.channel_names:
        entry["channel_names"] = layer.channel_names
    if isinstance(layer, ParametricSpec) and layer.by_hand:
        entry["by_hand"] = True
    return entry


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
