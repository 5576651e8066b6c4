"""The leads with the highest totals; and those that somebody looks for, by name, e-mail address or user id."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from leadline.eventstore import scores
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import known_as
from leadline.pipeline.naming import people_named
from leadline.privacy.sight import sight
from leadline.qualification.models import Standing
from leadline.scoring.arithmetic import points
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity

DIMENSIONS = ("engagement", "readiness", "conversion", "total")
OF_A_SCORE = (*DIMENSIONS, "grade", "fit", "stage", "scored_at", "ruleset")


def leads(engine: Engine, limit: int = 20, named: str = "") -> list[dict[str, Any]]:
    """The leads with the highest totals, of those that whoever asks sees; `named`: only whose names' words begin so."""
    return _scored(engine, limit, _seen(people_named(named) if named else None))


def leads_found(
    engine: Engine, limit: int = 20, named: str = "", email: str = "", user_id: str = ""
) -> list[dict[str, Any]]:
    """Those to whom all applies that is given, of those that whoever asks sees, the highest totals first.

    Who has no score, such as somebody who allows none, is found by e-mail address and user id alone, with null in the
    place of what a score says.
    """
    exact = {kind: text for kind, text in ((IdentityKind.EMAIL, email), (IdentityKind.USER_ID, user_id)) if text}
    found = [set(known_as(kind, text)) for kind, text in exact.items()]
    found += [set(people_named(named))] if named else []
    numbers = _seen(sorted(set.intersection(*found)) if found else []) or []
    rows = _scored(engine, limit, numbers)
    unscored = sorted(set(numbers) - {row["id"] for row in rows})[: limit - len(rows)] if exact else []
    names = _user_ids(unscored)
    return [*rows, *({"id": each, "user_id": names.get(each), **dict.fromkeys(OF_A_SCORE)} for each in unscored)]


def _seen(numbers: Sequence[int] | None) -> Sequence[int] | None:
    """Of these leads, or of all, those whom whoever asks sees; None for everybody."""
    owner = sight().owner
    if owner is None:
        return numbers
    own = Standing.objects.filter(owner_user=owner).values_list("lead_id", flat=True)
    return list(own) if numbers is None else sorted(set(numbers) & set(own))


def _scored(engine: Engine, limit: int, numbers: Sequence[int] | None) -> list[dict[str, Any]]:
    with engine.store.cursor() as cursor:
        rows = scores.current(cursor, limit, numbers)
    names = _user_ids([row["lead"] for row in rows])
    return [_row(row, names) for row in rows]


def _row(row: scores.Row, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": row["lead"],
        "user_id": names.get(row["lead"]),
        **{name: points(row[name]) for name in DIMENSIONS},
        "grade": row["grade"],
        "fit": row["fit"],
        "stage": row["stage"],
        "scored_at": row["as_of"].replace(tzinfo=UTC).isoformat(),
        "ruleset": row["ruleset"],
    }


def _user_ids(leads: Sequence[int]) -> dict[int, str]:
    """Of somebody who was merged by hand and so has several, the one that their lead was made with."""
    rows = Identity.objects.filter(lead__in=leads, kind=Identity.Kind.USER_ID).order_by("-pk")
    ordered = sorted(rows, key=lambda row: row.home_id == row.lead_id)
    return {row.lead_id: row.value for row in ordered if row.lead_id is not None}
