"""The rows that stages are judged by, as they were: what `qualification.records` reads, from the event store's past."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from leadline.eventstore.database import Cursor
from leadline.eventstore.journal import JournalRow
from leadline.eventstore.replaying import (
    Edge,
    LoadedEvent,
    LoadedTrait,
    edges,
    events_named,
    loaded_traits,
    seen_by_load,
)
from leadline.kernel.clock import from_micros
from leadline.pipeline.past import LoadNews, Past
from leadline.pipeline.recipes import conversion_recipes
from leadline.pipeline.stage_replay import Rulebook, Said, said_by_sales
from leadline.qualification.facts import Converted
from leadline.qualification.records import SALES_CONTACT, LeadRecord, LeadRow, StandingRow, standings_of
from leadline.qualification.sales_history import own_words_of
from leadline.qualification.sales_words import SalesWord, Word
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Conversion, Identity
from leadline.tracking.traits import CONTACT_TRAITS, NOISE_MARK

Loaded = TypeVar("Loaded", LoadedEvent, LoadedTrait)
CONTACT_KEYS = (*CONTACT_TRAITS, *(f"{NOISE_MARK}{name}" for name in CONTACT_TRAITS))


@dataclass
class FormerRecords:
    """Gives the records of leads as they were after the rows that were told so far.

    Attributes:
        begun: leads that have a standing by now.
        away: leads that stand nowhere now.
        said: the newest word of sales that is known.
    """

    past: Past
    moves: Sequence[Edge]
    seen: Mapping[int, Mapping[int, int]]
    conversions: Mapping[int, Sequence[LoadedEvent]]
    contacts: Mapping[int, Sequence[LoadedTrait]]
    words: Sequence[Said]
    begun: set[int] = field(default_factory=set)
    away: set[int] = field(default_factory=set)
    said: int = 0
    load_seq: int = 0
    edge_id: int = 0
    _place: int = 0
    _leads: dict[int, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Cursor, rows: Iterable[JournalRow]) -> "FormerRecords":
        """Read the past of everybody: who was seen when by load, conversions, contact traits and edges."""
        rules = Rulebook()
        recipes = [each for number in {row.ruleset for row in rows} for each in conversion_recipes(rules[number])]
        names = {name for recipe in recipes for name in (recipe.event, *recipe.unless)}
        return cls(
            Past(dict(Identity.objects.values_list("pk", "kind"))),
            edges(cursor),
            seen_by_load(cursor),
            _by_load(events_named(cursor, names)),
            _by_load(loaded_traits(cursor, None, CONTACT_KEYS)),
            said_by_sales(),
        )

    def tell(self, row: JournalRow, ruleset: Ruleset) -> list[Edge]:
        """Go on to what was known at a row. Returns the edges that are new."""
        new = self._new_edges(row.edge_id)
        for number in range(self.load_seq + 1, row.load_seq + 1):
            mine = [edge for edge in new if number == row.load_seq or edge.load_seq <= number]
            new_now = [edge for edge in mine if edge.edge_id > self.edge_id]
            self.past.load(self._news(number, new_now), conversion_recipes(ruleset))
            self.edge_id = max([self.edge_id, *(edge.edge_id for edge in new_now)])
        self.past.move([edge for edge in new if edge.edge_id > self.edge_id])
        self.load_seq, self.edge_id = max(self.load_seq, row.load_seq), max(self.edge_id, row.edge_id)
        for edge in new:
            self._leads.setdefault(edge.identity, set()).add(edge.lead)
        return new

    def exchanging(self, edges: Iterable[Edge]) -> list[int]:
        """The leads that ever had one of the identities of these edges, of which there were several."""
        owners = (self._leads[edge.identity] for edge in edges)
        return sorted({lead for found in owners if len(found) > 1 for lead in found})

    def __call__(self, leads: Iterable[int]) -> Mapping[int, LeadRecord]:
        """The records of those who stand somewhere."""
        there = [lead for lead in leads if lead not in self.away and self.past.identities(lead)]
        found: dict[int, LeadRecord] = {}
        for some in chunks(there):
            standings = standings_of([lead for lead in some if lead in self.begun])
            words = self._words(some)
            found |= {lead: self._record(lead, standings.get(lead), words.get(lead, [])) for lead in some}
        self.begun.update(found)
        return found

    def _record(self, lead: int, standing: StandingRow | None, said: Sequence[SalesWord]) -> LeadRecord:
        person = self.past.person(lead)
        rows = [_row(each) for each in self.past.conversions(lead) if not each.cancelled]
        contacts = [row for row in rows if row.name == SALES_CONTACT]
        seen = person.last_seen_at or from_micros(0)
        return LeadRecord(
            LeadRow(lead, person.known, person.reachable, person.permitted, seen),
            standing,
            [row for row in rows if row.name != SALES_CONTACT],
            contacts,
            [*(SalesWord(Word.CONTACT, row.occurred_at) for row in contacts if row.occurred_at), *said],
        )

    def _words(self, leads: Collection[int]) -> dict[int, list[SalesWord]]:
        wanted, found = set(leads), dict[int, list[SalesWord]]()
        for each in self.words:
            if each.number <= self.said and (lead := self.past.survivor(each.lead)) in wanted:
                found.setdefault(lead, []).append(each.word)
        for lead, word in own_words_of(wanted):
            found.setdefault(lead, []).append(word)
        return found

    def _new_edges(self, upto: int) -> list[Edge]:
        begin = self._place
        while self._place < len(self.moves) and self.moves[self._place].edge_id <= upto:
            self._place += 1
        return list(self.moves[begin : self._place])

    def _news(self, load_seq: int, new: Sequence[Edge]) -> LoadNews:
        return LoadNews(
            new,
            self.seen.get(load_seq, {}),
            [each.event for each in self.conversions.get(load_seq, ())],
            [each.change for each in self.contacts.get(load_seq, ())],
        )


def _by_load(rows: Iterable[Loaded]) -> dict[int, list[Loaded]]:
    found: dict[int, list[Loaded]] = {}
    for row in rows:
        found.setdefault(row.load_seq, []).append(row)
    return found


def _row(each: Converted) -> Conversion:
    return Conversion(
        name=each.name,
        identity_id=each.identity,
        occurred_at=each.occurred_at,
        amount=each.amount,
        currency=each.currency,
        facts=dict(each.facts),
    )
