"""One installation through which canaries go by every way in, and everything that comes out of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from tests.acceptance import canary_crm, canary_messages, canary_pages
from tests.acceptance.canaries import Aviary, Kind, where
from tests.acceptance.canary_collector import Answers, Doors, told
from tests.acceptance.canary_house import House, Watch, trigger
from tests.acceptance.canary_pages import PASSWORD, Person, browser, called_one, sign_in
from tests.leadline_process import Server, answers, wait_until

from leadline.crm.testing.loopback import serving
from leadline.crm.testing.webhook import SECRET

ADMINISTRATOR, ANALYST, SELLER = "admin@works.example", "analyst@works.example", "seller@works.example"
ROLES = {ADMINISTRATOR: "administrator", ANALYST: "analyst", SELLER: "sales"}
SDK = """
import logging
logging.basicConfig(level=logging.DEBUG)
from leadline import EventTracker
tracker = EventTracker("a-key-that-nobody-has", "{url}")
tracker.identify("{email}", {{"name": "{name}"}})
tracker.track("{email}", "Mail to {email}", {{"note": "{name}"}})
tracker.flush()
tracker.close()
"""
WHERE_PEOPLE_ARE = tuple("/leads /accounts /exports /quarantine /plan /crm /live /notifications /api/v1/".split())
Leaks = dict[str, list[str]]


@dataclass
class Story:
    """What went in, and everything that came out."""

    aviary: Aviary
    house: House
    watch: Watch
    key: str = ""
    answers: dict[str, Answers] = field(default_factory=dict)
    running: dict[str, bytes] = field(default_factory=dict)
    stopped: dict[str, bytes] = field(default_factory=dict)
    spooled: dict[str, bytes] = field(default_factory=dict)
    events: dict[str, bytes] = field(default_factory=dict)

    def leaks(self, contents: dict[str, bytes], kinds: tuple[Kind, ...] = tuple(Kind)) -> Leaks:
        """By name of what was searched: the inputs whose canaries are in it."""
        found = {name: self.aviary.places(numbers, kinds) for name, numbers in where(contents).items()}
        return {name: places for name, places in found.items() if places}


def told_story(root: Path) -> Story:
    """All of it, in a folder of its own."""
    aviary, house = Aviary(), House(root)
    for email, role in ROLES.items():
        sees = ("--sees", "own") if role == "sales" else ()
        house.run(f"users {role}", "users", "create", email, "--role", role, *sees, "--password-stdin", stdin=PASSWORD)
    story = Story(aviary, house, Watch(house))
    with story.watch, Server(house.folder) as server:
        _happen(story, server)
        story.running = house.files()
    story.stopped = house.files()
    story.events = house.events_in_clear()
    _spool(story)
    return story


def _happen(story: Story, server: Server) -> None:
    key = story.key = story.house.folder.json("keys", "create", "website")["write_key"]
    user = story.aviary.email("userId")
    _collect(story, server, key, user)
    _import(story)
    person = _person(story)
    with browser(server.pages) as client:
        assert sign_in(client, ADMINISTRATOR, PASSWORD).status_code == 302
        _connect(story, client, user)
        story.answers["errors"] = canary_pages.errors(story.aviary, client)
        story.answers["said"] = canary_pages.said(story.aviary, client, person.lead)
        story.answers["called"] = canary_pages.called(story.aviary, client)
        _fail(story, server, client, key)
        story.answers["administrator"] = canary_pages.looked_at(client, person.known, WHERE_PEOPLE_ARE)
    story.answers["signing in"] = canary_pages.wrong_sign_ins(story.aviary, server.pages)
    for email in (ANALYST, SELLER):
        with browser(server.pages) as client:
            assert sign_in(client, email, PASSWORD).status_code == 302
            story.answers[ROLES[email]] = canary_pages.looked_at(client, person.known, WHERE_PEOPLE_ARE)
    story.answers["probes"] = _probes(server)
    _tell(story, server)


def _collect(story: Story, server: Server, key: str, user: str) -> None:
    with httpx.Client(base_url=server.collector, timeout=30) as client:
        doors = Doors(story.aviary, client, key, user)
        wait_until(lambda: client.post("/v1/batch", json={"batch": [], "writeKey": key}).is_success, 30, "the key")
        story.answers["collected"] = doors.good()
        story.answers["refused"] = doors.refused()
    wait_until(lambda: _is_loaded(story.house), 60, "all is loaded")


def _is_loaded(house: House) -> bool:
    status = house.folder.ask("status")
    done = status["stored"] + status["duplicates"] + status["quarantined"]
    return bool(status["accepted"] and status["accepted"] <= done and status["spool_lag_seconds"] == 0)


def _import(story: Story) -> None:
    aviary, house = story.aviary, story.house
    folder = house.root / "imported"
    folder.mkdir()
    name = aviary.email("import file name")
    email = {"email": aviary.email("import email")}
    lines = [
        {"type": "identify", "userId": aviary.email("import userId"), "traits": email},
        {"type": "identify", "traits": {"email": aviary.email("import without id")}},
    ]
    good = folder / f"{name}.ndjson"
    good.write_text("\n".join(map(json.dumps, lines)) + f"\n{{{aviary.email('import broken line')}\n")
    house.run("import", "import", str(good), "--json")
    column = aviary.email("import column")
    table = folder / f"{name}.csv"
    table.write_text(f"Mail,When,{column}\n{aviary.email('import cell')},{aviary.email('import no moment')},x\n")
    mapping = folder / "mapping.yaml"
    mapping.write_text(
        f"name: m\nemail: Mail\ntimestamp: When\nmessages:\n  - type: identify\n    traits: {{note: '{column}'}}\n"
    )
    house.run("import table", "import", str(table), "--mapping", str(mapping), "--json")
    damaged = folder / f"{name}.csv.gz"
    damaged.write_bytes(b"\x1f\x8b" + aviary.text("import damaged").encode())
    house.run("import damaged", "import", str(damaged), "--mapping", str(mapping))


def _person(story: Story) -> Person:
    row = story.house.folder.json("leads", "--json", "--limit", "1")[0]
    with story.house.records() as records:
        (account,) = records.execute("SELECT id FROM tracking_account ORDER BY id LIMIT 1").fetchone()
    return Person(row["id"], account, "odoo")


def _connect(story: Story, client: httpx.Client, email: str) -> None:
    """A CRM, run in each of its moods; a webhook and a channel whose receiver answers with canaries."""
    found = story.answers.setdefault("CRM", {})
    crm = canary_crm.SingingOdoo(story.aviary)
    crm.fill(email)
    with crm.serve() as url, serving(_singing_receiver(story.aviary), "http://receiver.test") as receiver:
        given = {"settings": {"url": url}, "secrets": {"key": crm.key}, "mapping": canary_crm.MAPPING}
        body = {"name": "odoo", "kind": "odoo", "enabled": False, **given}
        assert called_one(client, "/api/v1/crm/connections", body).is_success
        for mood in canary_crm.MOODS:
            crm.sings(mood)
            found[mood] = told(called_one(client, "/api/v1/crm/connections/odoo/sync", {}))
        crm.sings("refuses to read")
        story.house.run("crm sync", "crm", "sync", "odoo", "--json")
        crm.mood = ""
        assert called_one(client, "/api/v1/crm/connections/odoo/sync", {}).is_success
        hook = {"settings": {"url": receiver}, "secrets": {"secret": SECRET}, "mapping": canary_crm.HOOK}
        body = {"name": "hook", "kind": "webhook", "enabled": False, **hook}
        assert called_one(client, "/api/v1/crm/connections", body).is_success
        found["hook"] = told(called_one(client, "/api/v1/crm/connections/hook/sync", {}))
        token = story.aviary.word("address of a channel")
        address = f"{receiver.replace('http', 'json')}/{token}"
        made = called_one(client, "/api/v1/notifications/channels", {"name": "all", "address": address})
        found["channel"] = told(made)
        found["told"] = told(called_one(client, f"/api/v1/notifications/channels/{made.json()['number']}/test", {}))
    found["runs"] = told(client.get("/api/v1/crm/runs"))
    found["log"] = told(client.get("/api/v1/notifications/log"))


def _singing_receiver(aviary: Aviary) -> Callable[[httpx.Request], httpx.Response]:
    words = aviary.email("answer of a receiver"), aviary.word("header of a receiver")
    return lambda _: httpx.Response(422, text=f"{words[0]} is known here", headers={"X-Said": words[1]})


def _fail(story: Story, server: Server, client: httpx.Client, key: str) -> None:
    """Faults of our own whose words quote a value: in a tick, on a page, in the API."""
    aviary, found = story.aviary, story.answers.setdefault("faults", {})
    with story.house.records() as records:
        with trigger(records, "tracking_identity", aviary.email("words of a tick's fault", Kind.LAID)):
            message = {"type": "page", "anonymousId": "failing", "messageId": "failing"}
            httpx.post(f"{server.collector}/v1/batch", json={"batch": [message], "writeKey": key}).raise_for_status()
            wait_until(lambda: httpx.get(f"{server.pages}/readyz").status_code == 503, 30, "the tick fails")
            for path in ("/readyz", "/metrics", "/healthz"):
                found[path] = told(httpx.get(f"{server.pages}{path}"))
            found["system"] = told(client.get("/system"))
            story.house.run("status failing", "status", "--json")
        wait_until(lambda: httpx.get(f"{server.pages}/readyz").status_code == 200, 60, "the tick works again")
        with trigger(records, "analytics_savedview", aviary.email("words of a page's fault", Kind.LAID)):
            found["page"] = told(canary_pages.post(client, "/leads/views", {"name": "x", "query": ""}))
        with trigger(records, "notifications_channel", aviary.email("words of the API's fault", Kind.LAID)):
            body = {"name": aviary.text("name that fails", Kind.NAMED), "address": "log"}
            found["API"] = told(called_one(client, "/api/v1/notifications/channels", body))
            story.house.run("a command fails", "notify", "add-channel", "failing", "log")


def _probes(server: Server) -> Answers:
    probes = ("/metrics", "/healthz", "/readyz")
    paths = [f"{base}{path}" for base in (server.pages, server.collector) for path in probes]
    return {path: told(httpx.get(path)) for path in paths}


def _tell(story: Story, server: Server) -> None:
    """What is printed for operators, programs and auditors, and by the SDK in a platform's own log."""
    house = story.house
    trail = house.root / "trail.jsonl"
    for words in ("status", "doctor --json", "audit list --json"):
        house.run(words, *words.split())
    house.run("audit export", "audit", "export", "--out", str(trail))
    house.outputs["audit export: file"] = trail.read_bytes()
    trail.unlink()
    program = SDK.format(url=server.collector, email=story.aviary.email("SDK"), name=story.aviary.name("SDK name"))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    house.outputs["SDK"] = done.stdout + done.stderr
    assert b"lost" in house.outputs["SDK"]


def _spool(story: Story) -> None:
    """Collected with nobody to load it: segments that stay."""
    server = Server(story.house.folder)
    server.process = story.house.folder.start("collect", "--port", str(server.collect_port))
    try:
        wait_until(lambda: answers(f"{server.collector}/readyz") == 200, 60, "the collector is ready")
        batch = canary_messages.good(story.aviary, story.aviary.email("spooled userId"))
        with httpx.Client(base_url=server.collector, timeout=30) as client:
            client.post("/v1/batch", json={"batch": batch, "writeKey": story.key}).raise_for_status()
    finally:
        server.stop()
    story.spooled = {name: content for name, content in story.house.files().items() if "/spool/" in name}
