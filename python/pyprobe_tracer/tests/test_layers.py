"""The folders of the agent, and which may use which: a folder imports from itself and from those before it in this list."""

from __future__ import annotations

import ast
from pathlib import Path

import pyprobe_tracer

PACKAGE = Path(pyprobe_tracer.__file__).parent
LAYERS = (
    "_value",
    "_hit",
    "_source",
    "_place",
    "_monitoring",
    "_swap",
    "_condition",
    "_link",
    "_capture",
    "_agent",
    "_process",
)


def test_every_module_stands_in_a_layer() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/*.py")} - {"boot"}
    assert folders == set(LAYERS)
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_imports_go_down_the_layers() -> None:
    upwards = [
        f"{path.relative_to(PACKAGE)}: {used}"
        for path in sorted(PACKAGE.glob("_*/*.py"))
        for used in sorted(folders_used_by(path))
        if LAYERS.index(used) > LAYERS.index(path.parent.name)
    ]
    assert upwards == []


def folders_used_by(path: Path) -> set[str]:
    """By relative imports (`from .._value.raw import …`) and by absolute ones, at any place in the file."""
    modules = [
        "." * node.level + (node.module or "")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    ]
    inside = [module for module in modules if module.startswith(("..", "pyprobe_tracer."))]
    return {module.replace("pyprobe_tracer.", "..").lstrip(".").split(".")[0] for module in inside} & set(LAYERS)
