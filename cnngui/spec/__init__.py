"""WHAT the user describes: frozen dataclasses, no arrays, no Qt."""
