from hypothesis import example, given
from hypothesis import strategies as st

from leadline.qualification.accounts import MOST, account_score, counts
from leadline.scoring.sales_terms import AccountRule

RULE = AccountRule(people=3, further_share=250)
people = st.dictionaries(st.integers(1, 50), st.integers(0, MOST), max_size=12)
rules = st.builds(AccountRule, people=st.integers(1, 6), further_share=st.integers(0, 1000))


def test_the_best_person_counts_whole_and_the_next_ones_a_share() -> None:
    score = account_score(RULE, {7: 40_000_000, 8: 60_000_000, 9: 20_000_000, 10: 10_000_000})
    assert [(part.lead, part.part) for part in score.parts] == [
        (8, 60_000_000),
        (7, 10_000_000),
        (9, 5_000_000),
        (10, 0),
    ]
    assert (score.total, score.best) == (75_000_000, 8)


def test_of_equal_people_the_first_is_the_best() -> None:
    assert account_score(RULE, {4: 5, 3: 5}).best == 3


def test_nobody_gives_nothing() -> None:
    score = account_score(RULE, {})
    assert (score.total, score.best, score.parts) == (0, None, ())


def test_a_company_ends_at_a_hundred_points() -> None:
    score = account_score(RULE, {1: 90_000_000, 2: 80_000_000, 3: 80_000_000})
    assert [part.part for part in score.parts] == [90_000_000, 10_000_000, 0]


@given(people, rules)
@example({1: 1, 2: 1, 3: 1}, AccountRule(people=3, further_share=333))
def test_the_parts_add_up_to_the_total_and_the_total_lies_between_the_best_and_a_hundred(
    totals: dict[int, int], rule: AccountRule
) -> None:
    score = account_score(rule, totals)
    assert sum(part.part for part in score.parts) == score.total
    assert all(part.part >= 0 for part in score.parts)
    assert max(totals.values(), default=0) <= score.total <= MOST


@given(people, rules, st.integers(1, 50), st.integers(0, MOST))
def test_a_higher_total_of_somebody_never_lowers_their_company(
    totals: dict[int, int], rule: AccountRule, lead: int, total: int
) -> None:
    raised = totals | {lead: max(total, totals.get(lead, 0))}
    assert account_score(rule, raised).total >= account_score(rule, totals).total


def test_whom_a_company_counts() -> None:
    assert [
        stage for stage in ("initial_engagement", "qualified", "customer", "disqualified", "") if counts(stage)
    ] == [
        "initial_engagement",
        "qualified",
        "customer",
    ]
