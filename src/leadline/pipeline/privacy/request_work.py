"""Subject requests carried out: what each kind does, and the proof of it in numbers and words of ours.

Carrying out needs a checked identity; done means done: an erasure ends its request only when nothing is left, an
archive only when it was handed over (`handing_over.py`). A person of whom nothing is held gets that as the answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from leadline.accounts.audit import Who
from leadline.kernel.errors import TerminalError
from leadline.pipeline.consents import lead_consent
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import erasures, request_letters
from leadline.pipeline.privacy.archive_commands import packed_archive, told
from leadline.pipeline.privacy.corrections import correct
from leadline.pipeline.privacy.handing_over import ARCHIVES, make_ready
from leadline.pipeline.privacy.requests import match, move, note_step, the_person
from leadline.privacy.kinds import Subject
from leadline.privacy.models import Erasure, SubjectRequest
from leadline.privacy.request_rules import WORKING, Act, next_state
from leadline.tracking.consent import Purpose
from leadline.tracking.corrections import checked

Kind = SubjectRequest.Kind
KEPT, STOPPED, CORRECTED = "kept", "stopped", "corrected"
OUTCOMES: Mapping[str, str] = {
    STOPPED: "Scoring stops: they are not scored any more",
    KEPT: "The score stays: a person looked at it, and says why",
    CORRECTED: "The score was wrong: what it was made of is corrected",
}
"""What comes of a person's look at a score (GDPR art. 22(3))."""
REFUSED = "refused"
ERASURE_JOB = "erasure"
"""The kind of job; `erasing.ERASURE`, which can't be imported here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the colleague who carries a request out decides.

    Attributes:
        lead: which of several people; None when there is no doubt.
        crm: of an erasure: what becomes of records in CRM systems.
        changes: of a rectification: by trait; an empty text removes it.
        outcome, because: of an objection.
    """

    lead: int | None = None
    crm: str = Erasure.CRM.DELETE.value
    changes: Mapping[str, str] = field(default_factory=dict)
    outcome: str = STOPPED
    because: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """One request being carried out."""

    engine: Engine
    row: SubjectRequest
    subject: Subject
    wish: Wish
    now: datetime
    who: Who

    @property
    def lead(self) -> int:
        """The lead that it is about.

        Raises:
            TerminalError: it is only a name.
        """
        if not self.subject.leads:
            raise TerminalError("The name is nobody's any more.", advice="It can be erased; refuse anything else.")
        return self.subject.leads[0]


Proof = dict[str, Any]


def carry_out(engine: Engine, row: SubjectRequest, wish: Wish, now: datetime, who: Who) -> None:
    """Do what is asked. Done again after a crash it goes on.

    Raises:
        WrongStateError: who asks was not checked, or it is over.
        TerminalError: several people may be meant, or what is to be decided is missing.
    """
    next_state(row.state, Act.BEGIN)
    if wish.lead is not None and wish.lead != row.lead:
        match(row, wish.lead, now, who)
    subject = the_person(row)
    _check(row, wish, subject)
    move(row, Act.BEGIN, now, who)
    if subject is None:
        _end(row, {"found": 0}, now, who)
        return
    row.lead = next(iter(subject.leads), None)
    proof = CARRIED_OUT[row.kind](Work(engine, row, subject, wish, now, who))
    if proof is not None:
        _end(row, proof, now, who)


def _end(row: SubjectRequest, proof: Proof, now: datetime, who: Who) -> None:
    """An answer is to be handed over; everything else is done."""
    if row.kind in ARCHIVES:
        make_ready(row, proof, now, who)
    else:
        finish(row, proof, now, who)


def finish(row: SubjectRequest, proof: Proof, now: datetime, who: Who) -> None:
    """It is done; they are told."""
    row.proof = proof
    move(row, Act.FINISH, now, who, finished_at=now)
    request_letters.ask_for(row, request_letters.DONE)


def close_erased(erasure: Erasure, now: datetime) -> None:
    """End the requests that an erasure was for, with its proof. To be called when nothing is left."""
    theirs = Q(erasures=erasure)
    if erasure.lead is not None:
        theirs |= Q(lead=erasure.lead)
    rows = SubjectRequest.objects.filter(theirs, kind=Kind.ERASURE, state=WORKING).distinct()
    for row in rows:
        finish(row, erasures.told([erasure])[0], now, Who())


