"""The mapping of a table whose columns bear the names of Segment's fields: `userId`, `event`, `properties.seats`."""

from collections.abc import Iterator, Mapping, Sequence

from leadline.kernel.errors import DocumentError
from leadline.tracking.mapping import IDS, NAMES, MessageRule, RowMapping, Test, Value
from leadline.tracking.mapping_values import KINDS, TimeStyle

OBJECTS = ("properties", "traits", "context")
TIMES = ("timestamp", "originalTimestamp")
IGNORED = ("sentAt", "receivedAt", "channel", "integrations", "version", "writeKey")
"""Of a warehouse's columns those that say nothing about what happened. The times of an import need no correction."""
EMAIL = "email"
ADVICE = "Rename the columns, or write a mapping: docs/reference/import-mapping.md."


def segment_mapping(columns: Sequence[str]) -> RowMapping:
    """The mapping of columns that name Segment's fields.

    Objects are spelled out with dots (`traits.company.name`), or one column holds their JSON. A property's kind is the
    tracking plan's; `properties.score:number` names one. Without `type`, a row with an event is a track message and
    one without an identify.

    Raises:
        DocumentError: a column is none of them, or none says who a row is about.
    """
    unknown = [name for name in columns if not _is_known(name)]
    if unknown:
        raise DocumentError(f"Not Segment's fields: the columns {', '.join(map(repr, unknown[:20]))}.", advice=ADVICE)
    if not {"userId", "anonymousId", EMAIL} & set(columns):
        raise DocumentError("No column says who a row is about: userId, anonymousId or email.", advice=ADVICE)
    return RowMapping("Segment's fields", tuple(_rules(columns)))


def _is_known(column: str) -> bool:
    name, colon, kind = column.partition(":")
    of, _, inner = name.partition(".")
    if inner and of in OBJECTS:
        return not colon or kind in KINDS
    return column in ("type", EMAIL, *IDS, *NAMES, *TIMES, *OBJECTS, *IGNORED)


def _rules(columns: Sequence[str]) -> Iterator[MessageRule]:
    if "type" in columns:
        yield _rule(columns, Value(("type",)))
        return
    yield _rule(columns, "track", Test(("event",), filled=True))
    yield _rule(columns, "identify", Test(("event",), filled=False))


def _rule(columns: Sequence[str], type_: str | Value, *tests: Test) -> MessageRule:
    fields = {name: Value((name,)) for name in (*IDS, *NAMES) if name in columns}
    fields |= {name: Value((name,), kind="json") for name in OBJECTS if name in columns}
    times = tuple(name for name in TIMES if name in columns)
    return MessageRule(
        type=type_,
        fields=fields,
        email=Value((EMAIL,), kind="email") if EMAIL in columns else None,
        timestamp=Value(times, times=TimeStyle()) if times else None,
        properties=_values(columns, "properties"),
        traits=_values(columns, "traits"),
        context=_values(columns, "context"),
        where=(tests,) if tests else (),
    )


def _values(columns: Sequence[str], of: str) -> Mapping[str, Value]:
    found = (column.removeprefix(f"{of}.").partition(":") for column in columns if column.startswith(f"{of}."))
    names = {name: kind for name, _, kind in found}
    return {n: Value((f"{of}.{n}" + (f":{kind}" if kind else ""),), kind=kind) for n, kind in names.items()}
