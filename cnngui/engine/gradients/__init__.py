"""Differentiation: networks run forward with memory, and backward."""
