"""Activations to pictures and files: scaling, colour, mosaic, snapshot, recorder."""
