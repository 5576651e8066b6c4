"""CRM connections of the pages' tests: a sandbox CRM, and leads that it knows."""

from typing import Any

from leadline.crm.connectors.sandbox import KIND
from leadline.crm.models import Connection, Link, SandboxRecord
from leadline.kernel.clock import utc_now
from leadline.pipeline.crm import commands
from leadline.pipeline.engine import Engine
from leadline.privacy.fields import lookup_hasher
from leadline.tracking.models import Identity, Lead


def connect(name: str = "sandbox", **fields: Any) -> Connection:
    """A connection to a sandbox CRM."""
    return Connection.objects.create(name=name, kind=KIND.name, mapping=KIND.mapping, **fields)


def at_home(person: Lead) -> Lead:
    """A lead that has the identity it was made with, as the pipeline leaves it."""
    name = f"user-{person.pk}"
    Identity.objects.create(
        kind=Identity.Kind.USER_ID,
        digest=lookup_hasher().digest("user_id", name),
        value=name,
        lead=person,
        home=person,
        first_seen_at=person.first_seen_at or utc_now(),
    )
    return person


def linked(connection: Connection, person: Lead, **fields: Any) -> Link:
    """A lead with its record there."""
    now = utc_now()
    record = SandboxRecord.objects.create(
        connection=connection,
        external_id=f"ll-{person.pk}",
        values={"name": (person.card or {}).get("name"), "score": 40},
        updated_at=now,
    )
    there = {"remote_id": str(record.pk), "remote_type": "record", "status": "New", "sent_at": now}
    return Link.objects.create(
        connection=connection, lead=person, external_id=record.external_id, **{**there, **fields}
    )


def refused(connection: Connection, person: Lead, words: str, advice: str = "") -> Link:
    """A lead that the CRM would not have."""
    return Link.objects.create(
        connection=connection,
        lead=person,
        external_id=f"ll-{person.pk}",
        parked=True,
        attempts=1,
        failed_at=utc_now(),
        error_code="422",
        error={"message": words, "advice": advice},
    )


def run(engine: Engine, connection: Connection) -> None:
    """One run, as the keeper would begin it."""
    told = commands.crm_sync(engine, connection.name)
    assert [each["state"] for each in told] == ["ok"], told


def planted(engine: Engine) -> Connection:
    """The sandbox CRM of an installation, after a run, with a lead that failed and one that was deleted there."""
    row = connect()
    run(engine, row)
    links = list(row.links.order_by("pk")[:2])
    for link, state in zip(links, ("failed", "gone"), strict=False):
        if state == "failed":
            link.parked, link.failed_at, link.error_code = True, utc_now(), "invalid"
            link.error = {"message": "The e-mail address is not valid.", "advice": "Mend it, then try again."}
        else:
            link.tombstone = link.Tombstone.DELETED
        link.save()
    return row
