"""Single sign-on by OpenID Connect: from the environment into allauth's settings."""

from typing import Any
from urllib.parse import urlsplit

from leadline.accounts.permissions import RoleName
from leadline.accounts.single_sign_on import Offer
from leadline.kernel.errors import ConfigurationError
from leadline.project.environment import setting

PROVIDER = "sso"
"""The name in our addresses: /accounts/oidc/sso/login/callback/ is what the issuer is told to come back to."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def single_sign_on() -> Offer | None:
    """Whom to let in, None where LEADLINE_OIDC_ISSUER is not set.

    Raises:
        ConfigurationError: the issuer is not reached by https, or the role is unknown.
    """
    issuer = setting("OIDC_ISSUER").rstrip("/")
    if not issuer:
        return None
    _check_issuer(issuer)
    return Offer(issuer, _domains(), _role(), trust_email=setting("OIDC_TRUST_EMAIL") == "1")


def single_sign_on_settings(offer: Offer | None) -> dict[str, Any]:
    """allauth's settings.

    Raises:
        ConfigurationError: what the issuer gave for Leadline is missing.
    """
    return {
        "SOCIALACCOUNT_ADAPTER": "leadline.accounts.single_sign_on_adapter.ClosedSingleSignOn",
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": _provider(offer.issuer)} if offer else {},
    }


def _provider(issuer: str) -> dict[str, Any]:
    client, secret = setting("OIDC_CLIENT"), setting("OIDC_SECRET")
    if not client or not secret:
        advice = "Set LEADLINE_OIDC_CLIENT and LEADLINE_OIDC_SECRET to what the issuer gave you for Leadline."
        raise ConfigurationError("LEADLINE_OIDC_ISSUER is set without a client.", advice=advice)
    app = {
        "provider_id": PROVIDER,
        "name": setting("OIDC_NAME", "single sign-on"),
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
    return {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}


def _check_issuer(issuer: str) -> None:
    """ID tokens are believed because they come over TLS from the issuer itself, so that it must be TLS."""
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ConfigurationError(f"LEADLINE_OIDC_ISSUER is {issuer!r}.", advice="Give an address with https.")


def _domains() -> frozenset[str]:
    return frozenset(word.lower().lstrip("@") for word in setting("OIDC_DOMAINS").split())


def _role() -> str:
    role = setting("OIDC_ROLE", "sales")
    if role not in tuple(RoleName):
        names = ", ".join(RoleName)
        raise ConfigurationError(f"LEADLINE_OIDC_ROLE is {role!r}.", advice=f"Write one of: {names}.")
    return role
