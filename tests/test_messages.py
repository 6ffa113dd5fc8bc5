"""What the program says in errors and problems can be said in another language.

A template is a literal, so that translators find it; and no English words are passed where a name
or a number belongs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngui import errors
from docs.collect_texts import ROOT, sources, template_calls

TOLD = {"UserError", "Problem", "MisfitError", "message", "fault"} | {
    name for name, value in vars(errors).items() if isinstance(value, type) and name != "Text"
}
"""What is called with a thing, a rule and what was found."""

NAMES_FIRST = {"Problem": 2, "MisfitError": 1}
"""Of whose arguments the first are ids and fields, which every language spells alike."""

UNITS = {"OpenCV", "MB", "GB", "GiB", "ms", "s", "x", "HTTP", "null", "px"}
WORD = re.compile(r"[A-Za-z]{2,}")
OPTION = re.compile(r"^--[a-z-]+$")


def says_words(node: ast.AST) -> bool:
    """Whether an expression is, or puts together, words of its own; names and units are none."""
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        return any(word not in UNITS for word in WORD.findall(OPTION.sub("", text)))
    if isinstance(node, ast.JoinedStr):
        return any(says_words(part) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.IfExp):
        return any(says_words(part) for part in ast.iter_child_nodes(node))
    return False


def said(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Give what calls of ``TOLD`` are given, where it is a variable also what that may be."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in (tree, *functions):
        given: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function) if function is not tree else ast.iter_child_nodes(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                given.setdefault(node.targets[0].id, []).append(node.value)
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in TOLD:
                for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                    yield call, argument
                    if isinstance(argument, ast.Name):
                        yield from ((call, value) for value in given.get(argument.id, []))


EXAMPLES = {
    'SourceError(name, f"must have {count} frames")': True,
    'SourceError(name, "must have " + frames)': True,
    'SourceError(f"camera {name}", rule)': True,
    'SourceError(name, rule, "nothing" if a else b)': True,
    'SourceError(name, rule, found or "nothing")': True,
    'def f():\n    rule = "must be there"\n    raise errors.SaveError(name, rule)': True,
    'Problem(layer.id, field, rule, "one more")': True,
    'SourceError(name, text("must be there"), f"{a:,} x {b:,}")': False,
    'SourceError(name, rule, f"{free:.0f} MB")': False,
    'ValueError("must be there")': False,
}


@pytest.mark.parametrize("code", EXAMPLES)
def test_words_that_nobody_could_translate_are_found(code: str) -> None:
    assert any(says_words(argument) for _, argument in said(ast.parse(code))) == EXAMPLES[code]


@pytest.mark.parametrize("source", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_messages_are_made_of_templates(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for call, argument in said(tree):
        is_name = argument in call.args[: NAMES_FIRST.get(ast.unparse(call.func), 0)]
        assert is_name or not says_words(argument), f"{source}:{call.lineno}: use text(...)"
    for call in template_calls(source):
        assert isinstance(call.args[0], ast.Constant), f"{source}:{call.lineno}: not a literal"
        for keyword in call.keywords:
            is_code = re.fullmatch(r"'\S*'", ast.unparse(keyword.value))
            assert is_code or not says_words(keyword.value), (
                f"{source}:{call.lineno}: use text(...)"
            )
