"""The job "key_rotation": a new master key in front, then everything is sealed under it, beside a running server.

Each step may be repeated: what a key's id shows to be sealed under the newest is left alone, so an interrupted rotation
goes on where it stopped. As long as old keys are there a rotation is not over: it takes no further key.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadline.accounts.audit import NOTHING, Who, record
from leadline.accounts.audit_verbs import KEYS_ROTATED
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError, TransientError
from leadline.pipeline.engine import Engine
from leadline.pipeline.key_rotation.holdings import Holding, holdings, master_id, older_ids
from leadline.privacy.fields import field_cipher
from leadline.privacy.keys import KEY_BYTES, from_environment, load_master_keys, write_master_keys
from leadline.privacy.lookup_key import keep_lookup_key

ROTATION = "key_rotation"
PASSES = 5
"""What another process sealed with an old key in the second in which it did not know the new one is met again."""
Report = Callable[[int, int], None]


def check(engine: Engine, arguments: Mapping[str, Any]) -> None:  # noqa: ARG001  # the signature of a refusal
    """Refuse before a job is made.

    Raises:
        TerminalError: the operator keeps the keys and has put no new one in front.
    """
    if from_environment() and len(load_master_keys(engine.data)) == 1:
        raise TerminalError(
            "The secret keys come from the environment, and there is only one.",
            advice="Put a new one in front (openssl rand -hex 32), start all processes again, and rotate then.",
        )


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Rotate; what a rotation that stopped left over is done first of all.

    Returns:
        key: the id of the newest master key; sealed: how many things were sealed anew, by kind.
    """
    check(engine, arguments)
    keep_lookup_key(engine.data)
    add_key(engine.data)
    field_cipher().look_again()
    sealed = _seal_everything(engine, report)
    newest = master_id(load_master_keys(engine.data)[0])
    record(Who(), KEYS_ROTATED, NOTHING, {"key": newest, "sealed": sum(sealed.values())}, utc_now())
    return {"key": newest, "sealed": dict(sealed)}


def add_key(data: Path) -> None:
    """Put a new key in front, unless a newer one than the oldest is there already."""
    masters = load_master_keys(data)
    if len(masters) == 1 and not from_environment():
        write_master_keys(data, [secrets.token_bytes(KEY_BYTES), *masters])


def _seal_everything(engine: Engine, report: Report) -> Counter[str]:
    told = _Told(report)
    for _ in range(PASSES):
        waiting = [(each, _older(engine, each)) for each in holdings(engine)]
        told.expect(sum(count for _, count in waiting))
        if not any(count for _, count in waiting):
            return told.sealed
        for holding, _ in waiting:
            told.sealed[holding.name] += holding.seal_again(older_ids(engine.data, holding.purpose), told.step)
    raise TransientError("Something is sealed with an old key again and again.", advice="Start every process anew.")


def _older(engine: Engine, holding: Holding) -> int:
    older = set(older_ids(engine.data, holding.purpose))
    return sum(count for key, count in holding.by_key().items() if key in older)


@dataclass
class _Told:
    """How far it is."""

    report: Report
    done: int = 0
    total: int = 0
    sealed: Counter[str] = field(default_factory=Counter)

    def expect(self, more: int) -> None:
        self.total = self.done + more
        self.report(self.done, self.total)

    def step(self, count: int) -> None:
        self.done += count
        self.report(self.done, max(self.done, self.total))
