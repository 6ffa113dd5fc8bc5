"""What can be wrong with a description by itself, whatever the shapes: ids, ranges, the input.

The checks trust no type, since a description may come from a file that somebody wrote by hand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

from cnngui.errors import Text, Words, fault, message, text
from cnngui.harmless import harmless, is_harmless
from cnngui.spec.layers import INPUT_ID, Argument, LayerSpec, arguments_of
from cnngui.spec.network import FITS, InputSpec, NetworkSpec

MAX_LAYERS = 4096
MAX_INPUT_SIDE = 4096
MAX_INPUT_FRAMES = 64
MAX_FRAME_STEP = 64
MAX_FRAME_RATE = 1000
MAX_TEXT_LENGTH = 200
MAX_CLASSES = 10_000
_LARGEST_TYPED = 2**31 - 1

_NETWORK_FIELDS = ("name", "classes", "layers")
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", re.ASCII)
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.ASCII | re.IGNORECASE)
"""Windows takes a file of such a name, whatever its suffix, for the device."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a network, at the place where it can be mended.

    Attributes
    ----------
    layer_id : the layer's id; "input" for the network's input and what concerns it as a whole.
    field : an argument's name, "id" or "inputs"; empty for the layer as a whole. Of "input" also
        the network's "name", "classes" and "layers".
    rule : what would be right ("must not be larger than its padded input 5x5").
    got : what was found ("7x7"); may be empty.
    """

    layer_id: str
    field: str
    rule: Text
    got: Words = ""

    @property
    def thing(self) -> str:
        """What it is about: ``conv3.kernel_size``, ``network.name``."""
        if self.layer_id == INPUT_ID and self.field in _NETWORK_FIELDS:
            return f"network.{self.field}"
        return f"{shown(self.layer_id)}.{self.field}" if self.field else shown(self.layer_id)

    @property
    def fault(self) -> Words:
        """The rule and what was found, to be read beside the field."""
        return fault(self.rule, self.got)

    @property
    def message(self) -> Text:
        """The whole sentence."""
        return message(self.thing, self.rule, self.got)

    def __str__(self) -> str:
        return str(self.message)


def shown(value: object) -> str:
    """Return a value as a message shows it, in every language.

    Sizes are ``3x3``, a text without letters is ``""``, and anything long is cut short.
    """
    if isinstance(value, tuple) and 2 <= len(value) <= 6 and all(map(is_whole, value)):
        value = "x".join(str(number)[:20] for number in value)
    written = value if isinstance(value, str) else repr(value)
    return harmless(written[:60]) + ("..." if len(written) > 60 else "") if written else '""'


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is an int, True and False not counting as such."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_id(name: str) -> bool:
    """Return whether a text can be a layer's id: it will name files and tensors."""
    return _ID.fullmatch(name) is not None


def description_problems(network: NetworkSpec, *, is_draft: bool = False) -> list[Problem]:
    """Return what is wrong with ids, arguments, input, name and classes, in the list's order.

    In a draft, which is being worked at, numbers may be out of their ranges and a name be missing.
    """
    found = [] if is_draft and network.name == "" else list(_network_problems(network))
    found += _input_problems(network.input, is_draft)
    taken: set[str] = set()
    for layer in network.layers:
        found += _id_problems(layer.id, taken)
        found += _argument_problems(layer, is_draft)
        found += _name_problems(layer)
        taken.add(layer.id.lower())
    return found


def _network_problems(network: NetworkSpec) -> Iterator[Problem]:
    if len(network.layers) > MAX_LAYERS:
        rule = text("must be at most {most} layers", most=MAX_LAYERS)
        yield Problem(INPUT_ID, "layers", rule, str(len(network.layers)))
    if not _is_text(network.name):
        yield Problem(INPUT_ID, "name", _TEXT_RULE, shown(network.name))
    if len(network.classes) > MAX_CLASSES:
        rule = text("must be at most {most} names", most=MAX_CLASSES)
        yield Problem(INPUT_ID, "classes", rule, str(len(network.classes)))
    for name in network.classes:
        if not _is_text(name):
            rule = text(
                "each must be a text of 1 to {most} characters in one line", most=MAX_TEXT_LENGTH
            )
            yield Problem(INPUT_ID, "classes", rule, shown(name))
            return


_TEXT_RULE = text("must be a text of 1 to {most} characters in one line", most=MAX_TEXT_LENGTH)


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_TEXT_LENGTH:
        return False
    return is_harmless(value)


INPUT_NUMBERS = {
    "height": Argument("int", 1, MAX_INPUT_SIDE),
    "width": Argument("int", 1, MAX_INPUT_SIDE),
    "frames": Argument("int", 1, MAX_INPUT_FRAMES),
    "frame_step": Argument("int", 1, MAX_FRAME_STEP),
    "frame_rate": Argument("float", 0, MAX_FRAME_RATE),
}
"""The numbers of an input, with their ranges."""


def _input_problems(described: InputSpec, is_draft: bool) -> Iterator[Problem]:
    if not (is_whole(described.channels) and described.channels in (1, 3)):
        rule = text("must be 3 (RGB) or 1 (grey)")
        yield Problem(INPUT_ID, "channels", rule, shown(described.channels))
        return
    for field, allowed in INPUT_NUMBERS.items():
        broken = misfit(_as_drafted(allowed, is_draft), getattr(described, field))
        if broken:
            yield Problem(INPUT_ID, field, broken, shown(getattr(described, field)))
    if described.fit not in FITS:
        rule = text("must be one of {choices}", choices=", ".join(FITS))
        yield Problem(INPUT_ID, "fit", rule, shown(described.fit))
    for field, minimum in (("mean", -1e6), ("std", 1e-6)):
        values = getattr(described, field)
        if len(values) != described.channels:
            rule = text("must be one number per channel, {count} in all", count=described.channels)
            yield Problem(INPUT_ID, field, rule, str(len(values)))
        for value in values:
            broken = misfit(_as_drafted(Argument("float", minimum, 1e6), is_draft), value)
            if broken:
                yield Problem(INPUT_ID, field, broken, shown(value))
                break


