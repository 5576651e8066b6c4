"""CRM pages in a real browser, as each person uses them: connecting Odoo, mending what failed, selling."""

import crm_pages_cast
import pytest
import web_cast as cast
from legibility import shifted
from pipeline_cast import Installation
from playwright.sync_api import Page, expect
from screenshots import settle
from visits import Open

from leadline.accounts.models import User
from leadline.crm.models import Connection, Link, SandboxRecord
from leadline.crm.testing.odoo import OdooServer
from leadline.kernel.clock import utc_now
from leadline.pipeline.crm import commands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 380, "height": 800}
ALLOWED_SHIFT = 0.05


def _connect_odoo(page: Page, address: str, key: str) -> None:
    page.get_by_role("link", name="Connect a CRM").click()
    page.get_by_role("link", name="Odoo").click()
    page.get_by_label("Address").fill(address)
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Connect").click()


def test_an_administrator_connects_odoo_makes_its_fields_and_starts_it(visit: Open, history: Installation) -> None:
    odoo = OdooServer(utc_now)
    window = visit(cast.user(User.Role.ADMINISTRATOR, name="Ada Admin"))
    page = window.page
    with odoo.serve() as address:
        window.go("/crm")
        _connect_odoo(page, address, "a-wrong-key")
        page.get_by_role("button", name="Test it").click()
        expect(page.get_by_role("alert").filter(has_text="It does not work.")).to_be_visible()
        page.get_by_label("API key").fill(odoo.key)
        page.get_by_role("button", name="Save the settings").click()
        expect(page.get_by_label("API key")).to_have_attribute("placeholder", "set, not shown; leave empty to keep it")
        assert odoo.key not in page.content()
        page.get_by_role("button", name="Test it").click()
        expect(page.get_by_role("status").filter(has_text="It answers.")).to_be_visible()

        page.get_by_role("link", name="Mapping").click()
        page.get_by_role("button", name="Compare it with").click()
        expect(page.locator("#compared")).to_contain_text("not there yet")
        page.get_by_role("button", name="Make them in Odoo").click()
        expect(page.locator("#compared")).to_contain_text("fields made")
        expect(page.locator("#compared")).to_contain_text("It fits")

        page.get_by_role("link", name="The connection").click()
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        told = commands.crm_sync(history.engine, "odoo")
        assert told[0]["state"] == "ok"
        expect(page.locator("#state")).to_contain_text("made")  # the page asks by itself while a run is due
        window.go("/crm")
        expect(page.locator("main")).to_contain_text("in the CRM.")
    assert Connection.objects.get().secrets["key"] == odoo.key
    window.complaints[:] = [text for text in window.complaints if "422" not in text]


def test_the_mapping_is_checked_as_one_types_and_tried_with_one_lead(visit: Open, history: Installation) -> None:
    crm_pages_cast.connect()
    window = visit(cast.user(User.Role.ADMINISTRATOR))
    page = window.page
    window.go("/crm/connections/sandbox/mapping")
    document = page.get_by_label("The mapping as YAML")
    text = document.input_value()
    document.fill(text.replace("  company: company", "  company: compny"))
    expect(page.locator("#findings-title")).to_have_text("1 thing to mend")
    page.locator("#findings").get_by_role("link", name="Line").click()
    expect(document).to_be_focused()
    assert page.evaluate(
        "document.activeElement.value.slice(0, document.activeElement.selectionStart).split('\\n').length"
    ) == (text.splitlines().index("  company: company") + 1)
    document.fill(text.replace("  job_title: title\n", ""))
    expect(page.locator("#findings-title")).to_have_text("It can be saved")
    page.get_by_label("Who").fill(_somebody(history))
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#tried")).to_contain_text("Made there")
    assert not SandboxRecord.objects.exists()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert Connection.objects.get().mapping_version == 2
    page.get_by_role("link", name="What would be sent").click()
    settle(page)
    expect(page.locator(".dry-run")).to_contain_text("Made there")


def test_what_failed_is_tried_again_from_the_list(visit: Open, history: Installation) -> None:
    row = crm_pages_cast.connect()
    crm_pages_cast.run(history.engine, row)
    first, second = row.links.order_by("pk")[:2]
    for link in (first, second):
        link.parked, link.failed_at, link.error = True, utc_now(), {"message": "Not a valid country."}
        link.save()
    window = visit(cast.user(User.Role.ADMINISTRATOR), viewport=PHONE)
    page = window.page
    window.go("/crm")
    page.get_by_role("link", name="2 failed").click()
    expect(page.get_by_text("Not a valid country.")).to_have_count(2)
    assert window.sideways <= PHONE["width"]
    page.get_by_role("button", name="Try all 2 again").click()
    expect(page.get_by_role("status")).to_contain_text("2 leads will be sent again")
    crm_pages_cast.run(history.engine, row)
    assert not Link.objects.filter(parked=True).exists()


def test_a_seller_wins_in_the_sandbox_and_the_leads_page_knows(visit: Open, history: Installation) -> None:
    row = crm_pages_cast.connect()
    crm_pages_cast.run(history.engine, row)
    record = SandboxRecord.objects.filter(status="New").order_by("-updated_at", "-pk")[0]
    link = Link.objects.get(remote_id=str(record.pk))
    window = visit(cast.user(User.Role.SALES, name="Jose Reyes"), viewport=PHONE)
    page = window.page
    window.go(f"/leads/{link.lead_id}")
    page.get_by_role("link", name="Open the record").click()
    card = page.locator(f"#record-{record.pk}")
    card.get_by_text("Work on it").click()
    card.get_by_label("Amount").fill("24,000")
    card.get_by_label("Currency").fill("EUR")
    card.get_by_role("button", name="Won").click()
    expect(page.get_by_role("status")).to_contain_text("Won")
    assert window.sideways <= PHONE["width"]
    crm_pages_cast.run(history.engine, row)
    window.go(f"/leads/{link.lead_id}")
    expect(page.locator("main")).to_contain_text("There it is “Won”")
    page.get_by_role("link", name="What sandbox knows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("in sandbox")
    assert window.sideways <= PHONE["width"]


@pytest.mark.parametrize("width", [380, 1280])
def test_nothing_moves_and_nothing_scrolls_sideways(visit: Open, history: Installation, width: int) -> None:
    crm_pages_cast.planted(history.engine)
    window = visit(cast.user(User.Role.ADMINISTRATOR), viewport={"width": width, "height": 900})
    one = "/crm/connections/sandbox"
    for path in ("/crm", one, f"{one}/mapping", f"{one}/dry-run", f"{one}/leads?state=left_out", "/crm/sandbox"):
        window.go(path)
        settle(window.page)
        assert window.sideways <= width, path
        assert shifted(window.page) < ALLOWED_SHIFT, path


def _somebody(history: Installation) -> str:
    told = commands.crm_diff(history.engine, "sandbox", limit=1)
    return str(told["differences"][0]["lead"])
