"""The panel in which a network is built: rows with editors, problems in words, costs."""

from cnngui.gui.network.panel import NetworkPanel

__all__ = ["NetworkPanel"]
