"""Answers to access and portability: ready once they are made, done once the person has them.

They have one when a mail left that leads them to it, when they fetched it from the page whose address was mailed to
them, or when a colleague says how it was handed over. That a colleague took the archive ends nothing: they look through
it first, and still have to hand it over. Which of these it was, when and by whom stands in the proof; how a colleague
did it, in their words, is sealed in `asked`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from leadline.accounts.audit import Via, What, Who, record
from leadline.accounts.audit_verbs import REQUEST_CHANGED
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.mail import is_configured
from leadline.pipeline.privacy import request_letters
from leadline.pipeline.privacy.archive import Archive
from leadline.pipeline.privacy.archive_commands import packed_archive, told
from leadline.pipeline.privacy.requests import is_their_address, move, note_step, people_of, said, the_person
from leadline.privacy.kinds import Subject
from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import DONE, READY, Act

Kind = SubjectRequest.Kind
ARCHIVES = (Kind.ACCESS.value, Kind.PORTABILITY.value)
"""The kinds whose answer is what was asked for."""
MAILED, FETCHED, BY_HAND = "mailed", "fetched", "by_hand"
"""How an answer was handed over."""
BY_MAIL = "by_mail"
"""How one that is ready is going to be."""
ANSWERS = frozenset({request_letters.READY, request_letters.DONE})
"""Letters that lead to it."""
FETCH_DAYS = 14


def make_ready(row: SubjectRequest, proof: dict[str, Any], now: datetime, who: Who) -> None:
    """The answer is made. They are mailed the way to it where nobody else can read it there."""
    row.proof = proof
    mailed = is_configured() and can_be_mailed(row)
    move(row, Act.MAKE_READY, now, who, how=BY_MAIL if mailed else "")
    if mailed:
        request_letters.ask_for(row, request_letters.READY)


def waits_for_mail(row: SubjectRequest) -> bool:
    """Whether a mail is about to leave that leads to an answer that is ready."""
    made = max((place for place, step in enumerate(row.steps) if step["what"] == READY), default=None)
    if row.state != READY or made is None or row.steps[made].get("how") != BY_MAIL:
        return False
    return not any(step["what"] == "mail_failed" for step in row.steps[made:])


def is_unfetched(row: SubjectRequest) -> bool:
    """Whether they were mailed the way to an archive and did not fetch it yet."""
    if row.proof.get("handed_over", {}).get("how") != MAILED or holds_nothing(row):
        return False
    return not any(step["what"] == "fetched" and not step["user"] and step["via"] == Via.PAGE for step in row.steps)


def can_be_mailed(row: SubjectRequest) -> bool:
    """Whether whoever reads mail at the address may have the answer: that nothing is held, or an archive where the
    address is one that we knew to be theirs."""
    if holds_nothing(row):
        return True
    people = people_of(row)
    return len(people) == 1 and is_their_address(row, people[0])


def holds_nothing(row: SubjectRequest) -> bool:
    """Whether the answer is that nothing is held."""
    return bool(row.proof.get("found") == 0)


def note_mailed(row: SubjectRequest, letter: str, now: datetime) -> None:
    """A letter left. Where it leads to the answer, they have it."""
    row.refresh_from_db()
    if letter not in ANSWERS or row.state != READY or not can_be_mailed(row):
        return
    with transaction.atomic():
        _hand_over(row, MAILED, now, Who())
        record(Who(), REQUEST_CHANGED, What("request", row.pk), {"kind": row.kind, "act": "mailed", "state": DONE}, now)


def say_handed_over(row: SubjectRequest, how: str, now: datetime, who: Who) -> None:
    """A colleague handed the answer over.

    Args:
        how: in words; kept sealed, beside what was asked.

    Raises:
        TerminalError: it does not say how.
        WrongStateError: there is no answer that waits.
    """
    words = said(how, "How they got it is missing.", 'Say it: "registered letter", "at our desk, with their passport"')
    row.asked = {**(row.asked or {}), "handed_over": words}
    _hand_over(row, BY_HAND, now, who)


def may_fetch(row: SubjectRequest, now: datetime) -> bool:
    """Whether whoever reads mail at the address gets an archive now: there is one, it was not made long ago, and the
    address is one that we knew to be theirs."""
    if row.kind not in ARCHIVES or row.state not in (READY, DONE) or holds_nothing(row):
        return False
    until = fetch_until(row)
    return (until is None or until > now) and can_be_mailed(row)


def fetch_until(row: SubjectRequest) -> datetime | None:
    """Until when an archive can be fetched; None as long as nobody has it."""
    return row.finished_at + timedelta(days=FETCH_DAYS) if row.finished_at else None


def fetched(engine: Engine, row: SubjectRequest, now: datetime) -> tuple[bytes, dict[str, Any]]:
    """The archive for the person themselves, and what is in it in numbers. They have their answer with it.

    Raises:
        TerminalError: nobody is known, or several may be meant.
    """
    subject, archive, packed = _made(engine, row, now, Who(via=Via.PAGE))
    if row.state == READY:
        _hand_over(row, FETCHED, now, Who(via=Via.PAGE))
    return packed, told(subject, archive)


def taken(engine: Engine, row: SubjectRequest, now: datetime, who: Who) -> tuple[bytes, dict[str, Any]]:
    """The archive for a colleague who hands it over, and what is in it in numbers.

    Raises:
        TerminalError: it was not carried out, nobody is known, or several may be meant.
    """
    if row.kind not in ARCHIVES or row.state not in (READY, DONE):
        raise TerminalError("There is no archive to hand over.", advice="Carry the request out first.")
    subject, archive, packed = _made(engine, row, now, who)
    return packed, told(subject, archive)


def _made(engine: Engine, row: SubjectRequest, now: datetime, who: Who) -> tuple[Subject, Archive, bytes]:
    """Made this moment; no file stays."""
    subject = the_person(row)
    if subject is None:
        raise TerminalError("Nothing is held about them.", advice="That is the answer to their request.")
    archive, packed = packed_archive(engine, subject, portable=row.kind == Kind.PORTABILITY)
    note_step(row, now, who, "fetched", records=archive.records)
    row.save(update_fields=["steps"])
    return subject, archive, packed


def _hand_over(row: SubjectRequest, how: str, now: datetime, who: Who) -> None:
    handed: dict[str, Any] = {"how": how, "at": now.isoformat(), "user": who.user, "via": who.via.value}
    row.proof = {**row.proof, "handed_over": handed}
    move(row, Act.HAND_OVER, now, who, how=how, finished_at=now)
