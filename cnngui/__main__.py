"""``python -m cnngui`` starts the program."""

import sys

from cnngui.app import main

if __name__ == "__main__":
    sys.exit(main())
