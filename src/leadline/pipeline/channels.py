"""Channel rules at work: reading and replacing them, and what each takes. The commands of `leadline channels`."""

from datetime import timedelta
from typing import Any

from leadline.analytics.channel_document import read_rules_document, rules_document
from leadline.analytics.channel_rules import are_bundled, read_rules, replace_rules
from leadline.analytics.channels import ChannelRules
from leadline.eventstore.channel_sql import NO_RULE
from leadline.eventstore.channel_visits import visits_by_rule
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine

PREVIEWED = timedelta(days=90)


def channels_show(engine: Engine) -> dict[str, Any]:
    """The rules that hold, each with the visits of the last 90 days that it takes."""
    return told(engine, read_rules(own_domains(engine)), bundled=are_bundled())


def channels_set(engine: Engine, rules: object) -> dict[str, Any]:
    """Put other rules in force; an empty list goes back to the bundled ones. Past visits are sorted anew, too.

    Raises:
        DocumentError: something in them can't be read; nothing is changed.
    """
    replace_rules(rules)
    engine.reports.clear()
    return channels_show(engine)


def preview(engine: Engine, rules: object) -> dict[str, Any]:
    """What rules would take, without putting them in force. Raises as `channels_set`."""
    return told(engine, read_rules_document(rules, own_domains(engine)), bundled=False)


def own_domains(engine: Engine) -> tuple[str, ...]:
    """The platform's own domains, which the ruleset names."""
    return tuple(engine.ruleset.domains.own)


def told(engine: Engine, rules: ChannelRules, *, bundled: bool) -> dict[str, Any]:
    """Rules as JSON takes them, with visits by rule and by channel."""
    with engine.store.cursor() as cursor:
        counts = visits_by_rule(cursor, rules, utc_now() - PREVIEWED)
    document = rules_document(ChannelRules(rules.rules))
    rows = [{**entry, "visits": counts.get(place, 0)} for place, entry in enumerate(document)]
    by_channel = dict.fromkeys(rules.channels, 0)
    for place, count in counts.items():
        by_channel[rules.rest if place == NO_RULE else rules.rules[place].channel] += count
    return {
        "bundled": bundled,
        "rules": rows,
        "rest": {"channel": rules.rest, "visits": counts.get(NO_RULE, 0)},
        "visits": sum(counts.values()),
        "channels": by_channel,
        "own_domains": list(rules.own),
        "days": PREVIEWED.days,
    }
