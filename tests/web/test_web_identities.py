"""Merge warnings, merging by hand and taking it back, and who may see a person's identities."""

import re
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.kernel.clock import from_micros, utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.rescoring import evaluate_everyone
from leadline.privacy.fields import lookup_hasher
from leadline.tracking.models import Identity, IdentityClaim, Lead, MergeWarning

pytestmark = pytest.mark.django_db


def person(user_id: str, name: str) -> Lead:
    """Somebody with a user id and nothing else."""
    now = utc_now()
    lead = Lead.objects.create(known=True, card={"name": name}, first_seen_at=now, last_seen_at=now)
    digest = lookup_hasher().digest("user_id", user_id)
    Identity.objects.create(kind="user_id", digest=digest, value=user_id, home=lead, lead=lead, first_seen_at=now)
    return lead


@pytest.fixture
def twins(engine: Engine) -> tuple[Lead, Lead]:
    """Two accounts of one person, and a warning that says so."""
    one, other = person("ann-1", "Ann One"), person("ann-2", "Ann Two")
    identity, owner = (Identity.objects.get(home=lead) for lead in (one, other))
    MergeWarning.objects.create(identity=identity, owner=owner, reason="They look alike.", occurred_at=from_micros(0))
    evaluate_everyone(engine, utc_now())
    return one, other


def test_a_warning_says_who_and_why(admin_browser: Client, twins: tuple[Lead, Lead]) -> None:
    said = text_of(admin_browser.get("/identities"))
    assert "1 refused merge to look at" in said
    assert "ann-1" in said
    assert "ann-2" in said
    assert "They look alike." in said
    body = admin_browser.get("/identities").content.decode()
    assert f"/leads/{twins[0].pk}/merge?into={twins[1].pk}" in body


def test_a_dismissed_warning_stays_away(admin_browser: Client, twins: tuple[Lead, Lead]) -> None:  # noqa: ARG001  # rows
    warning = MergeWarning.objects.get()
    assert admin_browser.post(f"/identities/warnings/{warning.pk}/dismiss").headers["Location"] == "/identities"
    assert "No merge was refused" in text_of(admin_browser.get("/identities"))


def test_a_merge_is_previewed_done_and_taken_back(admin_browser: Client, twins: tuple[Lead, Lead]) -> None:
    one, other = twins
    page = admin_browser.get(f"/leads/{one.pk}/merge?into=ann-2")
    assert [
        [sketch.lead for sketch in each] for each in (page.context["preview"].before, page.context["preview"].after)
    ] == [
        [one.pk, other.pk],
        [other.pk],
    ]
    assert f"Merge Ann One, lead {one.pk}, into Ann Two, lead {other.pk}" in text_of(page)
    assert not IdentityClaim.objects.exists()
    done = admin_browser.post(f"/leads/{one.pk}/merge", {"into": "ann-2"})
    assert done.headers["Location"] == f"/leads/{other.pk}"
    said = text_of(admin_browser.get("/identities"))
    assert "No merge was refused" in said
    assert "Merged by hand" in said
    claim = IdentityClaim.objects.get()
    seen = admin_browser.get(f"/leads/{other.pk}")
    assert f"Merged from lead {one.pk}" in text_of(seen)
    assert f"/identities/claims/{claim.pk}/unmerge" in seen.content.decode()
    assert admin_browser.get(f"/leads/{one.pk}").headers["Location"] == f"/leads/{other.pk}"
    back = admin_browser.get(f"/identities/claims/{claim.pk}/unmerge")
    assert [sketch.lead for sketch in back.context["preview"].after] == [one.pk, other.pk]
    assert admin_browser.post(f"/identities/claims/{claim.pk}/unmerge").status_code == 302
    assert Lead.objects.get(pk=one.pk).merged_into is None
    assert admin_browser.get(f"/identities/claims/{claim.pk}/unmerge").status_code == 404


