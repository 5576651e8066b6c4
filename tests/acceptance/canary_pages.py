"""Canaries through forms, addresses and bodies of pages and API; and everything that can be looked at, by a role."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx
from tests.acceptance.canaries import Aviary, Kind
from tests.acceptance.canary_collector import Answers, told
from tests.web import access_cast

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
LEAVING = ("logout", "/live/events")
"""What is not looked at: the one ends the session, the other never ends."""
PASSWORD = "long-enough-for-a-test-4711"


def browser(pages: str) -> httpx.Client:
    return httpx.Client(base_url=pages, timeout=60, follow_redirects=False)


def sign_in(client: httpx.Client, email: str, password: str) -> httpx.Response:
    """As the form does it."""
    client.get("/accounts/login/")
    token = client.cookies["csrftoken"]
    form = {"login": email, "password": password, "csrfmiddlewaretoken": token}
    return client.post("/accounts/login/", data=form, headers={"Referer": f"{client.base_url}/accounts/login/"})


def post(client: httpx.Client, path: str, data: Mapping[str, object], **options: object) -> httpx.Response:
    """A form, with its token."""
    form = {**data, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(path, data=form, **options)  # type: ignore[arg-type]  # httpx's options


def wrong_sign_ins(aviary: Aviary, pages: str) -> Answers:
    """Somebody who mistypes; somebody whose form is out of date; somebody from elsewhere."""
    with browser(pages) as client:
        found = {"wrong": told(sign_in(client, aviary.email("sign-in e-mail"), aviary.word("sign-in password")))}
        found["no address"] = told(sign_in(client, aviary.word("sign-in no e-mail"), aviary.word("password")))
        headers = {"Referer": f"https://else.example/{aviary.email('CSRF Referer')}", "Origin": "https://else.example"}
        form = {"login": aviary.email("CSRF e-mail"), "password": aviary.word("CSRF password")}
        found["CSRF"] = told(client.post("/accounts/login/", data=form, headers=headers))
        found["next"] = told(client.get("/leads", params={"q": aviary.email("search before sign-in")}))
        reset = aviary.email("password reset")
        found["reset"] = told(post(client, "/accounts/password/reset/", {"email": reset}))
        found["token"] = told(client.get("/api/v1/leads", headers={"Authorization": f"Bearer {aviary.word('token')}"}))
        found["host"] = told(client.get("/", headers={"Host": f"{aviary.word('host')}.example"}))
    return found


def errors(aviary: Aviary, client: httpx.Client) -> Answers:
    """Addresses and forms that end in an error page, for somebody who is signed in."""
    found: Answers = {}
    for name, path in {
        "404": f"/nothing/{aviary.email('unknown page')}",
        "404 wide": f"/nothing/\u00fc{aviary.email('unknown page not in ASCII')}",
        "404 source": f"/sources/{aviary.email('unknown source')}",
        "404 export": f"/exports/{aviary.word('unknown table')}.csv",
        "400 export": f"/exports/leads.csv?segment={aviary.email('segment of an export')}",
        "404 report": f"/reports/{aviary.word('unknown report')}",
        "400 filter": f"/leads?grade={aviary.email('grade in a filter')}&after={aviary.word('after in a filter')}",
        "404 shared": f"/shared/{aviary.word('token of a share')}",
    }.items():
        found[name] = told(client.get(path))
    found["theme"] = told(post(client, "/preferences/theme", {"theme": aviary.email("theme")}))
    found["zone"] = told(post(client, "/you/zone", {"zone": aviary.email("zone")}))
    large = {"name": aviary.email("too large a form") + "x" * 3_000_000}
    found["400 large"] = told(post(client, "/boards/new", large))
    many = {f"{aviary.word('too many fields')}{number}": "x" for number in range(1_200)}
    found["400 many"] = told(post(client, "/boards/new", many))
    file = ("x.csv", aviary.text("uploaded file").encode() * 60_000, "text/csv")
    money = {"what": "spend"}
    found["upload"] = told(post(client, "/conversions/money/upload", money, files={"file": file}))
    csrf = {"Referer": f"https://else.example/{aviary.email('CSRF of a page')}"}
    found["403"] = told(client.post("/boards/new", data={"name": aviary.email("CSRF form")}, headers=csrf))
    return found


def said(aviary: Aviary, client: httpx.Client, lead: int) -> Answers:
    """What staff write about people, and what they call things."""
    found: Answers = {}
    forms: dict[str, tuple[str, dict[str, object]]] = {
        "contact": (f"/leads/{lead}/contact", {"note": aviary.text("note of a contact")}),
        "snooze": (f"/leads/{lead}/snooze", {"until": "1d", "note": aviary.text("note of a snooze")}),
        "snooze wrong": (f"/leads/{lead}/snooze", {"until": aviary.word("until of a snooze")}),
        "reject wrong": (f"/leads/{lead}/reject", {"reason": aviary.text("reason of a rejection")}),
        "consent": (
            f"/leads/{lead}/consent",
            {"purpose": "marketing", "said": "given", "because": aviary.text("because of a consent")},
        ),
        "view": ("/leads/views", {"name": "Mine", "query": f"?q={aviary.email('search of a saved view')}"}),
        "find": ("/privacy/find", {"whom": aviary.email("privacy search")}),
        "board": ("/boards/new", {"name": aviary.text("name of a board", Kind.NAMED)}),
        "annotation": ("/annotations", {"day": "2026-05-01", "text": aviary.text("annotation", Kind.NAMED)}),
        "territory": ("/team/territories", {"name": aviary.text("territory", Kind.NAMED), "countries": "AU"}),
    }
    for name, (path, form) in forms.items():
        found[name] = told(post(client, path, form))
    spend = f"day,channel,amount,currency\n2026-01-01,{aviary.email('uploaded line')},x,USD\n"
    found["upload line"] = told(post(client, "/conversions/money/upload", {"what": "spend", "text": spend}))
    found["segment"] = told(client.get("/reports/overview", params={"segment": aviary.email("segment of a report")}))
    for place, path in {"leads": "/leads", "accounts": "/accounts", "quarantine": "/quarantine"}.items():
        found[f"search {place}"] = told(client.get(path, params={"q": aviary.email(f"search of {place}")}))
    return found


def called(aviary: Aviary, client: httpx.Client) -> Answers:
    """Every operation of the API with canaries for what it is asked about, which no address may hold, with bodies of
    the wrong shape, and with what it is not asked for; and those that find people by a body."""
    found: Answers = {}
    for route in access_cast.operations():
        if route.method == "DELETE":
            continue
        at = f"API {route.name}"
        path = route.path.replace("nothing", aviary.email(f"{at} path")).replace("987654", "987654321")
        query = {"q": aviary.email(f"{at} q"), "limit": aviary.word(f"{at} limit")}
        body = {name: aviary.text(f"{at} {name}") for name in ("note", "owner", "until", "name", "document", "user")}
        sent = None if route.method == "GET" else json.dumps([body]).encode()
        headers = {"Content-Type": "application/json", "X-CSRFToken": client.cookies["csrftoken"]}
        found[f"{route.name} wrong"] = told(
            client.request(route.method, path, params=query, content=sent, headers=headers)
        )
        whole = None if route.method == "GET" else json.dumps({**body, "reason": body["note"], "events": body}).encode()
        found[route.name] = told(client.request(route.method, route.path, content=whole, headers=headers))
    for path, body in {
        "leads/search": {name: aviary.email(f"search by {name}") for name in ("named", "email", "user_id")},
        "accounts/search": {"q": aviary.email("search of companies")},
        "exports/leads": {"segment": f"owner={aviary.email('owner in a segment')}"},
    }.items():
        answer = called_one(client, f"/api/v1/{path}", body)
        assert answer.is_success, path
        found[f"API {path}"] = told(answer)
    return found


def looked_at(client: httpx.Client, known: Mapping[str, str], only: tuple[str, ...] = ("",)) -> Answers:
    """Every page and every answer of the API that can be had by GET and whose address begins so."""
    return {path: told(client.get(path)) for path in addresses(known) if path.startswith(only)}


def addresses(known: Mapping[str, str]) -> Iterator[str]:
    for route in (*access_cast.pages(known), *access_cast.operations(known)):
        if route.method == "GET" and not any(part in route.path for part in LEAVING):
            yield route.path


@dataclass(frozen=True)
class Person:
    """A lead, and where it is looked at."""

    lead: int
    account: int
    connection: str

    @property
    def known(self) -> dict[str, str]:
        return {
            "/leads/bulk/<int:number>": "/leads/bulk/1",
            "/leads/views/<int:number>": "/leads/views/1",
            "/leads/<int:number>": f"/leads/{self.lead}",
            "/accounts/<int:number>": f"/accounts/{self.account}",
            "/quarantine/<int:number>": "/quarantine/1",
            "<slug:table>.<slug:kind>": "leads.csv",
            "<str:name>.<slug:form>": "people.csv",
            "<path:lead>": str(self.lead),
            "<lead>": str(self.lead),
            "/crm/<slug:name>": f"/crm/{self.connection}",
            "connections/<slug:name>": f"connections/{self.connection}",
            "connections/<name>": f"connections/{self.connection}",
            "<slug:kind>": "sounding",
            "<kind>": "sounding",
            "<table>": "leads",
        }


def called_one(client: httpx.Client, path: str, body: Mapping[str, object]) -> httpx.Response:
    """One call of the API, within the browser's session."""
    return client.post(path, json=dict(body), headers={"X-CSRFToken": client.cookies["csrftoken"]})
