"""What salespeople say about a lead: each word is kept and told to the feed, or refused with advice.

A word is one transaction: the row of `SalesAction`, the columns of `Standing`, the event. What it means for the stage
is the machine's to say; `pipeline.sales` evaluates the lead at once. Times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db import transaction

from leadline.accounts.models import User
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.privacy.sight import EVERYTHING, seeing
from leadline.qualification.models import QualificationEvent, SalesAction, Standing
from leadline.qualification.records import records_of
from leadline.qualification.resting import RESTING
from leadline.qualification.sales_words import SalesState, SalesWord, Word, known_by, sales_state
from leadline.qualification.stages import Stage
from leadline.qualification.words_written import ASSIGNED, key_of
from leadline.scoring.ruleset import Ruleset

REPEATED = timedelta(minutes=10)
"""A contact logged again so soon is the same one; so is an end that differs by less, as "in three days" does when it is
clicked twice."""
LONGEST_OVERRIDE = timedelta(days=366)
LONGEST_SNOOZE = timedelta(days=366)
NOTE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said it and where: "page", "cli", "api", "crm" or "rules" (assignment)."""

    by: str = ""
    via: str = "page"
    user: User | None = None

    @property
    def name(self) -> str:
        """As the owner of a lead is written."""
        return (str(self.user) if self.user else self.by)[: Standing._meta.get_field("owner").max_length or 120]


def say(ruleset: Ruleset, lead: int, word: SalesWord, speaker: Speaker, note: str = "") -> bool:
    """Keep a word about a lead. False when it says nothing new, as the second of a double click.

    Raises:
        NotFoundError: the lead stands nowhere.
        TerminalError: the word makes no sense for this lead.
    """
    with transaction.atomic():
        before = standing_state(ruleset, lead, word.at)
        _check(ruleset, before, word, note)
        if _is_repeated(before.state, word):
            return False
        action = _append(lead, word, speaker, note)
        _write(lead, before.after(word, ruleset))
        if word.kind in (Word.ACCEPT, Word.CONTACT):
            _own(lead, speaker, taken=word.kind == Word.ACCEPT)
        _tell(lead, action)
    return True


def assign(lead: int, owner: User | None, at: datetime, speaker: Speaker, why: str = "") -> bool:
    """Give a lead to somebody, or to nobody. False when it is theirs already."""
    with transaction.atomic():
        row = Standing.objects.select_for_update().filter(pk=lead).exclude(stage=RESTING).first()
        if row is None:
            raise _nowhere(lead)
        name = str(owner)[:120] if owner else ""
        if row.owner_user == owner and row.owner == name:
            return False
        action = _append(lead, SalesWord(Word.ASSIGN, at), speaker, why)
        Standing.objects.filter(pk=lead).update(owner=name, owner_user=owner)
        detail = {"owner": name, "before": row.owner, "by": speaker.name, "via": speaker.via}
        _event(lead, ASSIGNED, at, key_of(action), detail)
    return True


@dataclass(frozen=True, slots=True)
class Before:
    """Where a lead stands and what was said of it, before a word."""

    stage: str
    known: bool
    state: SalesState
    words: tuple[SalesWord, ...]

    def after(self, word: SalesWord, ruleset: Ruleset) -> SalesState:
        """What stands once the word is said."""
        words = [*self.words, word]
        return sales_state(words, known_by(words, word.at), ruleset)


def standing_state(ruleset: Ruleset, lead: int, at: datetime) -> Before:
    """What stands of a lead at `at`.

    Raises:
        NotFoundError: it stands nowhere: unknown, merged, a robot, one of our own, or not scored yet.
    """
    record = records_of([lead]).get(lead)
    if record is None or record.standing is None or record.standing.stage == RESTING:
        raise _nowhere(lead)
    return Before(record.standing.stage, record.lead.known, record.sales(ruleset, at), tuple(record.words))


def _check(ruleset: Ruleset, before: Before, word: SalesWord, note: str) -> None:
    """Refuse what makes no sense, with what to do instead."""
    if not before.known:
        raise TerminalError(
            "This is a visitor: nobody knows who it is, so there is nobody to sell to.",
            advice="Wait until they sign up or leave an e-mail address.",
        )
    checks = {
        Word.ACCEPT: lambda: _check_accept(before),
        Word.REJECT: lambda: _check_reject(ruleset, before, word),
        Word.REQUALIFY: lambda: _check_requalify(before),
        Word.SNOOZE: lambda: _check_snooze(before, word),
        Word.OVERRIDE: lambda: _check_override(word, note),
    }
    checks.get(Word(word.kind), lambda: None)()


def _check_accept(before: Before) -> None:
    if before.state.rejection:
        raise TerminalError("Sales rejected this lead.", advice="Requalify it first, then accept it.")
    if before.stage == Stage.DISQUALIFIED:
        raise TerminalError(
            "This lead is disqualified.", advice="Its stage history says why; an override can put it elsewhere."
        )
    if before.stage == Stage.CUSTOMER:
        raise TerminalError("This is a customer already.", advice="There is nothing to accept.")


