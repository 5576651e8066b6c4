"""Any segment."""

from hypothesis import strategies as st

from leadline.analytics.segment_fields import FIELDS, Field, FieldKind
from leadline.analytics.segments import EQUALITY, OPERATORS, Condition, Operator, Segment, condition

TEXTS = st.text(alphabet="aAbB ,|\\=<é", max_size=6).map(str.strip)
COUNTRIES = st.sampled_from(["DE", "Germany", "france", "Atlantis", ""])
VALUES = {
    FieldKind.TEXT: TEXTS,
    FieldKind.COUNTRY: COUNTRIES,
    FieldKind.FLAG: st.sampled_from(["yes", "no"]),
    FieldKind.WHOLE: st.integers(0, 4).map(str),
    FieldKind.POINTS: st.sampled_from(["0", "1", "1.5", "55", "-2"]),
    FieldKind.MONEY: st.sampled_from(["0", "9.5", "100"]),
}
MOMENTS = st.one_of(
    st.sampled_from(["1h", "36h", "2d", "1w"]), st.dates().filter(lambda day: 2020 < day.year < 2030).map(str)
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(list(FIELDS.values())))
    operator = draw(st.sampled_from(OPERATORS[field.kind]))
    most = 3 if operator in EQUALITY and field.kind not in (FieldKind.FLAG, FieldKind.MOMENT) else 1
    return condition(field.name, operator, draw(st.lists(_values(field, operator), min_size=1, max_size=most)))


def segments() -> st.SearchStrategy[Segment]:
    """Up to four conditions."""
    return st.lists(conditions(), max_size=4).map(lambda some: Segment().also(*some))


def _values(field: Field, operator: Operator) -> st.SearchStrategy[str]:
    if field.kind is FieldKind.MOMENT:
        return st.just("") if operator in EQUALITY else MOMENTS
    if field.kind is FieldKind.CHOICE:
        return st.sampled_from([value for value, _ in field.choices])
    return VALUES[field.kind]
