"""The kernels of a layer, and how they change while they learn."""
