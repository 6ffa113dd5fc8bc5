"""Errors and problems in the language of the window.

The parts of the program that know no Qt write them as templates with values. ``make translations``
collects the templates from the sources, as it does the window's own texts.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.errors import Text, UserError, Words, message
from cnngui.gui.words.translation import translated
from cnngui.spec.checks import Problem

CONTEXT = "Rules"
"""Under which the templates stand among the translations."""


def said(words: Words) -> str:
    """Return words with their values; a string stays as it is."""
    if isinstance(words, Text):
        return words.said(lambda template: QCoreApplication.translate(CONTEXT, template))
    return words


def error_text(error: UserError) -> str:
    """Return an error's whole sentence."""
    thing = error.thing if isinstance(error.thing, Text) else translated(error.thing)
    return said(message(thing, error.rule, error.got))


def problem_text(problem: Problem) -> str:
    """Return a problem as the row of its layer tells it; the layer's name is on the row."""
    if problem.field:
        return f"{problem.field} {said(problem.fault)}"
    words = said(problem.fault)
    return words[:1].upper() + words[1:]


def part_label(thread: str) -> str:
    """Return what the part of the program is called that a thread runs; unknown ones keep theirs.

    Parameters
    ----------
    thread : its name, as a defect is reported under.
    """
    translate = QCoreApplication.translate
    labels = {
        "MainThread": translate("Parts", "window"),
        "capture": translate("Parts", "source"),
        "source": translate("Parts", "source"),
        "engine": translate("Parts", "network"),
        "training": translate("Parts", "training"),
        "samples": translate("Parts", "samples"),
        "sampling": translate("Parts", "recording of samples"),
        "data": translate("Parts", "opening of samples"),
        "recording": translate("Parts", "recording"),
        "kernels": translate("Parts", "kernels"),
        "files": translate("Parts", "files"),
    }
    return labels.get(thread.removeprefix("cnngui-"), thread)
