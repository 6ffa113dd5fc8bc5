"""Every error that a user can cause and mend.

A message names the thing, then the rule, then what was found, in that order:
``clip.mp4: a video must have at least one frame, got 0``.
Anything that is not a ``UserError`` is a defect of the program.
"""

from __future__ import annotations


class UserError(Exception):
    """Something the user can mend.

    Parameters
    ----------
    thing : what the message is about, in the user's words (a file's name, ``conv1.kernel_size``).
    rule : what would have been right, as a clause ("must be a JSON object").
    got : what was found instead; left out of the message when empty.
    """

    def __init__(self, thing: str, rule: str, got: object = "") -> None:
        self.thing = thing
        self.rule = rule
        self.got = str(got)
        super().__init__(thing, rule, self.got)

    def __str__(self) -> str:
        found = f", got {self.got}" if self.got else ""
        return f"{self.thing}: {self.rule}{found}"


class SourceError(UserError):
    """A camera, video, image, folder or stream that cannot be opened or read."""


class NetworkError(UserError):
    """A network whose description is wrong: types, sizes, shapes, inputs."""


class NetworkFileError(NetworkError):
    """A network file that cannot be read as one."""


class DataError(UserError):
    """Samples to learn from that cannot be read or do not suit what is asked of them."""


class TrainingError(UserError):
    """A training that cannot begin or cannot go on."""


class SaveError(UserError):
    """A file or folder that cannot be written."""


class ArgumentError(UserError):
    """A command-line argument that cannot be used."""
