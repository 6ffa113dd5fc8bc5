"""Training: settings, curves, the health of layers, the runs that are kept."""
