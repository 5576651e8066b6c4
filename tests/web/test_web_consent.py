"""What a person allows, on their page and for programs: shown with proof, and written down."""

from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.kernel.clock import to_micros, utc_now
from leadline.pipeline.engine import Engine
from leadline.qualification.models import Standing
from leadline.tracking.consent import How, Purpose, Said
from leadline.tracking.consent_book import Statement, keep
from leadline.tracking.leads import renew_cards
from leadline.tracking.models import ConsentStatement, Identity, Lead

pytestmark = pytest.mark.django_db
BANNER = Said(Purpose.SHARING, False, How.BANNER, "2026-11")


@pytest.fixture
def amelia(sales: User, engine: Engine) -> Lead:  # noqa: ARG001  # a ruleset is in force, an engine evaluates
    lead = cast.qualified("Amelia Hart", timedelta(minutes=20)).lead
    moment = utc_now()
    Identity.objects.create(kind="user_id", digest=b"a" * 16, value="a", home=lead, lead=lead, first_seen_at=moment)
    return lead


def says(lead: Lead, said: Said) -> None:
    """A page sends it."""
    identity = Identity.objects.get(home=lead).pk
    micros = to_micros(utc_now())
    keep([Statement(identity, said, micros, micros, micros.to_bytes(16, "big"), None, "/pricing")])
    renew_cards([lead.pk])


def page(browser: Client, lead: Lead) -> str:
    return text_of(browser.get(f"/leads/{lead.pk}"))


def test_the_page_shows_each_purpose_and_the_proof_of_what_was_said(browser: Client, amelia: Lead) -> None:
    assert "ProfilingNothing said" in page(browser, amelia)
    says(amelia, BANNER)
    shown = page(browser, amelia)
    assert "Sale or sharingRefused" in shown
    assert "Sale or sharing refused" in shown
    assert "in the consent banner · text 2026-11 · /pricing" in shown


def test_a_refusal_that_is_written_down_takes_the_score_away_and_consent_brings_it_back(
    browser: Client, amelia: Lead
) -> None:
    form = {"purpose": "profiling", "said": "refused", "because": "She rang us."}
    answer = browser.post(f"/leads/{amelia.pk}/consent", form)
    assert (answer.status_code, answer["Location"]) == (302, f"/leads/{amelia.pk}")
    assert Standing.objects.get(pk=amelia.pk).stage == ""
    shown = page(browser, amelia)
    assert "This person refused profiling" in shown
    assert "ProfilingRefused, by hand" in shown
    assert "She rang us." in shown
    assert "Accept lead" not in shown
    browser.post(f"/leads/{amelia.pk}/consent", {**form, "said": "given", "because": "She rang again."})
    assert Standing.objects.get(pk=amelia.pk).stage != ""
    assert "This person refused profiling" not in page(browser, amelia)


def test_a_statement_without_a_reason_is_refused_in_words(browser: Client, amelia: Lead) -> None:
    answer = browser.post(f"/leads/{amelia.pk}/consent", {"purpose": "profiling", "said": "refused", "because": " "})
    assert answer.status_code == 422
    assert "How this is known is missing." in text_of(answer)
    assert not ConsentStatement.objects.exists()


def test_who_sells_nothing_writes_nothing_down(marketing_browser: Client, amelia: Lead) -> None:
    form = {"purpose": "profiling", "said": "refused", "because": "x"}
    assert marketing_browser.post(f"/leads/{amelia.pk}/consent", form).status_code == 403
    assert "Write down what they said" not in page(marketing_browser, amelia)


def test_somebody_who_refused_stands_on_no_list(browser: Client, amelia: Lead) -> None:
    browser.post(f"/leads/{amelia.pk}/consent", {"purpose": "profiling", "said": "refused", "because": "x"})
    assert "Amelia Hart" not in text_of(browser.get("/leads"))


class Program:
    """A program with a token."""

    def __init__(self, role: str) -> None:
        self._client = Client(headers={"authorization": f"Bearer {create_token(cast.user(role), 'test')}"})

    def consent(self, lead: Lead, **body: str) -> Any:
        path = f"/api/v1/leads/{lead.pk}/consent"
        return self._client.post(path, body, content_type="application/json") if body else self._client.get(path)


def test_a_program_writes_down_what_was_said_and_reads_it_with_proof(amelia: Lead) -> None:
    program = Program(User.Role.ADMINISTRATOR)
    done = program.consent(amelia, purpose="marketing", said="refused", because="By letter.")
    assert done.status_code == 200, done.content
    told = program.consent(amelia).json()
    assert told["consent"]["marketing"] == {"allowed": False, "said": "refused", "by_hand": True}
    assert told["consent"]["profiling"] == {"allowed": True, "said": "", "by_hand": False}
    (row,) = told["statements"]
    assert (row["purpose"], row["said"], row["how"], row["because"]) == ("marketing", "refused", "hand", "By letter.")


def test_a_program_is_told_what_it_cannot_say(amelia: Lead) -> None:
    program = Program(User.Role.ADMINISTRATOR)
    assert program.consent(amelia, purpose="scoring", said="refused", because="x").status_code == 422
    assert program.consent(amelia, purpose="marketing", said="refused", because=" ").status_code == 409
    assert not ConsentStatement.objects.exists()


def test_why_it_is_known_is_for_those_who_may_see_people(amelia: Lead) -> None:
    Program(User.Role.ADMINISTRATOR).consent(amelia, purpose="marketing", said="refused", because="By letter.")
    (row,) = Program(User.Role.ANALYST).consent(amelia).json()["statements"]
    assert (row["said"], row["because"]) == ("refused", "")
