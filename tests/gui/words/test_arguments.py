import pytest

from cnngui.gui.words.arguments import arguments_summary
from cnngui.spec.layers import (
    Add,
    AvgPool2d,
    Conv2d,
    Conv3d,
    Dropout,
    LeakyReLU,
    Linear,
    MaxPool2d,
    MaxPool3d,
    Pad3d,
    ReLU,
    Reshape,
    Slice,
    Upsample3d,
)


@pytest.mark.parametrize(
    ("layer", "summary"),
    [
        (Conv2d(id="c"), "3×3, 8"),
        (Conv2d(id="c", padding="valid"), "3×3, 8"),
        (Conv2d(id="c", kernel_size=(3, 5), stride=2, padding="same"), "3×5, 8, stride 2, same"),
        (
            Conv2d(id="c", padding=(1, 2), dilation=2, groups=4),
            "3×3, 8, padding 1×2, dilation 2, 4 groups",
        ),
        (MaxPool2d(id="p"), "2×2"),
        (Conv3d(id="c", padding="same"), "3×3×3, 8, same"),
        (
            Conv3d(id="c", kernel_size=(1, 3, 3), padding=(0, 1, 1), stride=(1, 2, 2)),
            "1×3×3, 8, stride 1×2×2, padding 0×1×1",
        ),
        (Conv3d(id="c", padding=(0, 0, 0, 0, 2, 0)), "3×3×3, 8, padding ←0 →0 ↑0 ↓0 ⇤2 ⇥0"),
        (MaxPool3d(id="p", kernel_size=(1, 2, 2), stride=(1, 2, 2)), "1×2×2"),
        (Pad3d(id="p", padding=(1, 2, 3, 4, 5, 6)), "padding ←1 →2 ↑3 ↓4 ⇤5 ⇥6"),
        (Upsample3d(id="u", scale_factor=(1.0, 2.0, 2.0)), "×1×2×2"),
        (Reshape(id="r", shape=(8, -1, 5, 6)), "8×?×5×6"),
        (Slice(id="s", dim="time", start=-1), "time, from −1"),
        (AvgPool2d(id="p", kernel_size=3, padding=1), "3×3, stride 2, padding 1"),
        (Linear(id="l", out_features=7), "7"),
        (Linear(id="l", out_features=7, frozen=True), "7, frozen"),
        (LeakyReLU(id="r"), "0.01"),
        (Dropout(id="d", p=0.25), "0.25"),
        (ReLU(id="r"), ""),
        (ReLU(id="r", inputs=("conv1",)), "reads conv1"),
        (Add(id="a", inputs=("conv1", "pool1")), "reads conv1 + pool1"),
    ],
)
def test_summaries_leave_out_what_is_usual(layer, summary):
    assert arguments_summary(layer) == summary
