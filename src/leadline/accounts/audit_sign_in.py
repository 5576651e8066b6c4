"""Sign-ins in the audit trail: what Django and allauth tell of them becomes the note of the request."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from django.contrib.auth import signals
from django.http import HttpRequest

from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import CREDENTIALS_CHANGED, SIGN_IN_FAILED, SIGNED_IN, SIGNED_OUT
from leadline.privacy.fields import lookup_hasher

SIGN_IN, NETWORK = "sign_in", "network"
"""Kinds of digests, of their own: they lead to no lead."""


def listen() -> None:
    """Have sign-ins noted from now on."""
    signals.user_logged_in.connect(_signed_in, dispatch_uid="audit")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="audit")
    signals.user_login_failed.connect(_failed, dispatch_uid="audit")
    account_signals.password_changed.connect(_changed, dispatch_uid="audit")
    account_signals.password_set.connect(_changed, dispatch_uid="audit")
    factor_signals.authenticator_added.connect(_changed, dispatch_uid="audit")
    factor_signals.authenticator_removed.connect(_changed, dispatch_uid="audit")
    factor_signals.authenticator_reset.connect(_changed, dispatch_uid="audit")


def email_digest(email: str) -> str:
    """What stands for the address that somebody tried to sign in with; the same for the same address."""
    return lookup_hasher().digest(SIGN_IN, email.strip().lower()).hex()


def _signed_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None:
        note(request, SIGNED_IN, user=user.pk, network=_network_of(request))


def _signed_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None and user is not None:
        note(request, SIGNED_OUT, user=user.pk)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None:
        email = str(credentials.get("email") or credentials.get("username") or "")
        note(request, SIGN_IN_FAILED, email=email_digest(email), network=_network_of(request))


def _changed(request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    if request is not None and user is not None:
        note(request, CREDENTIALS_CHANGED, user=user.pk)


def _network_of(request: HttpRequest) -> str:
    """What stands for the address that a request came from."""
    return lookup_hasher().digest(NETWORK, request.META.get("REMOTE_ADDR", "")).hex()
