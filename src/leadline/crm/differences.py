"""What a run would write for each lead, and why not the rest: as plain data for the command line, the API and pages.

Pure: `dry_running.py` asks the CRM.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from leadline.crm.conflicts import Both, Decision, Reason, decide
from leadline.crm.hashing import Plain, is_empty, plain_value
from leadline.crm.mapping_terms import FieldRule, SyncMapping
from leadline.crm.records import LocalRecord
from leadline.crm.value_texts import text_of


class Action(StrEnum):
    """What would become of a lead's record."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"


SAID = {
    Reason.NEW: "Nothing stands there yet.",
    Reason.CHANGED: "Changed here since it was last sent.",
    Reason.PUT_BACK: "Changed in the CRM, and it is ours: it is put back.",
    Reason.NEWEST_HERE: "Changed on both sides, here later.",
    Reason.UNCHANGED: "Stands there already.",
    Reason.AS_SENT: "It was sent so; the CRM shows it in its own way.",
    Reason.EMPTY: "Nothing is known here.",
    Reason.THEIRS: "Theirs: written once, and never over what stands there.",
    Reason.NEWEST_THERE: "Changed later in the CRM.",
}
NOT_TAKEN = "The rule of who is synced does not take the lead."


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of one lead.

    Attributes:
        field, label: the CRM's field, and what it is called where that is known.
        there: what stands there as far as is known. ours: what we want there.
        write: whether it would be written. said: why, or why not, in a sentence.
    """

    field: str
    label: str
    there: Plain
    ours: Plain
    write: bool
    reason: Reason
    said: str

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LeadDifference:
    """One lead. `why`: it is left out, in a sentence."""

    lead: int
    external_id: str
    remote_id: str
    action: Action
    fields: tuple[FieldDifference, ...] = ()
    why: str = ""

    @property
    def written(self) -> tuple[FieldDifference, ...]:
        """The fields that would be written."""
        return tuple(field for field in self.fields if field.write)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many leads of each action, and how many fields for each reason."""

    to_create: int
    to_update: int
    unchanged: int
    left_out: int
    reasons: dict[str, int]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def difference(
    mapping: SyncMapping, record: LocalRecord, both: Both, *, remote_id: str = "", left_out: str = ""
) -> LeadDifference:
    """What a run would do about one lead.

    Args:
        remote_id: of its record there; empty when there is none.
        left_out: why nothing is sent whatever the difference is, in a sentence.
    """
    why = left_out or ("" if record.wanted or remote_id or both.sent else NOT_TAKEN)
    fields = tuple(_fields(mapping, record, both))
    if why:
        action, fields = Action.LEFT_OUT, ()
    elif both.is_new and not remote_id:
        action = Action.CREATE
    else:
        action = Action.UPDATE if any(field.write for field in fields) else Action.UNCHANGED
    return LeadDifference(record.lead, record.external_id, remote_id, action, fields, why)


def totals(differences: Iterable[LeadDifference]) -> Totals:
    """What a run would come to."""
    leads: Counter[Action] = Counter()
    reasons: Counter[str] = Counter()
    for each in differences:
        leads[each.action] += 1
        reasons.update(field.reason.value for field in each.fields)
    return Totals(
        leads[Action.CREATE],
        leads[Action.UPDATE],
        leads[Action.UNCHANGED],
        leads[Action.LEFT_OUT],
        {reason.value: reasons[reason.value] for reason in Reason if reasons[reason.value]},
    )


def _fields(mapping: SyncMapping, record: LocalRecord, both: Both) -> Iterator[FieldDifference]:
    for name, decision in decide(mapping, mapping.outgoing(record), both).items():
        rule = mapping.fields[name]
        yield FieldDifference(
            field=name,
            label=rule.made.label if rule.made else name,
            there=decision.there,
            ours=plain_value(decision.wanted),
            write=decision.is_written,
            reason=decision.reason,
            said=_said(rule, decision),
        )


def _said(rule: FieldRule, decision: Decision) -> str:
    if decision.reason is not Reason.WOULD_REGRESS:
        return SAID[decision.reason]
    there, ours = text_of(decision.there) or "nothing", text_of(decision.wanted) or "nothing"
    if not is_empty(decision.there) and rule.rank(decision.there) is None:
        return f"Somebody set it to {there}, which is outside its order."
    return f"It would go back from {there} to {ours}."
