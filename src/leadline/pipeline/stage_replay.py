"""Stages as they were: the journal walked again for one lead, each evaluation with what was known at it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from leadline.engagement.cells import daily_cells
from leadline.engagement.metrics import Metric
from leadline.eventstore import journal
from leadline.eventstore.database import Cursor
from leadline.eventstore.journal import AWAY, JournalRow, Kind
from leadline.eventstore.replaying import (
    Edge,
    LoadedEvent,
    LoadedTrait,
    edges,
    loaded_events,
    loaded_traits,
    namesakes,
    relatives,
)
from leadline.pipeline.engine import Engine
from leadline.pipeline.past import LoadNews, Past
from leadline.pipeline.recipes import conversion_recipes
from leadline.qualification.evaluation import evaluate
from leadline.qualification.facts import facts_from
from leadline.qualification.models import SalesAction
from leadline.qualification.records import SALES_CONTACT
from leadline.qualification.sales_words import SalesWord, Word, known_by
from leadline.qualification.simulation import might_move, own_words
from leadline.qualification.stages import LeadFacts, Stage, StageState, Transition
from leadline.scoring.engine import score_raws
from leadline.scoring.measuring import cells_by_metric, measure_cells
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.score import LeadScore
from leadline.scoring.service import ruleset_of
from leadline.tracking.models import Identity


@dataclass(frozen=True, slots=True)
class StageMove:
    """A transition as it was made, with the total and the ruleset of its moment."""

    transition: Transition
    total: int
    ruleset: int


@dataclass(frozen=True, slots=True)
class StagesReplayed:
    """What the stage machine remembers of a lead (None: nothing), and every move that it made."""

    state: StageState | None
    moves: tuple[StageMove, ...]


def stages_as_known(engine: Engine, lead: int, known_at: datetime | None = None) -> StagesReplayed:
    """The stages of a lead, evaluated again at every instant of the journal (up to `known_at`) from nothing."""
    with engine.lock, engine.store.cursor() as cursor:
        rows = [row for row in journal.journal_of(cursor, [lead]) if known_at is None or row.at <= known_at]
        walk = StageWalk(lead, Chronicle.of(cursor, lead, rows), said_by_sales())
    for row in rows:
        walk.step(row)
    return StagesReplayed(walk.state, tuple(walk.moves))


@dataclass(frozen=True, slots=True)
class Said:
    """A word of sales: of which lead, and its number."""

    number: int
    lead: int
    word: SalesWord


def said_by_sales() -> list[Said]:
    """Everything that sales ever said, in the order in which it counts."""
    rows = SalesAction.objects.order_by("at", "pk").defer("note")  # sealed, and of no consequence
    return [Said(r.pk, r.lead_id, SalesWord(r.kind, r.at, r.reason, r.stage, r.until)) for r in rows]


class Rulebook(dict[int, Ruleset]):
    """Published rulesets by number, each read once: they never change."""

    def __missing__(self, number: int) -> Ruleset:
        self[number] = ruleset_of(str(number))
        return self[number]


@dataclass
class Chronicle:
    """All that the event store knows of a lead and its relatives, by load, and how far it was told."""

    past: Past
    events: Sequence[LoadedEvent]
    traits: Sequence[LoadedTrait]
    edges: Sequence[Edge]
    strangers: Sequence[LoadedEvent]
    rules: Rulebook
    load_seq: int = 0
    edge_id: int = 0
    metrics: dict[str, Metric] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Cursor, lead: int, rows: Iterable[JournalRow]) -> "Chronicle":
        """Read it. `rows` tell which rulesets recognised conversions."""
        identities, rules = relatives(cursor, lead), Rulebook()
        kinds = dict(Identity.objects.filter(pk__in=identities).values_list("pk", "kind"))
        events = loaded_events(cursor, identities)
        recipes = [each for number in {row.ruleset for row in rows} for each in conversion_recipes(rules[number])]
        names = {name for recipe in recipes for name in (recipe.event, *recipe.unless)}
        properties = {recipe.key for recipe in recipes} - {""}
        keys = {str(e.event.properties[name]) for e in events for name in properties & e.event.properties.keys()}
        strangers = namesakes(cursor, names, identities, properties, keys) if keys else []
        traits, moves = loaded_traits(cursor, identities), edges(cursor, identities)
        return cls(Past(kinds), events, traits, moves, strangers, rules)

    def tell(self, row: JournalRow) -> None:
        """Go on to what was known at a row."""
        if row.load_seq > self.load_seq:
            self.past.load(self._news(row), conversion_recipes(self.rules[row.ruleset]))
        elif row.edge_id > self.edge_id:
            self.past.move([edge for edge in self.edges if self.edge_id < edge.edge_id <= row.edge_id])
        self.load_seq, self.edge_id = row.load_seq, max(self.edge_id, row.edge_id)
        self.metrics |= {metric.digest: metric for metric in self.rules[row.ruleset].metrics_read}

    def score(self, lead: int, ruleset: Ruleset, day: date) -> LeadScore:
        """What the row's evaluation measured."""
        own = self.past.identities(lead)
        events = [e.event for e in self.events if e.load_seq <= self.load_seq and e.event.identity in own]
        traits = [t.change for t in self.traits if t.load_seq <= self.load_seq and t.change.identity in own]
        cells = cells_by_metric(ruleset.measures, events)
        return score_raws(measure_cells(ruleset.measures, cells, traits, day), ruleset)

    def is_measured(self, lead: int) -> bool:
        """Whether an evaluation of everybody finds anything of a lead: a cell of some metric, or a trait."""
        own = self.past.identities(lead)
        if any(each.load_seq <= self.load_seq and each.change.identity in own for each in self.traits):
            return True
        metrics = tuple(self.metrics.values())
        known = (e.event for e in self.events if e.load_seq <= self.load_seq and e.event.identity in own)
        return any(daily_cells([event], metrics) for event in known)

    def _news(self, row: JournalRow) -> LoadNews:
        new = [e for e in self.events if self.load_seq < e.load_seq <= row.load_seq]
        others = [e for e in self.strangers if self.load_seq < e.load_seq <= row.load_seq]
        seen: dict[int, int] = {}
        for each in new:
            event = each.event
            seen[event.identity] = max(event.occurred_micros, seen.get(event.identity, event.occurred_micros))
        return LoadNews(
            [edge for edge in self.edges if self.edge_id < edge.edge_id <= row.edge_id],
            seen,
            [each.event for each in (*new, *others)],
            [each.change for each in self.traits if self.load_seq < each.load_seq <= row.load_seq],
        )