def _check(row: SubjectRequest, wish: Wish, subject: Subject | None) -> None:
    """Refuse what can't work before anything is done."""
    erasures.check_crm(wish.crm)
    if subject is None:
        return
    if row.kind == Kind.OBJECTION:
        _check_outcome(wish)
    if row.kind != Kind.ERASURE and row.kind not in ARCHIVES and not subject.leads:
        raise TerminalError("The name is nobody's any more.", advice="It can be erased; refuse anything else.")
    if row.kind == Kind.RECTIFICATION or (row.kind == Kind.OBJECTION and wish.outcome == CORRECTED):
        checked(wish.changes, subject.identities)


def _check_outcome(wish: Wish) -> None:
    if wish.outcome not in OUTCOMES:
        raise TerminalError(f"{wish.outcome[:40]!r} is no outcome.", advice=f"There are: {', '.join(OUTCOMES)}.")
    if not wish.because.strip():
        raise TerminalError("What the person who looked found is missing.", advice="Say it: they are told.")


def _archive(work: Work) -> Proof:
    """Counted now; made anew whenever it is fetched."""
    portable = work.row.kind == Kind.PORTABILITY
    archive, _ = packed_archive(work.engine, work.subject, portable=portable)
    counted = told(work.subject, archive)
    if portable:
        return {name: value for name, value in counted.items() if name != "sent_to"}
    return {**counted, "sent_to": len(archive.recipients)}


def _rectify(work: Work) -> Proof:
    return {"corrected": correct(work.engine, work.lead, work.wish.changes, work.now)}


def _erase(work: Work) -> None:
    """Begun; `close_erased` ends it."""
    if work.subject.leads:
        erasure = erasures.ask_lead(work.lead, work.wish.crm, work.now, work.row)
    else:
        erasure = erasures.ask_name(work.subject.identities[0], work.wish.crm, work.now, work.row)
    if erasure.request_id is None:
        erasure.request = work.row
        erasure.save(update_fields=["request"])
    note_step(work.row, work.now, work.who, "erasing", erasure=erasure.pk)
    work.row.save(update_fields=["steps", "lead"])
    request_letters.ask_for(work.row, request_letters.ERASING)
    Job.objects.create(kind=ERASURE_JOB, arguments={"erasure": erasure.pk})


def _restrict(work: Work) -> Proof:
    for purpose in Purpose:
        _say_no(work, purpose)
    return {"refused": [purpose.value for purpose in Purpose]}


def _object(work: Work) -> Proof:
    """A person looked at the score, and decided (GDPR art. 21 and 22(3))."""
    wish = work.wish
    work.row.asked = {**(work.row.asked or {}), "answer": wish.because.strip()}
    if wish.outcome == CORRECTED:
        return {"outcome": CORRECTED, "corrected": correct(work.engine, work.lead, wish.changes, work.now)}
    if wish.outcome == STOPPED:
        _say_no(work, Purpose.PROFILING)
    return {"outcome": wish.outcome}


def _opt_out(work: Work) -> Proof:
    _say_no(work, Purpose.SHARING)
    return {"refused": [Purpose.SHARING.value]}


def _say_no(work: Work, purpose: Purpose) -> None:
    because = f"Subject request {work.row.pk}: {Kind(work.row.kind).label}"
    by = f"user {work.who.user}" if work.who.user else work.who.via.value
    lead_consent(work.engine, work.lead, purpose.value, REFUSED, because, by, work.who.via.value)


CARRIED_OUT: Mapping[str, Callable[[Work], Proof | None]] = {
    Kind.ACCESS: _archive,
    Kind.PORTABILITY: _archive,
    Kind.RECTIFICATION: _rectify,
    Kind.ERASURE: _erase,
    Kind.RESTRICTION: _restrict,
    Kind.OBJECTION: _object,
    Kind.OPT_OUT: _opt_out,
}
"""What each kind does; a proof when it is done with that."""
