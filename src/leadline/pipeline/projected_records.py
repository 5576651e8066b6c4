"""What of the record store the tables for reports and lists are made of."""

from collections.abc import Iterable

from django.db.models import Model

from leadline.crm.models import Link
from leadline.eventstore.projections import CONVERSION_ROWS, MOVE_ROWS, PEOPLE_ROWS
from leadline.pipeline.record_rows import RecordQuery
from leadline.qualification.models import Standing, Transition
from leadline.tracking.models import Account, Conversion, Identity, Lead

OF_LEAD = ("known", "reachable", "first_seen_at", "last_seen_at")
OF_STANDING = ("stage", "stage_since", "grade", "fit", "total", "engagement", "readiness", "conversion", "gain_week",
               "owner", "contacted_at", "accepted_at", "rejected_at", "rejection", "snoozed_until", "contact_due_at",
               "breached_at", "trigger_at", "seats", "monthly_value", "currency")  # fmt: skip
OF_ACCOUNT = ("domain", "employees", "industry", "country")
CRM_STATUS = """coalesce((SELECT CASE WHEN told.status = '' THEN 'Sent' ELSE told.status END FROM {link} AS told
    WHERE told.lead_id = lead.id AND told.tombstone = '' AND told.remote_id <> ''
    ORDER BY coalesce(told.remote_changed_at, told.sent_at, told.created_at) DESC, told.id DESC LIMIT 1), '')"""
"""Of several CRMs, the one in which something happened last."""
KNOWN_AT = """CASE WHEN lead.known THEN (SELECT min(first_seen_at) FROM {identity} AS named
    WHERE named.lead_id = lead.id AND named.kind IN ('user_id', 'email')) END"""


def people_query() -> RecordQuery:
    """Everybody who counts, with standing and company. Who refused profiling counts, and stands nowhere."""
    expressions = {
        "lead": "lead.id",
        "account": "lead.account_id",
        "known_at": KNOWN_AT.format(identity=_table(Identity)),
        "owner_user": "standing.owner_user_id",
        "crm_status": CRM_STATUS.format(link=_table(Link)),
        "company": "account.name",
        **_of("lead", OF_LEAD),
        **_of("standing", OF_STANDING),
        **_of("account", OF_ACCOUNT),
    }
    source = (
        f"{_table(Lead)} AS lead LEFT JOIN {_table(Standing)} AS standing "
        f"ON standing.lead_id = lead.id AND lead.profiling_allowed "
        f"LEFT JOIN {_table(Account)} AS account ON account.id = lead.account_id"
    )
    counts = "lead.merged_into_id IS NULL AND NOT lead.internal AND NOT lead.bot"
    columns = tuple((name, expressions[name]) for name in PEOPLE_ROWS.names)
    return RecordQuery(PEOPLE_ROWS, columns, source, counts, "lead.id", "lead.id")


def moves_query() -> RecordQuery:
    """Every stage that was entered."""
    columns = (
        ("lead", "move.lead_id"),
        ("moved_at", "move.at"),
        *((name, f"move.{name}") for name in ("from_stage", "to_stage", "total")),
    )
    return RecordQuery(MOVE_ROWS, columns, f"{_table(Transition)} AS move", "1 = 1", "move.id", "move.lead_id")


def conversions_query() -> RecordQuery:
    """Every conversion that occurred, cancelled ones too."""
    same = ("name", "cancelled_at", "amount", "currency")
    expressions = {
        "number": "made.id",
        "identity": "made.identity_id",
        "converted_at": "made.occurred_at",
        **_of("made", same),
    }
    schema = CONVERSION_ROWS.remove(CONVERSION_ROWS.get_field_index("value"))
    source = f"{_table(Conversion)} AS made JOIN {_table(Identity)} AS named ON named.id = made.identity_id"
    columns = tuple((name, expressions[name]) for name in schema.names)
    return RecordQuery(schema, columns, source, "made.occurred_at IS NOT NULL", "made.id", "named.lead_id")


def _of(table: str, columns: Iterable[str]) -> dict[str, str]:
    return {name: f"{table}.{name}" for name in columns}


def _table(model: type[Model]) -> str:
    return model._meta.db_table
