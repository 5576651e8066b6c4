"""The deals of persons: where they stand, for how much, and why one was lost."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from leadline.crm.connectors.pipedrive.calls import PipedriveAPI, Row
from leadline.crm.connectors.pipedrive.values import moment_of
from leadline.crm.errors import CredentialsError
from leadline.crm.records import RemoteDeal
from leadline.kernel.clock import EPOCH

PATH, STAGES = "deals", "stages"
STATES = ("open", "won", "lost")
COUNTED = ("open_deals_count", "closed_deals_count")


class Deals:
    """Reads deals, as far as the token may see them."""

    def __init__(self, api: PipedriveAPI) -> None:
        self._api = api
        self._stages: dict[str, str] | None = None
        self._hidden = False

    def of(self, persons: Sequence[Row]) -> dict[str, tuple[RemoteDeal, ...]]:
        """{person: its deals}: a call for each person that has any, by the counts that it came with."""
        found = {}
        for person in persons:
            if _has_deals(person) and not self._hidden:
                found[str(person["id"])] = self._of(str(person["id"]))
        return found

    def _of(self, number: str) -> tuple[RemoteDeal, ...]:
        try:
            rows = [row for row in self._api.listed(PATH, person_id=number) if row.get("status") in STATES]
        except CredentialsError:
            self._hidden = True
            return ()
        living = [row for row in rows if not row.get("is_deleted")]
        stages = self._known_stages() if living else {}
        return tuple(deal_of(row, stages) for row in living)

    def _known_stages(self) -> dict[str, str]:
        if self._stages is None:
            self._stages = {str(row["id"]): str(row.get("name") or "") for row in self._api.listed(STAGES)}
        return self._stages


def _has_deals(person: Row) -> bool:
    counts = [person.get(name) for name in COUNTED]
    return None in counts or any(counts)


def deal_of(row: Row, stages: Mapping[str, str]) -> RemoteDeal:
    """One deal."""
    state, value = str(row["status"]), row.get("value")
    closed = row.get(f"{state}_time") or row.get("close_time") if state != "open" else None
    changed = closed or row.get("update_time") or row.get("add_time")
    return RemoteDeal(
        id=str(row["id"]),
        state=state,
        changed_at=moment_of(changed) or EPOCH,
        opened_at=moment_of(row.get("add_time")),
        amount=None if value is None else Decimal(str(value)),
        currency=row.get("currency") or "",
        lost_reason=(row.get("lost_reason") or "") if state == "lost" else "",
        stage=stages.get(str(row.get("stage_id")), ""),
    )
