"""Classes of e-mail addresses."""

import pytest

from leadline.tracking.addresses import DISPOSABLE, FREE_MAIL, classify_address

OWN, TESTS, COMPETITORS = ("leadline.example",), ("loadtest.example",), ("Rival.example", "@other.example")


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("owner@gmail.com", "free"),
        (" Owner@GMX.de ", "free"),
        ("x@mailinator.com", "disposable"),
        ("x@team.mailinator.com", "disposable"),
        ("ann@acme.example", "business"),
        ("ann@example.com", "business"),
        ("test+1@acme.example", "test"),
        ("qa+login@leadline.example", "test"),
        ("tester@acme.example", "business"),
        ("x@loadtest.example", "test"),
        ("bob@leadline.example", "own"),
        ("bob@mail.leadline.example", "own"),
        ("bob@notleadline.example", "business"),
        ("eve@rival.example", "competitor"),
        ("eve@other.example", "competitor"),
        ("nobody", "business"),
        ("", "business"),
    ],
)
def test_class_of_an_address(email: str, expected: str) -> None:
    assert classify_address(email, OWN, TESTS, COMPETITORS) == expected


def test_no_domain_is_both_free_and_disposable() -> None:
    assert FREE_MAIL.isdisjoint(DISPOSABLE)
    assert all(domain == domain.lower() and "." in domain for domain in FREE_MAIL | DISPOSABLE)
