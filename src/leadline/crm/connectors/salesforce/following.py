"""Where a record went that can't be written any more: merged, converted into a contact, or gone."""

from collections.abc import Iterable, Mapping, Sequence

from leadline.crm.connectors.salesforce.calls import Row, SalesforceAPI
from leadline.crm.connectors.salesforce.names import CONTACT, EXTERNAL_ID, LEAD, is_id, long_id, pieces
from leadline.crm.connectors.salesforce.soql import among, select
from leadline.crm.records import Outcome, Sent

AT_ONCE = 400
"""Ids in one query: its address may have 16,384 characters."""
STANDING = {
    LEAD: ("Id", "IsDeleted", "MasterRecordId", "IsConverted", "ConvertedContactId"),
    CONTACT: ("Id", "IsDeleted", "MasterRecordId"),
}


def whereabouts(api: SalesforceAPI, type_: str, ids: Sequence[str]) -> dict[str, Sent]:
    """{id: where it went} of records by id: MOVED, or GONE; those that stand where they were are left out."""
    wanted = list(dict.fromkeys(long_id(each) for each in ids))
    rows = {row["Id"]: row for row in _rows(api, type_, "Id", [each for each in wanted if is_id(each)])}
    found = {each: place_of(rows.get(each), type_) for each in wanted}
    return {each: place for each, place in found.items() if place is not None}


def converted(api: SalesforceAPI, names: Sequence[str]) -> dict[str, Sent]:
    """{our name of a lead: where it went} of leads that were converted, by external id."""
    rows = _rows(api, LEAD, EXTERNAL_ID, names, EXTERNAL_ID)
    found = {row[EXTERNAL_ID]: place_of(row, LEAD) for row in rows if row["IsConverted"]}
    return {name: place for name, place in found.items() if place is not None}


def place_of(row: Mapping[str, object] | None, type_: str) -> Sent | None:
    """Where a row says that its record is; None when it stands where it was.

    One that can't be found at all was emptied out of the recycle bin.
    """
    if row is None:
        return Sent(Outcome.GONE)
    if row.get("MasterRecordId"):
        return Sent(Outcome.MOVED, str(row["MasterRecordId"]), type_)
    if row.get("IsDeleted"):
        return Sent(Outcome.GONE)
    if row.get("IsConverted") and row.get("ConvertedContactId"):
        return Sent(Outcome.MOVED, str(row["ConvertedContactId"]), CONTACT)
    return None


def _rows(api: SalesforceAPI, type_: str, by: str, values: Sequence[str], *also: str) -> Iterable[Row]:
    for some in pieces(values, AT_ONCE):
        yield from api.query(select((*STANDING[type_], *also), type_, among(by, some)), deleted=True)
