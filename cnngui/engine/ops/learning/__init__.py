"""How learning computes: forward and backward over some images of a batch.

Maps lie as ``(rows, channels, columns, moments * images)`` and flat tensors as ``(features,
images)``: with the images innermost, even a window's steps from value to value are long runs in
memory. See ``layout``.

``d_`` before a name means the gradient, of what is differentiated, with respect to it.
"""
