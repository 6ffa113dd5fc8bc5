from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from cnngui.capture.address import parse_address
from cnngui.capture.cameras import CameraInfo, list_cameras, set_backend
from cnngui.capture.opening import open_source
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Picture
from cnngui.errors import SourceError


@dataclass
class FakeCamera:
    """A camera that can be taken by another program and pulled out."""

    info: CameraInfo
    in_use: bool = False
    plugged: bool = True
    rate: float = 30.0
    size: tuple[int, int] = (640, 480)
    open_count: int = 0

    def read(self) -> Picture | None:
        if not self.plugged:
            return None
        width, height = self.size
        return np.full((height, width, 3), self.info.index, np.uint8)

    def close(self) -> None:
        self.open_count -= 1


@dataclass
class FakeBackend:
    cameras: list[FakeCamera] = field(default_factory=list)

    def list(self) -> Sequence[CameraInfo]:
        return [camera.info for camera in self.cameras if camera.plugged]

    def open(self, info: CameraInfo, settings: CaptureSettings) -> FakeCamera | None:
        (camera,) = [one for one in self.cameras if one.info.path == info.path]
        if camera.in_use:
            return None
        camera.open_count += 1
        if settings.width:
            camera.size = min((640, settings.width)), min((480, settings.height))
        return camera


@pytest.fixture
def backend() -> Iterator[FakeBackend]:
    names = ["Desk Cam", "HD Webcam", "HD Webcam"]
    fake = FakeBackend(
        [
            FakeCamera(CameraInfo(name, index, 200, f"/dev/video{index}"))
            for index, name in zip((4, 0, 2), names, strict=True)
        ]
    )
    set_backend(fake)
    yield fake
    set_backend(None)
    assert all(camera.open_count == 0 for camera in fake.cameras)


def shown_by(address: str) -> int:
    """Return the number of the camera that an address opens."""
    with open_source(parse_address(address)) as source:
        picture = source.read()
    assert picture is not None
    return int(picture[0, 0, 0])


def test_cameras_of_one_name_are_told_apart(backend: FakeBackend) -> None:
    labels = [camera.label for camera in list_cameras()]
    assert labels == ["Desk Cam", "HD Webcam [/dev/video0]", "HD Webcam [/dev/video2]"]
    assert [shown_by(f"camera:{label}") for label in labels] == [4, 0, 2]


@pytest.mark.parametrize(("target", "index"), [("Desk Cam", 4), ("2", 2), ("/dev/video0", 0)])
def test_a_camera_is_opened_by_name_number_or_path(
    backend: FakeBackend, target: str, index: int
) -> None:
    assert shown_by(f"camera:{target}") == index


def test_what_was_got_is_told_whatever_was_asked_for(backend: FakeBackend) -> None:
    backend.cameras[0].rate = 15.0
    settings = CaptureSettings(1920, 1080, 60.0)
    with open_source(parse_address("camera:Desk Cam"), settings) as source:
        assert (source.info.width, source.info.height, source.info.rate) == (640, 480, 15.0)
        assert (source.info.live, source.info.name) == (True, "Desk Cam")


@pytest.mark.parametrize("target", ["Nobody", "7", "²", "HD Webcam [/dev/video9]"])
def test_an_absent_camera_is_named_with_those_present(backend: FakeBackend, target: str) -> None:
    with pytest.raises(SourceError, match=r"must be connected, got Desk Cam, HD Webcam") as caught:
        open_source(parse_address(f"camera:{target}"))
    assert str(caught.value.thing) == f"camera {target}"


def test_no_camera_at_all_is_said() -> None:
    set_backend(FakeBackend())
    with pytest.raises(SourceError, match="got no camera"):
        open_source(parse_address("camera:0"))
    set_backend(None)


def test_a_name_of_two_cameras_opens_neither(backend: FakeBackend) -> None:
    with pytest.raises(SourceError, match="one camera's name"):
        open_source(parse_address("camera:HD Webcam"))


def test_never_another_camera_when_the_one_is_pulled_out(backend: FakeBackend) -> None:
    _, first, second = backend.cameras
    first.plugged = False
    # The other one alone needs no path behind its name any more, but keeps answering to it.
    assert [camera.label for camera in list_cameras()] == ["Desk Cam", "HD Webcam"]
    with pytest.raises(SourceError, match="must be connected"):
        open_source(parse_address("camera:HD Webcam [/dev/video0]"))
    assert shown_by("camera:HD Webcam [/dev/video2]") == second.info.index


def test_a_camera_in_use_is_told_by_name(backend: FakeBackend) -> None:
    backend.cameras[0].in_use = True
    with pytest.raises(SourceError, match=r"camera Desk Cam: must be free.*another program"):
        open_source(parse_address("camera:Desk Cam"))


def test_a_camera_that_fails_at_its_first_picture_is_let_go(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: FakeCamera) -> Picture:
        raise RuntimeError("a driver's defect")

    monkeypatch.setattr(FakeCamera, "read", fail)
    with pytest.raises(RuntimeError):
        open_source(parse_address("camera:Desk Cam"))
    assert backend.cameras[0].open_count == 0


def test_an_unplugged_camera_is_told_by_name_and_can_come_back(backend: FakeBackend) -> None:
    camera = backend.cameras[0]
    with open_source(parse_address("camera:Desk Cam")) as source:
        source.read()
        camera.plugged = False
        with pytest.raises(SourceError, match=r"camera Desk Cam: must stay connected"):
            source.read()
    camera.plugged = True
    assert shown_by("camera:Desk Cam") == 4


def test_the_systems_own_list_can_be_asked_for() -> None:
    for camera in list_cameras():
        assert camera.label
