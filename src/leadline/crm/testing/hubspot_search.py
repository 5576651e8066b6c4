"""The search of the fake HubSpot: behind by some time, at most 200 rows to a page and 10,000 to a query."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from leadline.crm.connectors.hubspot.values import milliseconds, moment_of
from leadline.crm.testing.hubspot_tables import RefusedError, Row, Thing

MOST_ROWS, MOST_FOUND, MOST_GROUPS, MOST_FILTERS = 200, 10_000, 5, 6


def search(things: Iterable[Thing], body: Row, known: set[str] | None, seen_until: datetime) -> Row:
    """What a query finds.

    Args:
        known: the properties that there are; None: any. seen_until: what was written later is not found yet.

    Raises:
        RefusedError: the query is not one.
    """
    groups, limit = body.get("filterGroups") or [], int(body.get("limit", 10))
    first = int(body.get("after") or 0)
    if limit > MOST_ROWS or len(groups) > MOST_GROUPS or any(len(each["filters"]) > MOST_FILTERS for each in groups):
        raise RefusedError(400, "VALIDATION_ERROR", "There is too much of something in this query.")
    if first + limit > MOST_FOUND:
        raise RefusedError(400, "VALIDATION_ERROR", "Only the first 10,000 results can be read.")
    names = {each["propertyName"] for group in groups for each in group["filters"]}
    if known is not None and (strange := names - known):
        raise RefusedError(400, "VALIDATION_ERROR", f"PROPERTY_DOESNT_EXIST: {sorted(strange)}")
    found = [each for each in things if each.updated <= seen_until and any(_fits(each, group) for group in groups)]
    found.sort(key=lambda each: int(each.id))
    rows = [each.as_row(body.get("properties")) for each in found[first : first + limit]]
    more = {"paging": {"next": {"after": str(first + limit)}}} if len(found) > first + limit else {}
    return {"total": len(found), "results": rows, **more}


def _fits(thing: Thing, group: Row) -> bool:
    return all(_passes(thing, each) for each in group["filters"])


def _passes(thing: Thing, filter_: Row) -> bool:
    name, operator = filter_["propertyName"], filter_["operator"]
    value: Any = {**thing.properties, "hs_object_id": thing.id}.get(name)
    if operator == "HAS_PROPERTY":
        return bool(value)
    if not value:
        return False
    number = int(value) if name == "hs_object_id" else milliseconds(moment_of(value))
    asked = int(filter_["value"])
    return number > asked if operator == "GT" else number >= asked
