from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

PROGRAM = """
import json, os, sys
import {module}
names = {names}
print(json.dumps([os.environ.get(name) for name in names]))
"""


@pytest.mark.parametrize("module", ["cnngui.images.opencv", "cnngui.capture.cameras"])
@pytest.mark.parametrize("value", [None, "/somewhere"])
def test_importing_opencv_leaves_qt_as_it_was(module: str, value: str | None) -> None:
    environment = {name: text for name, text in os.environ.items() if name not in QT_VARIABLES}
    if value is not None:
        environment |= dict.fromkeys(QT_VARIABLES, value)
    program = PROGRAM.format(module=module, names=QT_VARIABLES)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True, text=True
    )
    assert json.loads(done.stdout) == [value, value]
    assert done.stderr == ""
