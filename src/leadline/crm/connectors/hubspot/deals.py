"""The deals of contacts: where they stand by their pipeline, for how much, and why one was lost."""

from collections.abc import Mapping, Sequence

from leadline.crm.connectors.hubspot.calls import CONTACTS, DEALS, VERSION, HubSpotAPI, Row
from leadline.crm.connectors.hubspot.values import moment_of, number_of
from leadline.crm.errors import CredentialsError
from leadline.crm.records import RemoteDeal

ASKED = (
    "dealstage",
    "pipeline",
    "amount",
    "deal_currency_code",
    "closedate",
    "closed_lost_reason",
    "createdate",
    "hs_lastmodifieddate",
    "hs_is_closed",
    "hs_is_closed_won",
)
PIPELINES = f"/crm/pipelines/{VERSION}/{DEALS}"
Stages = Mapping[str, Row]


class Deals:
    """Reads deals, as far as the key may see them."""

    def __init__(self, api: HubSpotAPI) -> None:
        self._api = api
        self._stages: Stages | None = None
        self._hidden = False

    def of(self, contacts: Sequence[str]) -> dict[str, tuple[RemoteDeal, ...]]:
        """{contact: its deals}; nothing where the key may not read deals."""
        if self._hidden or not contacts:
            return {}
        try:
            linked = self._api.linked(DEALS, contacts)
            deals = self._read([each for ids in linked.values() for each in ids])
        except CredentialsError:
            self._hidden = True
            return {}
        return {contact: tuple(deals[each] for each in ids if each in deals) for contact, ids in linked.items()}

    def contacts(self, deals: Sequence[str]) -> list[str]:
        """The contacts that deals belong to."""
        linked = self._api.associated(DEALS, CONTACTS, deals)
        return list(dict.fromkeys(each for ids in linked.values() for each in ids))

    def _read(self, ids: Sequence[str]) -> dict[str, RemoteDeal]:
        rows = self._api.read(DEALS, ids, ASKED) if ids else []
        if not rows:
            return {}
        stages, currency = self._known_stages(), str(self._api.account().get("companyCurrency") or "")
        return {str(row["id"]): deal_of(row, stages, currency) for row in rows}

    def _known_stages(self) -> Stages:
        if self._stages is None:
            pipelines = self._api.listed(PIPELINES)
            self._stages = {str(stage["id"]): stage for each in pipelines for stage in each.get("stages") or []}
        return self._stages


def deal_of(row: Row, stages: Stages, currency: str) -> RemoteDeal:
    """One deal. `currency`: of the account, where the deal has none of its own."""
    told = row["properties"]
    stage = stages.get(told.get("dealstage") or "", {})
    state = state_of(told, stage)
    changed = (told.get("closedate") if state != "open" else "") or told.get("hs_lastmodifieddate") or row["updatedAt"]
    opened = told.get("createdate") or row.get("createdAt")
    return RemoteDeal(
        id=str(row["id"]),
        state=state,
        changed_at=moment_of(changed),
        opened_at=moment_of(opened) if opened else None,
        amount=number_of(told.get("amount")),
        currency=told.get("deal_currency_code") or currency,
        lost_reason=(told.get("closed_lost_reason") or "") if state == "lost" else "",
        stage=stage.get("label") or told.get("dealstage") or "",
    )


def state_of(told: Row, stage: Row) -> str:
    """Open, won or lost: as the stage's own words say, or the deal's where its stage is not there any more."""
    known = stage.get("metadata") or {}
    if not known:
        closed, won = told.get("hs_is_closed") == "true", told.get("hs_is_closed_won") == "true"
    else:
        closed = str(known.get("isClosed", "")).lower() == "true"
        won = number_of(str(known.get("probability") or "")) == 1
    return "open" if not closed else "won" if won else "lost"
