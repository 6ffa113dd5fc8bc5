"""What each argument of a layer and of the input is for, in a sentence, for tool tips."""

from __future__ import annotations

from cnngui.gui.words.summaries import translate


def meaning(field: str) -> str:
    """Return what an argument means to someone who meets it for the first time.

    KeyError if there is no argument of that name.
    """
    return {
        "out_channels": translate("Meanings", "How many kernels there are: each makes one map"),
        "kernel_size": translate("Meanings", "Height and width of the window that slides"),
        "stride": translate(
            "Meanings", "By how many values the window moves on: 2 makes maps half as large"
        ),
        "padding": translate(
            "Meanings",
            "What is put around the input: with same, maps keep its size; with valid, nothing is",
        ),
        "dilation": translate(
            "Meanings", "How far apart the values are that a kernel looks at: 1 is side by side"
        ),
        "groups": translate(
            "Meanings",
            "Into how many groups the channels are divided: a kernel spans only those of its own",
        ),
        "bias": translate("Meanings", "Whether each output has a number of its own added to it"),
        "ceil_mode": translate(
            "Meanings", "Whether a last window that lies only partly on the input counts, too"
        ),
        "count_include_pad": translate(
            "Meanings", "Whether zeros of the padding count for the mean"
        ),
        "eps": translate(
            "Meanings", "What is added to the variance, so that nothing is divided by 0"
        ),
        "momentum": translate(
            "Meanings", "In training: how fast the usual mean and spread follow the pictures"
        ),
        "negative_slope": translate("Meanings", "What negative values are multiplied by"),
        "p": translate("Meanings", "In training: the share of units that are dropped"),
        "out_features": translate("Meanings", "How many numbers the layer puts out"),
        "inputs": translate("Meanings", "Which earlier layers the layer takes its input from"),
        "initializer": translate(
            "Meanings", "From which distribution the weights are drawn, before any training"
        ),
        "seed": translate("Meanings", "The same number always draws the same weights"),
        "frozen": translate(
            "Meanings", "Whether the layer keeps its weights when the network is trained"
        ),
        "channels": translate("Meanings", "Whether the network sees colours"),
        "height": translate("Meanings", "Rows of pixels that the network sees"),
        "width": translate("Meanings", "Columns of pixels that the network sees"),
        "fit": translate("Meanings", "How a picture of another shape is brought to this size"),
        "normalise": translate("Meanings", "Mean and std in common use, to fill in below"),
        "mean": translate("Meanings", "Per channel, subtracted from the pixels, which are 0 to 1"),
        "std": translate("Meanings", "Per channel, what the pixels are then divided by"),
        "classes": translate(
            "Meanings", "Names for the units of the last layer, with commas between them"
        ),
    }[field]
