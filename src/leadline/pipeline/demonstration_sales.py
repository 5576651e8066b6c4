"""The demonstration's sales team at work: sellers and territories, and what they say about leads while days pass."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from leadline.accounts.models import User
from leadline.demo.sales_team import REGIONS, TEAM, Answer
from leadline.eventstore.journal import Kind, row_at
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.assigning import assign_waiting
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead
from leadline.pipeline.promises import note_breaches
from leadline.pipeline.rescoring import evaluate_leads
from leadline.qualification import sales
from leadline.qualification.models import Seller, Territory
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord


@transaction.atomic
def gather_team() -> None:
    """Sellers with their capacities, and territories in the order in which they are tried."""
    sellers = {}
    for each in TEAM:
        user = User.objects.get(email=each.email)
        sellers[each.email], _ = Seller.objects.update_or_create(user=user, defaults={"capacity": each.capacity})
    for position, region in enumerate(REGIONS):
        values = {"position": position, "countries": list(region.countries)}
        territory, _ = Territory.objects.update_or_create(name=region.name, defaults=values)
        territory.sellers.set([sellers[email] for email in region.sellers])


class SalesDays:
    """Lets the team work in the time that is simulated: after each segment, on what is known by then.

    So leads get owners, answers and broken promises on the day on which they would have had them.
    """

    def __init__(self, engine: Engine, answers: Iterable[Answer]) -> None:
        self._engine = engine
        self._answers = deque(answers)
        self._users = {user.name: user for user in User.objects.filter(email__in=[each.email for each in TEAM])}

    def work(self, now: datetime) -> None:
        """Everything up to the instant that the pipeline has reached; never later than `now`."""
        with self._engine.store.cursor() as cursor:
            reached = row_at(cursor, now)
        if reached is not None:
            self.work_until(reached.at)

    def work_until(self, at: datetime) -> None:
        """Say what is due by `at`, and evaluate whom it concerns as of then."""
        with self._engine.lock:
            with transaction.atomic():
                leads = [lead for lead in map(self._say, self._due(at)) if lead]
                if leads:
                    evaluate_leads(self._engine, sorted(set(leads)), at, Kind.SALES)
            assign_waiting(self._engine, at)
            note_breaches(self._engine, at)

    def _due(self, at: datetime) -> list[Answer]:
        due = []
        while self._answers and self._answers[0].at <= at:
            due.append(self._answers.popleft())
        return due

    def _say(self, answer: Answer) -> int | None:
        """The lead that it was said of; None when it makes no sense any more, such as of a customer."""
        word = SalesWord(answer.kind, answer.at, reason=answer.reason, until=answer.until)
        try:
            lead = find_lead(answer.user_id).pk
            news = sales.say(self._engine.ruleset, lead, word, Speaker(answer.by, "page", self._users.get(answer.by)))
        except (NotFoundError, TerminalError):
            return None
        return lead if news else None
