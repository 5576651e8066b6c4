"""Channel rules as documents have them: a list of {"channel", "conditions"}, read with every fault told. Pure.

A condition is {"field": "medium", "is": ["cpc", "ppc"]}, with contains, begins or domain in place of is;
{"field": "referrer", "empty": true}; and "not": true turns it round.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from leadline.analytics.channels import FIELDS, REST, ChannelRule, ChannelRules, Condition, Test
from leadline.kernel.errors import DocumentError

LONGEST_NAME = 60
LONGEST_VALUE = 200
MOST_RULES = 200
ADVICE = 'A rule is {"channel": "Paid search", "conditions": [{"field": "medium", "is": ["cpc"]}]}.'


def read_rules_document(document: object, own: tuple[str, ...] = ()) -> ChannelRules:
    """The rules that a document says: a list of rules, or {"rules": [...]}. A last rule without conditions names the
    rest.

    Raises:
        DocumentError: something in it can't be read; every fault is told with its place.
    """
    entries = document.get("rules") if isinstance(document, Mapping) else document
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        raise DocumentError("These are no channel rules.", advice=ADVICE)
    faults: list[str] = []
    rules = [_rule(entry, f"rule {place}", faults) for place, entry in enumerate(entries, 1)]
    faults += _hidden(rules)
    if len(rules) > MOST_RULES:
        faults.append(f"There are {len(rules)} rules; {MOST_RULES} is the most.")
    if faults:
        raise DocumentError(" ".join(faults), advice=ADVICE)
    return _with_rest(tuple(rules), own)


def rule_entry(rule: ChannelRule) -> dict[str, Any]:
    """The inverse for one rule."""
    return {"channel": rule.channel, "conditions": [condition_entry(each) for each in rule.conditions]}


def rules_document(rules: ChannelRules) -> list[dict[str, Any]]:
    """The inverse of `read_rules_document`."""
    last = [] if rules.rest == REST else [{"channel": rules.rest, "conditions": []}]
    return [*map(rule_entry, rules.rules), *last]


def condition_entry(condition: Condition) -> dict[str, Any]:
    """One condition as documents have it."""
    value: Any = True if condition.test is Test.EMPTY else list(condition.values)
    negation = {"not": True} if condition.negated else {}
    return {"field": condition.field, condition.test.value: value, **negation}


def _with_rest(rules: tuple[ChannelRule, ...], own: tuple[str, ...]) -> ChannelRules:
    if rules[-1].conditions:
        return ChannelRules(rules, REST, own)
    return ChannelRules(rules[:-1], rules[-1].channel, own)


def _hidden(rules: Sequence[ChannelRule]) -> list[str]:
    takes_all = [place for place, rule in enumerate(rules[:-1], 1) if rule.channel and not rule.conditions]
    return [f"rule {place}: it has no conditions and takes everything, so it must be the last." for place in takes_all]


def _rule(entry: object, where: str, faults: list[str]) -> ChannelRule:
    if not isinstance(entry, Mapping):
        faults.append(f"{where}: it is no rule.")
        return ChannelRule("")
    faults += [f"{where}: {name!r} means nothing here." for name in entry if name not in ("channel", "conditions")]
    name = _name(entry.get("channel"), where, faults)
    conditions = entry.get("conditions") or []
    if not isinstance(conditions, Sequence) or isinstance(conditions, str):
        faults.append(f"{where}: conditions must be a list.")
        return ChannelRule("")
    return ChannelRule(name, tuple(filter(None, (_condition(each, where, faults) for each in conditions))))


def _name(given: object, where: str, faults: list[str]) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        faults.append(f"{where}: a channel needs a name of 1 to {LONGEST_NAME} letters.")
    return name


def _condition(entry: object, where: str, faults: list[str]) -> Condition | None:
    tests = [test for test in Test if isinstance(entry, Mapping) and test.value in entry]
    if not isinstance(entry, Mapping) or entry.get("field") not in FIELDS or len(tests) != 1:
        faults.append(f"{where}: a condition has a field ({', '.join(FIELDS)}) and one of {', '.join(Test)}.")
        return None
    faults += [
        f"{where}: {name!r} means nothing in a condition." for name in entry if name not in ("field", "not", tests[0])
    ]
    negated = entry.get("not", False)
    if not isinstance(negated, bool):
        faults.append(f"{where}: not must be true or false.")
    given = entry[tests[0].value]
    values = () if tests[0] is Test.EMPTY else _values(given, tests[0], where, faults)
    if tests[0] is Test.EMPTY and given is not True:
        faults.append(f"{where}: empty must be true; with not, it means that there is some value.")
    return Condition(str(entry["field"]), tests[0], values, negated is True)


def _values(given: object, test: Test, where: str, faults: list[str]) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, Sequence) or not listed or not all(isinstance(each, str) for each in listed):
        faults.append(f"{where}: {test} needs texts to compare with.")
        return ()
    values = tuple(dict.fromkeys(str(each).strip(" ") for each in listed))
    if test is not Test.IS and "" in values:
        faults.append(f"{where}: {test} fits everything when a text is empty; use empty.")
    if any(len(value) > LONGEST_VALUE or not value.isprintable() for value in values):
        faults.append(f"{where}: a text is too long or has control characters.")
    return values
