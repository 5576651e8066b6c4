"""How many visits each channel rule takes."""

from datetime import datetime

from leadline.analytics.channels import ChannelRules
from leadline.eventstore.channel_sql import folded_columns, place_case
from leadline.eventstore.database import Cursor
from leadline.eventstore.usage import naive


def visits_by_rule(cursor: Cursor, rules: ChannelRules, since: datetime) -> dict[int, int]:
    """By place of the rule (NO_RULE: none fits), the visits that began since; robots' and our own people's, too."""
    query = f"""SELECT {place_case(rules)} AS place, count(*) FROM (SELECT {folded_columns(rules)} FROM sessions
        WHERE started_at >= $since AND (pages > 0 OR path IS NOT NULL)) GROUP BY 1"""
    return dict(cursor.execute(query, {"since": naive(since)}).fetchall())
