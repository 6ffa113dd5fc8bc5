"""Collects the texts of the window for translators, and compiles what they have written.

    python docs/collect_texts.py

The window's own texts stand in ``tr`` and ``translate``, where Qt's lupdate finds them. What the
other parts say, errors above all, stands in ``cnngui.errors.text`` and is found here; lupdate gets
it as one more source. Needs nothing that ``make run`` does not bring.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRANSLATED = ROOT / "resources" / "translations" / "cnngui_zh_CN.ts"
CONTEXT = "Rules"
"""As ``cnngui.gui.words.errors`` looks them up."""


def sources() -> list[Path]:
    """Return the program's files, in an order that is the same everywhere."""
    return sorted((ROOT / "cnngui").rglob("*.py"), key=lambda path: path.as_posix())


def window_sources() -> list[Path]:
    """Return the files that know Qt."""
    return [path for path in sources() if path.is_relative_to(ROOT / "cnngui" / "gui")]


def template_calls(source: Path) -> Iterator[ast.Call]:
    """Give every call of ``cnngui.errors.text`` in a file."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "cnngui.errors"
        for alias in node.names
        if alias.name == "text"
    }
    if source == ROOT / "cnngui" / "errors.py":
        names = {"text"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def templates() -> list[str]:
    """Return the templates of all parts, each once.

    Raises
    ------
    ValueError : one is no literal, so that nobody could translate it.
    """
    found: dict[str, None] = {}
    for source in sources():
        for call in template_calls(source):
            template = call.args[0] if call.args else None
            if not (isinstance(template, ast.Constant) and isinstance(template.value, str)):
                raise ValueError(f"{source}:{call.lineno}: a template must be a literal")
            found[template.value] = None
    return list(found)


def collect(ts_file: Path) -> None:
    """Bring a file for translators up to date, or begin one; what is translated there stays."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "templates.py"
        lines = [f"QCoreApplication.translate({CONTEXT!r}, {quoted(it)})" for it in templates()]
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run("pyside6-lupdate", "-silent", "-locations", "none", "-no-obsolete",
            *map(str, window_sources()), str(listed), "-ts", str(ts_file))  # fmt: skip


def quoted(template: str) -> str:
    """Return a literal that lupdate reads as Python does: in double quotes, in one line."""
    escaped = template.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def run(tool: str, *arguments: str) -> None:
    """Run one of the tools that come with PySide6."""
    path = shutil.which(tool, path=sysconfig.get_path("scripts"))
    if path is None:
        raise FileNotFoundError(f"PySide6 brings no {tool} here")
    subprocess.run([path, *arguments], check=True)


if __name__ == "__main__":
    collect(TRANSLATED)
    run("pyside6-lrelease", "-silent", str(TRANSLATED))
