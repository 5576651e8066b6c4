"""Putting a ruleset in force: what publishing would do, publishing, and rolling back.

The order makes it safe to die at any point: what is waiting is taken in under the rules it came under, new metrics are
measured, the ruleset is put in force (one row, in one transaction), everybody is scored. Until that row there is
nothing; after it, the next tick of whatever process does the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from leadline.eventstore.cells import ensure_metrics
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.impact import Impact, impact
from leadline.pipeline.rescoring import evaluate_everyone
from leadline.pipeline.ruleset_checks import Checked, check
from leadline.pipeline.tick import tick
from leadline.qualification.examples import ExampleResult
from leadline.scoring import service
from leadline.scoring.differences import Difference, differences
from leadline.scoring.faults import Fault
from leadline.scoring.ruleset import Ruleset

Advance = Callable[[int, int], None]


class RulesetRefusedError(TerminalError):
    """A ruleset cannot be published; the message says everything that is in the way, and so does `checked`."""

    code = "ruleset_refused"

    def __init__(self, message: str, checked: Checked) -> None:
        super().__init__(message)
        self.checked = checked


class ConfirmationNeededError(TerminalError):
    """Publishing would move many leads; the message has the numbers, and so has `impact`."""

    code = "confirmation_needed"

    def __init__(self, message: str, impact: Impact, *, advice: str) -> None:
        super().__init__(message, advice=advice)
        self.impact = impact


@dataclass(frozen=True)
class Publication:
    """What publishing a ruleset now would do.

    Attributes:
        differences: from the ruleset in force, in words.
        impact: None when the document is not valid.
        confirm_share: above which share of leads that move a confirmation is asked.
    """

    checked: Checked
    differences: Sequence[Difference]
    impact: Impact | None
    confirm_share: float

    @property
    def ruleset(self) -> Ruleset | None:
        """None when the document is not valid."""
        return self.checked.ruleset

    @property
    def faults(self) -> Sequence[Fault]:
        """What makes it unpublishable, failing examples aside."""
        return self.checked.faults

    @property
    def warnings(self) -> Sequence[str]:
        """What may be meant."""
        return self.checked.warnings

    @property
    def example_results(self) -> Sequence[ExampleResult]:
        """The named people."""
        return self.checked.examples

    @property
    def needs_confirmation(self) -> bool:
        """Whether more leads would move than go without saying."""
        return self.impact is not None and self.impact.share > self.confirm_share


def prepare_publication(engine: Engine, reference: str, now: datetime | None = None) -> Publication:
    """What publishing would do. Writes nothing.

    Raises:
        NotFoundError: there is no such ruleset or draft.
    """
    checked = check(engine, service.document_of(reference))
    if checked.ruleset is None:
        return Publication(checked, (), None, settings.PUBLISH_CONFIRM_SHARE)
    found = impact(engine, checked.ruleset, now or utc_now())
    changes = differences(service.in_force(), checked.ruleset)
    return Publication(checked, changes, found, settings.PUBLISH_CONFIRM_SHARE)


def publish(
    engine: Engine,
    reference: str,
    by: str,
    why: str,
    confirm: bool = False,
    advance: Advance | None = None,
    now: datetime | None = None,
    *,
    score_now: bool = True,
) -> Ruleset:
    """Publish a ruleset, a draft or a document, and score everybody with it.

    Args:
        confirm: the numbers were seen; without it, a publication that moves many leads is refused with them.
        score_now: False leaves the scoring to the next tick, for who cannot wait.

    Raises:
        RulesetRefusedError: faults or failing examples are in the way.
        ConfirmationNeededError: it would move many leads, and `confirm` is False.
        NotFoundError: there is no such ruleset or draft.
        TerminalError: no reason was given.
    """
    if not why.strip():
        raise TerminalError("Publishing needs a reason.", advice="Say why, in a sentence.")
    with engine.lock:
        text = service.document_of(reference)
        _refuse_blocked(check(engine, text))
        if not confirm:
            _refuse_unconfirmed(prepare_publication(engine, text, now))
        ruleset = service.ruleset_of(text)
        _get_ready(engine, ruleset, now or utc_now())
        return _use(engine, service.publish(text, by=by, why=why), now, advance, score_now=score_now)


def roll_back(
    engine: Engine,
    number: int,
    by: str,
    why: str,
    confirm: bool = False,
    advance: Advance | None = None,
    now: datetime | None = None,
    *,
    score_now: bool = True,
) -> Ruleset:
    """Put an earlier ruleset in force again. Its examples and windows do not hinder: it was in force before.

    Raises:
        ConfirmationNeededError: it would move many leads, and `confirm` is False.
        NotFoundError: there is no such ruleset.
        TerminalError: it is in force already, or no reason was given.
    """
    with engine.lock:
        ruleset = service.check_roll_back(number, why)
        if not confirm:
            _refuse_unconfirmed(prepare_publication(engine, str(number), now))
        _get_ready(engine, ruleset, now or utc_now())
        return _use(engine, service.roll_back(number, by=by, why=why), now, advance, score_now=score_now)


def _get_ready(engine: Engine, ruleset: Ruleset, now: datetime) -> None:
    """All that takes long and changes nothing: what is waiting is taken in, new metrics are measured."""
    tick(engine, now)
    with engine.store.cursor() as cursor:
        ensure_metrics(cursor, ruleset.metrics_read)


def _use(engine: Engine, active: Ruleset, now: datetime | None, advance: Advance | None, *, score_now: bool) -> Ruleset:
    if active.number != engine.ruleset.number:
        engine.use(active)
        if score_now:
            evaluate_everyone(engine, now or utc_now(), advance)
    return active


def _refuse_blocked(checked: Checked) -> None:
    """Everything at once: who mends one fault should not find the next one only then."""
    reasons = [str(fault) for fault in checked.faults]
    reasons += [f"The example {example.name!r} fails: {why_failed(example)}" for example in checked.failing]
    if reasons:
        raise RulesetRefusedError("This ruleset cannot be published. " + " ".join(reasons), checked)


def why_failed(example: ExampleResult) -> str:
    """What came out instead, in a line."""
    return "; ".join(str(each).removesuffix(".") for each in example.failures) + "."


def _refuse_unconfirmed(publication: Publication) -> None:
    found = publication.impact
    if found is not None and publication.needs_confirmation:
        raise ConfirmationNeededError(
            f"{found.moved:,} of {found.leads:,} leads ({found.share:.0%}) would change grade or stage.",
            found,
            advice="Look at who moves, then confirm.",
        )
