"""A ruleset's examples, run: what each invented person scores, where they stand, and where that is not as expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from leadline.kernel.clock import from_micros, midnight, utc_day
from leadline.qualification.simulation import simulate
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.history import History, read_history
from leadline.scoring.ruleset import DIMENSIONS, Example, Ruleset
from leadline.scoring.score import LeadScore

MICRO = 1_000_000
IDENTIFYING = {"email": "email", "phone": "phone"}
"""Trait -> the kind of identity that it makes."""
Message = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example. `failures` are sentences; there are none when it passed."""

    name: str
    passed: bool
    failures: list[str]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"name": self.name, "passed": self.passed, "failures": self.failures}


def run_examples(ruleset: Ruleset) -> list[ExampleResult]:
    """Each example of a ruleset, in order."""
    return [_run(ruleset, example) for example in ruleset.examples]


def failing_examples(ruleset: Ruleset) -> list[ExampleResult]:
    """The examples that keep a ruleset from being published."""
    return [result for result in run_examples(ruleset) if not result.passed]


def _run(ruleset: Ruleset, example: Example) -> ExampleResult:
    day, events = _told(example)
    history = read_history({"as_of": day, "events": events}, ruleset.domains)
    score = LeadScoringEngine(ruleset).score_history(history.events, history.traits, day)
    failures = list(_numbers(example.expect, score))
    failures.extend(_words(example.expect, score))
    if "stage" in example.expect:
        failures.extend(_stage(ruleset, example.expect["stage"], history, _kinds(events)))
    return ExampleResult(example.name, not failures, failures)


def _told(example: Example) -> tuple[date, list[Message]]:
    """The day, and the messages; traits are said before everything else, so that each midnight knows them."""
    day, events, traits = (example.history[part] for part in ("as_of", "events", "traits"))
    assert isinstance(day, date)  # noqa: S101  # as example_rules.py makes it
    assert isinstance(events, Sequence)  # noqa: S101  # likewise
    moments = [str(event["timestamp"]) for event in events]
    began = min(moments, key=datetime.fromisoformat, default=midnight(day).isoformat())
    known = [{"type": "identify", "traits": traits, "timestamp": began}] if traits else []
    return day, [*known, *events]


def _kinds(events: Sequence[Message]) -> set[str]:
    """The kinds of identities that messages bring."""
    traits = {key for event in events if isinstance(given := event.get("traits"), Mapping) for key in given}
    kinds = {kind for trait, kind in IDENTIFYING.items() if trait in traits}
    return kinds | {"user_id" for event in events if event.get("userId")}


def _numbers(expect: Mapping[str, object], score: LeadScore) -> Iterator[str]:
    for name, wanted in expect.items():
        got = _number(name, score)
        if got is not None and not _meets(got, wanted):
            yield (
                f"{name} is {got / MICRO:g}, expected {_wanted(wanted)}."
                if name == "fit"
                else (f"{name} is {got / MICRO:.6f}, expected {_wanted(wanted)}.")
            )


def _number(name: str, score: LeadScore) -> int | None:
    """What a score says, in millionths; None for what is no number."""
    if name == "total":
        return score.total_micro
    if name == "fit":
        return score.fit * MICRO
    if name in DIMENSIONS:
        return score.dimensions[name].score_micro
    factors = {own: each for dimension in score.dimensions.values() for own, each in dimension.factors.items()}
    return factors[name].score_micro if name in factors else None


def _meets(got: int, wanted: object) -> bool:
    if not isinstance(wanted, Mapping):
        return got == _micro(wanted)
    low, high = wanted.get("at_least"), wanted.get("at_most")
    return (low is None or got >= _micro(low)) and (high is None or got <= _micro(high))


def _micro(number: object) -> int:
    return round(float(str(number)) * MICRO)


def _wanted(wanted: object) -> str:
    if not isinstance(wanted, Mapping):
        return f"{wanted}"
    told = {"at_least": "at least {}", "at_most": "at most {}"}
    return " and ".join(told[name].format(f"{bound}".removesuffix(".0")) for name, bound in wanted.items())


def _words(expect: Mapping[str, object], score: LeadScore) -> Iterator[str]:
    if "grade" in expect and score.grade != expect["grade"]:
        yield f"grade is {score.grade}, expected {expect['grade']}."
    if "disqualified" in expect:
        wanted, found = expect["disqualified"], ", ".join(score.disqualifications) or "nothing"
        right = (
            bool(score.disqualifications) == wanted if isinstance(wanted, bool) else wanted in score.disqualifications
        )
        if not right:
            yield f"disqualified by {found}, expected {_disqualifier(wanted)}."


def _disqualifier(wanted: object) -> str:
    return {True: "any", False: "nothing"}[wanted] if isinstance(wanted, bool) else str(wanted)


def _stage(ruleset: Ruleset, wanted: object, history: History, kinds: set[str]) -> Iterator[str]:
    instants = _instants(history)
    walk = simulate(ruleset, history.events, history.traits, kinds, instants)
    if walk.state.stage.value != wanted:
        reasons = " ".join(reason.sentence for move in walk.transitions[-1:] for reason in move.reasons)
        told = f" ({reasons})" if reasons else ""
        yield f"stage is {walk.state.stage.value}, expected {wanted}{told}."


def _instants(history: History) -> list[datetime]:
    """A load at each event, each midnight between, and the end of the day of the example."""
    end = midnight(history.as_of) + timedelta(days=1) - timedelta(microseconds=1)
    loads = {from_micros(event.occurred_micros) for event in history.events}
    first = utc_day(min(loads, default=end))
    midnights = {midnight(first) + timedelta(days=day) for day in range(1, (history.as_of - first).days + 1)}
    return sorted(moment for moment in {*loads, *midnights, end} if moment <= end)
