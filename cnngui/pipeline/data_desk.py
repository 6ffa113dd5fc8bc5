"""What the window asks about samples. Calls return at once; events of ``data_events`` answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cnngui.data.augmentation import Augmentation
from cnngui.data.class_list import SampleClass
from cnngui.data.dataset import Dataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.data.stored import StoredSample
from cnngui.pipeline.data_worker import DataWorker, EditSamples, ForgetThumbnails, MakeThumbnails
from cnngui.pipeline.dataset_opener import DatasetOpener
from cnngui.pipeline.events import Event


class DataDesk:
    """Data sets opened, thumbnails made, folders of own samples edited: in two threads.

    After every edit ``SamplesChanged`` tells how the folder is; before it, ``SamplesFailed`` tells
    what could not be done.
    """

    def __init__(self, report: Callable[[Event], None]) -> None:
        self._opener = DatasetOpener(report)
        self._worker = DataWorker(report)

    def start(self) -> None:
        """Start the threads."""
        self._opener.start()
        self._worker.start()

    def stop(self) -> None:
        """Ask the threads to end; edits that were asked for are still made."""
        self._opener.stop()
        self._worker.stop()

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads' end; False if they did not come in time."""
        deadline = time.monotonic() + timeout_s
        ended = self._worker.join(timeout_s)
        return self._opener.join(deadline - time.monotonic()) and ended

    def open(self, address: str) -> None:
        """Open a data set in place of one being opened.

        ``DatasetProgress``, then ``DatasetOpened``, ``DatasetFailed`` or ``DatasetCancelled``.
        """
        self._opener.open(address)

    def cancel_opening(self) -> None:
        """Give up the data set being opened; ``DatasetCancelled`` follows."""
        self._opener.cancel()

    def ask_thumbnails(
        self,
        token: str,
        dataset: Dataset,
        indices: Sequence[int],
        size: int,
        augmentation: Augmentation | None = None,
        seed: int = 0,
    ) -> None:
        """Have pictures made whose longer side is ``size``; ``ThumbnailsReady`` follows.

        The newest request of a token wins. With an augmentation the answer comes as a whole, and
        without one in parts, soon.
        """
        if indices:
            self._worker.tell(
                MakeThumbnails(token, dataset, tuple(indices), size, augmentation, seed)
            )

    def forget_thumbnails(self, token: str) -> None:
        """Say that nobody looks at a token's pictures any more."""
        self._worker.tell(ForgetThumbnails(token))

    def open_samples(self, folder: SampleFolder) -> None:
        """Tell how a folder of own samples is; it need not exist yet."""
        self._edit(folder, lambda folder: None)

    def add_class(
        self, folder: SampleFolder, name: str, colour: str = "", place: int | None = None
    ) -> None:
        """Add a class; undone by ``remove_class``."""
        self._edit(folder, lambda folder: folder.add_class(name, colour, place))

    def rename_class(self, folder: SampleFolder, name: str, new_name: str) -> None:
        """Call a class by another name."""
        self._edit(folder, lambda folder: folder.rename_class(name, new_name))

    def recolour_class(self, folder: SampleFolder, name: str, colour: str) -> None:
        """Give a class another colour."""
        self._edit(folder, lambda folder: folder.recolour_class(name, colour))

    def remove_class(self, folder: SampleFolder, name: str) -> None:
        """Remove a class with its samples; undone by ``restore_class``."""
        self._edit(folder, lambda folder: folder.remove_class(name))

    def restore_class(
        self, folder: SampleFolder, removed: SampleClass, place: int | None = None
    ) -> None:
        """Have a removed class back with its samples."""
        self._edit(folder, lambda folder: folder.restore_class(removed, place))

    def delete_samples(self, folder: SampleFolder, paths: Iterable[Path]) -> None:
        """Delete samples; undone by ``restore_samples`` with the same paths."""
        wanted = tuple(paths)
        self._edit(folder, lambda folder: folder.delete(wanted))

    def restore_samples(self, folder: SampleFolder, paths: Iterable[Path]) -> None:
        """Have deleted samples back."""
        wanted = tuple(paths)
        self._edit(folder, lambda folder: folder.restore(wanted))

    def leave_out_clips(self, folder: SampleFolder, clips: Iterable[StoredSample]) -> None:
        """Leave clips of long films out; undone by ``take_in_clips`` with the same ones."""
        wanted = tuple(clips)
        self._edit(folder, lambda folder: folder.leave_out(wanted))

    def take_in_clips(self, folder: SampleFolder, clips: Iterable[StoredSample]) -> None:
        """Have clips back that were left out."""
        wanted = tuple(clips)
        self._edit(folder, lambda folder: folder.take_in(wanted))

    def move_samples(self, folder: SampleFolder, paths: Iterable[Path], class_name: str) -> None:
        """Put samples into another class; the event's ``paths`` tells where they are then."""
        wanted = tuple(paths)
        self._edit(folder, lambda folder: folder.move(wanted, class_name))

    def _edit(
        self, folder: SampleFolder, edit: Callable[[SampleFolder], tuple[Path, ...] | None]
    ) -> None:
        self._worker.tell(EditSamples(folder, edit))
