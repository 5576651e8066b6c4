"""How the fake Salesforce lets people in: client credentials, and assertions signed with the app's certificate."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.types import Options

from leadline.crm.testing.salesforce_org import ME, Row

CLIENT_ID, CLIENT_SECRET, USERNAME = "3MVG9consumer-key", "consumer-secret-of-the-fake", "leadline@org.test"
AUDIENCE = "https://login.salesforce.com"
LONGEST_SECONDS = 300


class Door:
    """Tokens.

    Attributes:
        tokens: those that are good. sign_ins: how often somebody was let in.
    """

    def __init__(self, now: Callable[[], datetime], url: str) -> None:
        self._now, self._url = now, url
        self.sign_ins, self.tokens = 0, set[str]()

    def sign_in(self, form: Mapping[str, str], *, blocked: bool) -> tuple[int, Row]:
        """(status, answer) of the token endpoint. `blocked`: nobody is let in."""
        if form.get("grant_type") == "client_credentials":
            ours = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
            error, trouble = "invalid_client", "" if ours else "invalid client credentials"
        else:
            error, trouble = "invalid_grant", self._distrust(form.get("assertion", ""))
        if blocked or trouble:
            return 400, {"error": error, "error_description": trouble or "app blocked by admin"}
        self.sign_ins += 1
        token = f"00D5e0000000001!AQ.session-{self.sign_ins}"
        self.tokens.add(token)
        who = f"{AUDIENCE}/id/00D5e0000000001EAA/{ME}"
        return 200, {"access_token": token, "instance_url": self._url, "id": who, "token_type": "Bearer"}

    def _distrust(self, assertion: str) -> str:
        """What is wrong with an assertion; empty when nothing is."""
        key = key_pair()[1]
        unchecked: Options = {"verify_exp": False}  # its own clock says whether it is over
        try:
            claims = jwt.decode(assertion, key, algorithms=["RS256"], audience=AUDIENCE, options=unchecked)
        except jwt.InvalidAudienceError:
            return "audience is invalid"
        except jwt.PyJWTError:
            return "invalid assertion"
        if not 0 < claims["exp"] - self._now().timestamp() <= LONGEST_SECONDS:
            return "expired authorization code"
        return "" if (claims["iss"], claims["sub"]) == (CLIENT_ID, USERNAME) else "user hasn't approved this consumer"


@cache
def key_pair() -> tuple[str, str]:
    """(private key, public key) of the app's certificate, as PEM."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
