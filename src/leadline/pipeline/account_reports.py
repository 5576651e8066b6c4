"""What commands say of companies."""

from datetime import UTC
from typing import Any

from leadline.pipeline.engine import Engine
from leadline.qualification.models import AccountStanding
from leadline.scoring.arithmetic import points


def accounts(engine: Engine, limit: int = 20) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """The companies with the highest totals. `best` is the number of the lead who gives most."""
    rows = AccountStanding.objects.select_related("account").order_by("-total", "account")[:limit]
    return [
        {
            "id": row.account_id,
            "name": row.account.name,
            "domain": row.account.domain,
            "total": points(row.total),
            "grade": row.grade,
            "people": row.people,
            "qualified": row.qualified,
            "best": row.best_id,
            "scored_at": row.scored_at.astimezone(UTC).isoformat(),
            "ruleset": row.ruleset,
        }
        for row in rows
    ]
