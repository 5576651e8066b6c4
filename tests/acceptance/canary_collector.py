"""Canaries through every door of the collector. Each gives what was answered, to be searched as well."""

import base64
import json
from dataclasses import dataclass

import httpx
from tests.acceptance import canary_messages
from tests.acceptance.canaries import Aviary

Answers = dict[str, bytes]


def told(answer: httpx.Response) -> bytes:
    """All that went back: status line, headers and body."""
    headers = "".join(f"{name}: {value}\n" for name, value in answer.headers.multi_items())
    return f"{answer.status_code} {answer.reason_phrase}\n{headers}\n".encode() + answer.content


@dataclass
class Doors:
    """The collector's routes, with one write key."""

    aviary: Aviary
    client: httpx.Client
    key: str
    user: str

    def headers(self, place: str) -> dict[str, str]:
        """Everything that browsers and proxies send along."""
        return {
            "User-Agent": f"Agent/1 ({self.aviary.word(f'{place} User-Agent')})",
            "Referer": f"https://app.example/{self.aviary.email(f'{place} Referer')}",
            "Cookie": f"session={self.aviary.word(f'{place} Cookie')}",
            "X-Forwarded-For": self.aviary.address(f"{place} X-Forwarded-For"),
            "Forwarded": f"for={self.aviary.address(f'{place} Forwarded')}",
            "From": self.aviary.email(f"{place} From"),
            "X-Request-ID": self.aviary.word(f"{place} X-Request-ID"),
            "AnonymousId": base64.b64encode(self.aviary.email(f"{place} AnonymousId").encode()).decode(),
        }

    def good(self) -> Answers:
        """One batch, each kind by its own route, PostHog's and both pixels."""
        aviary, found = self.aviary, {}
        batch = canary_messages.good(aviary, self.user) + canary_messages.bad(aviary, self.user)
        body = {"batch": batch, "context": {"batch": aviary.email("batch context")}, "writeKey": self.key}
        found["batch"] = self._post("/v1/batch", body, self.headers("batch"))
        found["track"] = self._post("/v1/track", {**batch[1], "writeKey": self.key, "messageId": "single"})
        found["posthog"] = self._post("/batch/", canary_messages.posthog(aviary, self.key))
        data = {"event": "Mail Opened", "userId": aviary.email("pixel userId"), "writeKey": self.key}
        packed = base64.b64encode(json.dumps(data).encode()).decode()
        found["pixel"] = self._get("/pixel/v1/track", {"data": packed})
        query = {"writeKey": self.key, "event": "Mail Opened", "userId": aviary.email("pixel query userId")}
        query["properties.note"] = aviary.text("pixel query note")
        found["pixel query"] = self._get("/pixel/v1/track", query)
        return found

    def refused(self) -> Answers:
        """What gets an error: wrong keys, broken bodies, too large ones, unknown routes, wrong methods."""
        aviary, found = self.aviary, {}
        message = {"type": "track", "event": "x", "userId": aviary.email("userId under a wrong key")}
        wrong = {"batch": [message], "writeKey": aviary.email("wrong key in the body")}
        found["401 body"] = self._post("/v1/batch", wrong)
        secret = base64.b64encode(f"{aviary.email('wrong key')}:{aviary.word('its password')}".encode()).decode()
        found["401 header"] = self._post("/v1/batch", wrong, {"Authorization": f"Basic {secret}"})
        bearer = {"Authorization": f"Bearer {aviary.email('wrong bearer')}"}
        found["401 bearer"] = self._post("/v1/batch", wrong, bearer)
        broken = f'{{"batch": [{{"userId": "{aviary.email("broken JSON")}", "traits": {{'.encode()
        found["400 JSON"] = self._post("/v1/batch", broken)
        found["400 text"] = self._post("/v1/track", aviary.text("no JSON at all").encode())
        found["400 bytes"] = self._post("/v1/track", b"\xff\xfe" + aviary.text("not UTF-8").encode("latin-1"))
        found["400 shape"] = self._post("/v1/batch", {"batch": aviary.email("batch is a text"), "writeKey": self.key})
        found["400 list"] = self._post("/v1/batch", [aviary.email("batch is a list")])
        gzipped = {"Content-Encoding": "gzip"}
        found["400 gzip"] = self._post("/v1/batch", aviary.text("no gzip").encode(), gzipped)
        large = {"batch": [{**message, "p": aviary.email("too large a body") + "x" * 9_000_000}], "writeKey": self.key}
        found["too large"] = self._post("/v1/batch", large)
        found["pixel"] = self._get("/pixel/v1/track", {"data": aviary.email("pixel data"), "writeKey": self.key})
        found["pixel key"] = self._get("/pixel/v1/page", {"writeKey": aviary.email("pixel key")})
        found["404"] = self._get(f"/nothing/{aviary.email('unknown path')}", {"q": aviary.email("unknown query")})
        found["405"] = self._get("/v1/track", {"q": aviary.email("wrong method")})
        found["settings"] = self._get(f"/v1/projects/{aviary.email('settings key')}/settings", {})
        found["beacon"] = self._post(f"/beacon/v1/batch?writeKey={aviary.email('beacon key')}", {"batch": [message]})
        return found

    def _post(self, path: str, body: object, headers: dict[str, str] | None = None) -> bytes:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return told(self.client.post(path, content=content, headers=headers))

    def _get(self, path: str, query: dict[str, str]) -> bytes:
        return told(self.client.get(path, params=query, headers=self.headers(f"GET {path[:20]} {len(query)}")))
