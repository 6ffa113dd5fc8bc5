"""All that the pipeline may be told. Each command is said where the thread is that carries it out.

A command is plain data, and telling one returns at once: what comes of it is told by events.
"""

from __future__ import annotations

from cnngui.pipeline.capture_commands import CaptureCommand
from cnngui.pipeline.engine_commands import EngineCommand
from cnngui.pipeline.file_worker import ReadNetwork
from cnngui.pipeline.kernel_pictures import KernelRequest
from cnngui.pipeline.recording_worker import StartRecording, StopRecording
from cnngui.pipeline.sample_recorder import RecordSamples, StopSamples
from cnngui.pipeline.training.commands import RunCommand, TrainingCommand

Command = (
    CaptureCommand
    | EngineCommand
    | ReadNetwork
    | StartRecording
    | StopRecording
    | RecordSamples
    | StopSamples
    | KernelRequest
    | TrainingCommand
    | RunCommand
)
