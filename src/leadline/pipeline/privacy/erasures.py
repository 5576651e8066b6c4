"""Erasures that were asked for: whom, how far each came, and its proof."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from leadline.crm.erasing import Remote
from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.privacy.subjects import number_in, the_subject
from leadline.privacy.kinds import Subject
from leadline.privacy.models import Erasure, SubjectRequest

CRM = tuple(Erasure.CRM.values)


class Step(StrEnum):
    """What is done, in this order. After `COPIED` nothing of the person is left here but what `Whom` says is to be done
    elsewhere."""

    ASKED = ""
    PLANNED = "planned"
    RECORDS = "records"
    EVENTS = "events"
    FILES = "files"
    COPIED = "copied"


ORDER = list(Step)


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is erased, as it is kept sealed from one step to the next.

    Attributes:
        subject: None until it is planned.
        lead, identity: whom it was asked for: one of the two.
        others: leads of other people that had one of these identities for a while: they are scored again.
        companies: whose scores are made again.
        remotes: records in CRM systems about which something is still to be done.
    """

    lead: int | None = None
    identity: int | None = None
    subject: Subject | None = None
    others: tuple[int, ...] = ()
    companies: tuple[int, ...] = ()
    remotes: tuple[Remote, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the row."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> "Whom":
        """The inverse."""
        if value is None:
            return cls()
        said = value["subject"]
        numbers = {name: tuple(value[name]) for name in ("others", "companies")}
        remotes = tuple(Remote(**each) for each in value["remotes"])
        return cls(value["lead"], value["identity"], _subject(said) if said else None, **numbers, remotes=remotes)


def _subject(value: dict[str, Any]) -> Subject:
    names = tuple((kind, name) for kind, name in value["names"])
    return Subject(tuple(value["leads"]), tuple(value["identities"]), names, tuple(value["users"]))


@dataclass
class Task:
    """One erasure at work."""

    row: Erasure
    clock: Clock = utc_now
    whom: Whom = field(init=False)

    def __post_init__(self) -> None:
        self.whom = Whom.from_json(self.row.whom)

    @property
    def subject(self) -> Subject:
        """Whom it is about; nobody any more once all is done here."""
        return self.whom.subject or Subject((), ())

    def waits_for(self, step: Step) -> bool:
        """Whether a step is not done yet."""
        return ORDER.index(Step(self.row.step)) < ORDER.index(step)

    def reached(self, step: Step, **whom: Any) -> None:
        """Keep that a step is done, in the transaction around it when there is one, with what changed of `whom`."""
        self.whom = replace(self.whom, **whom)
        self.row.step, self.row.whom = step.value, self.whom.as_json()
        self.row.save(update_fields=["step", "whom", "proof"])


def ask(lead: str, crm: str, now: datetime, request: SubjectRequest | None = None) -> Erasure:
    """Have a person erased; nothing is done yet. One that was asked for before and is not done goes on.

    Args:
        lead: a lead's number, a user id or an e-mail address.
        crm: what becomes of their records in CRM systems: delete, anonymise or keep.

    Raises:
        NotFoundError: nobody fits; the advice says when they were erased.
        TerminalError: `crm` is none of these, or several people may be meant.
    """
    check_crm(crm)
    try:
        subject = the_subject(lead)
    except NotFoundError:
        return _asked_before(lead)
    if not subject.leads:
        return ask_name(subject.identities[0], crm, now, request)
    return ask_lead(subject.leads[0], crm, now, request)


def check_crm(crm: str) -> None:
    """Refuse what is nothing to do in a CRM.

    Raises:
        TerminalError: it is neither delete, anonymise nor keep.
    """
    if crm not in CRM:
        raise TerminalError(f"{crm[:40]!r} is nothing to do in a CRM.", advice=f"Use {', '.join(CRM)}.")


def ask_lead(number: int, crm: str, now: datetime, request: SubjectRequest | None = None) -> Erasure:
    """The same by nothing but a lead's number, which is there."""
    begun = Erasure.objects.filter(lead=number, finished_at=None).first()
    if begun is not None:
        return begun
    whom = Whom(lead=number).as_json()
    return Erasure.objects.create(lead=number, whom=whom, crm=crm, request=request, asked_at=now)


def ask_name(identity: int, crm: str, now: datetime, request: SubjectRequest | None = None) -> Erasure:
    """The same for a name that is nobody's: an address that no lead has any more."""
    for task in unfinished():
        if task.whom.identity == identity:
            return task.row
    whom = Whom(identity=identity).as_json()
    return Erasure.objects.create(whom=whom, crm=crm, request=request, asked_at=now)


def unfinished(clock: Clock = utc_now) -> list[Task]:
    """What is to be done, the oldest first."""
    return [Task(row, clock) for row in Erasure.objects.filter(finished_at=None).order_by("pk")]


def told(rows: Sequence[Erasure]) -> list[dict[str, Any]]:
    """Erasures as JSON takes them: numbers only."""
    return [
        {
            "erasure": row.pk,
            "lead": row.lead,
            "request": row.request_id,
            "crm": row.crm,
            "state": "erased" if row.finished_at else "unfinished",
            "step": row.step,
            "trouble": row.trouble,
            "asked_at": row.asked_at.isoformat(),
            "finished_at": row.finished_at.isoformat() if row.finished_at else None,
            **row.proof,
        }
        for row in rows
    ]


def _asked_before(lead: str) -> Erasure:
    number = number_in(lead)
    rows = Erasure.objects.filter(lead=number).order_by("-pk") if number is not None else Erasure.objects.none()
    row = rows.first()
    if row is None:
        advice = "Give a lead's number, a user id or an e-mail address."
        raise NotFoundError(f"Nobody is known as {lead!r}.", advice=advice)
    if row.finished_at is not None:
        said = f"Lead {number} was erased at {row.finished_at:%Y-%m-%d %H:%M} UTC."
        raise NotFoundError(said, advice="See its proof: leadline privacy erasures")
    return row
