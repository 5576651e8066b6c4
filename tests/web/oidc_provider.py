"""A small OpenID Connect provider on the loopback interface: discovery, authorization with PKCE, tokens signed with
RS256, user information, keys. Whoever comes is signed in at once, as the person that the test says."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "leadline", "the-secret-of-leadline"
KEY_ID = "key-1"


@dataclass
class Provider:
    """One provider, and what it tells of whoever signs in.

    Attributes:
        person: the claims of the user information.
        id_token: claims that are added to the ID token or replace its own.
        refuses: answer the authorization with this error.
        asked: the query of each authorization.
    """

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    id_token: dict[str, Any] = field(default_factory=dict)
    refuses: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: set[str] = field(default_factory=set)

    def discovery(self) -> dict[str, Any]:
        """The document under /.well-known/openid-configuration."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to: with a code, or with the error that was asked for."""
        self.asked.append(query)
        answer = {"state": query["state"]}
        if self.refuses:
            return f"{query['redirect_uri']}?{urlencode({**answer, 'error': self.refuses})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({**answer, 'code': code})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Tokens for a code, which is good once, for the client that asked for it and proves so."""
        asked = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        ours = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if asked is None or not ours or asked.get("code_challenge") != proof.decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.access.add(access)
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.person["sub"],
            "exp": time.time() + 60,
            **self.id_token,
        }
        token = jwt.encode(claims, self.key, "RS256", {"kid": KEY_ID})
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def keys(self) -> dict[str, Any]:
        """What ID tokens are verified with."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"provider": provider}))
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Door(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        """Everything but tokens."""
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            address = self.provider.authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        known = {
            "/.well-known/openid-configuration": self.provider.discovery,
            "/keys": self.provider.keys,
            "/userinfo": self._person,
        }
        found = known.get(parts.path)
        self._say(200, found()) if found else self._say(404, {})

    def do_POST(self) -> None:
        """Tokens."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._say(*self.provider.token({name: values[0] for name, values in parse_qs(body).items()}))

    def _person(self) -> dict[str, Any]:
        known = self.headers.get("Authorization", "").removeprefix("Bearer ") in self.provider.access
        return self.provider.person if known else {}

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
