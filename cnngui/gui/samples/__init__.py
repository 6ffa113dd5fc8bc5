"""Samples: chosen, recorded and looked through."""
