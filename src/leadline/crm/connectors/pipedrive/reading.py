"""Persons as Leadline reads them: with label, owner and deals, and where they went when they were merged."""

from collections.abc import Sequence

from leadline.crm.connectors.pipedrive.calls import PipedriveAPI, Row
from leadline.crm.connectors.pipedrive.deals import Deals
from leadline.crm.connectors.pipedrive.fields import Fields
from leadline.crm.connectors.pipedrive.persons import Persons
from leadline.crm.connectors.pipedrive.users import Users
from leadline.crm.connectors.pipedrive.values import PERSON, moment_of, primary
from leadline.crm.records import RemoteDeal, RemoteRecord
from leadline.kernel.clock import EPOCH


class Reader:
    """Makes records of persons."""

    def __init__(self, api: PipedriveAPI, fields: Fields, persons: Persons) -> None:
        self._fields, self._persons = fields, persons
        self._deals, self._users = Deals(api), Users(api)

    def read(self, remote_ids: Sequence[str], names: Sequence[str]) -> list[RemoteRecord]:
        """Persons by id."""
        standing = self._persons.standing(remote_ids, names)
        never = [RemoteRecord(each, PERSON, EPOCH, gone=True) for each, row in standing.items() if row is None]
        return [*self.records([row for row in standing.values() if row is not None], names), *never]

    def records(self, rows: Sequence[Row], names: Sequence[str]) -> list[RemoteRecord]:
        """Persons that were read; deleted ones with where they went, or as gone."""
        lost = [row for row in rows if row.get("is_deleted")]
        living = [row for row in rows if not row.get("is_deleted")]
        survivors, deals = self._persons.survivors(lost), self._deals.of(living)
        found = [self._record(row, names, deals.get(str(row["id"]), ())) for row in living]
        return [*found, *(self._loss(row, survivors.get(str(row["id"]), "")) for row in lost)]

    def _record(self, row: Row, names: Sequence[str], deals: tuple[RemoteDeal, ...]) -> RemoteRecord:
        return RemoteRecord(
            remote_id=str(row["id"]),
            remote_type=PERSON,
            updated_at=moment_of(row.get("update_time")) or moment_of(row.get("add_time")) or EPOCH,
            external_id=self._fields.name_of(row),
            values=self._fields.values(row, names),
            status=self._fields.status_of(row),
            owner=self._users.email(row.get("owner_id")),
            email=primary(row.get("emails")).lower(),
            deals=deals,
        )

    def _loss(self, row: Row, survivor: str) -> RemoteRecord:
        when = moment_of(row.get("update_time")) or EPOCH  # of a deleted person: when it was deleted
        name = self._fields.name_of(row)
        return RemoteRecord(str(row["id"]), PERSON, when, name, gone=not survivor, merged_into=survivor)
