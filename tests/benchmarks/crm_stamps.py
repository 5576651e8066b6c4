"""How long it takes to see, of 100,000 leads, that nothing is to be told to a CRM.

    python -m tests.benchmarks.crm_stamps

LEADLINE_RECORDS chooses the record store (SQLite without it). Rows are made straight in the stores: what is measured
reads them and does not care how they came there.
"""

import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

LEADS = 100_000
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BATCH = 5_000


def main(leads: int = LEADS) -> None:
    """Make the rows, and print seconds as JSON."""
    with tempfile.TemporaryDirectory(prefix="leadline-crm-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "leadline.project.settings", "LEADLINE_DATA": folder}
        os.environ.setdefault("LEADLINE_SECRET_KEYS", "5a" * 32)
        engine = _installation(Path(folder))
        _fill(leads)
        _sessions(engine, leads)
        sys.stdout.write(json.dumps(_measured(engine, leads)) + "\n")
        engine.close()


def _installation(data: Path):  # type: ignore[no-untyped-def]  # the engine's module needs Django
    import django

    django.setup()

    from leadline.pipeline.commands import migrate
    from leadline.pipeline.engine import Engine

    migrate()
    return Engine.open(data)


def _fill(leads: int) -> None:
    from leadline.qualification.models import Standing, Transition
    from leadline.tracking.models import Account, Conversion, Identity, Lead

    def add(model, rows) -> None:  # type: ignore[no-untyped-def]  # any model
        model.objects.bulk_create(rows, batch_size=BATCH)

    numbers = range(1, leads + 1)
    add(Account, [Account(pk=n, digest=n.to_bytes(16, "big"), name=f"Company {n}") for n in numbers if n % 4 == 1])
    card = {"name": "Ada King", "email": "ada@works.example", "title": "Director", "user_id": "usr_1"}
    seen = {"first_seen_at": NOW - timedelta(days=60), "last_seen_at": NOW}
    add(Lead, [Lead(pk=n, account_id=n - (n - 1) % 4, known=True, reachable=True, card=card, **seen) for n in numbers])
    add(Identity, [_identity(Identity, n) for n in numbers])
    add(Standing, [_standing(Standing, n) for n in numbers])
    moves = {"from_stage": "conversion_signals", "to_stage": "qualified", "reasons": [], "total": 0, "ruleset": 1}
    add(Transition, [Transition(lead_id=n, at=NOW, **moves) for n in numbers])
    made = {"name": "quote_requested", "occurred_at": NOW, "amount": Decimal(480), "currency": "GBP"}
    add(
        Conversion,
        [Conversion(digest=n.to_bytes(16, "big"), identity_id=n, facts={"seats": 4}, **made) for n in numbers],
    )


def _identity(model, number: int):  # type: ignore[no-untyped-def]  # its row
    digest, first = number.to_bytes(16, "big"), NOW - timedelta(days=60)
    return model(
        pk=number,
        kind="user_id",
        digest=digest,
        value=f"u{number}",
        home_id=number,
        lead_id=number,
        first_seen_at=first,
    )


def _standing(model, number: int):  # type: ignore[no-untyped-def]  # its row
    scores = dict.fromkeys(("total", "engagement", "readiness", "conversion"), number % 90 * 1_000_000)
    return model(
        lead_id=number,
        stage="qualified",
        stage_since=NOW,
        state={},
        grade="B",
        ruleset=1,
        scored_at=NOW,
        reason="Requested a quote for 4 seats",
        **scores,
    )


def _sessions(engine, leads: int) -> None:  # type: ignore[no-untyped-def]  # as above
    with engine.store.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sessions "
            "SELECT lead, began, began, began, began, 3, 2, 60000, '/pricing', 'google.com', NULL, NULL, NULL "
            "FROM (SELECT n + 1 AS lead, TIMESTAMP '2026-04-01' + INTERVAL (visit) DAY AS began "
            "FROM range(?) AS leads(n), range(4) AS visits(visit))",
            [leads],
        )


def _measured(engine, leads: int) -> dict[str, float | int | str]:  # type: ignore[no-untyped-def]  # as above
    from django.db import connection

    from leadline.crm.desired import WhoRule
    from leadline.pipeline.crm.leads import EngineLeads

    local = EngineLeads(engine)
    local.stamps(WhoRule(), ())  # makes the tables that visits are read from
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        found = local.stamps(WhoRule(), range(1, leads + 1))
        seconds.append(time.perf_counter() - began)
    began = time.perf_counter()
    records = local.records(WhoRule(), range(1, 5_001))
    return {
        "records": connection.vendor,
        "leads": len(found),
        "stamps_seconds": round(sorted(seconds)[2], 3),
        "records_per_second": round(len(records) / (time.perf_counter() - began)),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LEADS)