def test_whom_to_merge_into_is_in_no_address(admin_browser: Client, twins: tuple[Lead, Lead]) -> None:
    one, other = twins
    answer = admin_browser.post(f"/leads/{one.pk}/merge/found", {"into": " ann-2 "})
    assert answer.status_code == 302
    assert "ann-2" not in answer.headers["Location"]
    assert f"into Ann Two, lead {other.pk}" in text_of(admin_browser.get(answer.headers["Location"]))
    by_number = admin_browser.post(f"/leads/{one.pk}/merge/found", {"into": str(other.pk)})
    assert by_number.headers["Location"] == f"/leads/{one.pk}/merge?into={other.pk}"
    assert not IdentityClaim.objects.exists(), "asking merges nobody"


@pytest.mark.parametrize(
    ("into", "fault"), [("nobody", "Nobody is known as"), ("", "Nobody is known"), ("ann-1", "itself")]
)
def test_what_cannot_be_merged_is_said(admin_browser: Client, twins: tuple[Lead, Lead], into: str, fault: str) -> None:
    for page in (
        admin_browser.get(f"/leads/{twins[0].pk}/merge?into={into}"),
        admin_browser.post(f"/leads/{twins[0].pk}/merge", {"into": into}),
    ):
        assert page.status_code == 400
        assert fault in text_of(page)
        assert "into somebody else" in text_of(page)
        assert f'name="into" value="{into}"' in page.content.decode()  # to try again with somebody else
    assert not IdentityClaim.objects.exists()


@pytest.mark.parametrize("role", [User.Role.SALES, User.Role.MARKETING])
def test_only_administrators_merge(role: str, twins: tuple[Lead, Lead]) -> None:
    client = Client()
    client.force_login(cast.user(role))
    one, other = twins
    warning = MergeWarning.objects.get()
    answers = [
        client.get("/identities"),
        client.post(f"/identities/warnings/{warning.pk}/dismiss"),
        client.get(f"/leads/{one.pk}/merge?into={other.pk}"),
        client.post(f"/leads/{one.pk}/merge", {"into": other.pk}),
        client.get("/identities/claims/1/unmerge"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    said = text_of(client.get(f"/leads/{one.pk}"))
    assert ("Identities" in said) is (role == User.Role.SALES)
    assert "Preview the merge" not in said
    assert "Merge warnings" not in said


def test_our_own_people_and_robots_are_found_and_marked(list_browser: Client) -> None:
    for name, flags in (("Ines Intern", {"internal": True}), ("Bo Bot", {"bot": True})):
        row = cast.lead(name, cast.company("Harbour Group"))
        Lead.objects.filter(pk=row.pk).update(**flags)
        cast.standing(row, (0, 0, 0), stage="")
    cast.qualified("Amelia Hart", cast.timedelta(hours=1), account=cast.company("Harbour Group"))
    assert "Ines Intern" not in text_of(list_browser.get("/leads?who=everybody"))
    assert "Bo Bot" not in text_of(list_browser.get("/call-next"))
    found = text_of(list_browser.get("/leads?q=harbour&who=everybody"))
    assert re.search(r"Ines Intern ?Harbour Group ?Internal ?none", found)
    assert re.search(r"Bo Bot ?Harbour Group ?Bot", found)
    assert "Amelia" in found
    lead = Lead.objects.get(internal=True)
    said = text_of(list_browser.get(f"/leads/{lead.pk}"))
    assert "One of our own people" in said
    assert "nothing yet" not in said  # no ledger of a score that is never made
    assert "Accept lead" not in said


def test_noise_on_a_timeline_says_that_it_does_not_count(
    browser: Client,
    monkeypatch: pytest.MonkeyPatch,
    sales: Any,  # noqa: ARG001  # a ruleset is in force
) -> None:
    entry = cast.TimelineEntry(utc_now(), "track", "Tool Used", "Tool Used: calculator", "engagement", "bot")
    monkeypatch.setattr("leadline.pipeline.reading.timeline", lambda *_: [entry])
    row = cast.standing(cast.lead("Amelia Hart"))
    assert "Tool Used: calculator Bot does not count" in text_of(browser.get(f"/leads/{row.lead_id}"))
