"""The thread that computes: one condition for commands and frames, commands first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import get_args

from cnngui.capture.frame import Frame
from cnngui.engine import parallel
from cnngui.engine.program import AbandonedError
from cnngui.errors import NetworkError, SaveError, UserError, text
from cnngui.featuremaps.snapshot import SnapshotContent
from cnngui.formats.network_file import with_named_weights
from cnngui.pipeline.attic import Attic
from cnngui.pipeline.engine_commands import (
    CancelSnapshots,
    EditWeights,
    EngineCommand,
    HideWeights,
    LendWeights,
    SaveNetwork,
    SetColormaps,
    SetFrozen,
    SetNetwork,
    SetThreads,
    SetView,
    ShowWeights,
    TakeSnapshot,
)
from cnngui.pipeline.events import (
    Event,
    JobFailed,
    NetworkApplied,
    NetworkFailed,
    WeightsEdited,
)
from cnngui.pipeline.file_worker import FileWorker
from cnngui.pipeline.lenses.memory import Memory
from cnngui.pipeline.looking import look
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.meter import Meter
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.running import USUAL_COLORMAPS, RunningNetwork
from cnngui.pipeline.saving import network_job, snapshot_job
from cnngui.pipeline.turns import Turns
from cnngui.pipeline.worker import Worker
from cnngui.spec.cost import total_cost
from cnngui.spec.layers import LayerSpec, ParametricSpec
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.weights import Weights

_log = logging.getLogger("cnngui")
MOST_SNAPSHOTS_WAITING = 4
"""Each holds every layer's maps, so that a key held down must not queue them without end."""

_PATIENCE_S = 0.25
"""A frame that takes longer is given up for a newer network or another layer on the wall; a shorter
one is worth its end, so that something is seen while a number is being turned. One whose wall was
shown before its end is given up at once."""

_LONG_S = 0.1
"""What is looked at first is shown before the rest of a frame where that takes so long."""

_USUAL_SPEED = 2e10
"""Multiply-adds a second, by which it is guessed how long a network's first frame will take."""

_TURN_PATIENCE_S = 0.05
"""How long a frame waits for a batch that is trained."""


