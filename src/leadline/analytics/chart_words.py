"""What charts write where there is little room: short numbers, heads without what all have in common. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from leadline.analytics.report import Value, ValueKind
from leadline.analytics.written import NOTHING, write
from leadline.kernel.figures import grouped

UNITS = ((1_000_000_000, "bn"), (1_000_000, "m"), (1000, "k"))
AMOUNTS = frozenset({ValueKind.MONEY, ValueKind.COUNT, ValueKind.NUMBER, ValueKind.POINTS})

LITTLE = 9.95
"""What is less has a decimal."""


def shortened(value: Value, kind: ValueKind, *, whole: bool = False) -> str:
    """A value in at most five signs where it can be: "60%", "12k", "1.2m"; durations stay as they are.

    A share that is not none is never written as 0%, nor an amount of money with its currency.

    Args:
        whole: without decimals.
    """
    if not isinstance(value, int | float | Decimal):
        return NOTHING if value is None else write(value, kind)
    if kind is ValueKind.SHARE:
        return "<1%" if 0 < value < 0.005 else f"{grouped(float(value) * 100)}%"  # what rounds to none
    return _amount(float(value), 0 if whole else 1) if kind in AMOUNTS else write(value, kind)


def _amount(number: float, places: int) -> str:
    for least, unit in UNITS:
        if abs(number) >= least - least / 2000:  # 999.6 thousand are a million, not 1000k
            shown = number / least
            return f"{grouped(shown, places if abs(shown) < LITTLE else 0)}{unit}"
    return write(round(number, places if abs(number) < LITTLE else 0), ValueKind.COUNT)


def in_common(texts: Sequence[str]) -> str:
    """The whole words that all of them begin with, with the space behind: "Week " of "Week 1" and "Week 2".

    Empty where one would have nothing left, or where there is only one.
    """
    words = [text.split(" ") for text in dict.fromkeys(texts)]
    if len(words) < 2:  # one alone has nobody to share with
        return ""
    shared = 0
    while all(len(each) > shared + 1 and each[shared] == words[0][shared] for each in words):
        shared += 1
    return "".join(f"{word} " for word in words[0][:shared])
