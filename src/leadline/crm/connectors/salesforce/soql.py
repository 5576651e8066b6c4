"""Queries in Salesforce's language (SOQL): one way to write them, with every value quoted. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from leadline.crm.errors import SetupError


def select(fields: Iterable[str], of: str, *where: str, order: str = "", limit: int = 0) -> str:
    """A query; all of `where` hold."""
    parts = ["SELECT", ", ".join(fields), "FROM", of]
    parts += ["WHERE", " AND ".join(where)] if where else []
    parts += ["ORDER BY", order] if order else []
    parts += ["LIMIT", str(limit)] if limit else []
    return " ".join(parts)


def quoted(text: str) -> str:
    """A text as a query has it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def among(field: str, texts: Iterable[str]) -> str:
    """A field is one of these texts."""
    return f"{field} IN ({','.join(map(quoted, texts))})"


def literal(at: datetime) -> str:
    """A moment, which has no quotes."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def field_names(names: Iterable[str]) -> list[str]:
    """Names that may stand in a query; fields of deals are read with the deals.

    Raises:
        SetupError: one can't be a field's.
    """
    wanted = [name for name in dict.fromkeys(names) if not name.startswith("deal.")]
    for name in wanted:
        if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
            raise SetupError(f"{name!r} can't be the name of a field.", advice="Use API names: Leadline_Score__c.")
    return wanted
