"""How a network is to be trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation

OptimizerName = Literal["sgd", "adam", "adamw"]
ScheduleName = Literal["constant", "step", "cosine"]
LossName = Literal["cross-entropy", "mse"]
MOST_CLASSES = 1000
"""That many a network can be taught."""


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """Everything that a training depends on besides network and data.

    Attributes
    ----------
    epochs : how often every training sample is shown.
    batch_size : samples per step.
    optimizer : "sgd", "adam" or "adamw"; ``momentum`` and ``nesterov`` are SGD's.
    learning_rate : at the beginning; the schedule changes it.
    weight_decay : L2 for SGD and Adam, decoupled for AdamW.
    schedule : "constant"; "step" takes a tenth after each third of the epochs; "cosine" falls to 0.
    warmup_epochs : over how many epochs the learning rate rises from 0 first; may be a fraction.
    clip_norm : most length of all gradients together; 0 does not limit it.
    loss : "cross-entropy" (with softmax) or "mse" (mean squared error).
    class_weights : whether all classes count alike, however many samples each has: in the loss, and
        where the best weights are chosen.
    patience : it ends when so many epochs bring nothing better; 0 goes on to the last epoch.
    augmentation : how training samples are changed each time.
    validation_share : of the samples, kept apart to measure with; 0..0.9.
    seed : of the split, the order, the augmentation and dropout.
    """

    epochs: int = 10
    batch_size: int = 32
    optimizer: OptimizerName = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0
    schedule: ScheduleName = "constant"
    warmup_epochs: float = 0.0
    clip_norm: float = 0.0
    loss: LossName = "cross-entropy"
    class_weights: bool = False
    patience: int = 0
    augmentation: Augmentation = NO_AUGMENTATION
    validation_share: float = 0.2
    seed: int = 0
