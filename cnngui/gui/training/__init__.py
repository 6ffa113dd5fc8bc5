"""The drawer in which a network is taught: samples, training, kernels, results."""
