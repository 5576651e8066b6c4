"""Search by words of names: what it costs, and what its digests tell whoever steals the database without the key.

    LEADLINE_DATA=folder python tests/benchmarks/name_search.py [--again] [SEARCH ...]

`--again` makes the words of everybody anew first, which writes to the folder: give it a copy.

What is told: of how many people the beginnings are not their own alone; and how many of the rows somebody guesses who
knows how frequent each beginning is among just these people, and puts the most frequent digest beside the most
frequent beginning, and so on. Whoever also uses that one beginning holds another guesses more.
"""

import argparse
import os
import sys
import threading
import time
from collections import Counter, defaultdict
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.project.settings")
SEARCHES = ("mar", "sam", "ann", "mar fer", "alexandr", "alexandri", "li")


def main() -> None:
    """Print costs, times of searches, and the leak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("searches", nargs="*", default=SEARCHES)
    options = parser.parse_args()
    from leadline.cli.session import migrate, start_django

    start_django()
    migrate()
    if options.again:
        _again()
    _searches(options.searches)
    _leak()


def _again() -> None:
    from leadline.pipeline import naming

    engine: Any = SimpleNamespace(lock=threading.RLock())
    wall, cpu = time.perf_counter(), time.process_time()
    named = naming.run(engine, {}, lambda done, total: None)["named"]  # noqa: ARG005  # a report
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    _say(f"{named:,} people in {wall:.1f} s, {cpu * 1e6 / max(named, 1):.0f} us of processor time each")


def _searches(searches: list[str]) -> None:
    from leadline.tracking.name_index import leads_named

    for search in searches:
        leads_named(search)
        began = time.perf_counter()
        found = len(leads_named(search))
        _say(f"{search!r}: {found:,} in {(time.perf_counter() - began) * 1e3:.1f} ms")


def _leak() -> None:
    from leadline.tracking.models import Lead, NameWord
    from leadline.tracking.name_index import digest_of
    from leadline.tracking.name_words import beginnings, names_of

    people: dict[int, set[int]] = defaultdict(set)
    for lead, digest in NameWord.objects.values_list("lead_id", "digest").iterator():
        people[lead].add(digest)
    stored = Counter(digest for digests in people.values() for digest in digests)
    alike = Counter(frozenset(digests) for digests in people.values())
    shared = sum(count for count in alike.values() if count > 1)
    known: Counter[str] = Counter()
    for row in Lead.objects.filter(pk__in=NameWord.objects.values("lead")).only("card").iterator():
        known.update({text for word in names_of(row.card) for text in beginnings(word)})
    ranked = zip(stored.most_common(), known.most_common(), strict=False)
    right = sum(count for (digest, count), (text, _) in ranked if digest_of(text) == digest)
    rows = sum(stored.values())
    _say(f"{rows:,} rows of {len(people):,} people: {rows / max(len(people), 1):.1f} each")
    _say(f"{shared / max(len(people), 1):.1%} of the people have the same beginnings as somebody else")
    _say(f"{right / max(rows, 1):.1%} of the rows are guessed by their frequency alone")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
