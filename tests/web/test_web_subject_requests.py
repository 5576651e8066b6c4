"""The form on which visitors ask, the pages on which it stands, and the pages on which it is answered."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import web_cast as cast
from django.core.cache import cache
from django.test import Client
from web_cast import text_of

from leadline.accounts.audit import Who
from leadline.accounts.models import AuditEntry, User
from leadline.kernel.clock import utc_now
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import request_letters, requests
from leadline.privacy.models import SubjectRequest
from leadline.tracking.models import Identity, Lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine", "ada")]
EMAIL = "ada@x.example"
FAULT_BESIDE = re.compile(r'address</label><p [^>]*id="fault"[^>]*>That is no [^<]*</p><input id="email"[^>]*"fault"')
"""What is wrong with an address, between its label and its field, which names it."""


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada() -> Lead:
    return cast.lead("Ada Canary", email=EMAIL)


def ask(kind: str = "access", email: str = EMAIL, **more: str) -> Any:
    """Somebody without a sign-in fills the form in."""
    return Client().post("/privacy-request", {"kind": kind, "email": email, "text": "please"} | more)


def received(kind: str = "access", now: datetime | None = None, way: str = requests.HAND) -> SubjectRequest:
    return requests.receive(requests.Asked(kind, EMAIL, "Ada Canary", "please"), now or utc_now(), Who(), way)[0]


def checked(kind: str = "access") -> SubjectRequest:
    row = received(kind)
    requests.verify(row, "called back", utc_now(), Who())
    return row


def act(browser: Client, row: SubjectRequest, deed: str, **given: str) -> str:
    """What the page says after something was done; the row is as it is then."""
    answer = browser.post(f"/privacy/requests/{row.pk}/{deed}", given, follow=True)
    row.refresh_from_db()
    return text_of(answer)


def test_anybody_asks_and_is_told_where_it_stands(ada: Lead) -> None:
    assert "Ask about your data" in text_of(Client().get("/privacy-request"))
    answer = ask()
    address = answer["Location"]
    page = Client().get(address)
    assert "See what you hold about me" in text_of(page)
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert "Times are in UTC." in text_of(page)
    for word in (EMAIL, "Canary", "please", f"lead {ada.pk}"):
        assert word not in text_of(page)
    assert Client().get(f"{address}x").status_code == 404
    assert Client().get("/privacy-request/nothing").status_code == 404
    assert address.rpartition("/")[2] not in json.dumps(list(SubjectRequest.objects.values()), default=str)


def test_the_answer_is_the_same_whoever_is_known(ada: Lead, settings: Any) -> None:
    settings.MAIL = "smtp://127.0.0.1:1"
    known, unknown = ask(), ask(email="nobody@x.example")
    assert known.status_code == unknown.status_code == 302
    pages = [text_of(Client().get(each["Location"])) for each in (known, unknown)]
    assert pages[0] == pages[1]
    assert Job.objects.filter(kind="subject_letter").count() == 2
    rows = SubjectRequest.objects.order_by("pk")
    assert [row.lead for row in rows] == [ada.pk, None]


def test_the_status_page_is_the_same_whoever_is_known_to_the_end(admin_browser: Client) -> None:
    addresses = [ask(email=email)["Location"] for email in (EMAIL, "nobody@x.example")]
    for row in SubjectRequest.objects.order_by("pk"):
        act(admin_browser, row, "verify", how="called back")
        act(admin_browser, row, "carry-out")
        assert row.state == "ready"
    pages = [text_of(Client().get(address)) for address in addresses]
    assert "Is being carried out" in pages[0]
    assert pages[0] == pages[1]
    for row in SubjectRequest.objects.order_by("pk"):
        act(admin_browser, row, "hand-over", how="registered letter")
        assert row.state == "done"
    pages = [text_of(Client().get(address)) for address in addresses]
    assert "Done" in pages[0]
    assert pages[0] == pages[1]


def test_what_is_wrong_in_the_form_is_said_and_what_was_typed_stays() -> None:
    answer = ask(email="nobody", name="Ada <b>")
    assert answer.status_code == 422
    assert "no e-mail address" in text_of(answer)
    assert b"Ada &lt;b&gt;" in answer.content
    assert FAULT_BESIDE.search(answer.content.decode())
    assert ask(kind="forget").status_code == 422
    assert not SubjectRequest.objects.exists()


def test_the_form_is_rate_limited_by_address_and_by_browser() -> None:
    assert [ask().status_code for _ in range(4)] == [302, 302, 302, 429]
    others = [ask(email=f"n{n}@x.example").status_code for n in range(8)]
    assert others == [302] * 6 + [429] * 2
    assert SubjectRequest.objects.count() == 9


def test_the_form_is_only_taken_with_its_token() -> None:
    guarded = Client(enforce_csrf_checks=True)
    assert guarded.post("/privacy-request", {"kind": "access", "email": EMAIL}).status_code == 403
    assert not SubjectRequest.objects.exists()


def test_looking_at_the_mailed_page_confirms_nothing_and_its_button_does(settings: Any) -> None:
    settings.MAIL = "smtp://127.0.0.1:1"
    row = received(way=requests.FORM)
    address = f"/privacy-request/mine/{request_letters.token_of(row)}"
    assert "Was it you?" in text_of(Client().get(address))
    row.refresh_from_db()
    assert row.state == "received"
    assert "Was it you?" not in text_of(Client().post(address, follow=True))
    row.refresh_from_db()
    assert (row.state, row.steps[-1]["how"]) == ("verified", "mail")
    assert Client().post(address).status_code == 302
    assert Client().get(f"{address}0").status_code == 404


def test_the_archive_is_fetched_from_the_mailed_page_and_from_no_other(
    ada: Lead, admin_browser: Client, settings: Any
) -> None:
    settings.MAIL = "smtp://127.0.0.1:1"
    row = checked()
    address = f"/privacy-request/mine/{request_letters.token_of(row)}"
    early = Client().post(f"{address}/archive", follow=True)
    assert "be fetched any more" in text_of(early)
    assert "is about to leave" in act(admin_browser, row, "carry-out")
    assert "Ready: fetch the archive" in text_of(Client().get(address))
    file = Client().post(f"{address}/archive")
    row.refresh_from_db()
    assert (row.state, row.proof["handed_over"]["how"]) == ("done", "fetched")
    assert "they fetched it" in text_of(admin_browser.get(f"/privacy/requests/{row.pk}"))
    assert file["Content-Type"] == "application/zip"
    assert "no-store" in file["Cache-Control"]
    assert Client().get(f"{address}/archive").status_code == 405
    entry = AuditEntry.objects.filter(verb="archive.made").latest("number")
    assert (entry.about_number, entry.numbers["subject_request"], entry.numbers["state"]) == (ada.pk, row.pk, "done")
    SubjectRequest.objects.update(finished_at=utc_now() - timedelta(days=15))
    assert "Fetch the archive" not in text_of(Client().get(address))
    assert Client().post(f"{address}/archive").status_code == 302


def test_without_mail_an_archive_is_to_be_handed_over_until_somebody_says_how_it_was(admin_browser: Client) -> None:
    row = checked()
    address = f"/privacy/requests/{row.pk}"
    assert "tell them, no mail server is set up" in text_of(admin_browser.get(address))
    assert "They do not have it yet" in act(admin_browser, row, "carry-out")
    assert admin_browser.post(f"{address}/archive").status_code == 200
    page = text_of(admin_browser.get(address))
    assert "They do not have it yet" in page
    assert "Archive taken, to hand over" in page
    assert "is missing" in act(admin_browser, row, "hand-over", how=" ")
    assert row.state == "ready"
    page = act(admin_browser, row, "hand-over", how="registered letter")
    assert row.state == "done"
    for words in (
        "it is done",
        "registered letter",
        "They have it",
        f"Handed overby hand, {User.objects.get()}",
        "The answer: “",
    ):
        assert words in page
    assert "registered" not in json.dumps([row.steps, row.proof])
    entry = AuditEntry.objects.filter(verb="request.changed").latest("number")
    assert (entry.about_number, entry.numbers["act"], entry.numbers["state"]) == (row.pk, "hand-over", "done")
    assert entry.user == User.objects.get().pk
    assert "no answer that waits" in act(admin_browser, row, "hand-over", how="once more")


@pytest.mark.usefixtures("ada")
def test_what_is_to_hand_over_is_open_is_listed_and_becomes_overdue(admin_browser: Client) -> None:
    row = checked()
    act(admin_browser, row, "carry-out")
    page = text_of(admin_browser.get("/privacy/requests"))
    assert "1 answer is ready, and nobody has it yet" in page
    assert "To hand over" in page
    assert f"Request {row.pk}" in text_of(admin_browser.get("/privacy/requests?state=ready"))
    assert f"Request {row.pk}" not in text_of(admin_browser.get("/privacy/requests?state=done"))
    SubjectRequest.objects.update(due_at=utc_now() - timedelta(days=1))
    assert "1 overdue" in text_of(admin_browser.get("/privacy/requests"))
    assert "overdue since" in text_of(admin_browser.get(f"/privacy/requests/{row.pk}"))
    act(admin_browser, row, "hand-over", how="at our desk")
    assert "overdue" not in text_of(admin_browser.get("/privacy/requests?state=all")).replace("that are overdue", "")


def test_that_nothing_is_held_is_an_answer_that_they_have_to_be_told(admin_browser: Client) -> None:
    row = received()
    SubjectRequest.objects.update(lead=None, asked={"email": "nobody@else.example"})
    act(admin_browser, row, "verify", how="called back")
    page = act(admin_browser, row, "carry-out")
    assert "The answer is that nothing is held about them" in page
    assert "Make the archive" not in page
    assert "nobody is known" not in page.lower().replace("nobody is known by this address", "")
    act(admin_browser, row, "hand-over", how="by telephone")
    assert row.state == "done"


@pytest.mark.usefixtures("ada")
def test_where_a_mail_did_not_leave_it_is_to_be_handed_over(admin_browser: Client, settings: Any) -> None:
    settings.MAIL = "smtp://127.0.0.1:1"
    row = checked()
    assert "is about to leave" in act(admin_browser, row, "carry-out")
    requests.note_step(row, utc_now(), Who(), "mail_failed", letter="ready")
    row.save(update_fields=["steps"])
    page = text_of(admin_browser.get(f"/privacy/requests/{row.pk}"))
    assert "A mail to them could not be sent" in page
    assert "They do not have it yet" in page


def test_who_was_erased_after_their_archive_was_made_is_answered_that_nothing_is_held(
    ada: Lead, admin_browser: Client
) -> None:
    row = checked()
    act(admin_browser, row, "carry-out")
    Identity.objects.filter(lead=ada).delete()
    ada.delete()
    page = text_of(admin_browser.get(f"/privacy/requests/{row.pk}"))
    assert "they were erased after it was made" in page
    assert "Make the archive" not in page
    assert "The answer is that nothing is held" in act(admin_browser, row, "carry-out")
    assert row.proof == {"found": 0}


def test_requests_are_listed_and_filtered_in_the_address(admin_browser: Client) -> None:
    late, fresh = received("access", utc_now() - timedelta(days=40)), received("erasure")
    over = checked("portability")
    requests.refuse(over, "no", utc_now(), Who())
    page = text_of(admin_browser.get("/privacy/requests"))
    assert page.index(f"Request {late.pk}") < page.index(f"Request {fresh.pk}")
    assert "1 overdue" in page
    assert f"Request {over.pk}" not in page
    assert f"Request {over.pk}" in text_of(admin_browser.get("/privacy/requests?state=refused"))
    only = text_of(admin_browser.get("/privacy/requests?state=overdue"))
    assert f"Request {late.pk}" in only
    assert f"Request {fresh.pk}" not in only
    assert f"Request {late.pk}" not in text_of(admin_browser.get("/privacy/requests?kind=erasure"))
    assert admin_browser.get("/privacy/requests?state=nothing&after=x").status_code == 400
    assert admin_browser.get("/privacy/requests/987654").status_code == 404


def test_a_request_by_letter_is_written_down_checked_and_refused(ada: Lead, admin_browser: Client) -> None:
    wrong = admin_browser.post("/privacy/requests/new", {"kind": "access", "email": "x"})
    assert wrong.status_code == 422
    assert FAULT_BESIDE.search(wrong.content.decode())
    made = admin_browser.post("/privacy/requests/new", {"kind": "access", "email": EMAIL, "text": "by letter"})
    row = SubjectRequest.objects.get()
    assert made["Location"] == f"/privacy/requests/{row.pk}"
    page = text_of(admin_browser.get(made["Location"]))
    for word in (EMAIL, "by letter", f"{ada.pk}", "written down by hand"):
        assert word in page
    assert "is missing" in act(admin_browser, row, "verify", how=" ")
    assert row.state == "received"
    act(admin_browser, row, "verify", how="called back")
    assert row.state == "verified"
    longer = act(admin_browser, row, "extend", because="so many records")
    assert "is due on" in longer
    assert "is missing" in act(admin_browser, row, "refuse", because="")
    assert "was refused" in act(admin_browser, row, "refuse", because="They are not Ada.")
    assert row.state == "refused"
    mine = text_of(Client().get(f"/privacy-request/mine/{request_letters.token_of(row)}"))
    assert "They are not Ada." in mine
    assert act(admin_browser, row, "carry-out").count("is refused") == 1
    assert admin_browser.post(f"/privacy/requests/{row.pk}/nothing").status_code == 404


@pytest.mark.usefixtures("ada")
def test_a_proof_is_told_in_words_and_who_was_not_mailed_is_to_be_told(admin_browser: Client) -> None:
    row = checked()
    page = act(admin_browser, row, "carry-out")
    assert "Tell them: “" in page
    assert "3 kinds of dataKindRecordsLead1Names1" in page
    assert "tracking.identities" in row.proof["kinds"]
    assert "tracking.identities" not in page
    assert "records are held about you" in page


@pytest.mark.usefixtures("ada")
def test_portability_does_not_claim_to_be_all_that_is_held(admin_browser: Client) -> None:
    page = act(admin_browser, checked("portability"), "carry-out")
    assert "of what you gave us yourself" in page
    assert "held about you" not in page


@pytest.mark.usefixtures("ada")
def test_what_was_corrected_is_told_as_the_form_calls_it(admin_browser: Client) -> None:
    row = checked("rectification")
    SubjectRequest.objects.update(state="done", proof={"corrected": ["first_name", "employees"]})
    assert "Corrected: First name, employees." in text_of(admin_browser.get(f"/privacy/requests/{row.pk}"))


def test_the_proof_of_an_erasure_is_a_page_of_its_own(ada: Lead, admin_browser: Client) -> None:
    row = checked("erasure")
    act(admin_browser, row, "carry-out", typed=str(ada.pk), crm="keep")
    erasure = row.erasures.get()
    SubjectRequest.objects.update(state="done", proof={"erasure": erasure.pk, "erased": {"tracking.leads": 1}})
    page = admin_browser.get(f"/privacy/requests/{row.pk}").content.decode()
    assert f'href="/privacy/erasures/{erasure.pk}"' in page
    assert "tracking.leads" not in page


def test_an_erasure_is_confirmed_by_typing_the_number(ada: Lead, admin_browser: Client) -> None:
    row = checked("erasure")
    assert "Nobody was erased" in act(admin_browser, row, "carry-out", typed="x")
    assert row.state == "verified"
    assert "being erased" in act(admin_browser, row, "carry-out", typed=str(ada.pk), crm="keep")
    assert row.state == "working"
    assert Job.objects.filter(kind="erasure").exists()
    assert row.erasures.get().crm == "keep"


def test_another_lead_is_chosen_by_number(ada: Lead, admin_browser: Client) -> None:
    other, row = cast.lead("Eve"), received()
    assert row.lead == ada.pk
    assert "There is no lead" in act(admin_browser, row, "match", other="987654")
    assert "Nobody was chosen" in act(admin_browser, row, "match", other="x")
    assert f"about lead {other.pk}" in act(admin_browser, row, "match", other=str(other.pk))
    assert row.lead == other.pk


@pytest.mark.parametrize("role", [User.Role.ANALYST, User.Role.SALES, User.Role.MARKETING, User.Role.INTEGRATOR])
def test_who_has_nothing_to_do_with_requests_sees_none(role: str) -> None:
    row, browser = received(), cast.signed_in(cast.user(role))
    for address in ("/privacy/requests", "/privacy/requests/new", f"/privacy/requests/{row.pk}"):
        assert browser.get(address).status_code == 403
    for deed in ("verify", "match", "refuse", "extend", "carry-out", "archive"):
        assert browser.post(f"/privacy/requests/{row.pk}/{deed}", {"because": "x", "how": "x"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "received"


def test_an_auditor_sees_how_requests_stand_and_nobody() -> None:
    row, browser = checked(), cast.signed_in(cast.user(User.Role.AUDITOR))
    assert f"Request {row.pk}" in text_of(browser.get("/privacy/requests"))
    page = text_of(browser.get(f"/privacy/requests/{row.pk}"))
    assert "Identity checked" in page
    for word in (EMAIL, "Canary", "please", "called back"):
        assert word not in page
    assert browser.post(f"/privacy/requests/{row.pk}/refuse", {"because": "x"}).status_code == 403


def test_the_trail_says_who_worked_on_which_request_and_nothing_of_whom(admin_browser: Client) -> None:
    row = checked()
    act(admin_browser, row, "refuse", because="Ada Canary is not Ada.")
    entry = AuditEntry.objects.filter(verb="request.changed").latest("number")
    assert (entry.about, entry.about_number, entry.numbers["act"]) == ("request", row.pk, "refuse")
    assert AuditEntry.objects.filter(verb="request.seen", about_number=row.pk).exists()
    kept = json.dumps(list(AuditEntry.objects.values_list("numbers", flat=True)))
    assert not [word for word in ("Canary", EMAIL, "not Ada") if word in kept]


def test_the_form_links_to_the_notice_that_was_published(settings: Any) -> None:
    assert b"How we use your data" not in Client().get("/privacy-request").content
    settings.PRIVACY_NOTICE = "https://platform.example/privacy"
    assert b'href="https://platform.example/privacy"' in Client().get("/privacy-request").content


def test_the_notice_for_visitors_names_the_form(admin_browser: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://leads.example"
    assert "https://leads.example/privacy-request" in text_of(admin_browser.get("/privacy/documents/privacy-notice"))
