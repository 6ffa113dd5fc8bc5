"""Network files: a description, with or without weights."""

from cnngui.formats.network_file import NetworkFile, read_network, write_network
from cnngui.formats.opening import open_network

__all__ = ["NetworkFile", "open_network", "read_network", "write_network"]
