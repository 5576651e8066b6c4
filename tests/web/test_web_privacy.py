"""Privacy: a person is found, gets an archive, is erased; the documents are there to read and to take along."""

import io
import json
import zipfile

import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import AuditEntry, User
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job
from leadline.privacy.models import Erasure
from leadline.tracking.models import Lead


def named(name: str) -> Lead:
    """A lead under an e-mail address."""
    return cast.lead(name, email=f"{name}@x.example")


def test_a_person_is_found_by_their_address_which_stands_in_no_address_bar(admin_browser: Client) -> None:
    person = named("ada")
    response = admin_browser.post("/privacy/find", {"whom": "Ada@x.example"})
    assert f"Lead {person.pk}" in cast.text_of(response)
    assert "ada@x.example" in cast.text_of(response)
    assert admin_browser.get("/privacy/find").status_code == 405
    assert AuditEntry.objects.filter(verb="people.listed").latest("number").numbers["rows"] == 1
    assert "ada" not in json.dumps(list(AuditEntry.objects.values_list("numbers", flat=True)))


def test_nobody_is_said_to_be_nobody(admin_browser: Client) -> None:
    assert "Nobody is known by that" in cast.text_of(admin_browser.post("/privacy/find", {"whom": "x@y.example"}))
    assert "Nobody is known by that" in cast.text_of(admin_browser.post("/privacy/find", {"whom": "<b>"}))


@pytest.mark.usefixtures("engine")
def test_an_archive_is_handed_out_whole_or_portable(admin_browser: Client) -> None:
    person = named("ada")
    whole = admin_browser.post(f"/privacy/{person.pk}/archive")
    assert whole["Content-Disposition"] == f'attachment; filename="archive-{person.pk}.zip"'
    assert whole["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(whole.content)) as file:
        assert b"ada@x.example" in file.read("index.html")
    portable = admin_browser.post(f"/privacy/{person.pk}/archive", {"portable": "yes"})
    with zipfile.ZipFile(io.BytesIO(portable.content)) as file:
        assert "data/tracking.identities.csv" in file.namelist()
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.about, entry.about_number) == ("archive.made", "lead", person.pk)
    assert entry.numbers["kind"] == "portable"


def test_an_erasure_begins_only_once_the_number_was_typed(admin_browser: Client) -> None:
    person = named("ada")
    refused = admin_browser.post(f"/privacy/{person.pk}/erase", {"typed": "1x"}, follow=True)
    assert f"type {person.pk} to confirm" in cast.text_of(refused)
    assert not Erasure.objects.exists()
    done = admin_browser.post(f"/privacy/{person.pk}/erase", {"typed": str(person.pk), "crm": "keep"}, follow=True)
    assert "being erased" in cast.text_of(done)
    erasure = Erasure.objects.get()
    assert (erasure.lead, erasure.crm) == (person.pk, "keep")
    assert Job.objects.get(kind="erasure").arguments == {"erasure": erasure.pk}


def test_who_may_not_answer_requests_finds_nobody(db: None, engine: Engine) -> None:  # noqa: ARG001  # rows
    person = named("ada")
    auditor = cast.signed_in(cast.user(User.Role.AUDITOR))
    assert "Who asks" not in cast.text_of(auditor.get("/privacy"))
    assert auditor.get("/privacy/documents").status_code == 200
    for browser in (auditor, cast.signed_in(cast.user(User.Role.MARKETING, email="m@x.example"))):
        assert browser.post("/privacy/find", {"whom": "ada@x.example"}).status_code == 403
        assert browser.post(f"/privacy/{person.pk}/archive").status_code == 403
        assert browser.post(f"/privacy/{person.pk}/erase", {"typed": str(person.pk)}).status_code == 403
    assert not Erasure.objects.exists()


def test_documents_are_read_and_taken_along(admin_browser: Client) -> None:
    assert "Data map" in cast.text_of(admin_browser.get("/privacy/documents"))
    page = cast.text_of(admin_browser.get("/privacy/documents/record-of-processing"))
    assert "Record of processing activities" in page
    assert "To find people again." in page
    markdown = admin_browser.get("/privacy/documents/dpia/md")
    assert markdown["Content-Disposition"] == 'attachment; filename="dpia.md"'
    assert markdown.content.startswith(b"# Data protection impact assessment")
    assert admin_browser.get("/privacy/documents/retention/html").content.startswith(b"<!doctype html>")
    for missing in ("nothing", "dpia/pdf", "nothing/md"):
        assert admin_browser.get(f"/privacy/documents/{missing}").status_code == 404


@pytest.mark.usefixtures("engine")
def test_an_erasure_shows_its_proof_by_kind(admin_browser: Client) -> None:
    proof = {"erased": {"events.events": 26, "events.old": 3}, "left": {"events.events": 0, "tracking.leads": 0}}
    fate = {"crm": "hub", "record": "4711", "outcome": "by_hand", "why": "merged there"}
    now = utc_now()
    row = Erasure.objects.create(
        lead=7, asked_at=now, finished_at=now, proof={**proof, "elsewhere": [fate]}, crm="delete"
    )
    assert f'href="/privacy/erasures/{row.pk}"' in admin_browser.get("/privacy").content.decode()
    page = cast.text_of(admin_browser.get(f"/privacy/erasures/{row.pk}"))
    assert "What they did260" in page
    assert "events.old3\N{EN DASH}" in page
    assert "hub4711By hand: merged there" in page
    assert admin_browser.get("/privacy/erasures/987654").status_code == 404
