"""What salespeople say about a lead, and what it means at once: each word is followed by an evaluation of the lead.

The commands of `leadline leads ...`, of the pages and of the API. A word, the columns, the move and the events that
tell of them are one transaction of the record store.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from leadline.accounts.models import User
from leadline.eventstore.journal import Kind
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError, TransientError
from leadline.pipeline.assigning import assign_one, assign_waiting
from leadline.pipeline.changes import note_rescored
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead
from leadline.pipeline.rescoring import evaluate_leads
from leadline.qualification import sales
from leadline.qualification.models import Standing
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word

LOCK_SECONDS = 20.0
"""A click waits so long for a pipeline that is busy with everybody."""
SCORING = "everybody is being scored"
SPAN = re.compile(r"([1-9][0-9]{0,3})\s*([dw])")
DAYS = {"d": 1, "w": 7}
AUTO = "auto"


class BusyError(TransientError):
    """The pipeline is busy with everybody for longer than somebody waits for a click. Nothing was changed."""

    code = "busy"


def lead_accept(
    engine: Engine, lead: str, by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """Take a lead: from now on nothing demotes it by itself, and whoever takes it owns it."""
    return say(engine, lead, SalesWord(Word.ACCEPT, utc_now()), speaker(by, via, user), note)


def lead_reject(
    engine: Engine, lead: str, reason: str, by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """Turn a lead down; the reason, one of the ruleset's, says whether it may come back."""
    return say(engine, lead, SalesWord(Word.REJECT, utc_now(), reason=reason), speaker(by, via, user), note)


