"""Single sign-on in a real browser, which holds the pages to their content security policy."""

from collections.abc import Iterator
from typing import Any

import oidc_provider
import pytest
import web_cast as cast
from django.core.cache import cache
from django.test.utils import override_settings
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.single_sign_on import Offer
from leadline.pipeline.engine import Engine
from leadline.project.single_sign_on_settings import single_sign_on_settings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def issuer(
    engine: Engine,  # noqa: ARG001  # pages to land on
    platform: dict[str, Any],  # noqa: ARG001  # as above
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[oidc_provider.Provider]:
    cache.clear()
    monkeypatch.setenv("LEADLINE_OIDC_CLIENT", oidc_provider.CLIENT)
    monkeypatch.setenv("LEADLINE_OIDC_SECRET", oidc_provider.SECRET)
    monkeypatch.setenv("LEADLINE_OIDC_NAME", "Works")
    with oidc_provider.running() as provider:
        offer = Offer(provider.issuer, frozenset(), "sales")
        with override_settings(SINGLE_SIGN_ON=offer, **single_sign_on_settings(offer)):
            yield provider
    cache.clear()


def test_the_button_leads_to_the_issuer_and_back_in(visit: Open, issuer: oidc_provider.Provider) -> None:
    kim = cast.user(name="Kim Works")
    issuer.person = {"sub": "1", "email": kim.email, "email_verified": True}
    window = visit()
    window.go("/accounts/login/?next=/you")
    window.page.click("text=Sign in with Works")
    window.page.wait_for_url("**/you")
    expect(window.page.locator("h1")).to_have_text("Your account")


def test_a_stranger_is_told_so(visit: Open, issuer: oidc_provider.Provider) -> None:
    issuer.person = {"sub": "1", "email": "stranger@elsewhere.example", "email_verified": True}
    window = visit()
    window.go("/accounts/login/")
    window.page.click("text=Sign in with Works")
    expect(window.page.locator("h1")).to_have_text("You have no account here")
    window.complaints.clear()  # the browser notes the status 403
