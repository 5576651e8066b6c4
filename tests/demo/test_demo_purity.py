"""The simulator is pure: standard library and kernel only, and it knows no ruleset."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import leadline.demo

MODULES = sorted(Path(leadline.demo.__path__[0]).glob("*.py"))


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def allowed(name: str) -> bool:
    return name.split(".")[0] in sys.stdlib_module_names or name.startswith(("leadline.demo", "leadline.kernel"))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_only_the_standard_library_and_the_kernel_are_imported(module: Path) -> None:
    assert [name for name in imported(module) if not allowed(name)] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_modules_stay_short(module: Path) -> None:
    assert len(module.read_text().splitlines()) < 300
