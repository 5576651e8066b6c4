"""The team page: who sells, how promises were kept, and what sales rejected and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from leadline.accounts.models import User
from leadline.pipeline import runtime
from leadline.pipeline.team import team_list
from leadline.qualification.contact_record import ContactRecord, contact_record
from leadline.qualification.models import SalesAction, Standing
from leadline.web.sales_rules import rejections_of
from leadline.web.viewer import SELLING_ROLES

DAYS = 90
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class RejectedFor:
    """One reason: how often it was given, by the grade that the leads have now."""

    label: str
    count: int
    by_grade: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """All that the page shows. `others`: who may sell and is not in the team yet."""

    sellers: list[Mapping[str, Any]]
    territories: list[Mapping[str, Any]]
    others: list[User]
    unowned: int
    promises: ContactRecord
    rejected: list[RejectedFor]
    days: int = DAYS
    grades: tuple[str, ...] = GRADES


def team(now: datetime) -> Team:
    """As of now; promises and rejections of the last 90 days."""
    engine, since = runtime.running().engine, now - timedelta(days=DAYS)
    told = team_list(engine)
    others = User.objects.filter(role__in=SELLING_ROLES, is_active=True, seller=None).order_by("name", "email")
    unowned = Standing.objects.filter(stage="qualified", owner_user=None, owner="")
    return Team(
        told["sellers"],
        told["territories"],
        list(others),
        unowned.count(),
        contact_record(engine.ruleset, since),
        rejected_for(engine.ruleset.number, since),
    )


def rejected_for(ruleset: int, since: datetime) -> list[RejectedFor]:
    """What sales rejected since then and why, the most frequent reason first."""
    rows = SalesAction.objects.filter(kind=SalesAction.Kind.REJECT, at__gte=since)
    counted = rows.values_list("reason", "lead__standing__grade").annotate(count=Count("pk")).order_by()
    labels = {rejection.name: rejection.label for rejection in rejections_of(ruleset)}
    reasons: dict[str, dict[str, int]] = {}
    for reason, grade, count in counted:
        reasons.setdefault(reason, {})[grade or ""] = count
    found = [
        RejectedFor(
            labels.get(reason) or reason.replace("_", " ").capitalize(),
            sum(grades.values()),
            tuple(grades.get(grade, 0) for grade in GRADES),
        )
        for reason, grades in reasons.items()
    ]
    return sorted(found, key=lambda row: (-row.count, row.label))
