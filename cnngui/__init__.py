"""cnngui: a convolutional neural network made visible while it runs."""

__version__ = "0.1.0"
