"""How long things are kept: seen by whoever may read privacy, set by whoever may set it."""

import pytest
import web_cast as cast
from django.test import Client

from leadline.kernel.clock import utc_now
from leadline.privacy.models import RetentionPeriod, RetentionRun
from leadline.tracking.models import EventSource, QuarantinedMessage

pytestmark = pytest.mark.django_db


def test_periods_are_shown_set_and_set_back(admin_browser: Client) -> None:
    EventSource.objects.create(name="shop")
    assert "180 days after their last visit" in cast.text_of(admin_browser.get("/privacy/retention"))
    for source, days in (("", "90"), ("shop", "400")):
        admin_browser.post("/privacy/retention/set", {"rule": "visitors", "source": source, "days": days})
    text = cast.text_of(admin_browser.get("/privacy/retention"))
    assert "90 days after their last visit" in text
    assert "400 days after their last visit" in text
    admin_browser.post(
        "/privacy/retention/set", {"rule": "visitors", "source": "shop", "days": "400", "default": "yes"}
    )
    admin_browser.post("/privacy/retention/set", {"rule": "visitors", "source": "", "days": ""})
    assert list(RetentionPeriod.objects.values_list("rule", "source", "days")) == [("visitors", None, None)]
    assert "kept until somebody takes it away" in cast.text_of(admin_browser.get("/privacy/retention"))


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"rule": "visitors", "days": "0"}, "0 days are no period"),
        ({"rule": "visitors", "days": "soon"}, "is no period"),
        ({"rule": "nobody", "days": "3"}, "There is no retention rule"),
        ({"rule": "audit", "days": "3", "source": "shop"}, "has no event source"),
        ({"rule": "visitors", "days": "3", "source": "none"}, "none"),
    ],
)
def test_what_is_no_period_is_refused_with_words(admin_browser: Client, posted: dict[str, str], said: str) -> None:
    EventSource.objects.create(name="shop")
    response = admin_browser.post("/privacy/retention/set", posted, follow=True)
    assert said in cast.text_of(response)
    assert not RetentionPeriod.objects.exists()


@pytest.mark.usefixtures("engine")
def test_what_would_go_is_counted(admin_browser: Client) -> None:
    assert "Nothing is due" in cast.text_of(admin_browser.get("/privacy/retention/due"))
    long_ago = utc_now().replace(year=2020)
    QuarantinedMessage.objects.create(segment="s", position=1, received_at=long_ago, code="c", reason="r", body={})
    text = cast.text_of(admin_browser.get("/privacy/retention/due"))
    assert "Messages that were put aside" in text
    assert QuarantinedMessage.objects.exists()


@pytest.mark.usefixtures("engine")
def test_what_would_go_is_a_page_of_its_own_without_javascript(admin_browser: Client) -> None:
    whole = admin_browser.get("/privacy/retention/due")
    assert b"<h1>What would go now</h1>" in whole.content
    assert b'href="/privacy/retention"' in whole.content
    part = admin_browser.get("/privacy/retention/due", headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert {"HX-Request"} <= {each.strip() for each in part["Vary"].split(",")}


def test_past_runs_are_numbers_and_failures_stand_on_top(admin_browser: Client) -> None:
    taken = [{"rule": "visitors", "source": None, "count": 4711, "oldest": "2026-01-01T00:00:00+00:00"}]
    RetentionRun.objects.create(started_at=utc_now(), by="the night", taken=taken, trouble="The disk is full.")
    text = cast.text_of(admin_browser.get("/privacy/retention"))
    assert "4,711" in text
    assert "failed: The disk is full." in text
