"""No personal data in logs, metrics, addresses, error pages, temporary files, or the event store.

A canary of its own is put into every field of every kind of input of a running installation; then every file, log and
answer is searched for all of them, in every form (canaries.py). A failing test tells which input leaked where. Each
search finds what it must find, too: what is sealed when it is opened, and a canary that was laid into a file.

Bound: four minutes.
"""

import base64
import gzip
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.acceptance.canaries import Kind, where
from tests.acceptance.canary_collector import Answers
from tests.acceptance.canary_story import Story, told_story

LOCATION = re.compile(rb"(?im)^location: (.*)$")
LINK = re.compile(rb'(?:href|action|src|hx-get|hx-post)="(?!mailto:|tel:)([^"]*)"')


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return told_story(tmp_path_factory.mktemp("canaries"))


def refusals(answers: Answers) -> Answers:
    """Those that say that something was not done."""
    return {name: content for name, content in answers.items() if content[:1] in b"45"}


def test_a_search_finds_what_it_has_to_find(story: Story, tmp_path: Path) -> None:
    laid = story.aviary.email("laid into a file")
    number = {story.aviary.number_of("laid into a file")}
    forms = {
        "plain": f"a log line with {laid}".encode(),
        "in a URL": quote(f"?mail={laid}").encode(),
        "UTF-16": laid.encode("utf-16"),
        "base64": base64.b64encode(f'{{"mail": "{laid}"}}'.encode()),
        "hexadecimal": laid.encode().hex().encode(),
        "gzip": gzip.compress(laid.encode()),
    }
    for name, content in forms.items():
        (tmp_path / name).write_bytes(b"\0 before \xff" * (name != "gzip") + content)
    found = where({path.name: path.read_bytes() for path in tmp_path.iterdir()})
    assert found == dict.fromkeys(forms, number)


def test_people_are_known_where_they_have_to_be(story: Story) -> None:
    seen = story.leaks(story.answers["administrator"])
    lead = next(path for path in seen if re.fullmatch(r"/leads/\d+", path))
    assert {"identify traits.name", "identify traits.phone"} <= set(seen[lead])
    assert {"userId", "import userId", "posthog distinct_id"} <= set(seen["/api/v1/leads"])
    assert "CRM refuses" in seen["/api/v1/crm/failed"], "what was sealed opens"
    assert story.running, "the search saw files"
    assert any(name.endswith(".sqlite3-wal") for name in story.running)
    assert any("/spool/" in name for name in story.watch.seen), "short-lived files were seen"
    assert b"/pricing-of-nobody" in story.events["events"]


def test_faults_of_our_own_happened(story: Story) -> None:
    faults = story.answers["faults"]
    assert (faults["page"][:3], faults["API"][:3], faults["/readyz"][:3]) == (b"500", b"500", b"503")
    assert b"IntegrityError" in faults["/readyz"]
    assert b"A fault in Leadline: IntegrityError" in story.house.outputs["a command fails: standard error"]


def test_logs_name_nobody(story: Story) -> None:
    log = story.house.log
    for words in (b"A tick failed", b"IntegrityError", b"django.request", b"A command failed", b" DEBUG "):
        assert words in log, "it was logged what had to be"
    assert story.leaks({"log": log}) == {}


def test_files_name_nobody(story: Story) -> None:
    for files in (story.running, story.stopped):
        data = {name: content for name, content in files.items() if not name.startswith("imported")}
        assert story.leaks(data, (Kind.PERSON,)) == {}


def test_spooled_messages_name_nobody(story: Story) -> None:
    assert sum(map(len, story.spooled.values())) > 5_000, "segments wait"
    assert story.leaks(story.spooled) == {}


def test_temporary_files_name_nobody(story: Story) -> None:
    assert {name: story.aviary.places(found) for name, found in story.watch.sung.items()} == {}


def test_the_event_store_knows_nobody(story: Story) -> None:
    assert story.leaks(story.events, (Kind.PERSON,)) == {}


@pytest.mark.parametrize("kind", ["collected", "refused", "CRM", "errors", "faults", "probes"])
def test_answers_name_nobody(story: Story, kind: str) -> None:
    assert story.answers[kind]
    assert story.leaks(story.answers[kind]) == {}


def test_who_may_not_come_in_is_told_no_more_than_the_address_they_typed(story: Story) -> None:
    typed = {"wrong": ["sign-in e-mail"], "no address": ["sign-in no e-mail"]}
    assert story.leaks(story.answers["signing in"]) == typed


def test_refused_calls_repeat_nothing(story: Story) -> None:
    refused = refusals(story.answers["called"])
    assert len(refused) > 100
    assert story.leaks(refused) == {}


def test_no_address_that_is_led_to_names_somebody(story: Story) -> None:
    pages = {f"{kind} {name}": page for kind, each in story.answers.items() for name, page in each.items()}
    locations = {name: b"\n".join(LOCATION.findall(page)) for name, page in pages.items()}
    assert any(locations.values())
    assert story.leaks(locations) == {}
    shown = {name: b"\n".join(LINK.findall(page)) for name, page in pages.items() if "administrator" in name}
    assert any(shown.values())
    assert story.leaks(shown, (Kind.PERSON,)) == {}


@pytest.mark.parametrize("role", ["analyst", "sales"])
def test_who_may_not_see_people_sees_companies_at_the_most(story: Story, role: str) -> None:
    assert len(story.answers[role]) > 40
    assert story.leaks(story.answers[role], (Kind.PERSON,)) == {}


def test_commands_and_the_audit_trail_name_nobody(story: Story) -> None:
    assert b"lead.seen" in story.house.outputs["audit export: file"]
    told_back = {"import damaged: standard error": ["import file name"]}  # what somebody typed, on their own terminal
    assert story.leaks(story.house.outputs) == told_back
