"""What templates may say of leads: read for those that a rule tells of, and for nobody else."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from leadline.notifications.facts import Fact, Value
from leadline.notifications.rules import stage_label
from leadline.qualification.models import Standing

NOBODY = "nobody"
MICRO = 1_000_000
People = Mapping[int, Standing]


def standings_of(leads: Iterable[int]) -> dict[int, Standing]:
    """Where they stand now, with who they are. Those that were merged, or are robots, stand nowhere."""
    rows = Standing.objects.filter(pk__in=set(leads)).exclude(stage="").defer("state")
    return {row.pk: row for row in rows.select_related("lead__account", "owner_user")}


def lead_fact(key: str, at: datetime, matter: str, row: Standing, **values: Value) -> Fact:
    """A fact about a lead, with what every template about leads may say; `values` go before."""
    return Fact(key, at, matter, {**lead_values(row), "when": at, **values}, row.pk, row.owner_user_id)


def lead_values(row: Standing) -> dict[str, Value]:
    """By the names of `wording.OF_A_LEAD`."""
    card, account = row.lead.card or {}, row.lead.account
    company = (account.name if account else "") or str(card.get("company") or "")
    name = str(card.get("name") or "")
    return {
        "who": ", ".join(filter(None, (name, company))) or f"Lead {row.pk}",
        "name": name or f"Lead {row.pk}",
        "company": company,
        "job_title": str(card.get("title") or ""),
        "email": str(card.get("email") or ""),
        "phone": str(card.get("phone") or ""),
        "country": str(card.get("country") or "") or (account.country if account else ""),
        "stage": stage_label(row.stage),
        "score": str(row.total // MICRO),
        "grade": row.grade,
        "owner": row.owner or NOBODY,
        "reason": row.reason,
        "link": f"{settings.PUBLIC_URL}/leads/{row.pk}",
    }


def first_reason(detail: Mapping[str, Any]) -> str:
    """The first reason that a move gives, as a sentence."""
    reasons = detail.get("reasons") or [{}]
    return str(reasons[0].get("sentence", ""))
