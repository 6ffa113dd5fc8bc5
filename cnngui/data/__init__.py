"""Labelled pictures to learn from: recorded, read from disk, or drawn by us."""
