"""What the record store knew of people, said again from events, traits and edges, load by load.

The rows of leads say only how things are now. A replay needs them as they were: whose an identity was, whether somebody
was known and reachable, when they were last seen, and which conversions had been recognised, each under the ruleset of
its time. `Past` follows the same rules as `tracking` does when it takes segments in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leadline.eventstore.replaying import Edge
from leadline.kernel.clock import from_micros
from leadline.pipeline.edges import NOBODY
from leadline.qualification.facts import ConversionLog, Converted, Person, is_known, is_reachable
from leadline.tracking.events import Event, TraitChange
from leadline.tracking.identity import IdentityKind
from leadline.tracking.recognition import ConversionRecipe


@dataclass(frozen=True, slots=True)
class LoadNews:
    """What one load brought.

    Attributes:
        seen: identity -> its latest event, microseconds since 1970.
        conversions: the events that may make or cancel one.
        contacts: changes of contact traits.
    """

    edges: Sequence[Edge]
    seen: Mapping[int, int]
    conversions: Sequence[Event]
    contacts: Sequence[TraitChange]


@dataclass
class Past:
    """People as they were known after the loads and moves that were told so far.

    Attributes:
        kinds: identity -> "user_id", "email" or "anonymous_id".
        owner: identity -> lead.
        last_seen: lead -> microseconds since 1970.
    """

    kinds: Mapping[int, str]
    owner: dict[int, int] = field(default_factory=dict)
    last_seen: dict[int, int] = field(default_factory=dict)
    log: ConversionLog = field(default_factory=ConversionLog)
    _home: dict[int, int] = field(default_factory=dict)
    _root: dict[int, int] = field(default_factory=dict)
    _identities: dict[int, set[int]] = field(default_factory=dict)
    _contacts: dict[int, list[TraitChange]] = field(default_factory=dict)
    _places: dict[int, set[tuple[str, str]]] = field(default_factory=dict)

    def load(self, news: LoadNews, recipes: Sequence[ConversionRecipe]) -> None:
        """A segment was taken in."""
        concerned = self._point(news.edges)
        for identity, micros in news.seen.items():
            lead = self.owner.get(identity, NOBODY)
            self.last_seen[lead] = max(micros, self.last_seen.get(lead, micros))
        self._renew(concerned)
        for change in news.contacts:
            self._contacts.setdefault(change.identity, []).append(change)
        for place in self.log.add(recipes, news.conversions):
            self._places.setdefault(self.log.found[place].identity, set()).add(place)

    def move(self, edges: Sequence[Edge]) -> None:
        """Identities were moved by hand."""
        self._renew(self._point(edges))

    def identities(self, lead: int) -> frozenset[int]:
        """Whose names a lead has."""
        return frozenset(self._identities.get(lead, ()))

    def person(self, lead: int) -> Person:
        """What is known of a lead."""
        own = self._identities.get(lead, set())
        said = (change for identity in own for change in self._contacts.get(identity, ()))
        seen = self.last_seen.get(lead)
        return Person(
            is_known(self.kinds.get(identity, "") for identity in own),
            is_reachable(said),
            None if seen is None else from_micros(seen),
        )

    def conversions(self, lead: int) -> list[Converted]:
        """A lead's conversions, cancelled ones too, the latest first."""
        own = self._identities.get(lead, set())
        places = {place for identity in own for place in self._places.get(identity, ())}
        return [each for each in self.log.conversions(places) if each.identity in own]

    def survivor(self, lead: int) -> int:
        """The lead that this one is merged into, or itself."""
        root = self._root.get(lead)
        return lead if root is None else self.owner.get(root, lead)

    def _point(self, edges: Iterable[Edge]) -> set[int]:
        """Let identities belong to their new leads. Returns the leads that won or lost one."""
        concerned: set[int] = set()
        for edge in edges:
            before = self.owner.get(edge.identity)
            if before is None and self.kinds.get(edge.identity) != IdentityKind.EMAIL:
                self._home[edge.identity] = edge.lead
                self._root[edge.lead] = edge.identity
                self.last_seen.setdefault(edge.lead, edge.occurred_micros)
            if before is not None:
                self._identities[before].discard(edge.identity)
            self.owner[edge.identity] = edge.lead
            self._identities.setdefault(edge.lead, set()).add(edge.identity)
            concerned |= {edge.lead, *(() if before is None else (before,))}
        return concerned

    def _renew(self, leads: Iterable[int]) -> None:
        """What was seen of somebody before a merge is kept with the lead they had then, and counts for the new one."""
        before = dict.fromkeys(leads, 0)
        for lead in before:
            homes = (self._home[identity] for identity in self._identities.get(lead, ()) if identity in self._home)
            before[lead] = max((self.last_seen.get(home, 0) for home in homes), default=0)
        for lead, micros in before.items():
            if micros > self.last_seen.get(lead, 0):
                self.last_seen[lead] = micros
