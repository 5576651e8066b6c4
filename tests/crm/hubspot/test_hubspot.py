"""HubSpot: properties, errors, limits, and what it says of itself."""

from datetime import timedelta

import pytest
from connector_cast import answering
from hubspot_cast import contact, writes

from leadline.crm.connector import Connector
from leadline.crm.connectors.hubspot.values import definition, field_of
from leadline.crm.errors import CredentialsError, RateLimitedError, SetupError, UnreachableError
from leadline.crm.records import FieldType, Outcome, Outgoing, RemoteField
from leadline.crm.testing.hubspot import HubSpotServer
from leadline.crm.testing.hubspot_harness import HubSpotHarness
from leadline.crm.testing.hubspot_tables import STAGES

# Properties


def test_properties_are_made_in_a_group_of_ours_with_the_unique_one_first_and_only_once(
    hubspot: HubSpotServer, harness: HubSpotHarness
) -> None:
    for name in ("leadline_id", "leadline_score"):
        del hubspot.tables.properties[name]
    hubspot.tables.groups.clear()
    field = RemoteField("leadline_score", "Leadline score", FieldType.INTEGER, ours=True)
    for _ in range(2):
        harness.open().make_field(field)
    made = [body["name"] for body in writes(hubspot, "/crm/properties/2026-03/contacts") if body]
    assert made == ["leadline_id", "leadline_score"]
    assert hubspot.tables.properties["leadline_id"]["hasUniqueValue"] is True
    assert hubspot.tables.properties["leadline_score"]["groupName"] == "leadline"


def test_the_unique_property_is_made_before_the_first_contact(hubspot: HubSpotServer, harness: HubSpotHarness) -> None:
    del hubspot.tables.properties["leadline_id"]
    assert harness.open().send([Outgoing("ll-1", {})])[0].outcome is Outcome.CREATED


def test_one_that_is_there_and_not_unique_is_no_good(hubspot: HubSpotServer, connector: Connector) -> None:
    hubspot.tables.properties["leadline_id"]["hasUniqueValue"] = False
    with pytest.raises(SetupError, match="unique"):
        connector.send([Outgoing("ll-1", {})])


def test_a_property_that_is_not_there_stops_with_its_name(connector: Connector) -> None:
    with pytest.raises(SetupError, match="shoe_size"):
        connector.send([Outgoing("ll-1", {"shoe_size": 42})])


def test_fields_are_described_with_their_choices(connector: Connector) -> None:
    fields = {field.name: field for field in connector.fields()}
    assert [value for value, _ in fields["lifecyclestage"].choices] == list(STAGES)
    assert fields["hubspot_owner_id"].type is FieldType.TEXT, "Its options are kept somewhere else."
    assert fields["hubspot_owner_id"].choices == ()
    assert not fields["lastmodifieddate"].writable
    assert fields["leadline_id"].unique
    assert fields["leadline_id"].ours


@pytest.mark.parametrize("type_", list(FieldType))
def test_what_is_made_is_described_as_it_was_meant(type_: FieldType) -> None:
    field = RemoteField("leadline_x", "X", type_, choices=(("a", "A"),) if type_ is FieldType.CHOICE else (), ours=True)
    described = field_of(definition(field))
    assert described is not None
    assert described.choices == field.choices
    same = {
        FieldType.TEXT: FieldType.LONG_TEXT,
        FieldType.LINK: FieldType.LONG_TEXT,
        FieldType.INTEGER: FieldType.DECIMAL,
    }
    assert described.type is same.get(type_, type_)


# Errors and limits


def test_the_end_of_the_days_calls_is_waited_out_for_an_hour(connector: Connector, hubspot: HubSpotServer) -> None:
    hubspot.daily_left = 0
    with pytest.raises(RateLimitedError) as caught:
        connector.fields()
    assert caught.value.retry_after == 3600.0
    assert caught.value.vendor_code == "DAILY"
    assert "midnight" in caught.value.advice


def test_calls_are_paced_so_that_hubspot_never_finds_them_to_be_too_many(
    harness: HubSpotHarness, hubspot: HubSpotServer
) -> None:
    connector = harness.open()
    mine = contact(hubspot.tables, leadline_id="ll-1")
    began = harness.clock()
    for _ in range(150):
        connector.read([mine], [])
    assert hubspot.calls >= 300
    assert harness.clock() - began > timedelta(seconds=20)


def test_a_lacking_scope_is_named(connector: Connector, hubspot: HubSpotServer) -> None:
    hubspot.lacking = frozenset({"crm.objects.contacts.write"})
    with pytest.raises(CredentialsError) as caught:
        connector.send([Outgoing("ll-1", {})])
    assert "crm.objects.contacts.write" in caught.value.advice


@pytest.mark.parametrize("status", [408, 423, 477, 500, 502, 504, 524])
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"message": 5, "errors": [3], "context": 1}', b'{"message": "x"}']
)
def test_a_trouble_that_passes_is_never_a_refusal(harness: HubSpotHarness, status: int, body: bytes) -> None:
    with pytest.raises(UnreachableError):
        answering(harness, status, body).fields()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"errors": "no", "context": []}'])
def test_a_path_that_is_not_supported_any_more_is_told_as_such(harness: HubSpotHarness, body: bytes) -> None:
    with pytest.raises(SetupError):
        answering(harness, 404, body).fields()


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [({}, "", "service key"), ({}, "pat-é", "service key"), ({"conversions": "mail"}, "pat-1", "conversions")],
)
def test_what_can_not_work_is_said_at_once(
    harness: HubSpotHarness, settings: dict[str, str], key: str, words: str
) -> None:
    harness.settings, harness.secrets = settings, {"key": key}
    with pytest.raises(SetupError, match=words):
        harness.open()


def test_it_says_who_it_is_and_where_a_contact_is_opened(connector: Connector) -> None:
    about = connector.check()
    assert (about.product, about.version, about.account) == ("HubSpot", "2026-03", "4711 (app-eu1.hubspot.com)")
    assert about.notes == ()
    assert connector.address("501", "contact") == "https://app-eu1.hubspot.com/contacts/4711/record/0-1/501"
