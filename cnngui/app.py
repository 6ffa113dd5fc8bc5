"""Decides how the program runs: with its window, or without one and why."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NoReturn

from cnngui.engine.parallel import prepare_environment
from cnngui.errors import MissingLibraryError, UserError
from cnngui.memory import network_memory
from cnngui.resources import home_folder
from cnngui.screens import how_to_install, why_no_window
from cnngui.spec import limits
from cnngui.terminal.cli import (
    DESCRIBE,
    EXIT_MENDABLE,
    EXIT_STOPPED,
    EXPLAIN,
    TRAIN,
    parse_arguments,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    argv : the command line without the program's name; None takes the process's own.

    Returns
    -------
    The exit code: 0; 2 with one line on stderr for what the user can mend; 130 after Ctrl+C.
    """
    # Before anything imports NumPy, which looks at it once.
    prepare_environment()
    limits.allow(network_memory())
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may hold letters that the terminal's encoding has not.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _run(argv)
    except MissingLibraryError as error:
        print(f"cnngui: {' '.join(str(error).split())}{how_to_install()}", file=sys.stderr)
        return EXIT_MENDABLE
    except UserError as error:
        print(f"cnngui: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_MENDABLE
    except MemoryError:
        print("cnngui: this needs more memory than there is", file=sys.stderr)
        return EXIT_MENDABLE
    except KeyboardInterrupt:
        return EXIT_STOPPED


def run_process() -> NoReturn:
    """Run the program as a process of its own, and end the process.

    It ends at once where a thread still waits for a camera or a server, which nothing can
    interrupt: everything has been written by then, and the usual way would take from under that
    thread what it works with.
    """
    code = main()
    if any(thread.name.startswith("cnngui") for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, OSError, ValueError):  # nobody may read it
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _run(argv: Sequence[str] | None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == [TRAIN]:
        from cnngui.terminal.cli_train import parse_train_arguments

        arguments_of_training = parse_train_arguments(argv[1:])
        from cnngui.terminal.train import run_training

        return run_training(arguments_of_training)
    if argv[:1] == [DESCRIBE]:
        from cnngui.terminal.cli_explain import parse_describe_arguments

        arguments_of_description = parse_describe_arguments(argv[1:])
        from cnngui.terminal.describe import run_describe

        return run_describe(arguments_of_description)
    if argv[:1] == [EXPLAIN]:
        from cnngui.terminal.cli_explain import parse_explain_arguments

        arguments_of_explanation = parse_explain_arguments(argv[1:])
        from cnngui.terminal.explain import run_explain

        return run_explain(arguments_of_explanation)
    arguments = parse_arguments(argv)
    if not arguments.headless:
        with imports_that_stay():
            reason = why_no_window(os.environ)
            if not reason:
                from cnngui.gui.start import run_window
        if not reason:
            return run_window(arguments)
        print(f"There is no window: {reason}.")
        print("This is the same without one; cnngui --help tells what else it can do.")
        folder = home_folder() / "Pictures" / "cnngui"
        arguments = replace(arguments, headless=True, snapshot=folder)
    from cnngui.terminal.headless import run_headless

    return run_headless(arguments)


@contextlib.contextmanager
def imports_that_stay() -> Iterator[None]:
    """Collect no garbage while things are imported, and never look for it among them.

    Nothing of them becomes garbage; going through all of it takes 30 ms each time, during the
    start and later between frames.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
