"""Contacts as Leadline reads them: with their owner and deals, and where they went when they were merged."""

from collections.abc import Iterable, Mapping, Sequence

from leadline.crm.connectors.hubspot.calls import CONTACTS, NOT_FOUND, VERSION, HubSpotAPI, Row
from leadline.crm.connectors.hubspot.deals import Deals
from leadline.crm.connectors.hubspot.owners import Owners
from leadline.crm.connectors.hubspot.properties import Properties
from leadline.crm.connectors.hubspot.values import KEY, from_hubspot, merged_into, moment_of
from leadline.crm.errors import RejectedError, SetupError
from leadline.crm.records import RemoteDeal, RemoteRecord
from leadline.kernel.clock import EPOCH

CONTACT = "contact"
STANDING = (KEY, "hs_merged_object_ids", "hs_calculated_merged_vids", "lifecyclestage")
ALWAYS = (*STANDING, "email", "hs_lead_status", "hubspot_owner_id", "lastmodifieddate")
NOT_THERE = frozenset({NOT_FOUND, "404"})


class Reader:
    """Reads contacts by id, and by their e-mail address."""

    def __init__(self, api: HubSpotAPI, properties: Properties) -> None:
        self._api, self._properties = api, properties
        self.deals, self._owners = Deals(api), Owners(api)

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> list[RemoteRecord]:
        """Contacts; of one that was merged away, the survivor and where it went."""
        standing = self.standing(remote_ids, (*ALWAYS, *fields))
        rows = {str(row["id"]): row for row in standing.values() if row is not None}
        lost = [_lost(asked, row) for asked, row in standing.items() if row is None or str(row["id"]) != asked]
        return [*self.records(list(rows.values()), fields), *lost]

    def standing(self, ids: Sequence[str], properties: Sequence[str] = STANDING) -> dict[str, Row | None]:
        """{id: contact that is there now}: another one for a contact that was merged, none for one that is gone.

        A batch leaves out what was merged away; asked for alone, it answers with the survivor.
        """
        wanted = [each for each in dict.fromkeys(ids) if each.isdigit()]
        asked = list(dict.fromkeys(properties))
        rows = {str(row["id"]): row for row in self._api.read(CONTACTS, wanted, asked) if not row.get("archived")}
        survivors = {each: row for row in rows.values() for each in merged_into(row)}
        found: dict[str, Row | None] = dict.fromkeys(ids)
        for each in wanted:
            found[each] = rows.get(each) or survivors.get(each) or self._alone(each, asked)
        return found

    def _alone(self, number: str, properties: Sequence[str]) -> Row | None:
        path = f"/crm/objects/{VERSION}/{CONTACTS}/{number}"
        try:
            row = self._api.call("GET", path, params={"properties": ",".join(properties)})
        except (RejectedError, SetupError) as error:
            if error.vendor_code in NOT_THERE:
                return None
            raise
        return row if row.get("id") and not row.get("archived") else None

    def holders(self, emails: Iterable[str]) -> dict[str, Row]:
        """{e-mail address: the contact that has it as its first one}."""
        wanted = [each for each in dict.fromkeys(emails) if each]
        rows = self._api.read(CONTACTS, wanted, (*STANDING, "email"), by="email") if wanted else []
        return {(row["properties"].get("email") or "").lower(): row for row in rows}

    def records(self, rows: Sequence[Row], fields: Sequence[str]) -> list[RemoteRecord]:
        """Contacts that were read, with what belongs to them."""
        deals = self.deals.of([str(row["id"]) for row in rows])
        return [self._record(row, fields, deals) for row in rows]

    def _record(self, row: Row, fields: Sequence[str], deals: Mapping[str, tuple[RemoteDeal, ...]]) -> RemoteRecord:
        told, number = row["properties"], str(row["id"])
        return RemoteRecord(
            remote_id=number,
            remote_type=CONTACT,
            updated_at=moment_of(told.get("lastmodifieddate") or row["updatedAt"]),
            external_id=told.get(KEY) or "",
            values={name: from_hubspot(told.get(name), self._properties.type_of(name)) for name in fields},
            status=told.get("hs_lead_status") or "",
            owner=self._owners.email(told.get("hubspot_owner_id") or ""),
            email=(told.get("email") or "").lower(),
            deals=deals.get(number, ()),
            merged_from=merged_into(row),
        )


def _lost(asked: str, row: Row | None) -> RemoteRecord:
    if row is None:
        return RemoteRecord(asked, CONTACT, EPOCH, gone=True)
    return RemoteRecord(asked, CONTACT, EPOCH, merged_into=str(row["id"]))
