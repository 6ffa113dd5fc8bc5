"""Where the wall lies in its view while it is zoomed and moved. Numbers only, in device pixels."""

from __future__ import annotations

MAX_ZOOM = 16.0


class Viewport:
    """A wall of some size at zoom 1, seen through a view; it never leaves the view without need.

    Where the wall is smaller than the view it is centred, on whole pixels.
    """

    def __init__(self) -> None:
        self._view = (1, 1)
        self._wall = (1, 1)
        self._zoom = 1.0
        self._center = (0.5, 0.5)

    @property
    def zoom(self) -> float:
        """1 where the wall fits its view."""
        return self._zoom

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """``(x, y, width, height)`` of the wall in the view."""
        (left, width), (top, height) = (self._span(axis) for axis in (0, 1))
        return left, top, width, height

    def set_view(self, width: int, height: int) -> None:
        """Take the size of the view."""
        self._view = (width, height)

    def set_wall(self, width: int, height: int) -> None:
        """Take the size of the wall at zoom 1."""
        self._wall = (width, height)

    def fit(self) -> None:
        """Show the whole wall."""
        self._zoom, self._center = 1.0, (0.5, 0.5)

    def zoom_at(self, x: float, y: float, factor: float) -> None:
        """Magnify, leaving the point of the wall at (x, y) of the view where it is."""
        left, top, width, height = self.rect
        point = ((x - left) / width, (y - top) / height)
        self._zoom = min(max(self._zoom * factor, 1.0), MAX_ZOOM)
        self._center = tuple(  # type: ignore[assignment]
            part + (view / 2 - at) / (wall * self._zoom)
            for part, at, view, wall in zip(point, (x, y), self._view, self._wall, strict=True)
        )
        self._keep_in_view()

    def pan(self, right: float, down: float) -> None:
        """Move the wall."""
        self._center = (
            self._center[0] - right / (self._wall[0] * self._zoom),
            self._center[1] - down / (self._wall[1] * self._zoom),
        )
        self._keep_in_view()

    def reveal(self, x: float, y: float, width: float, height: float) -> None:
        """Move the wall, no further than needed, to bring a part of the view's plane into view."""
        right = -min(x, 0.0) or min(self._view[0] - (x + width), 0.0)
        down = -min(y, 0.0) or min(self._view[1] - (y + height), 0.0)
        self.pan(right, down)

    def _span(self, axis: int) -> tuple[float, float]:
        view, size = self._view[axis], self._wall[axis] * self._zoom
        if size <= view:
            return (view - size) // 2, size
        return min(max(view / 2 - self._center[axis] * size, view - size), 0.0), size

    def _keep_in_view(self) -> None:
        # The centre follows what is really seen, so that pushing at an edge stores nothing up.
        self._center = tuple(  # type: ignore[assignment]
            (self._view[axis] / 2 - left) / size
            for axis, (left, size) in enumerate(map(self._span, (0, 1)))
        )
