"""The feed of qualification events, and how promises of a first contact were kept, as commands."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.qualification import feed
from leadline.qualification.contact_record import contact_record


def qualification_events(engine: Engine, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """What happened to leads after the event of this number, the oldest first."""
    return [each.as_dict() for each in feed.after(after, limit)]


def contact_promises(engine: Engine, days: int = 30) -> dict[str, Any]:
    """Of the leads that qualified in the last days: how many were contacted in time, and how fast."""
    return asdict(contact_record(engine.ruleset, utc_now() - timedelta(days=days)))
