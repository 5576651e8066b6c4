"""What the CRM says of a lead's status and owner, said here in sales' own words, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leadline.accounts.models import User
from leadline.crm.desired import Arrival
from leadline.crm.mapping import StatusMeaning, StatusWord, SyncMapping
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.engine import Engine
from leadline.pipeline.sales import assign_to, say_of
from leadline.qualification.models import SalesAction, Standing
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word

VIA = "crm"
WORDS = {
    StatusWord.ACCEPTED: Word.ACCEPT,
    StatusWord.CONTACTED: Word.CONTACT,
    StatusWord.REJECTED: Word.REJECT,
    StatusWord.REQUALIFIED: Word.REQUALIFY,
}
DONE = {
    Word.ACCEPT: "Marked as accepted",
    Word.CONTACT: "Marked as contacted",
    Word.REJECT: "Marked as rejected",
    Word.REQUALIFY: "Rejection taken back",
}


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an arrival, in sentences."""

    done: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def __add__(self, other: "Came") -> "Came":
        return Came(self.done + other.done, self.refused + other.refused)


NOTHING = Came()


def take_owner(engine: Engine, connection: str, lead: int, arrival: Arrival) -> Came:
    """Give the lead to the user who owns its record, when that is another one than before."""
    email = arrival.record.owner.strip().lower()
    if not email or email == arrival.owner_before.strip().lower():
        return NOTHING
    user = _user(email)
    if user is None:
        return Came(refused=(f"The record's owner, {email}, is no user here.",))
    try:
        news = assign_to(engine, lead, user, Speaker(connection, VIA, user), f"Owner in {connection}")
    except LeadlineError as error:
        return _refused(error)
    return Came(done=(f"Given to {user}",)) if news else NOTHING


def take_status(
    engine: Engine, connection: str, mapping: SyncMapping, lead: int, arrival: Arrival, now: datetime
) -> Came:
    """Say what the record's status means, when it is another one than before."""
    record = arrival.record
    meaning = mapping.meaning_of(record.status) if record.status else None
    if meaning is None or record.status == arrival.status_before:
        return NOTHING
    came = NOTHING
    for word in _words(lead, meaning, now):
        if not _is_said(lead, word, record.updated_at):
            came += _say(engine, lead, word, _speaker(connection, record.owner), f"{connection}: {record.status}")
    return came


def _words(lead: int, meaning: StatusMeaning, now: datetime) -> Sequence[SalesWord]:
    """The word; before it, of a lead that was turned down and is worked on again, that the rejection is taken back."""
    kind = WORDS.get(meaning.word)
    if kind is None:
        return ()
    word = SalesWord(kind, now, reason=meaning.reason if kind is Word.REJECT else "")
    rejected = Standing.objects.filter(pk=lead).exclude(rejection="").exists()
    again = kind in {Word.ACCEPT, Word.CONTACT} and rejected
    return (SalesWord(Word.REQUALIFY, now), word) if again else (word,)


def _is_said(lead: int, word: SalesWord, changed_at: datetime) -> bool:
    """Whether it was taken before: since the record changed, the CRM said just that last."""
    said = SalesAction.objects.filter(lead=lead, via=VIA, at__gte=min(changed_at, word.at)).exclude(kind=Word.ASSIGN)
    last = said.order_by("-at", "-pk").values_list("kind", "reason").first()
    return last == (word.kind, word.reason)


def _say(engine: Engine, lead: int, word: SalesWord, speaker: Speaker, note: str) -> Came:
    try:
        news = say_of(engine, lead, word, speaker, note)
    except LeadlineError as error:
        return _refused(error)
    return Came(done=(DONE[Word(word.kind)],)) if news else NOTHING


def _refused(error: LeadlineError) -> Came:
    """What makes no sense for this lead is told; what only has to wait is tried again.

    Raises:
        LeadlineError: trying again helps.
    """
    if error.transient:
        raise error
    return Came(refused=(str(error),))


def _speaker(connection: str, owner: str) -> Speaker:
    return Speaker(connection, VIA, _user(owner.strip().lower()) if owner.strip() else None)


def _user(email: str) -> User | None:
    return User.objects.filter(email__iexact=email, is_active=True).first()
