"""The record store of as many leads as `rescore.fill` makes events of: written by SQLite itself."""

from typing import Any

from django.db import connection, transaction

from leadline.eventstore.database import Cursor
from leadline.pipeline.marks import current_mark
from leadline.privacy.fields import SealedJSONField
from leadline.tracking.models import Account, EventSource, Identity, Lead

STATE = (
    '{"stage": "initial_engagement", "since": "2026-08-01T00:00:00+00:00", "holding": {}, "recycled_at": null,'
    ' "left_customer_at": null, "overridden": false, "rejected_at": null}'
)
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
MOMENT = "datetime('2026-07-26', ((i * {prime}) %% 171000) || ' minutes')"
ACCOUNTS = """INSERT INTO tracking_account (id, digest, name, domain, employees, industry, country, stamps)
SELECT i, randomblob(16), 'Company ' || i, 'company' || i || '.com', i %% 700,
    CASE i %% 3 WHEN 0 THEN 'Dental' WHEN 1 THEN 'Logistics' ELSE '' END,
    CASE i %% 4 WHEN 0 THEN 'DE' WHEN 1 THEN 'France' WHEN 2 THEN 'GB' ELSE '' END, '{}' FROM n"""
LEADS = f"""INSERT INTO tracking_lead
    (id, account_id, known, reachable, profiling_allowed, internal, bot, card, first_seen_at, last_seen_at)
SELECT i, CASE WHEN i %% 3 = 0 THEN i %% %s + 1 END, i %% 3 = 0, i %% 3 = 0, 1, 0, i %% 50 = 7,
    CASE WHEN i %% 3 = 0 THEN %s END, '2026-07-26 00:00:00', {MOMENT.format(prime=7919)} FROM n"""  # noqa: S608  # our own text
STANDINGS = f"""INSERT INTO qualification_standing
    (lead_id, stage, stage_since, state, total, engagement, readiness, conversion, grade, gain_week, ruleset, scored_at,
     reason, currency, owner, monthly_value, contacted_at)
SELECT i, CASE WHEN i %% 97 = 0 THEN 'qualified' WHEN i %% 13 = 0 THEN 'conversion_signals'
        WHEN i %% 5 = 0 THEN 'profile_development' ELSE 'initial_engagement' END,
    {MOMENT.format(prime=104729)}, %s, (i * 7907) %% 80000000, (i * 31) %% 100000000, (i * 37) %% 100000000,
    (i * 41) %% 100000000, CASE WHEN (i * 7907) %% 80000000 > 75000000 THEN 'A' WHEN i %% 2 THEN 'C' ELSE 'D' END,
    (i * 13) %% 20000000 - 9000000, 1, '2026-11-22 00:00:00', 'Completed a tool 4 times', 'USD',
    CASE WHEN i %% 200 = 0 THEN 'Maria Santos' ELSE '' END, CASE WHEN i %% 50 = 0 THEN i %% 9000 END,
    CASE WHEN i %% 194 = 0 THEN '2026-11-01 00:00:00' END
FROM n"""  # noqa: S608  # our own text
IDENTITIES = """INSERT INTO tracking_identity (id, kind, digest, value, home_id, lead_id, first_seen_at, noise)
SELECT i, CASE WHEN i %% 3 = 0 THEN 'user_id' ELSE 'anonymous_id' END, randomblob(16), %s, i, i, '2026-07-27 00:00:00',
    '' FROM n"""
MOVES = f"""INSERT INTO qualification_transition (lead_id, from_stage, to_stage, at, reasons, total, ruleset)
SELECT i, 'initial_engagement', CASE WHEN i %% 97 = 0 THEN 'qualified' ELSE 'profile_development' END,
    {MOMENT.format(prime=104729)}, '[]', 40000000, 1 FROM n WHERE i %% 5 = 0"""  # noqa: S608  # our own text
CONVERSIONS = f"""INSERT INTO tracking_conversion (name, digest, identity_id, occurred_at, amount, currency, facts)
SELECT CASE WHEN i %% 3 THEN 'quote_requested' ELSE 'won_deal' END, randomblob(16), i, {MOMENT.format(prime=99991)},
    i %% 9000, 'USD', '{{}}' FROM n WHERE i %% 10 = 0"""  # noqa: S608  # our own text


def fill_records(cursor: Cursor, leads: int) -> None:
    """Leads, companies, standings, identities, transitions and conversions, unless they are there."""
    if Lead.objects.exists():
        return
    EventSource.objects.get_or_create(pk=1, defaults={"name": "website"})
    companies = leads // 10
    with transaction.atomic():
        _run(ACCOUNTS, companies)
        _run(LEADS, leads, companies, _sealed(Lead, "card", {"name": "Somebody Known", "email": "known@example.com"}))
        _run(STANDINGS, leads, STATE)
        _run(IDENTITIES, leads, _sealed(Identity, "value", "somebody"))
        _further(cursor, leads)
        _run(MOVES, leads)
        _run(CONVERSIONS, leads)
        _settle(cursor)
    with connection.cursor() as records:
        records.execute("ANALYZE")
    assert Account.objects.count() == companies


def _further(cursor: Cursor, leads: int) -> None:
    """The second identities of some."""
    rows = cursor.execute("SELECT identity, lead FROM identity_lead WHERE identity > ?", [leads]).fetchall()
    value = _sealed(Identity, "value", "somebody")
    with connection.cursor() as records:
        records.executemany(
            "INSERT INTO tracking_identity (id, kind, digest, value, lead_id, first_seen_at, noise) "
            "VALUES (%s, 'email', randomblob(16), %s, %s, '2026-07-28 00:00:00', '')",
            [(identity, value, lead) for identity, lead in rows],
        )


def _settle(cursor: Cursor) -> None:
    """Nothing is waiting to be evaluated."""
    mark = current_mark()
    found = cursor.execute("SELECT max(load_seq) FROM events").fetchone()
    mark.load_seq, mark.ruleset = found[0] if found else 1, 1
    mark.save()


def _sealed(model: Any, name: str, value: object) -> Any:
    field = model._meta.get_field(name)
    assert isinstance(field, SealedJSONField)
    return field.get_db_prep_value(value, connection)


def _run(statement: str, *given: object) -> None:
    with connection.cursor() as records:
        records.execute(NUMBERS + statement if " n" in statement else statement, given)
