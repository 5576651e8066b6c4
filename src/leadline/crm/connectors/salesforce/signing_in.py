"""Signing in without a person: by client credentials, or by a signed assertion (JWT bearer, RFC 7523).

Salesforce does not say how long a token is good: it is used, and kept, until it is refused.
"""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import httpx
import jwt

from leadline.crm.connector import Opening
from leadline.crm.errors import CredentialsError, CRMError, RateLimitedError, RejectedError, SetupError
from leadline.crm.http import RemoteAPI, Said

TOKEN = "token"  # noqa: S105  # the name that it is kept under
PATH = "/services/oauth2/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOD_FOR = timedelta(minutes=3)
"""Of an assertion; Salesforce takes no more than five minutes."""
SANDBOX = (".sandbox.my.salesforce.com", ".scratch.my.salesforce.com")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHARED = frozenset({"login.salesforce.com", "test.salesforce.com"})
MY_DOMAIN = "Give the address of your org (Setup, My Domain): https://company.my.salesforce.com"
ADVICE = {
    "user hasn't approved": "In the External Client App's policies let admin-approved users in, and add a permission "
    "set of the user under App Policies.",
    "audience": "Check whether the address is of a sandbox, and that it is your My Domain.",
    "expired": "The clock of this machine and Salesforce's differ: set the clock.",
    "invalid_client_id": "Copy the Consumer Key again (External Client App Manager, Settings, OAuth Settings).",
    "invalid client": "Copy the Consumer Key and Secret again; a new app takes up to ten minutes to work.",
    "no client credentials user": "Name a Run-As user in the External Client App's policies (client credentials flow).",
    "inactive": "The user is not active: activate them, or name another one.",
}
ANY = "Check the Consumer Key, the secret or the certificate, and the app's policies; docs/how-to/crm-salesforce.md."


class Session:
    """The token of one connection.

    Raises:
        SetupError: the settings can't be right.
    """

    def __init__(self, opening: Opening) -> None:
        self.url = base_of(opening.settings.get("url", ""))
        self._opening, self._token = opening, opening.secrets.get(TOKEN, "")
        self._user = ""
        self._api = RemoteAPI(self.url, opening.limits, opening.clock, dict, said, transport=opening.transport)

    def headers(self) -> Mapping[str, str]:
        """Of every call."""
        return {"Authorization": f"Bearer {self._token}"}

    def begin(self) -> None:
        """Sign in unless a token is kept."""
        if not self._token:
            self.renew()

    def renew(self) -> None:
        """A new token, kept at once.

        Raises:
            CRMError: Salesforce does not let us in, or does not answer.
        """
        form = urlencode(self._assertion() if self._opening.secrets.get("private_key") else self._client())
        try:
            answer = self._api.call("POST", PATH, content=form.encode(), headers=FORM)
        except CRMError as error:
            raise refusal(error) from error
        self._token, self._user = token_of(answer)
        self._opening.keep({TOKEN: self._token})

    @property
    def user(self) -> str:
        """The id of the user that we are; the answer to signing in says it."""
        if not self._user:
            self.renew()
        return self._user

    def _client(self) -> dict[str, str]:
        secret = self._opening.secrets.get("client_secret", "")
        if not secret:
            raise SetupError(
                "There is neither a Consumer Secret nor a private key.",
                advice="Give the Consumer Secret (client credentials), or a private key and a username (JWT bearer).",
            )
        return {"grant_type": "client_credentials", "client_id": self._client_id, "client_secret": secret}

    @property
    def _client_id(self) -> str:
        return self._opening.settings.get("client_id", "").strip()

    def _assertion(self) -> dict[str, str]:
        username = self._opening.settings.get("username", "").strip()
        if not username:
            raise SetupError("A private key needs a username.", advice="Give the username that the app signs in as.")
        claims = {
            "iss": self._client_id,
            "sub": username,
            "aud": audience(self.url),
            "exp": self._opening.clock() + GOOD_FOR,
        }
        try:
            signed = jwt.encode(claims, pem(self._opening.secrets["private_key"]), algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            advice = "Paste all of it, from -----BEGIN to KEY-----, without a passphrase."
            raise CredentialsError("The private key can't be read.", advice=advice) from error
        return {"grant_type": JWT_BEARER, "assertion": signed}

    def close(self) -> None:
        """Let connections go."""
        self._api.close()


FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


def base_of(url: str) -> str:
    """The org's address, however it was copied: of Lightning, of a page, or without https.

    Raises:
        SetupError: it is none, or one that all orgs share.
    """
    parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
    host = (parts.netloc or "").replace(".lightning.force.com", ".my.salesforce.com")
    if not host or host in SHARED:
        raise SetupError(f"{url or 'Nothing'} is not the address of an org.", advice=MY_DOMAIN)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise SetupError("Secrets go over https only.", advice=MY_DOMAIN)
    return f"{parts.scheme}://{host}"


def audience(url: str) -> str:
    """Whom an assertion is for: production, or all sandboxes."""
    return f"https://{'test' if (urlsplit(url).hostname or '').endswith(SANDBOX) else 'login'}.salesforce.com"


def pem(text: str) -> str:
    """A private key with its line breaks, which one-line fields and settings lose."""
    text = text.strip().replace("\\n", "\n")
    if "\n" in text or not text.startswith("-----BEGIN "):
        return text
    head, _, rest = text.removeprefix("-----").partition("-----")
    body, _, _ = rest.partition("-----END")
    return f"-----{head}-----\n{''.join(body.split())}\n-----{head.replace('BEGIN', 'END')}-----\n"


def token_of(answer: httpx.Response) -> tuple[str, str]:
    """The token, and the id of the user that it is of.

    Raises:
        SetupError: whoever answered is not Salesforce.
    """
    try:
        body = answer.json()
        return str(body["access_token"]), str(body.get("id", "")).rsplit("/", 1)[-1]
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{answer.url.host} is not the address of an org.", advice=MY_DOMAIN) from error


def said(answer: httpx.Response) -> Said:
    """A refusal of the token endpoint: {"error", "error_description"}."""
    try:
        body = answer.json()
        return Said(str(body["error"]), str(body.get("error_description") or body["error"]))
    except (ValueError, KeyError, TypeError):
        return Said(str(answer.status_code))


def refusal(error: CRMError) -> CRMError:
    """What a refusal to sign in comes to: a person has to act, unless it was asked for too often."""
    if "login rate exceeded" in error.message:
        return RateLimitedError(error.message, vendor_code=error.vendor_code, retry_after=900.0)
    if not isinstance(error, RejectedError | CredentialsError):
        return error
    words = f"{error.vendor_code} {error.message}".lower()
    advice = next((advice for part, advice in ADVICE.items() if part in words), ANY)
    return CredentialsError(error.message, advice=advice, vendor_code=error.vendor_code)
