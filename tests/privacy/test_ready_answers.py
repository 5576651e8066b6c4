"""The migration to answers that are ready: what was called done and nobody had is to be handed over."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from leadline.privacy.models import SubjectRequest

pytestmark = pytest.mark.django_db
migration = import_module("leadline.privacy.migrations.0004_ready_answers")
THEN = datetime(2026, 3, 5, 9, tzinfo=UTC)


def old(kind: str, *steps: dict[str, Any], state: str = "done", **proof: Any) -> SubjectRequest:
    """A request as an earlier version left it."""
    begin = {"at": THEN.isoformat(), "user": None, "via": "server"}
    return SubjectRequest.objects.create(
        kind=kind,
        state=state,
        status_digest=f"{SubjectRequest.objects.count():064}",
        received_at=THEN,
        due_at=THEN,
        finished_at=THEN,
        steps=[begin | step for step in ({"what": "received"}, *steps, {"what": "done"})],
        proof=proof or {"records": 3, "kinds": {}},
    )


def test_only_an_archive_that_nobody_took_is_open_again_and_back() -> None:
    taken = {"what": "fetched", "user": 7, "via": "page"}
    left = [old("access"), old("portability", {"what": "mailed", "letter": "confirm"}), old("access", {"what": "x"})]
    kept = [
        old("access", taken),
        old("portability", {"what": "mailed", "letter": "done"}),
        old("access", found=0),
        old("objection", outcome="kept"),
        old("access", state="refused"),
    ]
    migration.reopen(apps, None)
    for row in (*left, *kept):
        row.refresh_from_db()
    assert [(row.state, row.finished_at, row.steps[-1]["what"]) for row in left] == [("ready", None, "ready")] * 3
    assert [row.state for row in kept] == ["done", "done", "done", "done", "refused"]
    assert {row.finished_at for row in kept} == {THEN}
    migration.close(apps, None)
    for row in left:
        row.refresh_from_db()
        assert (row.state, row.steps[-1]["what"]) == ("done", "done")
        assert row.finished_at is not None
