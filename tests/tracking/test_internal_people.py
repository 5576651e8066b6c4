"""Rules about our own people, and what becomes of people who are noise and nothing else."""

import pytest
from tracking_cast import Office, at, lead_of, message

from leadline.kernel.errors import ConfigurationError, NotFoundError
from leadline.tracking.internal import add_rule, load_rules, people_of, remove_rule
from leadline.tracking.leads import renew_cards
from leadline.tracking.models import Conversion, InternalRule, Lead

pytestmark = pytest.mark.django_db
BOT = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}


def flags(kind: str, value: str) -> tuple[bool, bool]:
    lead = Lead.objects.get(pk=lead_of(kind, value))
    return lead.internal, lead.bot


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("network", "203.0.113.7/24", "203.0.113.0/24"),
        ("network", "203.0.113.7", "203.0.113.7/32"),
        ("network", "2001:DB8::1/32", "2001:db8::/32"),
        ("host", "https://Staging.example.com:8443/x", "staging.example.com"),
        ("host", "*.Example.com", "*.example.com"),
        ("email-domain", "@Example.com", "example.com"),
        ("email_domain", "ann@example.com", "example.com"),
        ("User-Agent", "OurMonitor/", "ourmonitor/"),
    ],
)
def test_rules_are_kept_in_one_form(kind: str, given: str, kept: str) -> None:
    assert add_rule(kind, given).value == kept
    assert add_rule(kind, f" {given} ", "because").note == "because"
    assert InternalRule.objects.count() == 1
    assert remove_rule(kind, given).value == kept
    with pytest.raises(NotFoundError, match="no rule"):
        remove_rule(kind, given)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("network", "example.com"), ("network", "10.0.0.0/99"), ("host", ""), ("host", "a b"), ("host", "*."),
     ("email-domain", "gmail.com"), ("email-domain", "mailinator.com"), ("email-domain", "localhost"),
     ("user-agent", "x"), ("person", "ann")],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(kind: str, value: str) -> None:
    with pytest.raises(ConfigurationError):
        add_rule(kind, value)
    assert not InternalRule.objects.exists()


def test_rules_are_read_without_networks() -> None:
    for kind, value in (
        ("network", "10.0.0.0/8"),
        ("host", "a.example"),
        ("user-agent", "Abc"),
        ("host", "*.b.example"),
    ):
        add_rule(kind, value)
    rules = load_rules()
    assert (rules.hosts, rules.email_domains, rules.user_agents) == (
        {"a.example", "*.b.example"},
        frozenset(),
        ("abc",),
    )


def test_somebody_of_our_own_is_internal_from_their_first_address(office: Office) -> None:
    add_rule("email-domain", "example.com")
    office.take(message("identify", userId="u1", traits={"email": "ann@mail.example.com"}), message(userId="u2"))
    assert flags("user_id", "u1") == (True, False)
    assert flags("user_id", "u2") == (False, False)
    office.take(message("identify", userId="u2", anonymousId="v1", traits={"email": "bo@example.com"}))
    assert flags("anonymous_id", "v1") == flags("user_id", "u2") == (True, False)


def test_a_rule_concerns_whoever_has_an_address_or_gave_it(office: Office) -> None:
    office.take(
        message("identify", userId="u1", timestamp=at(-9), traits={"email": "ann@example.com"}),
        message("identify", userId="u2", timestamp=at(-8), traits={"email": "ann@example.com"}),
        message("identify", anonymousId="v1", timestamp=at(-7), traits={"email": "bo@example.com"}),
        message("identify", userId="u3", traits={"email": "cy@elsewhere.example"}),
    )
    rule = add_rule("email-domain", "example.com")
    names = (("user_id", "u1"), ("user_id", "u2"), ("anonymous_id", "v1"))
    assert people_of(rule) == {lead_of(*name) for name in names}
    assert people_of(add_rule("host", "example.com")) == set()
    renew_cards(people_of(rule))
    assert [flags(*name)[0] for name in names] == [True] * 3
    remove_rule("email-domain", "example.com")
    renew_cards(people_of(rule))
    assert [flags(*name)[0] for name in names] == [False] * 3


def test_a_robot_is_one_until_something_else_is_heard_of_it(office: Office) -> None:
    office.take(message(anonymousId="v1", context=BOT), message(anonymousId="v2"))
    assert (flags("anonymous_id", "v1"), flags("anonymous_id", "v2")) == ((False, True), (False, False))
    office.take(message(anonymousId="v2", context=BOT))
    assert flags("anonymous_id", "v2") == (False, False)
    office.take(message(anonymousId="v1"))
    assert flags("anonymous_id", "v1") == (False, False)
    office.take(message(anonymousId="v1", context=BOT))
    assert flags("anonymous_id", "v1") == (False, False)


def test_a_segment_taken_again_flags_the_same(office: Office) -> None:
    office.take(message(anonymousId="v1", context=BOT, messageId="1"))
    office.again(office.segments[0])
    assert flags("anonymous_id", "v1") == (False, True)


def test_whoever_is_only_seen_on_an_internal_host_is_internal(office: Office) -> None:
    add_rule("host", "staging.example.com")
    page = {"page": {"url": "https://staging.example.com/x"}}
    office.take(message(anonymousId="v1", context=page), message(anonymousId="v1", context={**page, **BOT}))
    assert flags("anonymous_id", "v1") == (True, False)
    office.take(message(userId="u1", anonymousId="v1"))
    assert flags("user_id", "u1") == (False, False)


def test_noise_converts_nobody_and_tells_scores_no_trait(office: Office) -> None:
    quote = {"quote_id": "q1", "amount": 100}
    intake = office.take(
        message(event="Quote Requested", userId="u1", properties=quote, context=BOT),
        message("identify", userId="u1", traits={"title": "CEO"}, context=BOT),
        message("identify", userId="u1", timestamp=at(-60), traits={"title": "CTO"}),
    )
    assert not Conversion.objects.exists()
    assert [(change.key, change.present) for change in intake.traits] == [("title", True)]
    assert intake.traits[0].occurred_micros < intake.drafts[1].occurred_micros
    assert (Lead.objects.get(pk=lead_of("user_id", "u1")).card or {})["title"] == "CEO"
