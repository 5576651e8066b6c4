"""A person's archive holds everything about them and nothing about anybody else, to read and for programs."""

import csv
import io
import json
import zipfile
from html.parser import HTMLParser
from typing import Any

import pytest
from person_cast import NOW, live, person
from pipeline_cast import MONDAY, Installation, hours, identify, page, user, visitor

from leadline.accounts.models import APIToken, AuditEntry, User
from leadline.crm.models import Link
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.finding import find_lead
from leadline.pipeline.privacy.archive import archive_file, archive_of, portable_file, portable_of
from leadline.pipeline.privacy.archive_commands import privacy_access
from leadline.pipeline.privacy.archive_table import csv_of
from leadline.pipeline.privacy.subjects import find_subjects, subject_of, subject_of_user, the_subject
from leadline.tracking.models import Identity, Lead


class Page(HTMLParser):
    """What a browser would load or run, and what it would show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [tag] if tag in ("script", "img", "link", "iframe", "object") else []
        self.loads += [str(name) for name, _ in attrs if name.startswith("on") or name in ("src", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data


def unpacked(packed: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert file.testzip() is None
        return {name: file.read(name).decode() for name in file.namelist()}


def test_an_archive_has_every_kind_whom_it_was_sent_to_and_how_the_score_comes_about(place: Installation) -> None:
    live(place, "ada", "bo")
    Link.objects.filter(lead=place.lead("user-ada")).update(sent_at=NOW)
    files = unpacked(archive_file(archive_of(place.engine, person(place, "ada"), NOW)))
    contents = json.loads(files["archive.json"])
    assert {"tracking.profiles", "events.events", "files.spool", "crm.links"} <= {k["kind"] for k in contents["kinds"]}
    for kind in contents["kinds"]:
        assert len(json.loads(files[kind["file"]])) == kind["records"] > 0
    assert [each["name"] for each in contents["sent_to"]] == ["crm (sandbox)"]
    assert json.loads(files["explanation.json"])["lead"] == place.lead("user-ada").pk
    everything = "".join(files.values())
    assert "ada Canary" in everything
    assert not any(name in everything for name in ("bo Canary", "user-bo", "browser-bo", "bo@bo-works"))
    shown = Page(files["index.html"])
    assert shown.loads == []
    assert all(
        word in shown.text for word in ("ada@ada-works.example", "Quote Requested", "crm (sandbox)", "Your rights")
    )


def test_what_somebody_typed_is_text_in_the_page(place: Installation) -> None:
    name = '<script>alert(1)</script><img src=x onerror="a">'
    place.receive(MONDAY, identify(user("eve"), MONDAY, email="eve@x.example", name=name))
    files = unpacked(archive_file(archive_of(place.engine, person(place, "eve"), NOW)))
    shown = Page(files["index.html"])
    assert name in shown.text
    assert shown.loads == []


def test_a_merged_lead_gives_the_whole_person(place: Installation) -> None:
    place.receive(MONDAY, page(visitor("kim"), MONDAY))
    alone = place.lead("browser-kim").pk
    place.receive(MONDAY + hours(1), identify(user("kim", "kim"), MONDAY + hours(1), email="kim@x.example"))
    subject = subject_of(alone)
    assert subject == subject_of(place.lead("user-kim").pk)
    assert alone in subject.leads
    assert {value for _, value in subject.names} == {"browser-kim", "user-kim", "kim@x.example"}


def test_who_took_an_address_that_was_anothers_first_is_found_by_it_too(place: Installation) -> None:
    first = identify(user("one"), MONDAY, email="both@x.example")
    place.receive(MONDAY, first, identify(user("two"), MONDAY + hours(1), email="both@x.example"))
    found = {value for subject in find_subjects("Both@X.example") for kind, value in subject.names if kind == "user_id"}
    assert found == {"user-one", "user-two"}
    with pytest.raises(TerminalError, match="Several people use"):
        the_subject("both@x.example")


def test_a_number_that_is_ones_user_id_and_anothers_lead_is_nobodys_alone(place: Installation) -> None:
    place.receive(MONDAY, identify(user("one"), MONDAY, email="one@x.example"))
    one = place.lead("user-one").pk
    place.receive(MONDAY, identify({"userId": str(one)}, MONDAY, email="two@x.example"))
    with pytest.raises(TerminalError, match=f"Several people use {one}"):
        the_subject(str(one))
    assert find_lead(str(one)).pk == place.lead(str(one)).pk != one
    assert find_lead(f"lead:{one}").pk == one == find_lead(one).pk


def test_an_address_that_nobody_claims_any_more_is_found(place: Installation) -> None:
    place.receive(MONDAY, identify(user("one"), MONDAY, email="old@x.example"))
    Identity.objects.filter(kind="email").update(lead=None)
    (subject,) = (each for each in find_subjects("old@x.example") if not each.leads)
    assert subject.names == (("email", "old@x.example"),)


def test_nobody_is_not_found(place: Installation) -> None:
    assert find_subjects("nobody@x.example") == []
    with pytest.raises(NotFoundError):
        subject_of(4_711)
    with pytest.raises(NotFoundError):
        subject_of_user("nobody@x.example")
    assert place.engine.data.exists()


def test_the_portable_archive_has_only_what_was_given_as_json_and_csv(place: Installation) -> None:
    live(place, "ada")
    files = unpacked(portable_file(portable_of(place.engine, person(place, "ada"), NOW)))
    names = {name.removeprefix("data/") for name in files if name.startswith("data/")}
    assert names == {
        f"{kind}.{ending}"
        for kind in ("tracking.profiles", "tracking.identities", "tracking.consents", "events.events")
        for ending in ("json", "csv")
    }
    rows = list(csv.DictReader(io.StringIO(files["data/tracking.profiles.csv"])))
    assert [row["value"] for row in rows if row["name"] == "email"] == ["ada@ada-works.example"]
    assert not any(word in "".join(files.values()) for word in ("grade", "is kind"))


def test_a_csv_line_is_no_formula() -> None:
    lines = csv_of([{"a": "=1+1", "b": "+4930123"}, {"a": "@x", "c": {"d": 1}}]).splitlines()
    assert lines == ["a,b,c", "'=1+1,+4930123,", '\'@x,,"{""d"": 1}"']


def test_an_archive_is_a_private_file_and_leaves_a_trace(place: Installation, tmp_path: Any) -> None:
    live(place, "ada")
    lead = place.lead("user-ada").pk
    path = tmp_path / "ada.zip"
    told = privacy_access(place.engine, "ada@ada-works.example", str(path))
    assert (told["lead"], path.stat().st_mode & 0o777) == (lead, 0o600)
    assert "index.html" in unpacked(path.read_bytes())
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.about, entry.about_number) == ("archive.made", "lead", lead)
    assert entry.numbers == {"records": told["records"], "kind": "access"}
    with pytest.raises(TerminalError, match="no folder"):
        privacy_access(place.engine, str(lead), str(tmp_path / "no" / "ada.zip"))


def test_somebody_who_signs_in_has_an_archive_without_secrets(place: Installation, tmp_path: Any) -> None:
    ann = User.objects.create_user("ann@us.example", "a long enough password", name="Ann")
    APIToken.objects.create(user=ann, name="script", digest="d" * 64, ending="abcd")
    privacy_access(place.engine, "ann@us.example", str(tmp_path / "ann.zip"), user=True)
    everything = "".join(unpacked((tmp_path / "ann.zip").read_bytes()).values())
    assert all(word in everything for word in ("ann@us.example", "script"))
    assert not any(secret in everything for secret in ("argon2", "d" * 64))
    assert Lead.objects.count() == 0
