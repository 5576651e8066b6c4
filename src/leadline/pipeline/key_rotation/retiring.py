"""Old master keys taken away, once nothing is sealed under them any more; and which keys there are."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leadline.accounts.audit import NOTHING, Who, record
from leadline.accounts.audit_verbs import KEYS_ROTATED
from leadline.eventstore import filekey
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.key_rotation.holdings import Held, held, master_id
from leadline.privacy import lookup_key
from leadline.privacy.current_keys import LOOK_SECONDS
from leadline.privacy.keys import FILE_NAME, from_environment, load_master_keys, write_master_keys

SETTLE_SECONDS = 3 * LOOK_SECONDS
"""By then every process has looked at the key file again, and a segment that was open is closed."""


class StillNeededError(TerminalError):
    """Something is sealed under a key that was to be taken away."""

    code = "key_needed"


def keys_status(engine: Engine) -> dict[str, Any]:
    """Every master key by its id, newest first, with how much is sealed under it.

    Returns:
        kept_in: "file" or "environment"; keys: id, newest, sealed {kind: count}; missing: what is sealed under keys
        that are not here (kind, key, count); rotating: whether older keys are left.
    """
    masters = load_master_keys(engine.data)
    found = held(engine, masters)
    return {
        "kept_in": "environment" if from_environment() else "file",
        "keys": [_told(master_id(master), found, newest=master == masters[0]) for master in masters],
        "missing": [{"kind": each.name, "key": each.key, "count": each.count} for each in found if not each.master],
        "rotating": len(masters) > 1,
    }


def keys_retire(engine: Engine) -> dict[str, Any]:
    """Take the old keys out of the key file. They are put back when something turns up under one.

    Returns:
        retired: their ids; removed: False where the operator keeps the keys and is to take them away.

    Raises:
        StillNeededError: something is sealed under one.
    """
    masters = load_master_keys(engine.data)
    newest, older = masters[0], masters[1:]
    _refuse_needed(engine, masters)
    if older and not from_environment():
        _settle(engine.data)
        write_master_keys(engine.data, [newest])
        _look_once_more(engine, masters)
    _forget_drafts(engine)
    retired = [master_id(each) for each in older]
    if older:
        words = {"key": master_id(newest), "retired": ",".join(retired)[:120]}
        record(Who(), KEYS_ROTATED, NOTHING, words, utc_now())
    return {"retired": retired, "removed": not from_environment()}


def _refuse_needed(engine: Engine, masters: Sequence[bytes]) -> None:
    older = {master_id(each) for each in masters[1:]}
    if needed := [each for each in held(engine, masters) if each.master in older]:
        told = ", ".join(f"{each.count} of {each.name}" for each in needed)
        raise StillNeededError(f"Old keys are needed still: {told}.", advice="Run `leadline keys rotate` first.")


def _settle(data: Path) -> None:
    """Whoever had not heard of the newest key has by now."""
    age = time.time() - (data / FILE_NAME).stat().st_mtime
    time.sleep(min(max(SETTLE_SECONDS - age, 0), SETTLE_SECONDS))


def _look_once_more(engine: Engine, masters: Sequence[bytes]) -> None:
    time.sleep(SETTLE_SECONDS)
    try:
        _refuse_needed(engine, masters)
    except StillNeededError:
        write_master_keys(engine.data, masters)
        raise


def _forget_drafts(engine: Engine) -> None:
    """What a crash left of a key file holds keys too. Nobody writes the event store's meanwhile."""
    with engine.lock:
        for name in (FILE_NAME, filekey.FILE_NAME, lookup_key.FILE_NAME):
            for path in engine.data.glob(f".{name}.*"):
                path.unlink()


def _told(name: str, found: Sequence[Held], *, newest: bool) -> dict[str, Any]:
    return {"id": name, "newest": newest, "sealed": {each.name: each.count for each in found if each.master == name}}


KEY_COMMANDS = (keys_status, keys_retire)
