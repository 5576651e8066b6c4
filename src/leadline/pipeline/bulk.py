"""One word about many leads: each is said by itself, and what was refused is told, with why."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from leadline.accounts.models import User
from leadline.kernel.errors import LeadlineError
from leadline.pipeline import sales
from leadline.pipeline.engine import Engine
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord

MOST = 500
"""Each word is an evaluation of its lead: so many take some seconds, which somebody waits for."""


@dataclass(frozen=True)
class BulkOutcome:
    """What became of it.

    Attributes:
        done: how many changed; `same`: how many it said nothing new of.
        refused: how often, by the sentence that says why.
        left: how many were not tried, because the pipeline is busy.
    """

    done: int = 0
    same: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left: int = 0

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why leads stayed as they were and how often, the most frequent first."""
        return self.refused.most_common()


def say_of_many(engine: Engine, leads: Iterable[int], word: SalesWord, who: Speaker, note: str = "") -> BulkOutcome:
    """`sales.say_of`, of each."""
    return _each(leads, lambda lead: sales.say_of(engine, lead, word, who, note))


def assign_many(engine: Engine, leads: Iterable[int], owner: User | None, who: Speaker) -> BulkOutcome:
    """`sales.assign_to`, of each."""
    return _each(leads, lambda lead: sales.assign_to(engine, lead, owner, who))


def _each(leads: Iterable[int], act: Callable[[int], bool]) -> BulkOutcome:
    wanted, refused = list(leads), Counter[str]()
    done = same = 0
    for place, lead in enumerate(wanted):
        try:
            changed = act(lead)
        except LeadlineError as error:
            refused[str(error).replace(f"Lead {lead} ", "The lead ")] += 1
            if error.transient:  # the next would wait as long for nothing
                return BulkOutcome(done, same, refused, len(wanted) - place - 1)
        else:
            done, same = done + changed, same + (not changed)
    return BulkOutcome(done, same, refused)
