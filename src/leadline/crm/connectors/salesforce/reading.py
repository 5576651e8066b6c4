"""Records as Leadline reads them: leads, and the contacts that they became, with owner, deals and where they went."""

from collections.abc import Iterable, Mapping, Sequence

from leadline.crm.connectors.salesforce.calls import Row, SalesforceAPI, moment
from leadline.crm.connectors.salesforce.cursor import FEEDS, Cursor, Feed
from leadline.crm.connectors.salesforce.deals import Deals
from leadline.crm.connectors.salesforce.following import AT_ONCE, STANDING
from leadline.crm.connectors.salesforce.names import (
    CONTACT,
    CONVERTED,
    EXTERNAL_ID,
    LEAD,
    is_id,
    long_id,
    pieces,
    type_of,
)
from leadline.crm.connectors.salesforce.objects import Objects
from leadline.crm.connectors.salesforce.soql import among, field_names, select
from leadline.crm.connectors.salesforce.values import from_json
from leadline.crm.errors import SetupError
from leadline.crm.records import Page, RemoteDeal, RemoteRecord
from leadline.kernel.clock import EPOCH

ALWAYS = ("SystemModstamp", "Email", "Owner.Email", "Owner.Type")
NOT_THERE = frozenset({"INVALID_FIELD", "INVALID_TYPE"})


class Reader:
    """Reads records by id, and what changed."""

    def __init__(self, api: SalesforceAPI, objects: Objects, deals: Deals) -> None:
        self._api, self._objects, self._deals = api, objects, deals

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> list[RemoteRecord]:
        """Records by id, those in the recycle bin too; a lead that was converted comes with its contact."""
        wanted = list(dict.fromkeys(map(long_id, remote_ids)))
        leads = self._rows(LEAD, [each for each in wanted if type_of(each) == LEAD], fields)
        became = _became(leads.values())
        asked = [each for each in wanted if type_of(each) == CONTACT]
        contacts = self._rows(CONTACT, list(dict.fromkeys([*asked, *became])), fields)
        deals = self._deals.of([each for each, row in contacts.items() if not row["IsDeleted"]])
        found = {each: record_of(row, LEAD, fields) for each, row in leads.items()}
        found |= {
            each: record_of(row, CONTACT, fields, became.get(each, ()), deals.get(each, ()))
            for each, row in contacts.items()
        }
        gone = [RemoteRecord(each, type_of(each), EPOCH, gone=True) for each in wanted if each not in found]
        return [*found.values(), *gone]

    def changes(self, text: str, fields: Sequence[str]) -> Page:
        """What changed since; of a lead that was converted, its contact. Feeds with nothing new are passed by."""
        cursor = Cursor.read(text)
        while True:
            ids, cursor = self._fed(cursor)
            if ids or cursor.is_between:
                break
        records = self.read(list(dict.fromkeys(ids)), fields) if ids else []
        return Page(tuple(_news(records)), cursor.text, more=not cursor.is_between)

    def _fed(self, cursor: Cursor) -> tuple[list[str], Cursor]:
        """Ids of records to be read, and where the feed goes on."""
        feed = FEEDS[cursor.feed]
        rows = self._feed(feed, cursor)
        cursor = cursor.met(self._api.date)
        return [row[feed.id] for row in rows], cursor.after([row["Id"] for row in rows])

    def _feed(self, feed: Feed, cursor: Cursor) -> list[Row]:
        """A page of a feed; contacts without our field, and opportunities that we may not see, have none."""
        try:
            return list(self._api.query(feed.query(cursor), deleted=feed.deleted))
        except SetupError as error:
            if feed.type == LEAD or error.vendor_code not in NOT_THERE:
                raise
            return []

    def _rows(self, type_: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Row]:
        """{id: row}, in the order that they were asked for."""
        if not ids:
            return {}
        asked = self._asked(type_, fields)
        found: dict[str, Row] = {}
        for some in pieces([each for each in ids if is_id(each)], AT_ONCE):
            query = select(asked, type_, among("Id", some))
            found |= {row["Id"]: row for row in self._api.query(query, deleted=True)}
        return {each: found[each] for each in ids if each in found}

    def _asked(self, type_: str, fields: Sequence[str]) -> list[str]:
        """What is asked of a row: a contact has only some of the fields."""
        names = field_names([*fields, EXTERNAL_ID])
        if type_ == CONTACT:
            there = self._objects.fields(CONTACT)
            names = [name for name in names if name in there]
        return list(dict.fromkeys((*STANDING[type_], *ALWAYS, *(("Status",) if type_ == LEAD else ()), *names)))


def record_of(
    row: Row,
    type_: str,
    fields: Sequence[str],
    merged_from: Sequence[str] = (),
    deals: Sequence[RemoteDeal] = (),
) -> RemoteRecord:
    """One row."""
    into = row["MasterRecordId"] or ""
    return RemoteRecord(
        remote_id=row["Id"],
        remote_type=type_,
        updated_at=moment(row["SystemModstamp"]),
        external_id=row.get(EXTERNAL_ID) or "",
        values={name: from_json(row[name]) for name in fields if name in row},
        status=row["Status"] or "" if type_ == LEAD else CONVERTED,
        owner=owner_of(row),
        email=(row["Email"] or "").lower(),
        deals=tuple(deals),
        gone=bool(row["IsDeleted"]) and not into,
        merged_into=into,
        merged_from=tuple(merged_from),
    )


def owner_of(row: Row) -> str:
    """The owner's e-mail address; a queue is nobody."""
    owner = row["Owner"] or {}
    return str(owner.get("Email") or "").lower() if owner.get("Type") in ("User", None) else ""


def _became(leads: Iterable[Row]) -> Mapping[str, tuple[str, ...]]:
    """{contact: leads that were converted into it}."""
    found: dict[str, tuple[str, ...]] = {}
    for row in leads:
        if row["IsConverted"] and row["ConvertedContactId"] and not row["IsDeleted"]:
            contact = row["ConvertedContactId"]
            found[contact] = (*found.get(contact, ()), row["Id"])
    return found


def _news(records: Sequence[RemoteRecord]) -> Iterable[RemoteRecord]:
    """Without leads whose contact tells all that there is to tell."""
    told = {lead for record in records if not record.gone for lead in record.merged_from}
    return (record for record in records if record.remote_id not in told)
