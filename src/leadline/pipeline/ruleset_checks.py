"""What is wrong with a ruleset, here: its document, its examples, and what this installation keeps and has seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from leadline.eventstore.planning import event_names
from leadline.pipeline.engine import Engine
from leadline.qualification.examples import ExampleResult, run_examples
from leadline.scoring.checks import retention_faults, unread_traits, unseen_events
from leadline.scoring.document import faults
from leadline.scoring.faults import Fault
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.service import ruleset_of
from leadline.tracking.profiles import PROJECTED


@dataclass(frozen=True)
class Checked:
    """A document as this installation finds it.

    Attributes:
        ruleset: None when the document is not valid.
        faults: what makes it unpublishable.
        warnings: what may be meant.
        examples: its named people, and whether each comes out as it says.
    """

    text: str
    ruleset: Ruleset | None
    faults: Sequence[Fault]
    warnings: Sequence[str]
    examples: Sequence[ExampleResult]

    @property
    def failing(self) -> list[ExampleResult]:
        """The examples that come out otherwise than they say."""
        return [example for example in self.examples if not example.passed]

    @property
    def blocked(self) -> bool:
        """Whether it cannot be published."""
        return bool(self.faults or self.failing)


def check(engine: Engine, text: str) -> Checked:
    """Everything that can be said about a document without looking at leads. Raises nothing for a bad one."""
    wrong = faults(text)
    if wrong:
        return Checked(text, None, wrong, (), ())
    ruleset = ruleset_of(text)
    with engine.store.cursor() as cursor:
        seen = event_names(cursor)
    return Checked(
        text=text,
        ruleset=ruleset,
        faults=retention_faults(ruleset, settings.KEEP_EVENTS_DAYS or None),
        warnings=_sentences([*unseen_events(ruleset, seen), *unread_traits(ruleset, PROJECTED)]),
        examples=run_examples(ruleset),
    )


def _sentences(found: Iterable[object]) -> list[str]:
    return [str(each) for each in found]
