"""The mapping editor, the dry run, and what a lead's page tells of CRMs."""

import crm_pages_cast
import pytest
import web_cast as cast
from django.test import Client

from leadline.crm.connectors.sandbox import KIND
from leadline.crm.models import Connection, Link, SandboxRecord
from leadline.pipeline.engine import Engine
from leadline.tracking.models import Lead
from leadline.web.crm_shown import changed_lines

pytestmark = pytest.mark.django_db
EDITOR = "/crm/connections/sandbox/mapping"


@pytest.fixture
def person(engine: Engine) -> Lead:  # noqa: ARG001  # the pages need an engine
    """Somebody qualified."""
    crm_pages_cast.connect()
    found = crm_pages_cast.at_home(cast.lead("Ada Lovelace", cast.company("Engines Ltd")))
    cast.standing(found)
    return found


@pytest.mark.usefixtures("person")
def test_a_fault_is_told_with_its_line_and_nothing_is_saved(admin_browser: Client) -> None:
    text = KIND.mapping.replace("  company: company", "  company: compny")
    line = text.splitlines().index("  company: compny") + 1
    found = admin_browser.post(f"{EDITOR}/check", {"document": text})
    assert "1 thing to mend" in cast.text_of(found)
    assert f'data-line="{line}"' in found.content.decode()
    saved = admin_browser.post(EDITOR, {"document": text, "version": "1"})
    assert saved.status_code == 422
    assert "compny" in saved.content.decode()  # what was typed stays
    assert Connection.objects.get().mapping == KIND.mapping


@pytest.mark.usefixtures("person")
def test_a_change_is_told_in_a_sentence_and_line_by_line_then_saved_once(admin_browser: Client) -> None:
    text = KIND.mapping.replace("  job_title: title\n", "")
    found = cast.text_of(admin_browser.post(f"{EDITOR}/check", {"document": text.replace("\n", "\r\n")}))
    assert "It can be saved" in found
    assert "- job_title: title" in found
    assert admin_browser.post(EDITOR, {"document": text, "version": "1"}).status_code == 302
    row = Connection.objects.get()
    assert (row.mapping, row.mapping_version) == (text, 2)
    stale = admin_browser.post(EDITOR, {"document": KIND.mapping, "version": "1"})
    assert stale.status_code == 422
    assert "version 2" in cast.text_of(stale)


@pytest.mark.usefixtures("person")
def test_a_field_that_the_crm_does_not_have_is_told_with_its_line(admin_browser: Client) -> None:
    text = KIND.mapping.replace("  company: company", "  firm: company")
    line = text.splitlines().index("  firm: company") + 1
    found = admin_browser.post(f"{EDITOR}/compare", {"document": text}).content.decode()
    assert f'data-line="{line}"' in found
    fits = cast.text_of(admin_browser.post(f"{EDITOR}/compare", {"document": KIND.mapping}))
    assert "It fits" in fits


def test_one_lead_is_tried_without_writing(admin_browser: Client, person: Lead) -> None:
    tried = cast.text_of(admin_browser.post(f"{EDITOR}/try", {"document": KIND.mapping, "lead": str(person.pk)}))
    assert "Made there" in tried
    assert "Engines Ltd" in tried
    assert "nobody" not in tried
    assert not SandboxRecord.objects.exists()
    assert "Say who" in cast.text_of(admin_browser.post(f"{EDITOR}/try", {"document": KIND.mapping, "lead": ""}))


def test_the_dry_run_shows_the_exact_difference(admin_browser: Client, person: Lead, engine: Engine) -> None:
    dry = "/crm/connections/sandbox/dry-run?now=1"
    assert "Made there" in cast.text_of(admin_browser.get(dry))
    assert not Link.objects.exists()
    crm_pages_cast.run(engine, Connection.objects.get())
    assert "Nothing would be written" in cast.text_of(admin_browser.get(dry))
    person.card = {**(person.card or {}), "title": "Countess"}
    person.save()
    body = cast.text_of(admin_browser.get(dry))
    there = SandboxRecord.objects.get().values.get("job_title")
    assert there is None
    assert ("Countess" in body) == ("1 field written" in body)


def test_a_leads_page_tells_what_the_crm_knows_and_links_its_record(
    admin_browser: Client, person: Lead, engine: Engine
) -> None:
    page = f"/leads/{person.pk}"
    assert "It was told nothing" in cast.text_of(admin_browser.get(page))
    assert admin_browser.post(f"{page}/crm/sandbox/send").status_code == 302
    record = SandboxRecord.objects.get()
    crm_pages_cast.run(engine, Connection.objects.get())  # what stands there is read by the next run
    body = admin_browser.get(page).content.decode()
    assert f"#record-{record.pk}" in body
    assert "There it is “New”" in body
    fields = cast.text_of(admin_browser.get(f"{page}/crm/sandbox"))
    assert "Engines Ltd" in fields
    called = admin_browser.get("/call-next").content.decode()
    assert f"#record-{record.pk}" in called


def test_a_refused_lead_says_on_its_page_what_the_crm_said(browser: Client, person: Lead) -> None:
    crm_pages_cast.refused(Connection.objects.get(), person, "The country is not known.", "Use two letters.")
    body = cast.text_of(browser.get(f"/leads/{person.pk}"))
    assert "The country is not known. Use two letters." in body
    assert browser.post(f"/leads/{person.pk}/crm/sandbox/send").status_code == 403


def test_lines_that_differ_are_marked() -> None:
    assert changed_lines("a\nb\nc\n", "a\nb\nc\n") == []
    assert changed_lines("a\nb\nc", "a\nx\nc") == [("@", ""), (" ", "a"), ("-", "b"), ("+", "x"), (" ", "c")]