class EngineWorker(Worker[EngineCommand]):
    """Runs the network on the newest frame, and again when network or view change.

    Parameters
    ----------
    deliver : takes each result; must return at once.
    files : takes what is to be written.
    turns : shared with who else computes.
    aim : told what input the network has that runs from now on; must return at once.
    is_awaited : says whether somebody waits for another result; on a network so slow that it
        matters, a newer frame is not begun before. Who begins to wait calls ``wake``.
    """

    carries_out = get_args(EngineCommand)

    def __init__(
        self,
        deliver: Callable[[FrameResult], None],
        files: FileWorker,
        meter: Meter,
        report: Callable[[Event], None],
        turns: Turns,
        aim: Callable[[InputSpec], object] = lambda described: None,
        is_awaited: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__("engine", report)
        self._is_awaited = is_awaited
        self._turns = turns
        self._aim = aim
        self._deliver = deliver
        self._files = files
        self._meter = meter
        self._arrived: tuple[Frame, str] | None = None
        self._frame: Frame | None = None
        self._source_name = ""
        self._network: RunningNetwork | None = None
        self._learning: RunningNetwork | None = None
        """The same network with the weights of a training under way, which is shown meanwhile."""
        self._attic = Attic()
        self._view = ViewRequest()
        self._colormaps = USUAL_COLORMAPS
        self._memory = Memory()
        self._frozen = False
        self._stale = False
        self._network_waits = self._view_waits = False
        self._is_fresh = False
        """Whether the frame was not computed to its end yet."""
        self._began = self._frame_s = 0.0
        """When the frame was begun, and how long the last one took."""
        self._was_shown_early = False

    def tell(self, command: EngineCommand) -> bool:
        """Queue a command; False if the thread is stopping and will not see it."""
        if isinstance(command, SetNetwork):
            # Before it can be carried out, which takes this back.
            self._network_waits = True
        elif isinstance(command, SetView) and command.view.layer_id != self._view.layer_id:
            self._view_waits = True
        return super().tell(command)

    def offer(self, frame: Frame, source_name: str) -> None:
        """Leave a frame in place of one that was not computed. Returns at once."""
        with self._condition:
            replaced = None if self._frozen else self._arrived
            self._arrived = frame, source_name
            self._condition.notify_all()
        if replaced is not None:
            self._count_dropped(replaced[0])

    def wake(self) -> None:
        """Look again whether there is something to do."""
        with self._condition:
            self._condition.notify_all()

    def _merge(self, older: EngineCommand, newer: EngineCommand) -> EngineCommand | None:
        # A network that brings weights has to be built: the one after it may count on them.
        if isinstance(newer, SetNetwork) and isinstance(older, SetNetwork) and not older.weights:
            return newer
        if isinstance(newer, EditWeights) and isinstance(older, EditWeights):
            # Of a drag only the newest is worth computing.
            return newer if not older.is_final and newer.covers(older) else None
        return super()._merge(older, newer)

    def _turn(self) -> bool:
        with self._condition:
            while not (self._commands or self._has_work or self._stopping):
                self._condition.wait()
            if self._stopping:
                return False
            command = self._commands.popleft() if self._commands else None
            arrived = None
            if command is None and self._wants_frame:
                arrived, self._arrived = self._arrived, None
        if command is not None:
            self._carry_out(command)
        else:
            self._compute(arrived)
        return True

    @property
    def _wants_frame(self) -> bool:
        if self._arrived is None or self._network is None:
            return False
        if self._frame_s > _LONG_S and not self._is_awaited():
            return False
        is_held = self._frozen and self._frame is not None
        return not is_held or not self._network.is_meant_by(self._frame)

    @property
    def _has_work(self) -> bool:
        return self._wants_frame or self._stale

    def _carry_out(self, command: EngineCommand) -> None:
        match command:
            case SetNetwork():
                self._set_network(command)
            case SetView():
                self._view_waits = False
                self._stale = self._stale or command.view != self._view
                self._view = command.view
            case SetFrozen():
                self._frozen = command.frozen
            case SetThreads():
                parallel.configure(command.count)
            case SetColormaps():
                self._colormaps = command.sequential, command.diverging
            case SaveNetwork():
                self._save_network(command)
            case TakeSnapshot():
                self._take_snapshot(command)
            case CancelSnapshots():
                # Those that were asked for before this was, and have only now become jobs.
                self._files.tell(command)
            case EditWeights():
                self._edit_weights(command)
            case ShowWeights():
                self._show_weights(command)
            case HideWeights():
                self._learning, self._stale = None, True
                self._memory.forget_widths()
            case LendWeights():
                self._lend_weights(command)

    def _set_network(self, command: SetNetwork) -> None:
        self._network_waits = False
        if command.weights:
            self._attic.keep(command.spec, command.weights)
        try:
            network = self._built(command.spec, command.generation)
        except UserError as error:
            self._report(NetworkFailed(command.generation, error))
            return
        if self._network is not None:
            self._memory.follow_network(self._network, network)
        self._network, self._learning = network, None
        self._frame_s = total_cost(network.spec).multiply_adds / _USUAL_SPEED
        self._attic.keep(network.spec, network.weights)
        self._stale = True
        spec = network.spec
        self._aim(spec.input)
        ids = {name: weights_id_of(spec.layer(name)) for name in network.carried}
        self._report(NetworkApplied(network.generation, network.carried, ids))

    def _built(self, spec: NetworkSpec, generation: int) -> RunningNetwork:
        before = self._network
        # A layer of another network that happens to be called the same has nothing to hand over.
        is_edited = before is not None and before.spec.name == spec.name
        return RunningNetwork(
            spec,
            self._attic.recall(spec),
            generation,
            before if is_edited else None,
            ready=self._learning,
        )

    def _edit_weights(self, command: EditWeights) -> None:
        network = self._learning or self._network
        if network is None:
            return
        try:
            edited = network.edited(
                command.layer_id, command.parameter, command.places, command.values
            )
        except NetworkError as error:
            self._report(NetworkFailed(network.generation, error))
            return
        self._learning, self._stale = edited, True
        self._memory.forget_widths()
        if not command.is_final:
            return
        own = {command.layer_id: edited.weights[command.layer_id]}
        spec = with_named_weights(network.spec, own).edited(command.layer_id, by_hand=True)
        self._attic.keep(spec, edited.weights)
        self._report(WeightsEdited(network.generation, spec, command.layer_id, own))

    def _show_weights(self, command: ShowWeights) -> None:
        network, self._learning, self._stale = self._network, None, True
        self._memory.forget_widths()
        if network is None or not command.spec.is_twin_of(network.spec):
            return
        try:
            self._learning = RunningNetwork(network.spec, command.weights, network.generation)
        except NetworkError:
            _log.warning("too little memory to show what is learned")

    def _lend_weights(self, command: LendWeights) -> None:
        try:
            command.answer.set_result(self._weights_of(command.spec))
        except UserError as error:
            command.answer.set_exception(error)

    def _compute(self, arrived: tuple[Frame, str] | None) -> None:
        self._stale = False
        if arrived is not None:
            if self._is_fresh and self._frame is not None:
                self._count_dropped(self._frame)  # it was given up
            if arrived[1] != self._source_name:
                self._memory.follow_source()
            self._frame, self._source_name = arrived
            self._is_fresh = True
        network = self._learning or self._network
        if self._frame is None or network is None:
            return
        try:
            with self._turns.take(_TURN_PATIENCE_S):
                self._began, self._was_shown_early = monotonic(), False
                result = look(
                    network,
                    self._frame,
                    self._view,
                    self._memory,
                    fresh=self._is_fresh,
                    is_abandoned=self._is_abandoned,
                    show_early=self._show_early,
                )
                self._frame_s = monotonic() - self._began
        except AbandonedError:
            self._stale = True
            return
        except NetworkError as error:
            # Too large for the memory: trying again with every frame would only slow everything.
            self._report(NetworkFailed(network.generation, error))
            self._network = self._learning = None
            return
        if result.fresh and result.filling is not None:
            self._count_dropped(self._frame)  # it was meant for another network
        elif result.fresh and not self._frame.is_filling:
            self._meter.add_processed(result.time)
        self._is_fresh = False
        self._deliver(result)

    def _count_dropped(self, frame: Frame) -> None:
        # One that only fills the window was not counted when it was captured.
        if not frame.is_filling:
            self._meter.add_dropped(frame.time)

    def _show_early(self, result: FrameResult) -> bool:
        """Show what is there of a frame, if the whole of it is long in coming."""
        is_long = max(monotonic() - self._began, self._frame_s) > _LONG_S
        if is_long:
            self._was_shown_early = True
            self._deliver(result)
        return is_long

    def _is_abandoned(self) -> bool:
        """Whether the frame being computed is no longer worth its end. Called from any thread."""
        if self._stopping:
            return True
        is_outdated = self._network_waits or self._view_waits
        return is_outdated and (self._was_shown_early or monotonic() - self._began > _PATIENCE_S)

    def _save_network(self, command: SaveNetwork) -> None:
        weights = None
        try:
            if command.path.suffix.lower() == ".safetensors":
                weights = self._weights_of(command.spec)
        except UserError as error:
            self._report(JobFailed("network", error))
            return
        self._files.tell(network_job(command.path, command.spec, weights))

    def _weights_of(self, spec: NetworkSpec) -> Weights:
        network = self._network
        if network is None or network.spec != spec:
            network = self._built(spec, generation=0)
        return network.weights

    def _take_snapshot(self, command: TakeSnapshot) -> None:
        try:
            content = self._snapshot_content(command)
        except UserError as error:
            self._report(JobFailed("snapshot", error))
            return
        self._files.tell(snapshot_job(command.parent, content, self._report))

    def _snapshot_content(self, command: TakeSnapshot) -> SnapshotContent:
        network = self._learning or self._network
        if self._frame is None or network is None:
            rule = text("needs a picture and a network that runs")
            raise SaveError(text("snapshot"), rule, text("none yet"))
        if self._files.waiting("snapshot") >= MOST_SNAPSHOTS_WAITING:
            rule = text("at most {most} may wait for the disk", most=MOST_SNAPSHOTS_WAITING)
            raise SaveError(text("snapshot"), rule)
        return network.snapshot(
            self._frame,
            self._source_name,
            self._memory.scales(self._view),
            self._colormaps,
            command.layer_ids,
            command.most_pictures,
        )

    def _finish(self) -> None:
        for command in self._commands:
            if isinstance(command, SetNetwork) and command.weights:
                # What is to be saved after it counts on them.
                self._attic.keep(command.spec, command.weights)
            elif isinstance(command, SaveNetwork | TakeSnapshot):
                self._carry_out(command)
        parallel.shutdown()


def weights_id_of(layer: LayerSpec) -> str:
    """Return what names a layer's weights; "" for drawn ones, and where it has none."""
    return layer.weights_id if isinstance(layer, ParametricSpec) else ""
