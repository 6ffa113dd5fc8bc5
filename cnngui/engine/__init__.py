"""HOW a network is computed, in NumPy alone. Usable as a library without Qt or OpenCV."""
