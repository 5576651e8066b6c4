"""A record of Odoo's as Leadline reads it: its status word, its owner, and whether it is a deal. Pure.

A lost record is archived, and hidden from whoever does not ask for archived ones. Without the setting "Leads" each
record is an opportunity from its first minute; it is a deal only once somebody took it on: turned it into one, moved
it past the first stage, won or lost it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from leadline.crm.connectors.odoo.values import Kind, from_odoo, moment_of
from leadline.crm.records import RemoteDeal, RemoteRecord

ALWAYS = (
    "write_date create_date active type stage_id won_status lost_reason_id expected_revenue company_currency "
    "date_closed date_conversion user_id email_normalized"
).split()
LEAD, LOST, WON, ARCHIVED = "Lead", "Lost", "Won", "Archived"
"""Status words; between them stand the names of the stages, in the language of the key's user."""
Row = Mapping[str, Any]
Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Around:
    """What is needed to read rows.

    Attributes:
        kinds: of the fields. names: of records that fields point to; of users, the login.
        external_ids: ours, by number. merged_from: numbers that became one with a record.
        first_stage: the number of the first stage of the pipeline.
    """

    model: str
    kinds: Mapping[str, Kind]
    names: Names
    external_ids: Mapping[int, str]
    merged_from: Mapping[int, tuple[str, ...]]
    first_stage: int


def record_of(row: Row, fields: tuple[str, ...], around: Around) -> RemoteRecord:
    """One row of `read`."""
    number = row["id"]
    return RemoteRecord(
        remote_id=str(number),
        remote_type=around.model,
        updated_at=moment_of(row["write_date"]),
        external_id=around.external_ids.get(number, ""),
        values={name: from_odoo(row[name], around.kinds[name], around.names) for name in fields},
        status=status_of(row),
        owner=owner_of(row, around.names),
        email=(row["email_normalized"] or "").lower(),
        deals=tuple(deal for deal in (deal_of(row, around.first_stage),) if deal),
        merged_from=around.merged_from.get(number, ()),
    )


def status_of(row: Row) -> str:
    """The word for where it stands."""
    if row["won_status"] == "lost":
        return LOST
    if not row["active"]:
        return ARCHIVED
    if row["won_status"] == "won":
        return WON
    return LEAD if row["type"] == "lead" else name_of(row["stage_id"])


def owner_of(row: Row, names: Names) -> str:
    """The salesperson's login, an e-mail address nearly always; empty while nobody has it."""
    user = row["user_id"]
    return names.get(("res.users", user[0]), user[1]) if user else ""


def deal_of(row: Row, first_stage: int) -> RemoteDeal | None:
    """The deal that it is, or None while it is none."""
    state = row["won_status"] if row["won_status"] in ("won", "lost") else "open"
    if row["type"] != "opportunity" or (state == "open" and not _is_taken_on(row, first_stage)):
        return None
    return RemoteDeal(
        id=str(row["id"]),
        state=state,
        changed_at=_changed(row, state),
        opened_at=moment_of(row["date_conversion"] or row["create_date"]),
        amount=Decimal(repr(row["expected_revenue"])) if row["expected_revenue"] else None,
        currency=name_of(row["company_currency"]),
        lost_reason=name_of(row["lost_reason_id"]) if state == "lost" else "",
        stage=name_of(row["stage_id"]),
    )


def _is_taken_on(row: Row, first_stage: int) -> bool:
    if not row["active"]:
        return False
    past = bool(row["stage_id"]) and row["stage_id"][0] != first_stage
    return bool(row["date_conversion"]) or past


def _changed(row: Row, state: str) -> datetime:
    """When it came to be so. Odoo stamps the day of a win or a loss; an open deal has none."""
    closed = state != "open" and row["date_closed"]
    return moment_of(str(closed or row["date_conversion"] or row["write_date"]))


def name_of(pointer: Any) -> str:
    """What a field that points to one record says of it; empty when it points nowhere."""
    return str(pointer[1]) if pointer else ""
