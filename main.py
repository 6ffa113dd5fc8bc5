"""Starts the program."""

from cnngui.app import run_process

if __name__ == "__main__":
    run_process()
