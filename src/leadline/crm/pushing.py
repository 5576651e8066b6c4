"""Step 2 of a run: the difference between what should be in the CRM and what it was last sent is sent, in batches.

Links are saved batch by batch, after the CRM answered. A crash in between sends the same batch again, which changes
nothing there.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import transaction

from leadline.crm import links
from leadline.crm.bisecting import bisected
from leadline.crm.calling import OutageError
from leadline.crm.choosing import Choice, choose, mixed, standings
from leadline.crm.drafting import drafts
from leadline.crm.errors import RemoteTransientError
from leadline.crm.models import Link
from leadline.crm.records import Outcome, Outgoing, Sent
from leadline.crm.settling import Draft, postpone, settle
from leadline.crm.taking import read_pairs, take_pairs
from leadline.crm.uniting import unite
from leadline.crm.working import Work

Item = TypeVar("Item")
COUNTED = {
    Outcome.CREATED: "created",
    Outcome.UPDATED: "updated",
    Outcome.GONE: "gone",
    Outcome.MOVED: "moved",
    Outcome.LATER: "later",
    Outcome.REFUSED: "refused",
}


def push(work: Work, only: Collection[int] | None = None, everybody: bool = False) -> None:
    """Send what is to be sent.

    Raises:
        OutageError: the CRM does not answer. RemoteTransientError: some calls were not answered.
    """
    choice = _choice(work, only, everybody)
    leads = sorted({*choice.leads, *unite(work, choice)})
    sending = Sending(work)
    sending.send(leads, choice)
    if sending.moved:
        sending.send(sending.taken(), choice)
    work.advance(len(leads), len(leads))
    sending.end()


def _choice(work: Work, only: Collection[int] | None, everybody: bool) -> Choice:
    standing = standings(work.connection)
    stamps = work.local.stamps(work.mapping.who, standing.keys())
    version = work.connection.mapping_version
    current = {lead: mixed(stamp, version) for lead, stamp in stamps.items()}
    return choose(standing, current, work.clock(), only, everybody)


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


class Sending:
    """The batches of one run.

    A batch that gets no answer is left as it is, since an outage is not its rows' fault. When the next one does get
    an answer, it was: its rows then wait, longer each time, so that they hold up nobody.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._unanswered: list[tuple[list[Draft], RemoteTransientError]] = []
        self._error: RemoteTransientError | None = None
        self.moved: list[int] = []

    def taken(self) -> list[int]:
        """The leads whose record moved, and no longer from now on: a second time is for the next run."""
        leads, self.moved = self.moved, []
        return leads

    def send(self, leads: Sequence[int], choice: Choice) -> None:
        """Send what differs of leads."""
        for batch in batches(drafts(self._work, leads, choice), self._work.kind.batch):
            self._work.breathe()
            self._batch(batch)
            if self._work.calls.is_out:
                raise OutageError("The CRM stopped answering.", advice="It is tried again by itself.")

    def end(self) -> None:
        """Say that something was not answered.

        Raises:
            RemoteTransientError: it was not.
        """
        if self._error is not None:
            raise self._error

    def _batch(self, batch: list[Draft]) -> None:
        work = self._work
        self._announce([row.link for row in batch if row.link.pk is None])
        try:
            answers = bisected([row.outgoing for row in batch], self._call)
            work.after("sent")
            self._settle(batch, answers)
        except RemoteTransientError as error:
            self._unanswered.append((batch, error))
            self._error = error
            return
        self._blame()

    def _call(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        return self._work.calls.ask(lambda: self._work.connector.send(rows))

    def _settle(self, batch: Sequence[Draft], answers: Sequence[Sent]) -> None:
        """What the CRM answered, onto the links; records that were there before us are read first."""
        work, now = self._work, self._work.clock()
        met = [row.link for row, answer in zip(batch, answers, strict=True) if _is_met(row, answer)]
        for row, answer in zip(batch, answers, strict=True):
            settle(row, answer, work.mapping, now, work.roll())
            name = COUNTED[answer.outcome]
            setattr(work.counts, name, getattr(work.counts, name) + 1)
            if answer.outcome is Outcome.MOVED:
                self.moved.append(row.link.lead_id)
        held = links.held_by_others(work.connection, met)
        take_pairs(work, read_pairs(work, [link for link in met if links.place(link) not in held]))
        self._save([row.link for row in batch])
        work.after("batch saved")

    def _announce(self, new: Sequence[Link]) -> None:
        """What is about to be made there has its row first: what becomes of it, answer or none, finds its lead."""
        if new:
            self._save(new)
            self._work.after("announced")

    def _blame(self) -> None:
        for batch, error in self._unanswered:
            answer = Sent(Outcome.LATER, code=error.vendor_code, message=error.message, advice=error.advice)
            for row in batch:
                postpone(row.link, answer, self._work.clock(), self._work.roll())
            self._work.counts.later += len(batch)
            self._save([row.link for row in batch])
        self._unanswered = []

    def _save(self, changed: Sequence[Link]) -> None:
        with transaction.atomic():
            self._work.hold()
            links.save(self._work.connection, changed)


def _is_met(row: Draft, answer: Sent) -> bool:
    """Whether the row found a record of which nothing was ever seen."""
    found = answer.outcome is Outcome.UPDATED and not row.link.remote_id
    return found or answer.outcome is Outcome.MOVED
