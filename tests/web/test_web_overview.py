"""What the overview says before its reports come, and to whom."""

import html
from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import names_of, text_of

from leadline.accounts import unusual_use
from leadline.accounts.audit import What, Who, record
from leadline.accounts.audit_verbs import LEAD_SEEN
from leadline.accounts.models import User
from leadline.analytics.models import Alert, AlertFiring
from leadline.kernel.clock import utc_now
from leadline.tracking.models import EventSource, SourceHour

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_new_installation_says_what_would_fill_it_and_how(browser: Client) -> None:
    page = text_of(browser.get("/overview"))
    assert "Nothing has come in yet" in page
    assert "leadline keys create website" in page
    assert "leadline demo" in page


def test_a_new_installation_asks_for_no_report(browser: Client) -> None:
    assert "/reports/" not in browser.get("/overview").content.decode().partition("<main")[2]


@pytest.mark.parametrize("role", ["sales", "marketing", "administrator"])
def test_every_role_may_see_it(role: str) -> None:
    client = Client()
    client.force_login(cast.user(role))
    assert client.get("/overview").status_code == 200


def test_the_hottest_come_with_the_reason_before_the_score(browser: Client) -> None:
    cast.platform()
    page = browser.get("/overview")
    assert names_of(page)[:3] == ["Rashid Karim", "Ingrid Solberg", "Amelia Hart"]
    body = page.content.decode()
    assert body.index("Booked a strategy call") < body.index('class="score"')


def test_customers_and_those_turned_down_are_not_hot(browser: Client) -> None:
    cast.platform()
    cast.qualified("Nina Rejected", HOUR, scores=(99, 99, 99), rejection="not_hiring")
    names = names_of(browser.get("/overview"))
    assert not {"Hana Suzuki", "Leo Martins", "Nina Rejected"} & set(names)


def test_the_period_and_the_channel_stand_in_the_address(browser: Client) -> None:
    cast.platform()
    body = browser.get("/overview?period=90d&channel=Paid+search").content.decode()
    assert '<option value="90d" selected>' in body
    assert "<option selected>Paid search</option>" in body
    assert "period=90d&amp;segment=channel%3DPaid+search" in body
    assert "Last 90 days, to " in body


def test_a_channel_with_a_comma_stays_one_channel(browser: Client) -> None:
    cast.platform()
    body = browser.get("/overview?channel=Fairs%2C+talks").content.decode()
    assert "segment=channel%3DFairs%5C%2C+talks" in body


def test_days_chosen_by_hand_are_said_in_words(browser: Client) -> None:
    cast.platform()
    page = text_of(browser.get("/overview?period=2026-05-01..2026-05-31"))
    assert "1 May to 31 May 2026. Days are those of UTC." in page


def test_a_period_that_is_none_is_said_with_advice_above_the_default_one(browser: Client) -> None:
    cast.lead("Ada")
    answer = browser.get("/overview?period=soon&channel=E-mail")
    assert answer.status_code == 200
    page = text_of(answer)
    assert "'soon' is no period. Use 30d, 12w, 6m" in html.unescape(page)
    assert "Shown instead: Last 30 days" in page
    assert "period=30d&amp;segment=channel%3DE-mail" in answer.content.decode()
    assert browser.get("/overview/changed?period=soon").status_code == 400  # a part that nobody asks for by hand


def fired(sentence: str, ago: timedelta, **fields: Any) -> AlertFiring:
    alert = Alert.objects.get_or_create(name="Revenue", metric="revenue", rule=Alert.Rule.THRESHOLD)[0]
    at = utc_now() - ago
    return AlertFiring.objects.create(alert=alert, bucket=at.date(), at=at, value=1, sentence=sentence, **fields)


def test_alerts_that_nobody_has_seen_stand_first(marketing_browser: Client) -> None:
    fired("Revenue fell by 40%.", HOUR)
    fired("Visits doubled.", 2 * DAY, seen_at=utc_now())
    page = text_of(marketing_browser.get("/overview"))
    assert "Revenue fell by 40%." in page
    assert "See the alert" in page
    assert "Visits doubled." not in page


def test_sales_is_told_of_an_alert_and_sent_nowhere_it_may_not_go(browser: Client) -> None:
    fired("Revenue fell by 40%.", HOUR)
    page = text_of(browser.get("/overview"))
    assert "Revenue fell by 40%." in page
    assert "See the alert" not in page


def test_what_quarantine_got_in_a_day_is_told_with_its_most_frequent_reason(admin_browser: Client) -> None:
    cast.quarantine()
    page = admin_browser.get("/overview")
    assert "Quarantine grew by 6 events in the last 24 hours, most of them “Quote Requestd”" in text_of(page)
    assert '<a href="/quarantine">Look and repair</a>' in page.content.decode()


def heard_from(name: str, *days_ago: int) -> None:
    source = EventSource.objects.create(name=name)
    for days in days_ago:
        hour = (utc_now() - days * DAY).replace(minute=0, second=0, microsecond=0)
        SourceHour.objects.create(source=source, hour=hour, received=9, last_received_at=hour)


def test_a_source_that_fell_silent_is_missed(admin_browser: Client) -> None:
    heard_from("platform", *range(2, 9))
    page = admin_browser.get("/overview")
    assert "Nothing has come from platform for 2 days; it used to send almost every day." in text_of(page)
    assert '<a href="/sources/platform">Look at the source</a>' in page.content.decode()


@pytest.mark.parametrize("days_ago", [range(8), (2,), range(20, 27)], ids=["still sends", "seldom", "long gone"])
def test_a_source_that_is_not_missed(admin_browser: Client, days_ago: tuple[int, ...]) -> None:
    heard_from("platform", *days_ago)
    assert "Nothing has come from" not in text_of(admin_browser.get("/overview"))


def test_the_queries_do_not_grow_with_the_people(browser: Client, django_assert_max_num_queries: Any) -> None:
    cast.platform()
    browser.get("/overview")
    with django_assert_max_num_queries(15):  # four are the audit trail's
        browser.get("/overview")


@pytest.mark.parametrize(("role", "lands"), [(User.Role.MARKETING, "/overview"), (User.Role.SALES, "/call-next")])
def test_where_people_land(role: str, lands: str) -> None:
    client = Client()
    client.force_login(cast.user(role))
    assert client.get("/").headers["Location"] == lands


def test_unusual_use_is_told_to_who_may_read_the_audit_trail(admin_browser: Client, browser: Client) -> None:
    for lead in range(201):
        record(Who(99), LEAD_SEEN, What("lead", lead + 1), {}, utc_now())
    unusual_use.look(utc_now())
    said = "User 99 saw 201 different leads within an hour."
    page = admin_browser.get("/overview")
    assert said in text_of(page)
    assert "See what they did" in text_of(page)
    assert said not in text_of(browser.get("/overview"))
