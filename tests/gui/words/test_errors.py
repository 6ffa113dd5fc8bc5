"""Errors and problems are said in the language of the window, whoever made them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QTabBar, QWidget

from cnngui.capture.address import parse_address
from cnngui.capture.opening import open_source
from cnngui.data.opening import open_dataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.engine.learning.network import TrainableNetwork
from cnngui.errors import UserError, system_reason, text
from cnngui.formats.network_file import read_network, write_network
from cnngui.gui.network.row import LayerRow
from cnngui.gui.studio import Studio
from cnngui.gui.words.errors import error_text, part_label, problem_text, said
from cnngui.pipeline.training.requirements import (
    refuse_misfit,
    refuse_unusable_data,
    refuse_unusable_settings,
)
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.codec import from_json, to_json
from cnngui.spec.layers import LAYER_TYPES, Add, Conv2d, Flatten, Linear
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.terminal.cli import parse_arguments
from cnngui.terminal.cli_train import parse_train_arguments
from tests.gui.driver import Driver

NAMES = {
    *("IDX", "UTF", "JSON", "URL", "FFmpeg", "RGB", "GB", "MB", "OpenCV", "float32", "gzip", "id"),
    *("png", "jpg", "bmp", "webp", "tiff", "json", "safetensors", "true", "false", "HTTP"),
    *("layers", "type", "format", "txt"),
    *("http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "camera", "NAME", "sample", "rrggbb"),
}
NAMES.update(LAYER_TYPES)
"""Formats, addresses, values and types, which every language spells alike."""

NETWORK = NetworkSpec(
    name="N",
    layers=(
        Conv2d(id="c", out_channels=2),
        Flatten(id="f"),
        Linear(id="l", out_features=2),
    ),
)


def english_in(words: str, *names: str) -> set[str]:
    """Return the English words of a sentence, names apart."""
    for name in sorted(names, key=len, reverse=True):
        words = words.replace(name, "")
    words = re.sub(r"\d+(x\d+)+", "", words)
    return set(re.findall(r"[A-Za-z][A-Za-z_0-9]+", words)) - NAMES


def empty(folder: Path, name: str) -> Path:
    path = folder / name
    path.touch()
    return path


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def described(folder: Path, **changes: str) -> Path:
    content = to_json(NETWORK)
    for old, new in changes.items():
        content = content.replace(f'"{old}"', f'"{new}"')
    return written(folder, "n.json", content)


def with_classes(folder: Path, *names: str) -> SampleFolder:
    samples = SampleFolder(folder / "s")
    for name in names:
        samples.add_class(name)
    return samples


ERRORS: dict[str, Callable[[Path], object]] = {
    "source: absent": lambda folder: parse_address(str(folder / "a.mp4")),
    "source: nothing": lambda folder: parse_address(""),
    "source: camera": lambda folder: parse_address("camera:"),
    "source: scheme": lambda folder: parse_address("ftp://h/a"),
    "source: host": lambda folder: parse_address("http://"),
    "source: empty": lambda folder: open_source(parse_address(str(empty(folder, "a.mp4")))),
    "source: no video": lambda folder: open_source(
        parse_address(str(written(folder, "a.mp4", "text")))
    ),
    "source: no camera": lambda folder: open_source(parse_address("camera:0")),
    "source: no image": lambda folder: open_source(
        parse_address(str(written(folder, "a.png", "text")))
    ),
    "source: empty folder": lambda folder: open_source(parse_address(str(folder))),
    "source: bad folder": lambda folder: open_source(
        parse_address(str(written(folder, "a.png", "text").parent))
    ),
    "network: name": lambda folder: to_json(replace(NETWORK, name="")),
    "network: kernel": lambda folder: infer(
        NETWORK.edited("c", kernel_size=999)
    ).raise_if_invalid(),
    "file: absent": lambda folder: read_network(folder / "n.json"),
    "file: folder": lambda folder: read_network(folder),
    "file: suffix": lambda folder: read_network(empty(folder, "n.txt")),
    "file: not JSON": lambda folder: read_network(written(folder, "n.json", "{")),
    "file: not safetensors": lambda folder: read_network(
        written(folder, "n.safetensors", "{}" * 9)
    ),
    "file: other format": lambda folder: read_network(described(folder, **{"cnngui-network": "x"})),
    "file: other type": lambda folder: read_network(described(folder, Conv2d="x")),
    "file: other key": lambda folder: read_network(described(folder, out_channels="x")),
    "file: nothing": lambda folder: from_json("[]"),
    "data: absent": lambda folder: open_dataset("/x"),
    "data: nothing": lambda folder: open_dataset(""),
    "data: options": lambda folder: open_dataset("digits:count=-1"),
    "data: empty folder": lambda folder: open_dataset(str(folder)),
    "data: no IDX": lambda folder: open_dataset(str(written(folder, "a-idx3-ubyte", "text"))),
    "data: class": lambda folder: with_classes(folder, "a").add_class("a/b"),
    "data: classes": lambda folder: with_classes(folder, "a").rename_class("b", "c"),
    "training: no samples": lambda folder: refuse_unusable_data(open_dataset("digits:count=1")),
    "training: misfit": lambda folder: refuse_misfit(NETWORK, 10),
    "training: setting": lambda folder: refuse_unusable_settings(TrainingSettings(batch_size=0)),
    "training: frozen": lambda folder: TrainableNetwork(
        NETWORK.edited("c", frozen=True).edited("l", frozen=True), None
    ),
    "training: maps": lambda folder: TrainableNetwork(replace(NETWORK, layers=NETWORK.layers[:1])),
    "save: folder": lambda folder: (
        write_network(folder.with_suffix(".json"), NETWORK)
        if folder.rename(folder.with_suffix(".json"))
        else None
    ),
    "save: weights": lambda folder: write_network(folder / "n.safetensors", NETWORK),
    "save: suffix": lambda folder: write_network(folder / "n", NETWORK),
    "save: absent": lambda folder: write_network(folder / "absent" / "n.json", NETWORK),
    "argument: window": lambda folder: parse_arguments(["--realtime"]),
    "argument: suffix": lambda folder: parse_train_arguments(
        ["--network", "a", "--data", "b", "--out", "c"]
    ),
}


@pytest.mark.parametrize("make", ERRORS.values(), ids=ERRORS)
def test_errors_of_every_kind_are_said_in_chinese(
    make: Callable[[Path], object], tmp_path: Path, in_chinese: None
) -> None:
    with pytest.raises(UserError) as caught:
        make(tmp_path)
    words = error_text(caught.value)
    names = (str(tmp_path), tmp_path.name, str(tmp_path.with_suffix(".json")), "absent", "N: ")
    found = (
        *("a.mp4", "a.png", "n.json", "n.txt", "n.safetensors", "camera:", "ftp", "http://", "/x"),
        *("digits:count=-1", "a-idx3-ubyte", "cnngui-network", "kernel_size", "network.name"),
        *("out_channels", "Conv2d", "Linear", "Flatten", "Digits", "--realtime", "--headless"),
        *("seed", "count", "size", "shapes", "paper", "digits", "motions", "--out"),
    )
    keys = re.findall(r"除 (.*) 外", words) + re.findall(r"必须是 ([A-Z]\w+(?:, \w+)+) 之一", words)
    assert not english_in(words, *names, *found, *keys), words
    assert str(caught.value) != words


PROBLEMS = {
    "kernel": NETWORK.edited("c", kernel_size=999),
    "channels": NETWORK.edited("c", out_channels=0),
    "groups": NETWORK.edited("c", groups=2),
    "padding": NETWORK.edited("c", stride=2, padding="same"),
    "maps": replace(NETWORK, layers=(Flatten(id="f"), Conv2d(id="c"))),
    "flat": replace(NETWORK, layers=(Conv2d(id="c"), Linear(id="l"))),
    "inputs": replace(NETWORK, layers=(Conv2d(id="c"), Add(id="a", inputs=("c", "x")))),
    "one input": replace(NETWORK, layers=(Conv2d(id="c"), Add(id="a"))),
    "id": replace(NETWORK, layers=(Conv2d(id="c"), Conv2d(id="c"))),
    "input": replace(NETWORK, input=InputSpec(std=(0.0, 1.0, 1.0))),
    "memory": NETWORK.edited("l", out_features=4_000_000),
}


@pytest.mark.parametrize("network", PROBLEMS.values(), ids=PROBLEMS)
def test_problems_of_networks_are_said_in_chinese(network: NetworkSpec, in_chinese: None) -> None:
    problems = infer(network).problems
    assert problems
    for problem in problems:
        words = problem_text(problem)
        names = (problem.field, "same", "valid", "stride", "Conv2d", "Flatten")
        assert not english_in(words, *names), words
        assert re.search("[\u4e00-\u9fff]", words)


def test_what_the_system_refuses_is_said_in_chinese(in_chinese: None) -> None:
    assert said(system_reason(PermissionError(13, "Permission denied"))) == "没有权限"
    assert said(system_reason(OSError(12345, "rare"))) == "rare"
    assert said(system_reason(OSError("without a number"))) == "without a number"


def test_the_program_s_own_names_are_translated_and_file_names_are_not(in_chinese: None) -> None:
    assert error_text(UserError("Built-in clip", text("must be a file"))).startswith("内置短片：")
    assert error_text(UserError("x.mp4", text("must be a file"))) == "x.mp4：必须是文件"


def test_the_parts_of_the_program_have_names(in_chinese: None) -> None:
    assert part_label("engine") == part_label("cnngui-engine") == "网络"
    assert part_label("Thread-7") == "Thread-7"


def shown_texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_errors_in_the_chinese_window_are_chinese(
    in_chinese: None, driver: Driver, tmp_path: Path
) -> None:
    driver.wait_for_maps()
    studio = driver.window.findChild(Studio)
    assert studio is not None

    driver.drop(tmp_path / "absent.mp4")
    assert driver.notice.endswith("必须是已有的文件或文件夹（实际：没有这个文件）")

    driver.drop(written(tmp_path, "half.json", "{"))
    driver.wait(lambda: "half.json" in driver.notice)
    assert driver.notice.endswith("half.json：必须是 JSON（实际：第 1 行第 2 列没有带双引号的键）")

    driver.settings.save_folder = empty(tmp_path, "file")
    driver.action("snapshot").trigger()
    driver.wait(lambda: "快照" in driver.notice)
    assert not english_in(driver.notice, str(tmp_path), "file")

    spec = driver.document.spec
    driver.document.edit(spec.edited(spec.layers[0].id, out_channels=0), "edit")
    row = next(row for row in driver.window.findChildren(LayerRow) if row.problem_text)
    assert row.problem_text == "out_channels 必须是 1 到 1000000 的整数（实际：0）"

    studio.data.open(str(tmp_path))
    driver.wait(lambda: studio.data.problem is not None)
    driver.action("training").trigger()
    tabs = driver.window.findChild(QTabBar, "training_tabs")
    assert isinstance(tabs, QTabBar)
    tabs.setCurrentIndex(1)
    studio.data.open("digits:count=4:size=16")
    driver.wait(lambda: studio.data.dataset is not None)
    studio.trainer.start()
    driver.wait(lambda: studio.trainer.problem is not None)
    shown = [words for words in shown_texts(driver.window) if "没有问题才能训练" in words]
    assert shown
    assert not [words for words in shown if english_in(words, spec.name, "out_channels", "conv1")]
