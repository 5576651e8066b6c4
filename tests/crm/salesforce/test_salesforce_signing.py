"""Signing in, addresses, ids, cursors: what the connector does before and around its calls."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from salesforce_cast import Desk

from leadline.crm.connectors.salesforce import KIND
from leadline.crm.connectors.salesforce.bulk import file_of
from leadline.crm.connectors.salesforce.calls import meaning
from leadline.crm.connectors.salesforce.cursor import FEEDS, PAGE, Cursor
from leadline.crm.connectors.salesforce.names import long_id
from leadline.crm.connectors.salesforce.signing_in import audience, base_of, pem
from leadline.crm.errors import (
    CredentialsError,
    CRMError,
    RateLimitedError,
    RejectedError,
    RemoteTransientError,
    SetupError,
    UnreachableError,
)
from leadline.crm.passes import OVERLAP
from leadline.crm.testing.salesforce import USERNAME, key_pair

PRINTED = st.characters(exclude_categories=["Cs"])
MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(lambda each: each.year >= 1000)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def desk_with(secrets: Mapping[str, str], **settings: str) -> Desk:
    desk = Desk(**settings)
    desk.harness.secrets = secrets
    desk.connector = desk.open()
    return desk


@pytest.mark.parametrize("spoil", [str, lambda key: key.replace("\n", ""), lambda key: key.replace("\n", "\\n")])
def test_a_signed_assertion_lets_us_in_however_the_key_was_pasted(spoil) -> None:  # type: ignore[no-untyped-def]  # str to str
    desk = desk_with({"private_key": spoil(key_pair()[0])}, username=USERNAME)
    assert desk.connector.check().user == USERNAME


def test_a_username_that_the_app_does_not_let_in_is_told_with_what_to_do() -> None:
    desk = desk_with({"private_key": key_pair()[0]}, username="somebody@org.test")
    with pytest.raises(CredentialsError, match="hasn't approved") as caught:
        desk.connector.check()
    assert "admin-approved" in caught.value.advice


def test_a_key_that_is_none_and_a_key_without_a_username_are_told() -> None:
    with pytest.raises(CredentialsError, match="can't be read"):
        desk_with({"private_key": "not a key"}, username=USERNAME).connector.check()
    with pytest.raises(SetupError, match="needs a username"):
        desk_with({"private_key": key_pair()[0]}).connector.check()
    with pytest.raises(SetupError, match="neither"):
        desk_with({}).connector.check()


def test_a_clock_that_is_wrong_is_told_when_an_assertion_is_over() -> None:
    desk = desk_with({"private_key": key_pair()[0]}, username=USERNAME)
    desk.server.skew = 600
    with pytest.raises(CredentialsError, match="expired") as caught:
        desk.connector.check()
    assert "clock" in caught.value.advice


def test_a_wrong_secret_is_told_and_never_shown() -> None:
    desk = desk_with({"client_secret": "a-wrong-secret"})
    with pytest.raises(CredentialsError) as caught:
        desk.connector.check()
    assert "a-wrong-secret" not in f"{caught.value} {caught.value.advice}"


def test_who_does_not_answer_at_signing_in_is_down() -> None:
    desk = Desk()
    desk.server.down = 1
    with pytest.raises(UnreachableError):
        desk.connector.check()


def test_a_check_says_who_we_are_and_what_is_not_there_yet() -> None:
    desk = Desk()
    about = desk.connector.check()
    assert (about.product, about.version, about.user) == ("Salesforce", "62.0", USERNAME)
    assert about.account == "Test (Developer Edition)"
    (calls,) = about.notes
    assert calls.endswith("of 100,000 calls of the last 24 hours are used up.")
    for of in ("Lead", "Contact"):
        del desk.org.fields[of]["Leadline_Id__c"]
    del desk.org.fields["Opportunity"], desk.org.fields["Leadline_Conversion__c"]
    notes = " ".join(desk.open().check().notes)
    for missing in ("Leads have no field", "Contacts have no field", "opportunities", "no object"):
        assert missing in notes


def test_a_version_that_the_org_does_not_speak_is_told_with_the_newest() -> None:
    with pytest.raises(SetupError, match=r"version 99\.0") as caught:
        Desk(version="99.0").connector.check()
    assert "63.0" in caught.value.advice
    assert Desk(version="v61.0").connector.check().version == "61.0"


def test_a_token_that_was_kept_is_used_by_the_next_connector() -> None:
    desk = Desk()
    desk.made()
    desk.open().send([desk.row(2)])
    assert desk.server.door.sign_ins == 1


@pytest.mark.parametrize(
    "copied",
    [
        "https://acme.my.salesforce.com",
        "acme.my.salesforce.com/",
        "https://acme.lightning.force.com/lightning/page/home",
        " https://acme.my.salesforce.com/home/home.jsp?x=1 ",
    ],
)
def test_an_address_is_taken_as_people_copy_it(copied: str) -> None:
    assert base_of(copied) == "https://acme.my.salesforce.com"


def test_secrets_go_over_https_only() -> None:
    with pytest.raises(SetupError, match="https"):
        base_of("http://acme.my.salesforce.com")
    assert base_of("http://127.0.0.1:8080/x") == "http://127.0.0.1:8080"


def test_somebody_else_at_the_address_is_told() -> None:
    desk = Desk()
    desk.harness.transport = httpx.MockTransport(lambda _request: httpx.Response(200, text="<html>Welcome</html>"))
    with pytest.raises(SetupError, match="not the address of an org"):
        desk.open().check()


@pytest.mark.parametrize("copied", ["", "https://login.salesforce.com", "test.salesforce.com"])
def test_an_address_that_all_orgs_share_is_refused(copied: str) -> None:
    with pytest.raises(SetupError) as caught:
        base_of(copied)
    assert "My Domain" in caught.value.advice


def test_an_assertion_is_for_production_or_for_sandboxes() -> None:
    assert audience("https://acme.my.salesforce.com") == "https://login.salesforce.com"
    for kind in ("sandbox", "scratch"):
        assert audience(f"https://acme--dev.{kind}.my.salesforce.com") == "https://test.salesforce.com"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RejectedError("An unexpected error occurred.", vendor_code="UNKNOWN_EXCEPTION"), RemoteTransientError),
        (RejectedError("unable to obtain exclusive access", vendor_code="UNABLE_TO_LOCK_ROW"), RemoteTransientError),
        (CredentialsError("TotalRequests Limit exceeded.", vendor_code="REQUEST_LIMIT_EXCEEDED"), RateLimitedError),
        (CredentialsError("API is disabled.", vendor_code="API_DISABLED_FOR_ORG"), CredentialsError),
        (RejectedError("X is not an External ID", vendor_code="INVALIDJOB"), SetupError),
        (RejectedError("Found", vendor_code="302"), SetupError),
        (RejectedError("Cannot deserialize", vendor_code="JSON_PARSER_ERROR"), RejectedError),
    ],
)
def test_a_refusal_of_a_call_comes_to(error: CRMError, kind: type[CRMError]) -> None:
    assert type(meaning(error)) is kind


def test_a_key_keeps_its_line_breaks() -> None:
    assert pem(key_pair()[0]) == key_pair()[0].strip()


def test_the_page_of_a_record_is_named() -> None:
    desk = Desk()
    url = "https://org.my.salesforce.com/lightning/r"
    assert desk.connector.address("00Q5e0000000001EAA", "Lead") == f"{url}/Lead/00Q5e0000000001EAA/view"
    assert desk.connector.address("0035e0000000001EAA", "") == f"{url}/Contact/0035e0000000001EAA/view"


def test_an_id_of_15_characters_is_told_apart_by_three_more() -> None:
    assert long_id("001D000000IqhSL") == "001D000000IqhSLIAZ"  # Salesforce's own example
    assert long_id("001D000000IqhSLIAZ") == "001D000000IqhSLIAZ"
    assert long_id("ll-00000000000000000000000000000001") == "ll-00000000000000000000000000000001"


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=15, max_size=15))
def test_long_ids_that_differ_by_capitals_only_differ_without_them(short: str) -> None:
    swapped = short.swapcase()
    assert long_id(short)[:15] == short
    assert (long_id(short).lower() == long_id(swapped).lower()) == (short == swapped)


@given(MOMENTS, st.none() | MOMENTS, st.integers(0, 2), st.text("0aZ", max_size=18))
def test_a_cursor_is_read_as_it_was_written(since: datetime, began: datetime | None, feed: int, last: str) -> None:
    whole = began and began.replace(microsecond=0)
    cursor = Cursor(since.replace(microsecond=0), whole, feed, last)
    assert Cursor.read(cursor.text) == cursor


def test_a_pass_goes_through_all_feeds_and_the_next_one_overlaps_it() -> None:
    cursor = Cursor.beginning(NOW).met(NOW)
    cursor = cursor.after([f"00Q{n:015d}" for n in range(PAGE)])
    assert (cursor.feed, cursor.last) == (0, f"00Q{PAGE - 1:015d}")
    for _ in FEEDS:
        assert not cursor.is_between
        cursor = cursor.met(NOW + timedelta(hours=1)).after([])
    assert cursor == Cursor(NOW - OVERLAP)


@given(st.lists(st.dictionaries(st.sampled_from(["Title", "Phone"]), st.text(PRINTED, min_size=1)), min_size=1))
def test_a_file_is_read_as_it_was_written(rows: list[dict[str, str]]) -> None:
    cells = [{"Id": str(place), **row} for place, row in enumerate(rows)]
    read = list(csv.DictReader(io.StringIO(file_of(cells).decode(), newline="")))
    lines = [{name: "\n".join(re.split("\r\n|\r|\n", value)) for name, value in row.items()} for row in cells]
    assert [{name: value for name, value in row.items() if value} for row in read] == lines


def test_settings_that_are_secret_are_marked() -> None:
    assert [setting.name for setting in KIND.settings if setting.secret] == ["client_secret", "private_key"]
