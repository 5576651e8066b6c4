from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from leadline.web.sounding import running_tenths, sounding

WEIGHTS = {"engagement": 20_000, "readiness": 20_000, "conversion": 60_000}
POINTS = st.integers(0, 100_000_000)


def scored(engagement: int, readiness: int, conversion: int, rounding: int = 0) -> SimpleNamespace:
    total = (engagement * 20 + readiness * 20 + conversion * 60) // 100 + rounding
    return SimpleNamespace(total=total, engagement=engagement, readiness=readiness, conversion=conversion)


def test_a_part_is_what_the_dimension_added() -> None:
    bar = sounding(scored(73_500_000, 79_000_000, 49_500_000), WEIGHTS)
    assert [part.added for part in bar.parts] == ["14.7", "15.8", "29.7"]
    assert bar.label == "engagement 14.7, readiness 15.8, conversion 29.7"
    assert [(part.x, part.width) for part in bar.parts] == [("0", "14.7"), ("14.7", "15.8"), ("30.5", "29.7")]
    assert bar.whole == 60


@given(POINTS, POINTS, POINTS, st.integers(0, 1))
def test_the_parts_always_add_up_to_the_total(engagement: int, readiness: int, conversion: int, rounding: int) -> None:
    row = scored(engagement, readiness, conversion, rounding)
    bar = sounding(row, WEIGHTS)
    assert sum(part.micro for part in bar.parts) == row.total
    assert all(part.micro >= 0 for part in bar.parts)
    assert sum(part.tenths for part in bar.parts) == row.total // 100_000


@given(st.lists(st.integers(-20_000_000, 40_000_000), max_size=16))
def test_printed_tenths_add_up_and_none_is_far_off(micros: list[int]) -> None:
    tenths = running_tenths(micros)
    assert sum(tenths) == sum(micros) // 100_000
    assert all(abs(part * 100_000 - micro) <= 100_000 for part, micro in zip(tenths, micros, strict=True))
    assert all(part == 0 for part, micro in zip(tenths, micros, strict=True) if micro == 0)
