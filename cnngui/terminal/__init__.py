"""The program without a window: its commands and their arguments."""
