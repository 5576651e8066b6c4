"""What sales says on pages: each word as a form, refusals in words, the team page."""

from datetime import timedelta

import pytest
import web_cast as cast
from django.test import Client
from web_cast import names_of, text_of

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.qualification.models import SalesAction, Seller, Standing, Territory
from leadline.tracking.models import Lead

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def amelia(sales: User, engine: Engine) -> Lead:  # noqa: ARG001  # a ruleset is in force, an engine evaluates
    return cast.qualified("Amelia Hart", timedelta(minutes=20)).lead


def say(browser: Client, lead: Lead, word: str, **form: str) -> str:
    return text_of(browser.post(f"/leads/{lead.pk}/{word}", form, headers=HTMX))


def row(lead: Lead) -> Standing:
    return Standing.objects.get(pk=lead.pk)


def test_a_rejection_is_offered_with_the_reasons_of_the_ruleset_and_can_be_taken_back(
    browser: Client, amelia: Lead
) -> None:
    assert "Not hiring now (may come back)" in text_of(browser.get(f"/leads/{amelia.pk}"))
    said = say(browser, amelia, "reject", reason="not_hiring", note="Maybe in spring")
    assert "Sales said no: Not hiring now." in said
    assert "Accept lead" not in said
    assert "Rejected: not hiring" in said
    assert "Maybe in spring" in said
    assert "Amelia Hart" not in names_of(browser.get("/call-next"))
    assert "Accept lead" in say(browser, amelia, "requalify")


def test_a_snoozed_lead_is_off_call_next_until_it_is_woken(browser: Client, amelia: Lead) -> None:
    assert "Snoozed: back on Call next" in say(browser, amelia, "snooze", until="3d")
    assert names_of(browser.get("/call-next")) == []
    say(browser, amelia, "wake")
    assert names_of(browser.get("/call-next")) == ["Amelia Hart"]


def test_an_override_by_a_day_and_its_release(browser: Client, amelia: Lead) -> None:
    day = (utc_now() + timedelta(days=9)).date().isoformat()
    assert "Held in Customer by hand" in say(browser, amelia, "override", stage="customer", until=day, note="A test")
    assert row(amelia).override_stage == "customer"
    say(browser, amelia, "release")
    assert row(amelia).override_stage == ""


@pytest.mark.parametrize(
    ("word", "form", "words"),
    [
        ("reject", {"reason": ""}, "A rejection needs a reason. The reasons are: not_hiring"),
        ("snooze", {"on": "someday"}, "is no day"),
        ("snooze", {}, "A snooze needs an end in the future."),
        ("override", {"stage": "customer", "until": "2040-01-01", "note": "x"}, "An override lasts a year at most."),
        ("assign", {"owner": "999999"}, "There is no such user."),
        ("assign", {"owner": "auto"}, "The rules found nobody else."),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    browser: Client, amelia: Lead, word: str, form: dict[str, str], words: str
) -> None:
    assert words in say(browser, amelia, word, **form)
    plain = browser.post(f"/leads/{amelia.pk}/{word}", form)
    assert plain.status_code == 422
    assert words in text_of(plain)
    assert not SalesAction.objects.exists()


def test_an_owner_is_chosen_from_those_who_sell(browser: Client, amelia: Lead, sales: User) -> None:
    maria = cast.user(User.Role.SALES, name="Maria Santos")
    assert "Owner: Maria Santos." in say(browser, amelia, "assign", owner=str(maria.pk))
    assert names_of(browser.get("/call-next?owner=mine")) == []
    say(browser, amelia, "assign", owner=str(sales.pk))
    assert names_of(browser.get("/call-next?owner=mine")) == ["Amelia Hart"]
    say(browser, amelia, "assign", owner="")
    assert row(amelia).owner == ""


def test_there_is_one_primary_button(browser: Client, amelia: Lead) -> None:
    for word in ("", "accept", "contact"):
        if word:
            say(browser, amelia, word)
        assert browser.get(f"/leads/{amelia.pk}").content.decode().count("btn primary") <= 1


def test_an_administrator_sets_the_team_and_sales_reads_it(
    browser: Client, admin_browser: Client, amelia: Lead, sales: User
) -> None:
    admin_browser.post("/team/sellers", {"user": sales.email, "capacity": "5", "available": "on"})
    seller = Seller.objects.get(pk=sales.pk)
    assert (seller.capacity, seller.available) == (5, True)
    assert row(amelia).owner_user == sales
    made = {"name": "Nordics", "countries": "Norway, SE", "sellers": sales.email}
    admin_browser.post("/team/territories", made)
    assert Territory.objects.get().countries == ["NO", "SE"]
    said = text_of(browser.get("/team"))
    assert "Nordics: Norway, Sweden" in said
    assert "Save" not in said
    assert browser.post("/team/sellers", {"user": sales.email}).status_code == 403
    admin_browser.post("/team/territories", {"name": "Nordics", "remove": "1"})
    admin_browser.post("/team/sellers", {"user": sales.email, "remove": "1"})
    assert not Territory.objects.exists()
    assert not Seller.objects.exists()


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("sellers", {"user": "nobody@x.example"}, "There is no user"),
        ("sellers", {"user": "nobody@x.example", "capacity": "many"}, "is no whole number"),
        ("territories", {"name": "Sea", "countries": "Atlantis"}, "'Atlantis' is no country."),
        ("territories", {"name": " "}, "A territory needs a name."),
    ],
)
def test_the_team_page_refuses_in_words(
    admin_browser: Client,
    amelia: Lead,  # noqa: ARG001  # an engine runs
    path: str,
    form: dict[str, str],
    words: str,
) -> None:
    answer = admin_browser.post(f"/team/{path}", form)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Territory.objects.exists()


def test_marketing_reads_what_sales_rejected_and_why(browser: Client, marketing_browser: Client, amelia: Lead) -> None:
    say(browser, amelia, "reject", reason="too_small")
    assert "Too small" in text_of(marketing_browser.get("/team"))
