"""Both sides change a record in turn, and a loop like the real one runs after each change."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_cast import mapping_of

from leadline.crm.conflicts import believed, settled, to_send
from leadline.crm.hashing import Plain, alike, hash_of, is_empty, plain
from leadline.crm.records import Value

BEGINNING = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAPPING = mapping_of(
    "ours: name\n"
    "theirs: {from: phone, owner: theirs}\n"
    "newest: {from: title, owner: newest}\n"
    "stage: {from: stage, order: [low, mid, high]}"
)
FIELDS = tuple(MAPPING.fields)


@dataclass
class Pair:
    """A lead, its record in a CRM that writes `ours` in its own way, and the link between them."""

    shouts: bool
    now: datetime = BEGINNING
    here: dict[str, Value] = field(default_factory=lambda: dict.fromkeys(FIELDS))
    changed_here: datetime = BEGINNING
    there: dict[str, Plain] = field(default_factory=dict)
    changed_there: datetime | None = None
    sent: dict[str, Plain] = field(default_factory=dict)
    seen: dict[str, Plain] = field(default_factory=dict)
    seen_hash: str = ""
    seen_changed: datetime | None = None
    sent_at: datetime | None = None

    def change_here(self, name: str, value: Value) -> None:
        self.here[name] = value
        self.changed_here = self.now

    def change_there(self, name: str, value: Plain) -> None:
        self.there[name] = value
        self.changed_there = self.now

    def sync(self) -> dict[str, Value]:
        """Pull and push; what was written."""
        if self.there and hash_of(self.there) != self.seen_hash:
            self.seen, self.seen_hash, self.seen_changed = dict(self.there), hash_of(self.there), self.changed_there
        sides = (self.here, self.sent, self.seen, self.changed_here, self.seen_changed, self.sent_at)
        out = to_send(MAPPING, *sides)
        if out:
            self.sent, self.seen, self.sent_at = settled(MAPPING, *sides), believed(self.seen, out), self.now
            self.seen_hash = hash_of(self.seen)
            self._write(out)
        return out

    def _write(self, values: dict[str, Value]) -> None:
        self.there = {**dict.fromkeys(FIELDS), **self.there, **plain(values)}
        if self.shouts and isinstance(self.there["ours"], str):
            self.there["ours"] = self.there["ours"].upper()
        self.changed_there = self.now + timedelta(seconds=20)


WORDS = st.sampled_from([None, "low", "mid", "high", "other"])
STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from(FIELDS), WORDS), min_size=1, max_size=12)


@settings(max_examples=300)
@given(STEPS, st.booleans())
def test_each_rule_holds_whatever_both_sides_do(steps: list[tuple[bool, str, Plain]], shouts: bool) -> None:
    pair = Pair(shouts)
    pair.change_here("ours", "first")
    pair.sync()
    said_there: dict[str, Plain] = {}
    newest: Value = None
    for is_here, name, value in steps:
        pair.now += timedelta(hours=1)
        if name == "newest" and not (is_here and value == pair.here[name]):
            newest = value
        if is_here:
            pair.change_here(name, value)
        else:
            pair.change_there(name, value)
            said_there[name] = value
        before = dict(pair.there)
        pair.sync()
        assert said_there.get("theirs") is None or pair.there["theirs"] == said_there["theirs"]
        assert is_empty(pair.here["ours"]) or alike(str(pair.there["ours"]).lower(), pair.here["ours"])
        assert newest is None or pair.there["newest"] == newest
        rule = MAPPING.fields["stage"]
        old, new = rule.rank(before.get("stage")), rule.rank(pair.there["stage"])
        assert old is None or pair.there["stage"] == "other" or (new is not None and new >= old)


@settings(max_examples=200)
@given(STEPS, st.booleans())
def test_the_loop_comes_to_rest(steps: list[tuple[bool, str, Plain]], shouts: bool) -> None:
    pair = Pair(shouts)
    for is_here, name, value in steps:
        pair.now += timedelta(hours=1)
        if is_here or not pair.there:
            pair.change_here(name, value)
        else:
            pair.change_there(name, value)
        pair.sync()
        pair.now += timedelta(minutes=5)
        pair.sync()
        assert pair.sync() == {}