def _id_problems(layer_id: str, taken: set[str]) -> Iterator[Problem]:
    """Ids name files, and some file systems do not tell capital letters from small ones."""
    if not is_id(layer_id):
        rule = text("must be 1 to 64 letters, digits, _ or -, not beginning with -")
        yield Problem(layer_id, "id", rule, shown(layer_id))
    elif layer_id.lower() == INPUT_ID:
        rule = text('must not be "{name}", the name of what the network reads', name=INPUT_ID)
        yield Problem(layer_id, "id", rule, layer_id)
    elif _DEVICE.fullmatch(layer_id):
        rule = text("must not be a name that Windows keeps for a device")
        yield Problem(layer_id, "id", rule, layer_id)
    elif layer_id.lower() in taken:
        rule = text("must differ from every other layer's, not only in capital letters")
        yield Problem(layer_id, "id", rule, text("{layer} again", layer=layer_id))


def _argument_problems(layer: LayerSpec, is_draft: bool) -> Iterator[Problem]:
    for name, argument in arguments_of(type(layer)).items():
        value = getattr(layer, name)
        broken = misfit(_as_drafted(argument, is_draft), value)
        if broken:
            yield Problem(layer.id, name, broken, shown(value))


def _as_drafted(argument: Argument, is_draft: bool) -> Argument:
    """Return an argument that may have any number that can be typed, while it is a draft."""
    if not is_draft:
        return argument
    return replace(argument, minimum=-_LARGEST_TYPED, maximum=_LARGEST_TYPED)


def _name_problems(layer: LayerSpec) -> Iterator[Problem]:
    if len(layer.channel_names) > MAX_CLASSES:
        rule = text("must be at most {most} names", most=MAX_CLASSES)
        yield Problem(layer.id, "channel_names", rule, str(len(layer.channel_names)))
    for name in layer.channel_names:
        if name != "" and not _is_text(name):
            rule = text("each {rule}", rule=_TEXT_RULE)
            yield Problem(layer.id, "channel_names", rule, shown(name))
            return


def misfit(argument: Argument, value: object) -> Text | None:
    """Return the rule that a value breaks by its type or range, or None if it breaks none."""
    if argument.is_optional and value is None:
        return None
    match argument.kind:
        case "int" | "float":
            fits = _is_within(argument, value)
        case "bool":
            fits = isinstance(value, bool)
        case "choice":
            fits = isinstance(value, str) and value in argument.choices
        case "padding":
            named = isinstance(value, str) and value in ("same", "valid")
            fits = named or _are_within(argument, value)
        case _:
            fits = _are_within(argument, value)
    return None if fits else _rule(argument)


def _rule(argument: Argument) -> Text:
    within = {"least": argument.minimum, "most": argument.maximum}
    match argument.kind:
        case "int":
            return text("must be a whole number from {least:.12g} to {most:.12g}", **within)
        case "float":
            return text("must be a number from {least:.12g} to {most:.12g}", **within)
        case "bool":
            return text("must be true or false")
        case "choice":
            return text("must be one of {choices}", choices=", ".join(argument.choices))
        case "sizes" if argument.rank == 2:
            return text(
                "must be a whole number from {least:.12g} to {most:.12g}, or two (height, width)",
                **within,
            )
        case "factors" if argument.rank == 2:
            return text(
                "must be a number from {least:.12g} to {most:.12g}, or two (height, width)",
                **within,
            )
        case "padding" if argument.rank == 2:
            return text(
                "must be a whole number from {least:.12g} to {most:.12g}, two (height, width), "
                "four (left, right, top, bottom), same or valid",
                **within,
            )
        case "sides" if argument.rank == 2:
            return text(
                "must be a whole number from {least:.12g} to {most:.12g}, or four "
                "(left, right, top, bottom)",
                **within,
            )
        case "shape":
            return text(
                "must be one whole number, three (channels, height, width) or four "
                "(channels, time, height, width), up to {most:.12g}",
                **within,
            )
        case "sizes" if argument.rank == 3:
            return text(
                "must be a whole number from {least:.12g} to {most:.12g}, or three "
                "(time, height, width)",
                **within,
            )
        case "factors" if argument.rank == 3:
            return text(
                "must be a number from {least:.12g} to {most:.12g}, or three (time, height, width)",
                **within,
            )
        case "padding" if argument.rank == 3:
            return text(
                "must be a whole number from {least:.12g} to {most:.12g}, three "
                "(time, height, width), six (left, right, top, bottom, first, last), same or valid",
                **within,
            )
        case "sides" if argument.rank == 3:
            return text(
                "must be a whole number from {least:.12g} to {most:.12g}, or six "
                "(left, right, top, bottom, first, last)",
                **within,
            )
        case _:
            counts = " or ".join(map(str, argument.counts))
            return text(
                "must be a number from {least:.12g} to {most:.12g}, or {counts} of them",
                counts=counts,
                **within,
            )


def _are_within(argument: Argument, value: object) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) in argument.counts
        and all(_is_within(argument, number) for number in value)
    )


def _is_within(argument: Argument, value: object) -> bool:
    kinds = (int, float) if argument.kind in ("float", "factors") else int
    if isinstance(value, bool) or not isinstance(value, kinds):
        return False
    # Compared before anything is computed: 10**400 has no float.
    return argument.minimum <= value <= argument.maximum and math.isfinite(value)