@dataclass
class StageWalk:
    """One lead on its way through the journal."""

    lead: int
    chronicle: Chronicle
    said: Sequence[Said]
    state: StageState | None = None
    moves: list[StageMove] = field(default_factory=list)
    total: int | None = None
    away: bool = False

    def step(self, row: JournalRow) -> None:
        """Carry out one row."""
        self.chronicle.tell(row)
        if row.kind in AWAY or row.kind is Kind.BACK:
            if row.leads and self.lead in row.leads:
                self._set_aside(row)
        elif self._concerns(row):
            self._evaluate(row)

    def _concerns(self, row: JournalRow) -> bool:
        if row.leads is not None:
            return self.lead in row.leads
        return not self.away and self.chronicle.is_measured(self.lead)

    def _set_aside(self, row: JournalRow) -> None:
        if row.kind is Kind.BACK:
            self._step_back(row.at)
            return
        self.away, self.total = True, None
        if row.kind is Kind.GONE:
            self.state = None
        elif row.kind is Kind.NOISE and self.state is None and self.chronicle.past.person(self.lead).known:
            self.state = StageState.beginning(row.at)

    def _step_back(self, to: datetime) -> None:
        """What `resting.step_back` did."""
        first = next((move.transition for move in self.moves if move.transition.at >= to), None)
        if first is None or self.state is None:
            return
        before = [move.transition.at for move in self.moves if move.transition.at < to]
        since = before[-1] if before else min(to, self.state.since)
        self.state = replace(self.state, stage=Stage(first.from_stage), since=since, holding={})

    def _evaluate(self, row: JournalRow) -> None:
        ruleset = self.chronicle.rules[row.ruleset]
        score = self.chronicle.score(self.lead, ruleset, row.at.date())
        seen_before, self.total = self.total, score.total_micro
        state = self.state or StageState.beginning(row.at)
        factors = {each.name: each.score_micro for d in score.dimensions.values() for each in d.factors.values()}
        self.away = False
        if (
            row.leads is None
            and seen_before is not None
            and not might_move(ruleset, state, factors, score.total_micro, seen_before, score.disqualifications)
        ):
            return
        if row.kind is Kind.AS_OF:
            self.state = state
            return
        decision = evaluate(ruleset, state, self._facts(row, ruleset, score, factors), row.at)
        self.state = decision.state
        for transition in decision.transitions:
            if all(move.transition.at != transition.at for move in self.moves):  # as the table's constraint says
                self.moves.append(StageMove(transition, score.total_micro, row.ruleset))

    def _facts(self, row: JournalRow, ruleset: Ruleset, score: LeadScore, factors: Mapping[str, int]) -> LeadFacts:
        past = self.chronicle.past
        words = self._words(row)
        return facts_from(
            ruleset,
            factors,
            score.total_micro,
            score.disqualifications,
            [each for each in past.conversions(self.lead) if each.name != SALES_CONTACT],
            past.person(self.lead),
            row.at,
            words,
            known_by(words, row.at),
        )

    def _words(self, row: JournalRow) -> list[SalesWord]:
        """All that was said, in the order that `sales_history` gives it."""
        past = self.chronicle.past
        contacts = [c for c in past.conversions(self.lead) if c.name == SALES_CONTACT and not c.cancelled]
        told = [s.word for s in self.said if s.number <= row.said and past.survivor(s.lead) == self.lead]
        own = own_words(move.transition for move in self.moves)
        return [*(SalesWord(Word.CONTACT, contact.occurred_at) for contact in contacts), *told, *own]
