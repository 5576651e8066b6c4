"""The rules of funnels, told by examples. Minutes are microseconds here."""

from leadline.analytics.funnel import Funnel, Happening, Order, Reach, reaches


def count(history: list[Happening], order: Order = Order.ORDERED, window: int = 10, steps: int = 3) -> int:
    return len(reaches(Funnel(steps, order, window, 1_000), history))


def did(*steps_at: tuple[int, int]) -> list[Happening]:
    return [Happening(at, (step,)) for step, at in steps_at]


def test_the_window_includes_its_last_moment() -> None:
    assert count(did((0, 0), (1, 5), (2, 10))) == 3
    assert count(did((0, 0), (1, 5), (2, 11))) == 2


def test_a_later_first_step_begins_anew() -> None:
    assert reaches(Funnel(2, Order.ORDERED, 10, 99), did((0, 0), (0, 8), (1, 15)))[1] == Reach(15, 8, 8)


def test_what_happens_at_one_instant_counts_in_the_order_of_the_steps() -> None:
    assert count(did((2, 3), (1, 3), (0, 3))) == 3


def test_one_event_may_count_for_two_steps_unless_the_order_is_strict() -> None:
    both = [Happening(1, (0, 1))]
    assert count(both, steps=2) == 2
    assert count(both, Order.STRICT, steps=2) == 1


def test_strict_means_that_nothing_at_all_lies_between() -> None:
    between = [*did((0, 1), (1, 5)), Happening(3)]
    assert count(between, Order.STRICT, steps=2) == 1
    assert count(between, steps=2) == 2
    assert count(did((0, 1), (0, 2), (1, 5)), Order.STRICT, steps=2) == 2


def test_without_an_order_any_step_may_come_first() -> None:
    assert count(did((2, 0), (0, 4), (1, 9)), Order.UNORDERED) == 3
    assert count(did((2, 0), (0, 4), (1, 11)), Order.UNORDERED) == 2


def test_an_excluded_event_ends_the_chain_and_a_new_one_may_begin() -> None:
    broken = [*did((0, 0), (1, 4)), Happening(2, excluded=True)]
    assert count(broken, steps=2) == 1
    assert count([*broken, *did((0, 2))], steps=2) == 2  # at the instant of a step it counts as before it


def test_who_begins_after_the_period_does_not_count() -> None:
    assert reaches(Funnel(1, Order.ORDERED, 10, 5), did((0, 5))) == ()
