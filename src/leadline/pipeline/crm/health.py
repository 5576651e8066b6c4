"""How a connection is, in one word and a sentence. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadline.crm.models import Connection
from leadline.kernel.figures import counted


class Health(StrEnum):
    """In the order in which a person should look at them."""

    STOPPED = "stopped"  # a person must act first
    TROUBLE = "trouble"  # the last run failed, or rows were refused
    WAITING = "waiting"  # the CRM does not answer; tried again by itself
    WORKING = "working"
    NEW = "new"  # no run yet
    OFF = "off"
    OK = "ok"


UNWELL = frozenset({Health.STOPPED, Health.TROUBLE, Health.WAITING})


@dataclass(frozen=True, slots=True)
class Counts:
    """Leads of a connection: with a record there; to be tried again; refused; left out for good."""

    linked: int = 0
    waiting: int = 0
    failed: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """What is told of a connection. `advice` is empty when there is nothing to do."""

    health: Health
    words: str
    advice: str = ""


def condition(row: Connection, counts: Counts, now: datetime) -> Condition:
    """How a connection is at `now`."""
    if not row.enabled:
        return Condition(Health.OFF, "Switched off: nothing is sent and nothing comes back.")
    if row.leased_until is not None and row.leased_until > now:
        return Condition(Health.WORKING, "A run is at work.")
    if row.stopped:
        return Condition(Health.STOPPED, row.stopped, f"When that is mended: leadline crm test {row.name}")
    if row.closed_until is not None and row.closed_until > now:
        return Condition(Health.WAITING, f"{row.trouble or 'The CRM does not answer.'}", "It is tried again by itself.")
    if row.trouble:
        return Condition(Health.TROUBLE, row.trouble, "It is tried again by itself.")
    if counts.failed:
        told = f"{counted(counts.failed, 'lead was', 'leads were')} refused by the CRM."
        return Condition(Health.TROUBLE, told, f"Mend what it says, then: leadline crm retry {row.name}")
    if row.last_ok_at is None:
        return Condition(Health.NEW, "Nothing was sent yet.")
    return Condition(Health.OK, _well(counts))


def _well(counts: Counts) -> str:
    waiting = f", {counted(counts.waiting, 'lead waits', 'leads wait')} to be tried again" if counts.waiting else ""
    return f"{counted(counts.linked, 'lead')} in the CRM{waiting}."
