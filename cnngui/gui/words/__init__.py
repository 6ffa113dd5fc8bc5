"""Texts that every wing uses, and the language they are in."""
