"""People by their names; and the job "name_words": who was there before names could be searched becomes findable."""

from collections.abc import Callable, Mapping
from typing import Any

from leadline.pipeline.engine import Engine
from leadline.privacy.sight import sight
from leadline.tracking.models import Lead
from leadline.tracking.name_index import index_missing, leads_named
from leadline.tracking.sole_traders import settle

NAME_WORDS = "name_words"
BATCH = 500
"""Leads of one transaction: 60 ms, during which nobody loads."""
Report = Callable[[int, int], None]


def people_named(text: str) -> list[int]:
    """The leads of whose names each word of the text begins one; nobody for whom names are masked: an answer would tell
    whose lead it is."""
    return leads_named(text) if sight().people else []


def are_missing() -> bool:
    """Whether there are people at all who may lack them."""
    return Lead.objects.filter(known=True).exists()


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001  # a Work
    """Index everybody's names. Begun anew it does the same work again, to the same end."""
    everybody = Lead.objects.exclude(card=None).order_by("pk")
    total, done, named, last = everybody.count(), 0, 0, 0
    report(0, total)
    while numbers := list(everybody.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        with engine.lock:  # nobody changes a card between its being read and its words being written
            rows = list(Lead.objects.filter(pk__in=numbers).only("card", "account"))
            named += index_missing(rows)
            settle({row.account_id for row in rows if row.account_id is not None})
        last, done = numbers[-1], done + len(numbers)
        report(done, max(done, total))
    return {"named": named}
