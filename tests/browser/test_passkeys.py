"""Passkeys in a real browser, whose authenticator is a virtual one: added, used alone, used as a second factor."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Page, expect
from visits import Open, Visit

from leadline.accounts.models import User
from leadline.pipeline.engine import Engine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "sound-the-depth-9"
EMAIL = "ines@leadline.test"


@pytest.fixture
def ines(engine: Engine) -> Iterator[User]:  # noqa: ARG001  # pages to land on
    cache.clear()
    yield User.objects.create_user(EMAIL, PASSWORD, role=User.Role.MARKETING, name="Ines Prado")
    cache.clear()


def holding_passkeys(page: Page) -> str:
    """Give the window an authenticator that can tell its owner. Returns its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return str(made["authenticatorId"])


def sign_in_with_password(visit: Visit) -> None:
    visit.go("/accounts/login/")
    visit.page.fill("#id_login", EMAIL)
    visit.page.fill("#id_password", PASSWORD)
    visit.page.click("button.primary")


def add_passkey(visit: Visit, name: str, *, alone: bool) -> None:
    visit.go("/you")
    visit.page.click("a:has-text('Add one')")
    if visit.page.url.find("/reauthenticate/") >= 0:
        visit.page.fill("#id_password", PASSWORD)
        visit.page.click("button.primary")
    visit.page.fill("#id_name", name)
    if not alone:
        visit.page.uncheck("#id_passwordless")
    visit.page.click("#mfa_webauthn_add")
    visit.page.wait_for_url("**/recovery-codes/")


def sign_out(visit: Visit) -> None:
    visit.go("/accounts/logout/")
    visit.page.click("button.primary")
    visit.page.wait_for_url("**/accounts/login/")


def test_a_passkey_signs_in_alone(visit: Open, ines: User) -> None:
    window = visit()
    holding_passkeys(window.page)
    sign_in_with_password(window)
    add_passkey(window, "laptop", alone=True)
    sign_out(window)
    window.page.click("#passkey_login")
    window.page.wait_for_url("**/overview")
    assert [each["expires"] for each in window.page.context.cookies() if each["name"] == "sessionid"] == [-1]
    window.go("/you")
    expect(window.page.locator(".keys-of >> text=laptop").first).to_be_visible()
    expect(window.page.locator("text=signs in without the password")).to_be_visible()
    assert Authenticator.objects.get(user=ines, type="webauthn").last_used_at is not None


def test_a_security_key_is_a_second_factor(visit: Open, ines: User) -> None:  # noqa: ARG001  # signs in
    window = visit()
    holding_passkeys(window.page)
    sign_in_with_password(window)
    add_passkey(window, "blue key", alone=False)
    sign_out(window)
    sign_in_with_password(window)
    window.page.wait_for_url("**/2fa/authenticate/")
    window.page.click("#mfa_webauthn_authenticate")
    window.page.wait_for_url("**/overview")


def test_a_passkey_is_renamed_and_removed(visit: Open, ines: User) -> None:
    window = visit()
    holding_passkeys(window.page)
    sign_in_with_password(window)
    add_passkey(window, "laptop", alone=True)
    window.go("/you")
    window.page.click("a:has-text('Rename')")
    window.page.fill("#id_name", "work laptop")
    window.page.click("button.primary")
    window.page.click("a:has-text('Remove work laptop')")
    window.page.click("button.danger")
    window.page.wait_for_url("**/you")
    assert not Authenticator.objects.filter(user=ines).exists()


def test_the_passkey_of_another_authenticator_does_not_sign_in(visit: Open, ines: User) -> None:
    first, second = visit(), visit()
    holding_passkeys(first.page)
    sign_in_with_password(first)
    add_passkey(first, "laptop", alone=True)
    holding_passkeys(second.page)
    second.go("/accounts/login/")
    second.page.click("#passkey_login")
    expect(second.page.locator("#passkey-trouble")).to_be_visible()
    assert second.page.url.endswith("/accounts/login/")
    assert Authenticator.objects.get(user=ines, type="webauthn").last_used_at is None
