"""Everything that is sealed under the master keys: how much under which of them, and how it is sealed anew."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from leadline.accounts.second_factor_keys import seal_second_factors_again, second_factors_by_key
from leadline.eventstore import filekey
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TransientError
from leadline.pipeline.engine import Engine
from leadline.pipeline.tick import tick
from leadline.privacy import lookup_key
from leadline.privacy.current_keys import CurrentCipher, CurrentKeys
from leadline.privacy.encryption import KEY_ID_BYTES, key_id
from leadline.privacy.fields import FIELDS
from leadline.privacy.keys import derive_key, derive_keys, load_master_keys
from leadline.privacy.sealed_columns import SealedColumn, sealed_columns
from leadline.tracking.spool.segments import segment_key_id

EVENT_STORE, SPOOL = "event-store", "spool"
SPOOL_SECONDS, PAUSE_SECONDS = 60.0, 0.1
Ids = Sequence[bytes]
Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of sealed things.

    Attributes:
        purpose: what its keys are derived for.
        by_key: how many things each key sealed, by the id of the derived key.
        seal_again: seals what is under the keys of these ids under the newest; tells how many it did, and may be
            interrupted and repeated.
    """

    name: str
    purpose: str
    by_key: Callable[[], Mapping[bytes, int]]
    seal_again: Callable[[Ids, Step], int]


@dataclass(frozen=True, slots=True)
class Held:
    """So many things of a kind are under a master key; `master` is its id, empty for one that is not here."""

    name: str
    master: str
    key: str
    count: int


def master_id(master: bytes) -> str:
    """Eight hexadecimal digits that name a master key without telling it."""
    return key_id(master).hex()


def holdings(engine: Engine) -> list[Holding]:
    """Every kind, the quick ones first."""
    return [
        Holding("event store", EVENT_STORE, partial(_file, engine.data / filekey.FILE_NAME), partial(_events, engine)),
        Holding(
            "look-ups",
            lookup_key.PURPOSE,
            partial(_file, engine.data / lookup_key.FILE_NAME),
            partial(_look_ups, engine.data),
        ),
        Holding("second factors", FIELDS, second_factors_by_key, partial(_second_factors, engine.data)),
        *(Holding(each.name, FIELDS, each.by_key, partial(_column, engine.data, each)) for each in sealed_columns()),
        Holding(SPOOL, SPOOL, partial(_segments, engine.spool), partial(_load, engine)),
    ]


def held(engine: Engine, masters: Iterable[bytes]) -> list[Held]:
    """How much is sealed under which key."""
    known = list(masters)
    found = []
    for holding in holdings(engine):
        names = {key_id(derive_key(master, holding.purpose)): master_id(master) for master in known}
        counts = sorted(holding.by_key().items())
        found += [Held(holding.name, names.get(key, ""), key.hex(), count) for key, count in counts]
    return found


def older_ids(data: Path, purpose: str) -> list[bytes]:
    """The ids of all keys of a purpose but the newest."""
    return [key_id(key) for key in derive_keys(data, purpose)[1:]]


def is_rotating(data: Path) -> bool:
    """Whether there are older keys beside the newest."""
    return len(load_master_keys(data)) > 1


def _file(path: Path) -> dict[bytes, int]:
    return {path.read_bytes()[:KEY_ID_BYTES]: 1} if path.exists() else {}


def _events(engine: Engine, older: Ids, step: Step) -> int:
    """No copy of the store is made meanwhile: it would write this file too."""
    path = engine.data / filekey.FILE_NAME
    with engine.lock:
        if not set(_file(path)) & set(older):
            return 0
        keys = derive_keys(engine.data, EVENT_STORE)
        filekey.write(path, filekey.read(path, keys), keys)
    step(1)
    return 1


def _look_ups(data: Path, older: Ids, step: Step) -> int:
    found = _file(data / lookup_key.FILE_NAME)
    if found and not set(found) & set(older):
        return 0
    lookup_key.wrap_lookup_key(data)
    step(1)
    return 1


def _second_factors(data: Path, older: Ids, step: Step) -> int:
    return seal_second_factors_again(_cipher(data), older, step)


def _column(data: Path, column: SealedColumn, older: Ids, step: Step) -> int:
    return column.seal_again(_cipher(data), older, step)


def _cipher(data: Path) -> CurrentCipher:
    return CurrentCipher(CurrentKeys(data, FIELDS))


def _segments(spool: Path) -> dict[bytes, int]:
    """By the headers of all segments, open ones too; one that holds nothing yet has none."""
    found: Counter[bytes] = Counter()
    for path in [*spool.glob("*.seg"), *spool.glob("*.open")]:
        if name := segment_key_id(path):
            found[name] += 1
    return dict(found)


def _load(engine: Engine, older: Ids, step: Step) -> int:
    """Segments are not sealed anew: they are loaded, which takes seconds, and gone.

    Raises:
        TransientError: one under an old key is still there after a minute.
    """
    before, until = _under(engine, older), time.monotonic() + SPOOL_SECONDS
    while left := _under(engine, older):
        if time.monotonic() > until:
            raise TransientError(f"{left} segments of the spool wait too long.", advice="See `leadline doctor`.")
        tick(engine, utc_now())
        step(0)
        time.sleep(PAUSE_SECONDS)
    step(before)
    return before


def _under(engine: Engine, older: Ids) -> int:
    return sum(count for name, count in _segments(engine.spool).items() if name in older)
