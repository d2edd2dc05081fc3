"""Every test can fail: it has an assertion, or calls a helper of the tests that has one."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What fails by itself, by the name it is called with: what is called a check, and these of pytest, playwright, httpx,
# subprocess and schemathesis.
FAILING = {"raises", "warns", "fail", "expect", "raise_for_status", "check_returncode", "call_and_validate"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Module:
    """One module's functions by name, its classes' methods, and what its names were imported from."""

    functions: dict[str, Function] = field(default_factory=dict)
    methods: list[Function] = field(default_factory=list)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)


def read(tree: ast.Module) -> Module:
    found = Module()
    for node in tree.body:
        if isinstance(node, Function):
            found.functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            found.methods += [one for one in node.body if isinstance(one, Function)]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.imported |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
    return found


def used(function: Function) -> Iterator[tuple[str, bool]]:
    """Yield the name of what a function calls or hands to a caller, and whether it is somebody's attribute."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            for one in (node.func, *node.args):
                if isinstance(one, ast.Name):
                    yield one.id, False
                elif isinstance(one, ast.Attribute):
                    yield one.attr, True


def fails_itself(function: Function) -> bool:
    checked = any(
        isinstance(node, ast.keyword) and node.arg == "check" and getattr(node.value, "value", None) is True
        for node in ast.walk(function)
    )
    stated = any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(function))
    return checked or stated or any(name in FAILING or name.startswith("check_") for name, _ in used(function))


def without_assertion(sources: dict[str, str]) -> list[str]:
    """Return the tests that cannot fail. `sources` is module name → text; methods are known by their names alone."""
    modules = {name: read(ast.parse(text)) for name, text in sources.items()}
    everything = [(name, one) for name, module in modules.items() for one in module.functions.values()]
    everything += [("", one) for module in modules.values() for one in module.methods]
    failing = {id(one) for _, one in everything if fails_itself(one)}
    methods = defaultdict[str, list[Function]](list)
    for method in (one for module in modules.values() for one in module.methods):
        methods[method.name].append(method)
    names = {id(one): set(used(one)) for _, one in everything}

    def reaches(where: str, function: Function) -> bool:
        for name, is_attribute in names[id(function)]:
            if is_attribute and any(id(one) in failing for one in methods[name]):
                return True
            module, known_as = modules[where].imported.get(name, (where, name)) if where else ("", name)
            if module in modules and id(modules[module].functions.get(known_as)) in failing:
                return True
        return False

    while grown := {id(one) for where, one in everything if id(one) not in failing and reaches(where, one)}:
        failing |= grown
    return [
        f"{where}::{one.name}" for where, one in everything if one.name.startswith("test_") and id(one) not in failing
    ]


def test_every_test_can_fail() -> None:
    paths = (ROOT / "tests").rglob("*.py")
    sources = {".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text() for path in paths}
    assert without_assertion(sources) == []


def test_one_that_cannot_is_found() -> None:
    helping = "def deep(): assert seen\ndef helper(): deep()\ndef harmless(): print(1)\n"
    testing = """
from tests.helping import harmless, helper
def test_asserts(): assert 1
def test_by_helper(): helper()
async def test_cannot_fail(): harmless()
"""
    assert without_assertion({"tests.helping": helping, "tests.x": testing}) == ["tests.x::test_cannot_fail"]
