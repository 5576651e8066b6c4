"""The pages around signing in: axe finds nothing serious, light and dark; nothing scrolls sideways at 380 px."""

from typing import Any

import pytest
import web_cast as cast
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect
from visits import Open, Visit

from leadline.accounts.invitations import invitation_key
from leadline.accounts.models import User
from leadline.pipeline.engine import Engine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAVE = {"serious", "critical"}
NEW_PASSWORD = f"{cast.PASSWORD}-42"
BEFORE = ("/you", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/password/change/")
WITH_FACTORS = (
    "/you",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/totp/deactivate/",
)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 380)])
def test_they_are_accessible_and_fit(
    visit: Open,
    engine: Engine,  # noqa: ARG001  # the number beside Call next
    platform: dict[str, Any],  # noqa: ARG001  # as above
    theme: str,
    width: int,
) -> None:
    cache.clear()
    who = cast.user(User.Role.MARKETING)
    window = visit(color_scheme=theme, viewport={"width": width, "height": 800})
    found = _wrong(window, "/accounts/login/")
    window.page.fill("#id_login", who.email)
    _send_password(window)
    found += _wrong(window, "/accounts/reauthenticate/?next=/you")
    _send_password(window)
    found += [each for path in BEFORE for each in _wrong(window, path)]
    TOTP.activate(who, generate_totp_secret())
    RecoveryCodes.activate(who)
    found += [each for path in WITH_FACTORS for each in _wrong(window, path)]
    assert found == []


def test_a_password_is_shown_while_it_is_typed(visit: Open, engine: Engine, platform: dict[str, Any]) -> None:  # noqa: ARG001  # as above
    cache.clear()
    who = cast.user(User.Role.MARKETING)
    window = visit()
    window.go("/accounts/login/")
    window.page.fill("#id_login", who.email)
    field = window.page.get_by_label("Password", exact=True)
    field.fill(cast.PASSWORD)
    window.page.keyboard.press("Tab")
    expect(window.page.get_by_role("button", name="Show: Password")).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(field).to_have_attribute("type", "text")
    assert window.page.url.endswith("/accounts/login/"), "the button sends nothing"
    window.page.get_by_role("button", name="Hide: Password").click()
    expect(field).to_have_attribute("type", "password")
    window.page.get_by_role("button", name="Show: Password").click()
    window.page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    window.page.click("button.primary")
    expect(field).to_have_attribute("type", "password")


def test_each_new_password_has_a_button_of_its_own(visit: Open, engine: Engine, platform: dict[str, Any]) -> None:  # noqa: ARG001  # as above
    window = visit(cast.user(User.Role.MARKETING))
    window.go("/accounts/password/change/")
    window.page.get_by_role("button", name="Show: The new one", exact=True).click()
    kinds = window.page.eval_on_selector_all(".field input", "fields => fields.map(field => field.type)")
    assert kinds == ["password", "text", "password"]


@pytest.mark.usefixtures("engine", "platform")
def test_a_first_password_is_set_by_a_link_with_the_keyboard_alone(visit: Open) -> None:
    who = cast.user(User.Role.MARKETING)
    window = visit()
    window.go(f"/invitation/{who.pk}/{invitation_key(who)}")
    for word, faults in (("short-short-1", 1), (NEW_PASSWORD, 0)):
        for typed in (word, NEW_PASSWORD):
            window.page.keyboard.type(typed)
            window.page.keyboard.press("Tab")
            window.page.keyboard.press("Tab")  # over the button that shows it
        with window.page.expect_navigation():
            window.page.keyboard.press("Enter")
        expect(window.page.locator("#faults li")).to_have_count(faults)
    expect(window.page.get_by_text("Your password is set. Sign in with it.")).to_be_visible()
    window.complaints.clear()  # the browser notes the status 422


def _send_password(window: Visit) -> None:
    window.page.fill("#id_password", cast.PASSWORD)
    with window.page.expect_navigation():
        window.page.click("button.primary")


def _wrong(window: Visit, path: str) -> list[str]:
    window.go(path)
    assert window.page.url.endswith(path)
    grave = [each["id"] for each in Axe().run(window.page).response["violations"] if each["impact"] in GRAVE]
    wide = ["sideways"] if window.sideways > window.page.viewport_size["width"] else []
    return [f"{path}: {each}" for each in grave + wide]
