"""What a CRM is told of people who refused something.

Who refused profiling: the fields that come of scores are emptied, once; nothing else is sent until they consent again.
Who refused sale or sharing, on a connection for advertising: every field that was ever sent is emptied; of what the CRM
does not let be empty, a word that names nobody. A refusal outweighs whose field it is and in which order its values go.
"""

from collections.abc import Mapping
from dataclasses import replace

from leadline.crm.erasing import STANDS_FOR_A_NAME
from leadline.crm.hashing import Plain, is_empty, plain
from leadline.crm.local_fields import SCORES
from leadline.crm.mapping_terms import FieldRule, SyncMapping
from leadline.crm.records import LocalRecord, Value, Withheld

KEPT = frozenset({"lead_url"})
UNSUBSCRIBED = "unsubscribed"
OF_SCORES = (frozenset(each.name for each in SCORES) | {"contact_due_at"}) - KEPT
EXTERNAL_ID = ("external_id",)
Sent = Mapping[str, Plain]


def written_all_the_same(
    mapping: SyncMapping, record: LocalRecord, sent: Sent, required: frozenset[str]
) -> dict[str, Value]:
    """What is written for somebody of whom something is withheld, and differs from what stands there.

    Args:
        required: fields that the CRM does not let be empty.
    """
    if record.withheld is Withheld.EVERYTHING:
        wanted = _emptied(mapping, sent, required)
    else:
        wanted = _without_scores(mapping, record, sent)
    return {name: value for name, value in wanted.items() if not _stands(mapping.fields.get(name), value, sent, name)}


def sent_then(sent: Sent, written: Mapping[str, Value]) -> dict[str, Plain]:
    """What counts as sent once that was written: nothing of what was emptied, so that it may be sent anew."""
    return {name: value for name, value in {**sent, **plain(written)}.items() if not is_empty(value)}


def _without_scores(mapping: SyncMapping, record: LocalRecord, sent: Sent) -> dict[str, Value]:
    """A lead without a score leaves these empty, but for what the mapping says in such a case. What is remembered all
    the same, such as when they were first qualified, is none of the CRM's business then."""
    unscored = replace(record, fields={name: value for name, value in record.fields.items() if name not in OF_SCORES})
    found: dict[str, Value] = {}
    for name, value in mapping.outgoing(unscored).items():
        names = frozenset(mapping.fields[name].source.names)
        if (names & OF_SCORES and name in sent) or UNSUBSCRIBED in names:
            found[name] = value
    return found


def _emptied(mapping: SyncMapping, sent: Sent, required: frozenset[str]) -> dict[str, Value]:
    kept = {name for name, rule in mapping.fields.items() if rule.source.names == EXTERNAL_ID}
    return {name: STANDS_FOR_A_NAME if name in required else None for name in sent if name not in kept}


def _stands(rule: FieldRule | None, value: Value, sent: Sent, name: str) -> bool:
    there = sent.get(name)
    if is_empty(value) and is_empty(there):
        return True
    return rule.alike(value, there) if rule else value == there
