"""Who may come in by single sign-on (OpenID Connect): users whom an administrator made, people of allowed domains."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


@dataclass(frozen=True, slots=True)
class Offer:
    """What the settings say of whom to let in.

    Attributes:
        issuer: who signs people in, without a slash at the end.
        domains: the domains, in lower case, whose people get an account by themselves; none: nobody does.
        role: the role of accounts made so.
        trust_email: take the address for right where the issuer says nothing of having verified it.
    """

    issuer: str
    domains: frozenset[str]
    role: str
    trust_email: bool = False


@dataclass(frozen=True, slots=True)
class Claims:
    """What the issuer says of somebody. `email`: in lower case, empty for none that can be believed."""

    subject: str
    email: str
    name: str


class Admission(Enum):
    """What happens to somebody who comes with claims and no account that knows their subject."""

    TO_ACCOUNT = auto()
    """There is an account of this e-mail address: it is theirs."""
    NEW = auto()
    REFUSED = auto()


def read_claims(userinfo: Mapping[str, Any], id_token: Mapping[str, Any], offer: Offer) -> Claims | None:
    """What is said, or None where it does not fit together: another issuer's word, or two people's.

    OpenID Connect Core 1.0, 3.1.3.7 (the issuer must be the one that was asked) and 5.3.2 (the subject of the user
    information must be the one of the ID token).
    """
    subject = str(id_token.get("sub") or "")
    if not subject or str(id_token.get("iss", "")).rstrip("/") != offer.issuer:
        return None
    if userinfo and str(userinfo.get("sub")) != subject:
        return None
    said = {**id_token, **userinfo}
    verified = said.get("email_verified", offer.trust_email)
    email = str(said.get("email") or "").strip().lower() if verified in (True, "true") else ""
    return Claims(subject, email, str(said.get("name") or ""))


def admission(claims: Claims, offer: Offer, *, known: bool) -> Admission:
    """What happens to somebody. `known`: there is an account of their e-mail address."""
    if not claims.email:
        return Admission.REFUSED
    if known:
        return Admission.TO_ACCOUNT
    return Admission.NEW if claims.email.partition("@")[2] in offer.domains else Admission.REFUSED
