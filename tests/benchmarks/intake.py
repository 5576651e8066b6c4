"""How fast segments are taken in: reading, normalising and recording, of people who are known already.

    python tests/benchmarks/intake.py [--events 50000] [--people 5000] [--batch 50] [--profile]

The first segment makes everybody known; the figure is that of the following ones.
"""

import argparse
import cProfile
import os
import pstats
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

KEY = b"k" * 32


def main() -> None:
    """Take three segments in and print the events per second of each."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="leadline-intake-"))
    os.environ |= {
        "LEADLINE_DATA": str(folder),
        "LEADLINE_SECRET_KEYS": "5a" * 32,
        "DJANGO_SETTINGS_MODULE": "leadline.project.settings",
    }
    _prepare_django()
    desk = _desk()
    for number in range(options.segments):
        path = _segment(folder / str(number), number, options)
        profile = cProfile.Profile()
        if options.profile and number == options.segments - 1:
            profile.enable()
        wall, cpu = time.perf_counter(), time.process_time()
        desk.take_in(path, [KEY])
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        profile.disable()
        rates = f"{options.events / wall:,.0f} events/s, {options.events / cpu:,.0f} by processor time"
        print(f"segment {number}: {rates}")  # noqa: T201  # its result
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--segments", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    return parser.parse_args()


def _prepare_django() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _desk() -> Any:
    from django.conf import settings

    from leadline.pipeline.recipes import conversion_recipes
    from leadline.privacy.fields import lookup_hasher
    from leadline.scoring.document import load_ruleset
    from leadline.tracking.intake import IntakeDesk
    from leadline.tracking.plan_document import bundled_plan, read_plan

    ruleset = load_ruleset(Path(f"rulesets/{settings.RULESET}.yaml").read_text())
    plan = read_plan(bundled_plan(settings.PLAN))
    return IntakeDesk(lookup_hasher(), plan, conversion_recipes(ruleset), ruleset.properties_read)


def _segment(folder: Path, number: int, options: argparse.Namespace) -> Path:
    import msgspec

    from leadline.kernel.clock import to_micros
    from leadline.tracking.spool import SpoolRecord, SpoolWriter, encode_record

    rng = Random(number)  # noqa: S311  # not for secrets
    now = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(minutes=number)
    messages = [_message(rng, place, number, now, options.people) for place in range(options.events)]
    with SpoolWriter(folder, KEY, segment_bytes=1 << 30, segment_seconds=600, backlog_bytes=1 << 30) as writer:
        for start in range(0, options.events, options.batch):
            body = {"batch": messages[start : start + options.batch], "sentAt": now.isoformat()}
            record = SpoolRecord(1, to_micros(now), "batch", msgspec.json.encode(body))
            writer.append_all([encode_record(record)])
    return next(folder.glob("*.seg"))


def _message(rng: Random, place: int, segment: int, now: datetime, people: int) -> dict[str, Any]:
    person = place % people
    common = {
        "anonymousId": f"visitor-{person}",
        **({"userId": f"user-{person}"} if person % 2 else {}),
        "messageId": f"ajs-next-{segment}-{place}-{rng.getrandbits(64):x}",
        "timestamp": (now - timedelta(seconds=rng.random() * 3600)).isoformat(timespec="milliseconds"),
        "context": {
            "library": {"name": "analytics.js", "version": "1.84.3"},
            "page": {
                "path": "/tools/quote",
                "url": "https://example.com/tools/quote?x=1",
                "referrer": "https://www.google.com/",
            },
            "campaign": {"source": "google", "medium": "cpc"},
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        },
    }
    if place < people and segment == 0:
        traits = {"email": f"p{person}@firm{person % 500}.example", "company": f"Firm {person % 500}"}
        return {**common, "type": "identify", "traits": traits}
    kinds = (
        {"type": "track", "event": "Tool Used", "properties": {"tool": "quote-calculator", "completed": True}},
        {"type": "track", "event": "Page Engaged", "properties": {"engaged_ms": 12000, "page_id": "p-17"}},
        {"type": "page", "name": "Quote", "properties": {"path": "/tools/quote", "title": "Quote calculator"}},
        {"type": "track", "event": "Content Completed", "properties": {"content_id": "guide-7", "kind": "guide"}},
    )
    return {**common, **kinds[place % 4]}


if __name__ == "__main__":
    main()
