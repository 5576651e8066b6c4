"""What commands say of companies."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from leadline.pipeline.account_list import ORDERS, accounts_that_fit
from leadline.pipeline.engine import Engine
from leadline.qualification.account_wishes import AccountWish
from leadline.scoring.arithmetic import points


def accounts(engine: Engine, limit: int = 20, words: Mapping[str, str] | None = None) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """The first companies of a list. `best` is the number of the lead who gives most.

    Args:
        words: what is asked, as an address says it; everybody by total without any.

    Raises:
        TerminalError: it asks for what there is not.
    """
    wish = AccountWish.of(words or {})
    rows = accounts_that_fit(wish).select_related("account").order_by(*ORDERS[wish.sort])[:limit]
    return [
        {
            "id": row.account_id,
            "name": row.account.name,
            "domain": row.account.domain,
            "total": points(row.total),
            "grade": row.grade,
            "people": row.people,
            "qualified": row.qualified,
            "industry": row.account.industry,
            "country": row.account.country,
            "employees": row.account.employees,
            "best": row.best_id,
            "scored_at": row.scored_at.astimezone(UTC).isoformat(),
            "ruleset": row.ruleset,
        }
        for row in rows
    ]
