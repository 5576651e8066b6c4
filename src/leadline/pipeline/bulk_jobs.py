"""One word about very many leads, as a job: batch by batch, so that the pipeline and other people's clicks go on
between them.

Begun anew it says nothing twice: a word that a lead was told already changes nothing of it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from leadline.accounts.models import User
from leadline.eventstore.journal import Kind
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, TerminalError
from leadline.pipeline.assigning import assign_waiting
from leadline.pipeline.changes import note_rescored
from leadline.pipeline.engine import Engine
from leadline.pipeline.rescoring import evaluate_leads
from leadline.pipeline.sales import BusyError, locked
from leadline.qualification import sales
from leadline.qualification.models import Standing
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word

BULK = "bulk"
"""The kind of job."""
MOST = 100_000
BATCH = 50
"""So many are told and evaluated in one transaction, while other people's clicks wait."""
PAUSE_SECONDS = 1.0
ASSIGN = "assign"
Report = Callable[[int, int], None]


def arguments(act: str, leads: Iterable[int], who: User, *, owner: User | None = None, reason: str = "",
              until: datetime | None = None) -> dict[str, Any]:  # fmt: skip
    """What the job is asked. The leads are those that were counted when it was confirmed, whoever fits later.

    Args:
        act: "assign", or one of the words "accept", "reject" and "snooze".

    Raises:
        TerminalError: they are more than can be done.
    """
    numbers = list(leads)
    if len(numbers) > MOST:
        raise TerminalError(f"At most {MOST:,} leads can be done at once.", advice="Narrow the list.")
    return {
        "act": act,
        "leads": numbers,
        "who": who.pk,
        "owner": owner.pk if owner else None,
        "reason": reason,
        "until": until.isoformat() if until else None,
    }


def run(engine: Engine, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The job. Its result: how many changed (`done`), were so already (`same`), and were `refused`, by the sentence
    that says why."""
    leads, telling = asked["leads"], _Telling(engine, asked)
    report(0, len(leads))
    for start in range(0, len(leads), BATCH):
        some = leads[start : start + BATCH]
        while not telling.tell(some):
            report(start, len(leads))  # which ends it here when it is to stop
            time.sleep(PAUSE_SECONDS)
        report(start + len(some), len(leads))
    return {"done": telling.done, "same": telling.same, "refused": telling.refused.most_common()}


class _Telling:
    """Says the word of batches, and counts what became of it."""

    def __init__(self, engine: Engine, asked: Mapping[str, Any]) -> None:
        self._engine, self._asked = engine, asked
        user = User.objects.get(pk=asked["who"])
        self._who = Speaker(str(user), "page", user)
        self._owner = User.objects.filter(pk=asked["owner"]).first()
        self._until = datetime.fromisoformat(asked["until"]) if asked["until"] else None
        self.done = self.same = 0
        self.refused = Counter[str]()

    def tell(self, leads: Sequence[int]) -> bool:
        """One batch. False when the pipeline is busy with everybody: nothing of it was done."""
        try:
            with locked(self._engine):
                at = utc_now()
                news, refused = self._carry_out(leads, at)
                if news and not self._assigns:
                    assign_waiting(self._engine, at)
        except BusyError:
            return False
        note_rescored(self._engine, news)
        self.done += len(news)
        self.same += len(leads) - len(news) - refused.total()
        self.refused.update(refused)
        return True

    @property
    def _assigns(self) -> bool:
        return bool(self._asked["act"] == ASSIGN)

    @transaction.atomic
    def _carry_out(self, leads: Sequence[int], at: datetime) -> tuple[list[int], Counter[str]]:
        news, refused = list[int](), Counter[str]()
        for lead in leads:
            try:
                if self._say(lead, at):
                    news.append(lead)
            except LeadlineError as error:
                refused[str(error).replace(f"Lead {lead} ", "The lead ")] += 1
        if news and not self._assigns:
            evaluate_leads(self._engine, news, max(at, _latest_move(news)), Kind.SALES)
        return news, refused

    def _say(self, lead: int, at: datetime) -> bool:
        if self._assigns:
            return sales.assign(lead, self._owner, at, self._who)
        word = SalesWord(Word(self._asked["act"]), at, reason=self._asked["reason"], until=self._until)
        return sales.say(self._engine.ruleset, lead, word, self._who)


def _latest_move(leads: Sequence[int]) -> datetime:
    """While the batch waited for the pipeline, somebody may have moved: moves stay in their order."""
    found: datetime = Standing.objects.filter(pk__in=leads).aggregate(at=Max("stage_since"))["at"]
    return found
