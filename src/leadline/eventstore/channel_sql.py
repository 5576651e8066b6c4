"""Channel rules as SQL expressions, equal to `analytics.channels.channel_of`.

`channel_case` and `place_case` read what `folded_columns` makes of a session's columns in a query below: folded once a
row, not once a condition, which took twenty times as long.
"""

import string
from collections.abc import Iterable, Sequence

from leadline.analytics.channels import ChannelRule, ChannelRules, Condition, Test, folded

COLUMNS = {
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "referrer": "referrer_domain",
    "landing": "path",
}
LETTERS = f"'{string.ascii_uppercase}', '{string.ascii_lowercase}'"
NO_RULE = -1


def folded_columns(rules: ChannelRules) -> str:
    """What the rules look at, as columns beside a session's own: `SELECT *, <these> FROM sessions`."""
    return ", ".join(f"{_text(rules, field)} AS {_name(field)}" for field in COLUMNS)


def channel_case(rules: ChannelRules) -> str:
    """The channel of the first rule that fits, else the rest's."""
    return _case(rules, (quoted(rule.channel) for rule in rules.rules), quoted(rules.rest))


def place_case(rules: ChannelRules) -> str:
    """The place of the first rule that fits, else NO_RULE."""
    return _case(rules, map(str, range(len(rules.rules))), str(NO_RULE))


def referrer_case(rules: ChannelRules) -> str:
    """The host that a visit was referred by; NULL when it is one of the platform's own."""
    return f"CASE WHEN {_own(rules.own)} THEN NULL ELSE referrer_domain END"


def _case(rules: ChannelRules, values: Iterable[str], rest: str) -> str:
    cases = (f"WHEN {_all(rule)} THEN {value}" for rule, value in zip(rules.rules, values, strict=False))
    return f"CASE WHEN false THEN {rest} {' '.join(cases)} ELSE {rest} END"


def _all(rule: ChannelRule) -> str:
    return " AND ".join(_condition(condition) for condition in rule.conditions) or "true"


def _condition(condition: Condition) -> str:
    values = [quoted(folded(value)) for value in condition.values]
    negation = "NOT " if condition.negated else ""
    return f"{negation}({_compared(condition.test, _name(condition.field), values)})"


def _name(field: str) -> str:
    return f"folded_{field}"


def _compared(test: Test, text: str, values: Sequence[str]) -> str:
    match test:
        case Test.IS:
            return f"{text} IN ({', '.join(values)})" if values else "false"
        case Test.EMPTY:
            return f"{text} = ''"
        case Test.CONTAINS:
            parts = [f"contains({text}, {value})" for value in values]
        case Test.BEGINS:
            parts = [f"starts_with({text}, {value})" for value in values]
        case Test.DOMAIN:
            parts = [_in_domain(text, value) for value in values]
    return " OR ".join(parts) or "false"


def _in_domain(text: str, domain: str) -> str:
    return f"{text} = {domain} OR ends_with({text}, '.' || {domain})"


def _text(rules: ChannelRules, field: str) -> str:
    plain = _folded(COLUMNS[field])
    return f"CASE WHEN {_own(rules.own)} THEN '' ELSE {plain} END" if field == "referrer" and rules.own else plain


def _own(domains: Sequence[str]) -> str:
    host = _folded("referrer_domain")
    return " OR ".join(_in_domain(host, quoted(folded(domain))) for domain in domains) or "false"


def _folded(column: str) -> str:
    return f"translate(trim(coalesce({column}, ''), ' '), {LETTERS})"


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
