"""Subject requests: received, their identity checked, matched with a person, extended, refused. What is done about them
stands in `request_work.py`.

What a person typed, and what we answered them in words, is sealed in `asked`: {email, name, text, answer}. Each step
says when, what and who, in words of ours and numbers.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import constant_time_compare

from leadline.accounts.audit import Via, Who
from leadline.kernel.errors import NotFoundError, TerminalError, TransientError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.mail import is_configured
from leadline.pipeline.privacy import request_letters
from leadline.pipeline.privacy.subjects import people_meant, subject_of
from leadline.privacy.kinds import Subject
from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import (
    OPEN,
    OPT_OUT,
    READY,
    RECEIVED,
    Act,
    WrongStateError,
    due_at,
    extended_to,
    next_state,
)

FORM, HAND = "form", "hand"
"""How a request came: over the public form, or a colleague wrote it down."""
BY_MAIL, BY_HAND, NOT_NEEDED = "mail", "hand", "not_needed"
"""How it was checked who asks."""
SECRET_BYTES = 24
LONGEST_NAME, LONGEST_TEXT = 200, 4_000
ASKED_DAYS = 30
"""What was asked is emptied so long after a request is over."""
KINDS = tuple(SubjectRequest.Kind.values)
STATES = tuple(SubjectRequest.State.values)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks."""

    kind: str
    email: str
    name: str = ""
    text: str = ""


def receive(asked: Asked, now: datetime, who: Who, way: str = FORM) -> tuple[SubjectRequest, str]:
    """Take a request in, and have a confirmation mailed when it came over the form. The same for whoever is known and
    whoever is not.

    Returns:
        the request, and the secret in the address of its status page: the only time that it is known.

    Raises:
        TerminalError: the kind is none, or the address is no e-mail address.
    """
    wanted = checked(asked)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    people = people_meant(wanted.email)
    row = SubjectRequest(
        kind=wanted.kind,
        asked={"email": wanted.email, "name": wanted.name, "text": wanted.text},
        status_digest=digest_of(secret),
        lead=people[0].leads[0] if len(people) == 1 and people[0].leads else None,
        received_at=now,
        due_at=due_at(wanted.kind, now),
    )
    note_step(row, now, who, "received", way=way, mail=int(is_configured()))
    row.save()
    if wanted.kind == OPT_OUT:
        move(row, Act.VERIFY, now, who, how=NOT_NEEDED, verified_at=now)
    if way == FORM:
        request_letters.ask_for(row, request_letters.CONFIRM)
    return row, secret


def checked(asked: Asked) -> Asked:
    """The same, trimmed.

    Raises:
        TerminalError: the kind is none, or the address is no e-mail address.
    """
    email = asked.email.strip().lower()
    if asked.kind not in KINDS:
        raise TerminalError(f"{asked.kind[:40]!r} is no kind of request.", advice=f"There are: {', '.join(KINDS)}.")
    try:
        validate_email(email)
    except ValidationError as error:
        raise TerminalError("That is no e-mail address.", advice="Write it like name@example.com.") from error
    return Asked(asked.kind, email, asked.name.strip()[:LONGEST_NAME], asked.text.strip()[:LONGEST_TEXT])


def confirm(row: SubjectRequest, now: datetime) -> None:
    """Somebody who reads mail at the address confirmed it. Said again it changes nothing."""
    if row.state == RECEIVED:
        move(row, Act.VERIFY, now, Who(via=Via.PAGE), how=BY_MAIL, verified_at=now)


def verify(row: SubjectRequest, how: str, now: datetime, who: Who) -> None:
    """A colleague checked who asks.

    Args:
        how: in words; kept sealed, beside what was asked.

    Raises:
        TerminalError: it does not say how.
        WrongStateError: it was checked already.
    """
    words = said(how, "How it was checked is missing.", 'Say it: "called back on the number we have"')
    row.asked = {**(row.asked or {}), "checked": words}
    move(row, Act.VERIFY, now, who, how=BY_HAND, verified_at=now)


def refuse(row: SubjectRequest, because: str, now: datetime, who: Who) -> None:
    """Refuse a request; they are told, with the reason and where they may complain.

    Raises:
        TerminalError: there is no reason.
        WrongStateError: it is being carried out, or over.
    """
    words = said(because, "The reason is missing.", "Say why: they have a right to know it (GDPR art. 12(4)).")
    row.asked = {**(row.asked or {}), "answer": words}
    move(row, Act.REFUSE, now, who, finished_at=now)
    request_letters.ask_for(row, request_letters.REFUSED)


def extend(row: SubjectRequest, because: str, now: datetime, who: Who) -> None:
    """Take two months more; they are told why (GDPR art. 12(3)).

    Raises:
        TerminalError: there is no reason.
        WrongStateError: it is over, its answer is ready, it was extended already, or the month is over.
    """
    words = said(because, "The reason is missing.", "Say why it takes longer: they are told.")
    if row.state not in OPEN:
        raise TerminalError("This request is over.", advice="There is nothing left to extend.")
    if row.state == READY:
        raise WrongStateError("The answer is ready.", advice="Hand it over.")
    row.due_at = extended_to(row.kind, row.received_at, row.due_at, now)
    row.asked = {**(row.asked or {}), "answer": words}
    note_step(row, now, who, "extended")
    row.save(update_fields=["due_at", "asked", "steps"])
    request_letters.ask_for(row, request_letters.EXTENDED)