def lead_requalify(
    engine: Engine, lead: str, by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """Take a rejection back: the rules place the lead."""
    return say(engine, lead, SalesWord(Word.REQUALIFY, utc_now()), speaker(by, via, user), note)


def lead_snooze(
    engine: Engine, lead: str, until: str, by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """Leave a lead out of Call next until then: "3d", "1w", a day, or a moment."""
    now = utc_now()
    return say(engine, lead, SalesWord(Word.SNOOZE, now, until=end_of(until, now)), speaker(by, via, user), note)


def lead_wake(
    engine: Engine, lead: str, by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """End a snooze."""
    return say(engine, lead, SalesWord(Word.WAKE, utc_now()), speaker(by, via, user), note)


def lead_contact(
    engine: Engine, lead: str, by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """Note that somebody spoke to the person."""
    return say(engine, lead, SalesWord(Word.CONTACT, utc_now()), speaker(by, via, user), note)


def lead_override(
    engine: Engine, lead: str, stage: str, reason: str, until: str, by: str = "", via: str = "cli", user: str = ""
) -> dict[str, Any]:
    """Put a lead into a stage by hand until then, whatever the rules say."""
    now = utc_now()
    word = SalesWord(Word.OVERRIDE, now, stage=stage, until=end_of(until, now))
    return say(engine, lead, word, speaker(by, via, user), reason)


def lead_release(
    engine: Engine, lead: str, by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """End an override: the rules place the lead."""
    return say(engine, lead, SalesWord(Word.RELEASE, utc_now()), speaker(by, via, user), note)


def lead_assign(
    engine: Engine, lead: str, owner: str = "", by: str = "", via: str = "cli", user: str = "", note: str = ""
) -> dict[str, Any]:
    """Give a lead to a user, by e-mail address; without one, to nobody. "auto" lets the assignment rules choose."""
    found = find_lead(lead)
    if owner == AUTO:
        return told(found.pk, assign_by_rules(engine, found.pk))
    owned_by = user_named(owner) if owner else None
    return told(found.pk, assign_to(engine, found.pk, owned_by, speaker(by, via, user), note))


def say(engine: Engine, lead: str, word: SalesWord, who: Speaker, note: str = "") -> dict[str, Any]:
    """Keep a word, evaluate the lead, and say where it stands now.

    Raises:
        NotFoundError: nobody fits, or the lead stands nowhere.
        TerminalError: the word makes no sense for this lead; the advice says what would.
        BusyError: the pipeline is busy with everybody.
    """
    found = find_lead(lead)
    return told(found.pk, say_of(engine, found.pk, word, who, note))


def say_of(engine: Engine, lead: int, word: SalesWord, who: Speaker, note: str = "") -> bool:
    """`say`, of a lead by its number. False when the word says nothing new."""
    with locked(engine):
        with transaction.atomic():
            news = sales.say(engine.ruleset, lead, word, who, note)
            if news:
                evaluate_leads(engine, [lead], _not_before_its_stage(lead, word.at), Kind.SALES)
        if news:
            assign_waiting(engine, word.at)
    return news


def _not_before_its_stage(lead: int, at: datetime) -> datetime:
    """While a click waited for the pipeline, the lead may have moved: its moves stay in their order."""
    since = Standing.objects.filter(pk=lead).values_list("stage_since", flat=True).first()
    return max(at, since) if since else at


def assign_to(engine: Engine, lead: int, owner: User | None, who: Speaker, note: str = "") -> bool:
    """Give a lead to a user, or to nobody. False when it is theirs already."""
    with locked(engine):
        news = sales.assign(lead, owner, utc_now(), who, note)
    note_rescored(engine, [lead])
    return news


def assign_by_rules(engine: Engine, lead: int) -> bool:
    """Let the rules choose an owner, also when there is one. False when they find nobody else."""
    with locked(engine):
        return assign_one(engine, lead, utc_now())


def told(lead: int, news: bool) -> dict[str, Any]:
    """Where a lead stands after a word. `changed` is False when the word said nothing new."""
    row = Standing.objects.get(pk=lead)
    moments = ("stage_since", "accepted_at", "rejected_at", "snoozed_until", "override_until", "contacted_at")
    return {
        "lead": lead,
        "changed": news,
        "stage": row.stage,
        "owner": row.owner,
        "rejection": row.rejection,
        "override_stage": row.override_stage,
        **{name: _iso(getattr(row, name)) for name in (*moments, "contact_due_at", "breached_at")},
    }


def speaker(by: str, via: str, user: str) -> Speaker:
    """Who speaks: the user of an e-mail address, or only a name."""
    return Speaker(by, via, user_named(user) if user else None)


def user_named(email: str) -> User:
    """The user of an e-mail address.

    Raises:
        NotFoundError: there is none.
    """
    found = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if found is None:
        raise NotFoundError(f"There is no user {email!r}.", advice=f"Make an account: leadline users create {email}")
    return found


def end_of(text: str, now: datetime) -> datetime | None:
    """When something ends: "3d" and "2w" from now, "2026-12-01" as that day begins in UTC, or a moment in ISO 8601.

    Returns:
        None for an empty text.

    Raises:
        TerminalError: it is none of these.
    """
    span = SPAN.fullmatch(text.strip().lower())
    if span:
        return now + timedelta(days=int(span[1]) * DAYS[span[2]])
    try:
        return _moment(text.strip()) if text.strip() else None
    except ValueError as error:
        advice = "Use 3d, 2w, 2026-12-01 or 2026-12-01T10:00:00Z."
        raise TerminalError(f"{text!r} is no end.", advice=advice) from error


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Work alone.

    Raises:
        BusyError: the pipeline is busy for longer than somebody waits for a click.
    """
    if not engine.lock.acquire(timeout=LOCK_SECONDS):
        said = f"The pipeline is busy: {engine.occupied or SCORING}."
        raise BusyError(said, advice="Nothing was changed. Try again in a minute or two.")
    try:
        yield
    finally:
        engine.lock.release()


def _moment(text: str) -> datetime:
    if len(text) == len("2026-01-01"):
        return datetime.combine(date.fromisoformat(text), time.min, tzinfo=UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
