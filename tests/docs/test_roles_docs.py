"""The table of roles in the docs is what roles may do."""

import re
from pathlib import Path

from leadline.accounts.permissions import MEANINGS, PERMISSIONS, Permission
from leadline.web.viewer import LANDING, OVERVIEW

TEXT = (Path(__file__).parents[2] / "docs/reference/roles.md").read_text()


def table_of(first: str) -> list[list[str]]:
    """The cells of the table whose first column is headed so."""
    _, _, rest = TEXT.partition(f"| {first} |")
    lines = [f"| {first} |{rest}".splitlines()[0], *re.findall(r"^\|.*\|$", rest.split("\n\n")[0], re.M)]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if "---" not in line]


def test_each_role_has_exactly_the_permissions_that_the_docs_say() -> None:
    head, *rows = table_of("permission")
    roles = head[2:]
    told = {role: {row[0] for row in rows if row[2 + place] == "yes"} for place, role in enumerate(roles)}
    assert told == {role: {each.value for each in allowed} for role, allowed in PERMISSIONS.items()}


def test_each_permission_is_told_in_the_words_of_the_pages() -> None:
    _, *rows = table_of("permission")
    assert {row[0]: row[1] for row in rows} == {each.value: MEANINGS[each] for each in Permission}


def test_each_role_lands_where_the_docs_say() -> None:
    _, *rows = table_of("role")
    told = {row[0]: row[2].lower().replace(" ", "_") for row in rows}
    assert told == {role: LANDING.get(role, OVERVIEW) for role in PERMISSIONS}
