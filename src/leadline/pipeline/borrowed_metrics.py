"""Cells of metrics that only a draft reads: built when it is looked at, and let go when nothing reads them any more."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from leadline.engagement.metrics import Metric
from leadline.eventstore.cells import catalogue, ensure_metrics, retire_metrics
from leadline.eventstore.database import Cursor
from leadline.kernel.errors import DocumentError
from leadline.pipeline.engine import Engine
from leadline.scoring.document import load_ruleset
from leadline.scoring.models import PublishedRuleset, RulesetDraft
from leadline.scoring.ruleset import Ruleset


@contextmanager
def measured(engine: Engine, cursor: Cursor, rulesets: Iterable[Ruleset]) -> Iterator[None]:
    """While inside, every metric that these rulesets read has its cells. Builds only what was never measured, and at
    the end lets go of what no published ruleset and no draft reads."""
    digests = [metric.digest for ruleset in rulesets for metric in ruleset.metrics_read]
    wanted = {metric.digest: metric for ruleset in rulesets for metric in ruleset.metrics_read}
    with engine.lock:
        engine.borrowed.update(digests)
        ensure_metrics(cursor, wanted.values())
    try:
        yield
    finally:
        with engine.lock:
            engine.borrowed.subtract(digests)
            _let_go(engine, cursor)


def retire_unread(engine: Engine) -> int:
    """Let go of the cells that nothing reads any more, after a draft or a ruleset was archived. Returns how many
    metrics were forgotten."""
    with engine.lock, engine.store.cursor() as cursor:
        return _let_go(engine, cursor)


def _let_go(engine: Engine, cursor: Cursor) -> int:
    kept = {metric.digest: metric for metric in _read(engine)}
    known = catalogue(cursor).values()
    unread = [m for m in known if m.digest not in kept and engine.borrowed[m.digest] <= 0]
    if not unread:
        return 0
    gone = {metric.digest for metric in unread}
    return retire_metrics(cursor, [metric for metric in known if metric.digest not in gone])


def _read(engine: Engine) -> Iterator[Metric]:
    yield from engine.ruleset.metrics_read
    published = PublishedRuleset.objects.filter(archived_at=None).values_list("document", flat=True)
    drafts = RulesetDraft.objects.filter(archived_at=None, published=None).values_list("document", flat=True)
    for text in (*published, *drafts):
        try:
            yield from load_ruleset(text).metrics_read
        except DocumentError:  # a draft may be unfinished
            continue
