"""Windows of frames that overlap: what was computed for the one before is kept, not made again.

A network that sees T frames sees most of them again with the next frame, one moment earlier.
``paces`` finds out which moments of each layer are equal to some of the window before, ``rings``
holds moments so that a window moves on without a copy, and ``stream`` runs what is new.
"""