def _check_reject(ruleset: Ruleset, before: Before, word: SalesWord) -> None:
    names = [rejection.name for rejection in ruleset.rejections]
    if word.reason not in names:
        said = f"{word.reason!r} is no reason for a rejection." if word.reason else "A rejection needs a reason."
        raise TerminalError(said, advice=f"The reasons are: {', '.join(names)}.")
    if before.stage == Stage.CUSTOMER:
        raise TerminalError("This is a customer already.", advice="A customer cannot be rejected.")


def _check_requalify(before: Before) -> None:
    if not before.state.rejection and before.stage == Stage.DISQUALIFIED:
        raise TerminalError(
            "The rules disqualified this lead, not sales.",
            advice="Its stage history says which; an override can put it elsewhere.",
        )


def _check_snooze(before: Before, word: SalesWord) -> None:
    if before.state.rejection:
        raise TerminalError("Sales rejected this lead.", advice="Requalify it first.")
    if word.until is None or word.until <= word.at:
        raise TerminalError("A snooze needs an end in the future.", advice="Give a day, such as 2026-12-01.")
    if word.until - word.at > LONGEST_SNOOZE:
        raise TerminalError("A snooze lasts a year at most.", advice="Reject the lead, with a reason that recycles it.")


def _check_override(word: SalesWord, note: str) -> None:
    stages = [stage.value for stage in Stage]
    if word.stage not in stages:
        raise TerminalError(f"{word.stage!r} is no stage.", advice=f"The stages are: {', '.join(stages)}.")
    if not note.strip():
        raise TerminalError("An override needs a reason.", advice="Say why, for whoever reads the history.")
    if word.until is None or word.until <= word.at:
        raise TerminalError("An override needs an end in the future.", advice="Give a day, such as 2026-12-01.")
    if word.until - word.at > LONGEST_OVERRIDE:
        raise TerminalError("An override lasts a year at most.", advice="Change the rules for what lasts longer.")


def _is_repeated(state: SalesState, word: SalesWord) -> bool:
    same = {
        Word.ACCEPT: state.accepted_at is not None,
        Word.REJECT: state.rejection == word.reason,
        Word.REQUALIFY: not state.rejection,
        Word.SNOOZE: _ends_about(state.snoozed_until, word.until),
        Word.WAKE: state.snoozed_until is None or state.snoozed_until <= word.at,
        Word.CONTACT: state.contacted_at is not None and word.at - state.contacted_at < REPEATED,
        Word.OVERRIDE: state.override_stage == word.stage and _ends_about(state.override_until, word.until),
        Word.RELEASE: not state.override_stage,
    }
    return same[Word(word.kind)]


def _ends_about(stands: datetime | None, said: datetime | None) -> bool:
    return stands is not None and said is not None and abs(said - stands) < REPEATED


def _append(lead: int, word: SalesWord, speaker: Speaker, note: str) -> SalesAction:
    with seeing(EVERYTHING):  # it is new: whoever writes it needs to see nobody's
        return SalesAction.objects.create(
            lead_id=lead,
            kind=word.kind,
            at=word.at,
            by=speaker.name,
            user=speaker.user,
            via=speaker.via,
            reason=word.reason,
            stage=word.stage,
            until=word.until,
            note=note.strip()[:NOTE_LENGTH] or None,
        )


def _write(lead: int, state: SalesState) -> None:
    """The columns; and the forecast is made again, since what keeps a lead from falling may be another thing now."""
    columns = {field.name: getattr(state, field.name) for field in fields(state)}
    Standing.objects.filter(pk=lead).update(**columns, forecast_made_at=None)


def _own(lead: int, speaker: Speaker, *, taken: bool) -> None:
    """Who accepts a lead owns it; who speaks to one that nobody owns does too."""
    rows = Standing.objects.filter(pk=lead)
    (rows if taken else rows.filter(owner="")).update(owner=speaker.name, owner_user=speaker.user)


def _tell(lead: int, action: SalesAction) -> None:
    """Without what was written: the feed is not sealed, and reads it with the word."""
    detail = {
        "by": action.by,
        "via": action.via,
        "reason": action.reason,
        "stage": action.stage,
        "until": action.until.isoformat() if action.until else None,
    }
    _event(lead, action.kind, action.at, key_of(action), detail)


def _event(lead: int, kind: str, at: datetime, key: str, detail: Mapping[str, object]) -> None:
    QualificationEvent.objects.create(key=key, lead_id=lead, kind=kind, at=at, detail=dict(detail))


def _nowhere(lead: int) -> NotFoundError:
    return NotFoundError(
        f"Lead {lead} stands in no stage: it was merged, is a robot or one of our own people, or has no score yet.",
        advice="Look it up with `leadline explain`.",
    )
