"""The sandbox CRM: what somebody does there comes back by the sync, as from any CRM."""

import html
import re
from decimal import Decimal

import crm_pages_cast
import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import User
from leadline.crm.models import Connection, SandboxRecord
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import ReportedDeal
from leadline.pipeline.tick import tick
from leadline.qualification.models import SalesAction, Standing
from leadline.tracking.models import Conversion, Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(engine: Engine) -> SandboxRecord:
    """A qualified lead's record there."""
    row = crm_pages_cast.connect()
    person = crm_pages_cast.at_home(cast.lead("Ada Lovelace"))
    cast.standing(person)
    crm_pages_cast.run(engine, row)
    return SandboxRecord.objects.get()


def _do(browser: Client, record: SandboxRecord, act: str, **more: str) -> None:
    answer = browser.post(f"/crm/sandbox/{record.pk}", {"act": act, "connection": "sandbox", **more})
    assert answer.status_code == 302, cast.text_of(answer)


def test_contacted_there_is_contacted_here_after_a_run(browser: Client, record: SandboxRecord, engine: Engine) -> None:
    _do(browser, record, "contact")
    assert Standing.objects.get().contacted_at is None  # what was done is done in the CRM only
    assert Connection.objects.get().last_run_at is None  # and a run is due
    crm_pages_cast.run(engine, Connection.objects.get())
    assert Standing.objects.get().contacted_at is not None
    crm_pages_cast.run(engine, Connection.objects.get())
    assert SalesAction.objects.filter(kind="contact", via="crm").count() == 1


def test_who_presses_a_button_owns_the_record_and_so_the_lead(
    browser: Client, record: SandboxRecord, engine: Engine, sales: User
) -> None:
    _do(browser, record, "accept")
    crm_pages_cast.run(engine, Connection.objects.get())
    standing = Standing.objects.get()
    assert standing.owner_user == sales
    assert standing.accepted_at is not None


def test_won_with_an_amount_becomes_revenue_once(browser: Client, record: SandboxRecord, engine: Engine) -> None:
    _do(browser, record, "win", amount="24,000.50", currency="eur")
    for _ in range(3):
        crm_pages_cast.run(engine, Connection.objects.get())
    tick(engine, utc_now())
    won = Conversion.objects.get(name="won_deal")
    assert (won.amount, won.currency) == (Decimal("24000.50"), "EUR")
    deal = ReportedDeal.objects.get()
    assert (deal.state, deal.lead_id) == ("won", Lead.objects.get().pk)


def test_lost_with_a_reason_turns_the_lead_down(browser: Client, record: SandboxRecord, engine: Engine) -> None:
    _do(browser, record, "open", amount="9000", currency="USD")
    crm_pages_cast.run(engine, Connection.objects.get())
    _do(browser, record, "lose", reason="Timing")
    crm_pages_cast.run(engine, Connection.objects.get())
    assert ReportedDeal.objects.get().lost_reason == "Timing"
    assert Standing.objects.get().rejection == "not_hiring"


def test_what_is_missing_is_said_and_nothing_is_done(browser: Client, record: SandboxRecord) -> None:
    wrong = [
        ({"act": "win", "amount": "", "currency": "EUR"}, "no amount"),
        ({"act": "win", "amount": "-5", "currency": "EUR"}, "above nothing"),
        ({"act": "win", "amount": "5", "currency": "euros"}, "above nothing"),
        ({"act": "lose", "reason": " "}, "needs a reason"),
        ({"act": "explode"}, "nothing that is done"),
    ]
    for given, words in wrong:
        answer = browser.post(f"/crm/sandbox/{record.pk}", {"connection": "sandbox", **given})
        assert answer.status_code == 422
        assert words in cast.text_of(answer)
    record.refresh_from_db()
    assert record.status == "New"


def test_marketing_looks_and_does_nothing(marketing_browser: Client, record: SandboxRecord) -> None:
    body = marketing_browser.get("/crm/sandbox").content.decode()
    assert "Ada Lovelace" in body
    assert "Work on it" not in body
    assert marketing_browser.post(f"/crm/sandbox/{record.pk}", {"act": "contact"}).status_code == 403


def test_a_record_that_a_link_names_is_shown_however_old(browser: Client, record: SandboxRecord) -> None:
    for number in range(9):
        crm_pages_cast.linked(Connection.objects.get(), cast.lead(f"Later {number}"))
    few = browser.get("/crm/sandbox").content.decode()
    assert f'id="record-{record.pk}"' not in few
    assert f'id="record-{record.pk}"' in browser.get(f"/crm/sandbox?record={record.pk}").content.decode()
    assert f'id="record-{record.pk}"' in browser.get("/crm/sandbox?status=New").content.decode()


def test_one_column_is_shown_in_pages_without_a_gap(browser: Client, record: SandboxRecord) -> None:
    row = Connection.objects.get()
    for number in range(30):
        crm_pages_cast.linked(row, cast.lead(f"Later {number}"))
    made = set(SandboxRecord.objects.filter(status="New").values_list("pk", flat=True))
    assert record.pk in made
    seen, address = list[int](), "/crm/sandbox?status=New"
    while address:
        body = browser.get(address).content.decode()
        seen += [int(number) for number in re.findall(r'id="record-(\d+)"', body)]
        older = re.search(r'href="([^"]*after=\d+)"', body)
        address = f"/crm/sandbox{html.unescape(older[1])}" if older else ""
    assert len(seen) == len(made) == 31
    assert set(seen) == made


def test_what_was_done_is_said_by_name_also_where_the_record_left_the_column(
    browser: Client, record: SandboxRecord
) -> None:
    where = {"act": "contact", "connection": "sandbox", "status": "New"}
    page = cast.text_of(browser.post(f"/crm/sandbox/{record.pk}", where, follow=True))
    assert "Ada Lovelace: Contacted." in page