def match(row: SubjectRequest, lead: int, now: datetime, who: Who) -> None:
    """Say which of several people it is about. An answer that is ready was about somebody else: it is made anew.

    Raises:
        NotFoundError: there is no such lead.
        TerminalError: it is over.
    """
    if row.state not in OPEN:
        raise TerminalError("This request is over.", advice="See its proof.")
    row.lead = subject_of(lead).leads[0]
    note_step(row, now, who, "matched", lead=row.lead)
    row.save(update_fields=["lead", "steps"])
    if row.state == READY:
        row.proof = {}
        move(row, Act.BEGIN, now, who)


def people_of(row: SubjectRequest) -> list[Subject]:
    """Whom it may be about: the one that it was matched with, else everybody who is known by the address."""
    if row.lead is not None:
        try:
            return [subject_of(row.lead)]
        except NotFoundError:
            return []
    return people_meant(row.asked["email"]) if row.asked else []


def the_person(row: SubjectRequest) -> Subject | None:
    """Whom it is about; None when nobody is known.

    Raises:
        TerminalError: several may be meant.
    """
    people = people_of(row)
    if len(people) > 1:
        numbers = ", ".join(str(each.leads[0]) if each.leads else "a name without a lead" for each in people)
        raise TerminalError(f"Several people use this address: {numbers}.", advice="Choose one first.")
    return people[0] if people else None


def is_their_address(row: SubjectRequest, subject: Subject) -> bool:
    """Whether the address that was given is one that we know to be theirs: only there an archive may be sent."""
    email = (row.asked or {}).get("email", "")
    return bool(email) and any(value.strip().lower() == email for _, value in subject.names)


def move(row: SubjectRequest, act: Act, now: datetime, who: Who, how: str = "", **columns: Any) -> None:
    """Bring a request to the next state, with a step that says so.

    Raises:
        WrongStateError: it can't be done from where it is.
        TransientError: somebody else did something to it meanwhile.
    """
    before, row.state = row.state, next_state(row.state, act)
    note_step(row, now, who, row.state, **({"how": how} if how else {}))
    for name, value in columns.items():
        setattr(row, name, value)
    written = {name: getattr(row, name) for name in ("state", "steps", "asked", "lead", "proof", *columns)}
    if not SubjectRequest.objects.filter(pk=row.pk, state=before).update(**written):
        raise TransientError("Somebody else is at work on this request.", advice="Look at it again.")


def note_step(row: SubjectRequest, now: datetime, who: Who, what: str, **more: int | str) -> None:
    """Add a step to those that are stored, a mail's meanwhile too; whoever calls saves the row."""
    stored = SubjectRequest.objects.filter(pk=row.pk).values_list("steps", flat=True).first()
    row.steps = [
        *(row.steps if stored is None else stored),
        {"at": now.isoformat(), "what": what, "user": who.user, "via": who.via.value, **more},
    ]


def find(number: int) -> SubjectRequest:
    """One by its number.

    Raises:
        NotFoundError: there is none.
    """
    row = SubjectRequest.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError(f"There is no request {number}.", advice="See them: leadline privacy requests")
    return row


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def by_secret(secret: str) -> SubjectRequest | None:
    """The request of a status page."""
    return SubjectRequest.objects.filter(status_digest=digest_of(secret)).first()


def by_token(token: str) -> SubjectRequest | None:
    """The request of an address that was mailed."""
    number, _, _ = token.partition("-")
    row = SubjectRequest.objects.filter(pk=number_of(number) or 0).first()
    return row if row is not None and constant_time_compare(request_letters.token_of(row), token) else None


def is_our_turn(row: SubjectRequest) -> bool:
    """Whether it waits for us, and not for the person to confirm a mail."""
    if row.state != RECEIVED:
        return row.state in OPEN
    first = row.steps[0] if row.steps else {}
    return not (first.get("way") == FORM and first.get("mail"))


def overdue(now: datetime) -> list[SubjectRequest]:
    """Those that should have been answered, the oldest first."""
    rows = SubjectRequest.objects.filter(state__in=OPEN, due_at__lt=now).order_by("due_at", "pk")
    return [row for row in rows if is_our_turn(row)]


def keep_up(now: datetime) -> None:
    """Let requests go that nobody confirmed in time, and empty what was asked a month after one is over."""
    late = SubjectRequest.objects.filter(state=RECEIVED, due_at__lt=now)
    for row in [each for each in late if not is_our_turn(each)]:
        row.asked = None
        move(row, Act.REFUSE, now, Who(), how="unconfirmed", finished_at=now)
    over = SubjectRequest.objects.filter(finished_at__lt=now - timedelta(days=ASKED_DAYS), asked__isnull=False)
    over.update(asked=None)


def told(rows: Iterable[SubjectRequest], now: datetime) -> list[dict[str, Any]]:
    """Requests as JSON takes them: without what was asked."""
    return [
        {
            "request": row.pk,
            "kind": row.kind,
            "state": row.state,
            "lead": row.lead,
            "received_at": row.received_at.isoformat(),
            "due_at": row.due_at.isoformat(),
            "overdue": row.state in OPEN and row.due_at < now and is_our_turn(row),
            "verified_at": row.verified_at.isoformat() if row.verified_at else None,
            "finished_at": row.finished_at.isoformat() if row.finished_at else None,
            "steps": row.steps,
            "proof": row.proof,
        }
        for row in rows
    ]


def said(text: str, missing: str, advice: str) -> str:
    """What was typed, trimmed.

    Raises:
        TerminalError: nothing was.
    """
    words = text.strip()[:LONGEST_TEXT]
    if not words:
        raise TerminalError(missing, advice=advice)
    return words
