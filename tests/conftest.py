"""What every test shares."""

from __future__ import annotations

import os
import signal

# Before anything imports Qt or NumPy: tests need no screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Processes that tests start inherit what is ignored, as by nohup: they are to hear of signals.
for _name, _handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    _number = getattr(signal, _name, None)  # Windows has no SIGHUP
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)
