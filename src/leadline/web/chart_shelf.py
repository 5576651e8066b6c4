"""Specifications of charts, kept while their report is asked again: Altair takes ten to forty milliseconds for one."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from leadline.analytics.report import Report

KEPT = 64
Told = tuple[str, str]
Key = tuple[int, int, int | None, tuple[Told, ...]]

_lock = threading.Lock()
_kept: OrderedDict[Key, tuple[Report, str, int]] = OrderedDict()


def spec_of(report: Report, number: int, height: int | None, told: Sequence[Told]) -> tuple[str, int]:
    """One of a report's charts for a page: JSON that may stand in a script element, and its height in pixels."""
    key = (id(report), number, height, tuple(told))
    with _lock:
        found = _kept.get(key)
    if found is None or found[0] is not report:  # an id may be another report's by now
        found = (report, *_made(report, number, height, told))
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found[1], found[2]


def _made(report: Report, number: int, height: int | None, told: Sequence[Told]) -> tuple[str, int]:
    from leadline.analytics.charts import chart  # Altair takes a third of a second to load

    spec = chart(report, report.charts[number], annotations=told, height=height)
    return _json(spec), int(spec["height"])


def _json(spec: Mapping[str, object]) -> str:
    """For a script element: what could end it, or open a comment, is escaped."""
    text = json.dumps(spec, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
