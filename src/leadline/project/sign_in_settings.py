"""How people sign in: allauth's settings, sessions and cookies, from what the installation asks for."""

from typing import Any

from leadline.kernel.errors import ConfigurationError

DAY = 24 * 3600
YEAR = 365 * DAY
REMEMBERED_IDLE_DAYS = 14
"""How long "Stay signed in on this device" lasts without use."""
CONFIRMED_SECONDS = 300
"""For so long somebody is not asked again to show that it is them."""

NOBODY, ADMINISTRATORS, EVERYBODY = "nobody", "administrators", "everybody"

RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "privacy_request": "10/h/ip,3/d/key",  # ours: the public form of subject requests (web/views/request_form.py)
}
"""allauth's own, written down because they are documented. A key is an e-mail address, or a user's second factor."""

ACCOUNTS: dict[str, Any] = {
    "ACCOUNT_ADAPTER": "leadline.accounts.adapter.ClosedAccountAdapter",
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
    "ACCOUNT_RATE_LIMITS": RATE_LIMITS,
    "ACCOUNT_REAUTHENTICATION_TIMEOUT": CONFIRMED_SECONDS,
    "MFA_ADAPTER": "leadline.accounts.second_factor.SealedFactors",
    "MFA_FORMS": {
        "authenticate": "leadline.accounts.second_factor_forms.SignInForm",
        "reauthenticate": "leadline.accounts.second_factor_forms.ConfirmForm",
        "activate_totp": "leadline.accounts.second_factor_forms.SetUpForm",
    },
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,  # an administrator gave the address
    "MFA_RATE_LIMITS": {"webauthn_login": "30/m/ip"},
    "MFA_TOTP_ISSUER": "Leadline",
    "MFA_TOTP_TOLERANCE": 1,  # clocks of telephones: one step of 30 seconds either way
    "MFA_RECOVERY_CODES_SHOW_ONCE": False,
    "USERSESSIONS_TRACK_ACTIVITY": False,  # it writes a row with each request; leadline.web.signed_in does so rarely
}


def require_second_factor(word: str) -> str:
    """Whom LEADLINE_REQUIRE_MFA asks for a second factor.

    Raises:
        ConfigurationError: it names nobody we know.
    """
    if word not in (NOBODY, ADMINISTRATORS, EVERYBODY):
        raise ConfigurationError(
            f"LEADLINE_REQUIRE_MFA is {word!r}.", advice="Write nobody, administrators or everybody."
        )
    return word


def cookie_settings(public_url: str) -> dict[str, Any]:
    """Sessions and cookies; behind https only ever sent there, and the browser told to come by no other way.

    Leadline itself speaks http: where its address is https a proxy in front of it ends TLS, and says so in
    X-Forwarded-Proto.
    """
    always = {
        "SESSION_COOKIE_AGE": REMEMBERED_IDLE_DAYS * DAY,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,  # unless "Stay signed in" is ticked, which passkeys do not offer
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_HTTPONLY": True,
    }
    return {**always, **_over_tls()} if public_url.startswith("https://") else always


def _over_tls() -> dict[str, Any]:
    """A name with __Host- can neither be set by another host of the domain nor over http."""
    return {
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_HSTS_SECONDS": YEAR,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
    }
