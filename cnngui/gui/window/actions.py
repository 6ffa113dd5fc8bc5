"""Everything that a key, a button or a menu can set off, declared as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from cnngui.gui.icons import icon

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One action.

    Attributes
    ----------
    id : by which the window gives it something to do.
    text : as menus, tooltips and the sheet of shortcuts have it.
    icon : its glyph, "" for none.
    keys : shortcuts, as ``QKeySequence`` reads them.
    checkable : it is on or off.
    repeats : holding its key down does it again and again.
    """

    id: str
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    checkable: bool = False
    repeats: bool = False

    @property
    def keys_text(self) -> str:
        """Its shortcuts as this platform writes them."""
        native = QKeySequence.SequenceFormat.NativeText
        return ", ".join(QKeySequence(key).toString(native) for key in self.keys)


@dataclass(frozen=True, slots=True)
class ActionGroup:
    """Actions under the heading by which the sheet of shortcuts lists them."""

    title: str
    actions: tuple[ActionInfo, ...]


def action_groups() -> tuple[ActionGroup, ...]:
    """Return every action, in the user's language."""
    return (
        ActionGroup(
            translate("Actions", "Watch"),
            (
                ActionInfo(
                    "freeze",
                    translate("Actions", "Freeze"),
                    icon="snowflake",
                    keys=("Space",),
                    checkable=True,
                ),
                ActionInfo(
                    "pause",
                    translate("Actions", "Pause or play the source"),
                    icon="pause",
                    keys=("P",),
                ),
                ActionInfo(
                    "step",
                    translate("Actions", "One frame on"),
                    icon="step-forward",
                    keys=(".",),
                    repeats=True,
                ),
                ActionInfo(
                    "step_back",
                    translate("Actions", "One frame back"),
                    icon="step-backward",
                    keys=(",",),
                    repeats=True,
                ),
                ActionInfo(
                    "paste",
                    translate("Actions", "Watch the picture in the clipboard"),
                    icon="clipboard-outline",
                    keys=("Ctrl+V",),
                ),
            ),
        ),
        ActionGroup(
            translate("Actions", "Look around"),
            (
                ActionInfo(
                    "channel_left",
                    translate("Actions", "Channel to the left"),
                    keys=("Left",),
                    repeats=True,
                ),
                ActionInfo(
                    "channel_right",
                    translate("Actions", "Channel to the right"),
                    keys=("Right",),
                    repeats=True,
                ),
                ActionInfo(
                    "channel_up", translate("Actions", "Channel above"), keys=("Up",), repeats=True
                ),
                ActionInfo(
                    "channel_down",
                    translate("Actions", "Channel below"),
                    keys=("Down",),
                    repeats=True,
                ),
                ActionInfo("maps", translate("Actions", "All maps of the layer"), keys=("M",)),
                ActionInfo(
                    "number", translate("Actions", "How one number comes about"), keys=("N",)
                ),
                ActionInfo("network", translate("Actions", "The whole network"), keys=("W",)),
                ActionInfo("shift", translate("Actions", "Shift the picture"), keys=("H",)),
                ActionInfo(
                    "previous_layer",
                    translate("Actions", "Layer before"),
                    keys=("[",),
                    repeats=True,
                ),
                ActionInfo(
                    "next_layer", translate("Actions", "Next layer"), keys=("]",), repeats=True
                ),
                ActionInfo(
                    "older_moment",
                    translate("Actions", "Moment before"),
                    keys=("<",),
                    repeats=True,
                ),
                ActionInfo(
                    "newer_moment",
                    translate("Actions", "Next moment"),
                    keys=(">",),
                    repeats=True,
                ),
                ActionInfo(
                    "find_layers",
                    translate("Actions", "Find layers"),
                    icon="magnify",
                    keys=("Ctrl+F",),
                ),
                ActionInfo(
                    "previous_page",
                    translate("Actions", "Page before"),
                    keys=("PgUp",),
                    repeats=True,
                ),
                ActionInfo(
                    "next_page", translate("Actions", "Next page"), keys=("PgDown",), repeats=True
                ),
                ActionInfo(
                    "sort_again",
                    translate("Actions", "Sort the channels again"),
                    keys=("O",),
                ),
                ActionInfo(
                    "zoom_in",
                    translate("Actions", "Magnify the wall"),
                    keys=("Ctrl++", "Ctrl+="),
                    repeats=True,
                ),
                ActionInfo(
                    "zoom_out",
                    translate("Actions", "Shrink the wall"),
                    keys=("Ctrl+-",),
                    repeats=True,
                ),
                ActionInfo("fit", translate("Actions", "Fit the wall"), keys=("Ctrl+0", "0")),
                ActionInfo(
                    "verdict",
                    translate("Actions", "Large name of what is seen"),
                    icon="format-size",
                    keys=("L",),
                    checkable=True,
                ),
                ActionInfo(
                    "full_screen",
                    translate("Actions", "Full screen"),
                    icon="fullscreen",
                    keys=("F11",),
                    checkable=True,
                ),
            ),
        ),
        ActionGroup(
            translate("Actions", "Teach"),
            (
                ActionInfo(
                    "training",
                    translate("Actions", "Train"),
                    icon="school-outline",
                    keys=("T",),
                    checkable=True,
                ),
            ),
        ),
        ActionGroup(
            translate("Actions", "Save"),
            (
                ActionInfo(
                    "snapshot", translate("Actions", "Snapshot"), icon="camera-outline", keys=("S",)
                ),
                ActionInfo(
                    "record",
                    translate("Actions", "Record"),
                    icon="record-circle-outline",
                    keys=("R",),
                    checkable=True,
                ),
                ActionInfo(
                    "copy_wall",
                    translate("Actions", "Copy the wall"),
                    icon="content-copy",
                    keys=("Ctrl+C",),
                ),
                ActionInfo(
                    "copy_channel", translate("Actions", "Copy the channel"), keys=("Ctrl+Shift+C",)
                ),
                ActionInfo(
                    "save_folder",
                    translate("Actions", "Folder for saving…"),
                    icon="folder-cog-outline",
                ),
            ),
        ),
        ActionGroup(
            translate("Actions", "Network"),
            (
                ActionInfo(
                    "open",
                    translate("Actions", "Open a file…"),
                    icon="folder-open-outline",
                    keys=("Ctrl+O",),
                ),
                ActionInfo(
                    "new",
                    translate("Actions", "New network"),
                    icon="file-plus-outline",
                    keys=("Ctrl+N",),
                ),
                ActionInfo(
                    "save",
                    translate("Actions", "Save network"),
                    icon="content-save-outline",
                    keys=("Ctrl+S",),
                ),
                ActionInfo(
                    "save_as", translate("Actions", "Save network as…"), keys=("Ctrl+Shift+S",)
                ),
                ActionInfo("add_layer", translate("Actions", "Add a layer…"), keys=("A",)),
                ActionInfo(
                    "undo",
                    translate("Actions", "Undo"),
                    icon="undo",
                    keys=("Ctrl+Z",),
                    repeats=True,
                ),
                ActionInfo(
                    "redo",
                    translate("Actions", "Redo"),
                    icon="redo",
                    keys=("Ctrl+Shift+Z", "Ctrl+Y"),
                    repeats=True,
                ),
            ),
        ),
        ActionGroup(
            translate("Actions", "Program"),
            (
                ActionInfo(
                    "shortcuts",
                    translate("Actions", "Shortcuts"),
                    icon="keyboard-outline",
                    keys=("?", "F1"),
                ),
                ActionInfo(
                    "about", translate("Actions", "About cnngui"), icon="information-outline"
                ),
                ActionInfo("quit", translate("Actions", "Quit"), keys=("Ctrl+Q",)),
            ),
        ),
    )


def build_actions(
    parent: QWidget, handlers: Mapping[str, Callable[..., object]]
) -> dict[str, QAction]:
    """Make every action, working in all of ``parent``'s window.

    ``handlers`` maps each id to what it does; that of a checkable one is called with its state.
    KeyError if one is missing.
    """
    infos = (info for group in action_groups() for info in group.actions)
    return {info.id: _build(parent, info, handlers[info.id]) for info in infos}


def _build(parent: QWidget, info: ActionInfo, handler: Callable[..., object]) -> QAction:
    action = QAction(info.text, parent)
    action.setObjectName(f"action_{info.id}")
    if info.icon:
        action.setIcon(icon(info.icon))
    action.setShortcuts([QKeySequence(key) for key in info.keys])
    action.setAutoRepeat(info.repeats)
    action.setCheckable(info.checkable)
    action.setToolTip(f"{info.text} ({info.keys_text})" if info.keys else info.text)
    action.triggered.connect(handler)
    parent.addAction(action)
    return action
