"""`search_read` of the fake Odoo: domains in Polish notation, whole seconds, archived records hidden by default."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from leadline.crm.testing.odoo_tables import COUNTRIES, REASONS, STAGES, USERS, Row, Tables

MODELS = frozenset({"crm.lead", "mail.message", "res.users", "res.country", "crm.stage", "crm.lost.reason", "crm.tag"})
Test = Callable[[Row], bool]
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda have, want: bool(have == want),
    "!=": lambda have, want: bool(have != want),
    "in": lambda have, want: have in want,
    "not in": lambda have, want: have not in want,
    ">": lambda have, want: bool(have > want),
    ">=": lambda have, want: bool(have >= want),
    "<": lambda have, want: bool(have < want),
    "like": lambda have, want: want in (have or ""),
    "=like": lambda have, want: re.fullmatch(re.escape(want).replace("%", ".*"), have or "") is not None,
}


def search_read(tables: Tables, model: str, arguments: Row, context: Row) -> list[Row]:
    """Rows of a model, in the order that was asked for (numbers, otherwise), newest notes first."""
    domain = arguments.get("domain", [])
    test = _test(domain)
    rows = [row for row in _candidates(tables, model, domain) if test(row)]
    if model == "crm.lead" and context.get("active_test") is not False:
        rows = [row for row in rows if row["active"]]
    rows.sort(key=lambda row: row["id"], reverse="desc" in arguments.get("order", ""))
    fields = arguments.get("fields") or []
    return [{name: row[name] for name in ("id", *fields)} for row in rows[: arguments.get("limit")]]


def _candidates(tables: Tables, model: str, domain: list[Any]) -> Iterable[Row]:
    """The rows of a model; of notes, those that an index finds."""
    if model == "crm.lead":
        return list(tables.leads.values())
    if model == "mail.message":
        terms = {term[0]: term[2] for term in domain if isinstance(term, list) and term[1] == "in"}
        if "message_id" in terms:
            return tables.notes_of(terms["message_id"])
        return tables.notes_at(terms["res_id"]) if "res_id" in terms else list(tables.notes.values())
    return _small(tables)[model]


def _small(tables: Tables) -> Mapping[str, list[Row]]:
    users = [{"id": number, "login": login, "company_id": [1, "My Company"]} for number, login in USERS.items()]
    return {
        "res.users": users,
        "res.country": [{"id": number, "code": code, "name": name} for number, (code, name) in COUNTRIES.items()],
        "crm.stage": [{"id": number, "name": name} for number, name in STAGES.items()],
        "crm.lost.reason": [{"id": number, "name": name} for number, name in REASONS.items()],
        "crm.tag": [{"id": number, "display_name": name} for number, name in tables.tags.items()],
    }


def _test(domain: list[Any]) -> Test:
    """The domain as a function: terms stand after their operator, and are joined by "and" without one."""
    left = list(domain)
    tests: list[Test] = []
    while left:
        tests.append(_next(left))
    return lambda row: all(test(row) for test in tests)


def _next(left: list[Any]) -> Test:
    term = left.pop(0)
    if term == "|":
        one, other = _next(left), _next(left)
        return lambda row: one(row) or other(row)
    if term == "&":
        one, other = _next(left), _next(left)
        return lambda row: one(row) and other(row)
    field, operator, value = term
    compare = OPERATORS[operator]
    return lambda row: compare(row[field], value)
