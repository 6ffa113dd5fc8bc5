"""What every test shares."""

from __future__ import annotations

import os

# Before anything imports Qt or NumPy: tests need no screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
