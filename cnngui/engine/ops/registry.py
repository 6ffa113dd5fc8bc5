"""Which class does the work of which type of layer, on the live path and in learning.

A class is entered where it is written. ``families`` brings all of them, and answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cnngui.engine.ops.formula import Formula
from cnngui.engine.ops.learning.formula_operation import FormulaOperation
from cnngui.engine.ops.learning.operation import Operation
from cnngui.engine.ops.live.layer import FormulaLayer, Layer
from cnngui.spec.layers import LayerSpec

LIVE: dict[type[LayerSpec], type[Layer]] = {}
LEARNING: dict[type[LayerSpec], type[Operation]] = {}

AnyLayer = TypeVar("AnyLayer", bound=type[Layer])
AnyOperation = TypeVar("AnyOperation", bound=type[Operation])
AnyFormula = TypeVar("AnyFormula", bound=type[Formula])


def live(layer_type: type[LayerSpec]) -> Callable[[AnyLayer], AnyLayer]:
    """Enter a class that computes layers of a type on the live path."""

    def enter(layer: AnyLayer) -> AnyLayer:
        LIVE[layer_type] = layer
        return layer

    return enter


def learning(layer_type: type[LayerSpec]) -> Callable[[AnyOperation], AnyOperation]:
    """Enter a class that computes layers of a type forward and backward."""

    def enter(operation: AnyOperation) -> AnyOperation:
        LEARNING[layer_type] = operation
        return operation

    return enter


def formula(layer_type: type[LayerSpec]) -> Callable[[AnyFormula], AnyFormula]:
    """Enter a formula, which does both."""

    def enter(formula_type: AnyFormula) -> AnyFormula:
        told = {"formula_type": formula_type}
        name = layer_type.__name__
        LIVE[layer_type] = type(f"Live{name}", (FormulaLayer,), told)
        LEARNING[layer_type] = type(f"Learning{name}", (FormulaOperation,), told)
        return formula_type

    return enter
