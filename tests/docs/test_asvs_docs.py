"""docs/reference/asvs.md: no item of the standard is left out, each has a test, a document or a reason, and what is
named is there."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text()
LEVEL_2 = """
1.1:1-7 1.2:1-4 1.4:1,4,5 1.5:1-4 1.6:1-4 1.7:1-2 1.8:1-2 1.9:1-2 1.10:1 1.11:1-2 1.12:2 1.14:1-6
2.1:1-12 2.2:1-3 2.3:1-3 2.4:1-6 2.5:1-7 2.6:1-3 2.7:1-6 2.8:1-7 2.9:1-3 2.10:1-4
3.1:1 3.2:1-4 3.3:1-4 3.4:1-5 3.5:1-3 3.7:1
4.1:1,2,3,5 4.2:1-2 4.3:1-3
5.1:1-5 5.2:1-8 5.3:1-10 5.4:1-3 5.5:1-4
6.1:1-3 6.2:1-6 6.3:1-2 6.4:1-2
7.1:1-4 7.2:1-2 7.3:1,3,4 7.4:1-3
8.1:1-4 8.2:1-3 8.3:1-8
9.1:1-3 9.2:1-4
10.2:1-2 10.3:1-3
11.1:1-8
12.1:1-3 12.2:1 12.3:1-6 12.4:1-2 12.5:1-2 12.6:1
13.1:1,3,4,5 13.2:1,2,3,5,6 13.3:1-2 13.4:1-2
14.1:1-4 14.2:1-6 14.3:2-3 14.4:1-7 14.5:1-4
"""
"""Sections and their items of levels 1 and 2, as the standard's own table marks them."""
NUMBERS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
ROW = re.compile(r"^\| ([0-9][0-9., ]*) \|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`([\w./-]+\.(?:py|md)(?:::\w+)?|Makefile)`")
FALLS_SHORT, NO_TEST = "**falls short**: ", "no test"


def items() -> set[str]:
    found = set()
    for part in LEVEL_2.split():
        section, _, numbers = part.partition(":")
        for each in numbers.split(","):
            first, _, last = each.partition("-")
            found |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def rows() -> list[tuple[list[str], list[str]]]:
    return [
        (NUMBERS.findall(numbers), [cell.strip() for cell in rest.split(" | ")]) for numbers, rest in ROW.findall(PAGE)
    ]


@cache
def functions_of(path: Path) -> frozenset[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_there(named: str) -> bool:
    """A test of a file below tests/, or a file."""
    file, _, test = named.partition("::")
    path = next((each for each in (ROOT / "tests" / file, ROOT / file) if each.is_file()), None)
    return path is not None and (not test or test in functions_of(path))


def test_no_item_of_the_standard_is_left_out_or_named_twice() -> None:
    told = Counter(number for numbers, _ in rows() for number in numbers)
    assert sorted(items() - set(told)) == []
    assert sorted(set(told) - items()) == [], "items that the standard has not, or of level 3"
    assert [number for number, times in told.items() if times > 1] == []


def test_each_item_has_a_test_a_document_or_a_reason() -> None:
    for numbers, cells in rows():
        last = cells[-1]
        if len(cells) == 1:
            assert len(last) > 15, f"{numbers}: why does it not apply?"
        else:
            assert len(cells) == 3, numbers
            assert "::test_" in last or FALLS_SHORT in last or NO_TEST in last or is_there(NAMED.findall(last)[0]), (
                numbers
            )


def test_each_test_and_document_that_is_named_is_there() -> None:
    named = {each for _, cells in rows() for each in NAMED.findall(cells[-1])}
    assert len([each for each in named if "::" in each]) > 90
    assert [each for each in sorted(named) if not is_there(each)] == []


def test_a_test_that_is_not_there_would_be_noticed() -> None:
    assert not is_there("web/test_web_access.py::test_of_tomorrow")
    assert not is_there("web/test_web_of_tomorrow.py::test_x")
    assert is_there("docs/test_asvs_docs.py::test_a_test_that_is_not_there_would_be_noticed")
