"""The traits of people: the latest of each, sealed, whatever the order of arrival.

What the event store may know of a trait is its value when it is not personal, else only whether it is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leadline.tracking.addresses import classify_address
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.events import TraitChange
from leadline.tracking.models import Profile
from leadline.tracking.normalise import Draft
from leadline.tracking.scrub import looks_personal, without_nul
from leadline.tracking.traits import CONTACT_TRAITS, NOISE_MARK, trait_text

PROJECTED = frozenset(
    {"employees", "industry", "country", "roles_wanted", "hiring_timeline", "plan", "intent", "email_class", "locale"}
)
"""Traits whose values say nothing about who somebody is; of the rest the event store learns only the presence."""
PROJECTED_LENGTH = 80
NAME_LENGTH = 100
Stamped = list[Any]  # [value, occurred_micros, message_hash], as JSON keeps it


@dataclass(frozen=True)
class AddressBook:
    """What this installation knows about e-mail domains."""

    own_domains: tuple[str, ...] = ()
    competitor_domains: tuple[str, ...] = ()
    test_domains: tuple[str, ...] = ()

    def classify(self, email: str) -> str:
        """free, disposable, own, test, competitor or business."""
        return classify_address(
            email,
            own_domains=self.own_domains,
            test_domains=self.test_domains,
            competitors=self.competitor_domains,
        )


@dataclass
class TraitBook:
    """The traits that one segment brings, by identity.

    Attributes:
        stamped: of each trait the latest, for the profiles.
        counting: the same without what noise said, which scores must not see. Of an e-mail address or telephone number
            that only noise told, it is noted that it is there, under a name that no metric can have: a person is
            reachable by it all the same.
    """

    addresses: AddressBook
    stamped: dict[int, dict[str, Stamped]] = field(default_factory=dict)
    counting: dict[int, dict[str, Stamped]] = field(default_factory=dict)

    def note(self, identity: int, draft: Draft) -> None:
        """Add a message's traits; of each trait the latest stays."""
        traits = {name: value for name, value in draft.traits.items() if name != "email_class"}
        if "email" in traits:
            email = traits["email"]
            traits["email_class"] = self.addresses.classify(email) if isinstance(email, str) else None
        stamps = {name: [value, draft.occurred_micros, draft.message_hash] for name, value in traits.items()}
        self.stamped[identity] = _latest(self.stamped.get(identity, {}), stamps)
        if draft.noise:
            stamps = {f"{NOISE_MARK}{name}": stamp for name, stamp in stamps.items() if name in CONTACT_TRAITS}
        if stamps:
            self.counting[identity] = _latest(self.counting.get(identity, {}), stamps)

    def changes(self) -> Iterable[TraitChange]:
        """What the event store may know of them."""
        for identity, book in self.counting.items():
            for name, (value, micros, message_hash) in book.items():
                if len(name) <= NAME_LENGTH and not looks_personal(name):
                    text = trait_text(value)
                    yield TraitChange(identity, name, _shown(name, text), text is not None, micros, message_hash)

    def save(self) -> None:
        """Merge into the stored profiles; a later value stays, whichever came first."""
        for numbers in chunks(self.stamped):
            self._save_some(numbers)

    def _save_some(self, numbers: Sequence[int]) -> None:
        stored = Profile.objects.in_bulk(numbers)
        rows = [
            Profile(identity_id=n, traits=_latest(stored[n].traits if n in stored else {}, self.stamped[n]))
            for n in numbers
        ]
        Profile.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["identity"], update_fields=["traits"], batch_size=CHUNK
        )


def _shown(name: str, text: str | None) -> str | None:
    """What is typed into a field that is not personal may be personal all the same."""
    if text is None or name not in PROJECTED or looks_personal(text):
        return None
    return without_nul(text)[:PROJECTED_LENGTH]


def present_values(profiles: Iterable[Mapping[str, Stamped]]) -> dict[str, Any]:
    """One person's traits from the profiles of all identities: the latest value of each, empty ones left out."""
    merged: dict[str, Stamped] = {}
    for profile in profiles:
        merged = _latest(merged, profile)
    return {name: stamp[0] for name, stamp in merged.items() if trait_text(stamp[0]) is not None}


def _latest(old: Mapping[str, Stamped], new: Mapping[str, Stamped]) -> dict[str, Stamped]:
    merged = dict(old)
    for name, stamp in new.items():
        if name not in merged or _when(stamp) > _when(merged[name]):
            merged[name] = stamp
    return merged


def _when(stamp: Stamped) -> tuple[int, int]:
    return stamp[1], stamp[2]
