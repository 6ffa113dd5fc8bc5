"""How the live path computes: bound calls over bands of rows of single images.

Arrays are indexed channels first, ``(N, C, H, W)``, whatever their strides; see ``layout`` for how
they lie in memory.
"""
