"""What a CRM learns of people who refuse: no scores, nothing for advertising, and their wish not to be written to."""

import pytest
from crm_cast import WITH_REJECTION, Office, hours, identify, track, user

from leadline.crm.models import Connection, Link
from leadline.kernel.errors import TerminalError
from leadline.pipeline.consents import lead_consent
from leadline.pipeline.crm.connections import crm_change
from leadline.pipeline.crm.mappings import crm_diff
from leadline.pipeline.crm.running import crm_sync_lead

PHONE = {"email": "ada@works.example", "name": "Ada King", "phone": "1"}


def says(office: Office, purpose: str, said: str) -> None:
    with office.at(office.now + hours(1)):
        lead_consent(office.place.engine, "user-ada", purpose, said, because="She rang.")


def asks_again(office: Office, number: int) -> None:
    """Another quote, and another name."""
    with office.at(office.now + hours(1)):
        asked = track(user("ada"), "Quote Requested", office.now, quote_id=f"again-{number}", seats=9)
        named = identify(user("ada"), office.now, name=f"Ada {number}")
        office.place.receive(office.now, asked, named)


def sell_to(office: Office) -> None:
    """The connection is for advertising from now on."""
    crm_change(office.place.engine, "memory", settings={"advertising": "yes"})


def test_who_refuses_profiling_is_not_sent(office: Office) -> None:
    office.connect()
    office.qualify()
    says(office, "profiling", "refused")
    assert office.sync().counts["created"] == 0
    assert not office.crm.records


def test_a_refusal_of_profiling_empties_the_scores_there_once_and_nothing_else_is_sent(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    says(office, "profiling", "refused")
    assert office.sync().counts["updated"] == 1
    kept = office.record()
    assert (kept.values["x_score"], kept.values["x_stage"], kept.values["name"]) == (None, None, "Ada King")
    asks_again(office, 1)
    told = sum(office.crm.told.values())
    run = office.sync()
    assert (run.counts["updated"], run.counts["events"]) == (0, 0)
    assert office.record().values == kept.values
    assert sum(office.crm.told.values()) == told


def test_with_consent_again_scores_names_and_conversions_are_sent(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    says(office, "profiling", "refused")
    office.sync()
    asks_again(office, 1)
    office.sync()
    says(office, "profiling", "given")
    run = office.sync()
    assert (run.counts["updated"], run.counts["events"]) == (1, 1)
    now = office.record().values
    assert (now["x_stage"], now["name"]) == ("qualified", "Ada 1")
    assert now["x_score"] == office.place.standing("user-ada").total // 1_000_000 > 0


def test_a_refusal_of_sharing_changes_nothing_where_nothing_is_for_advertising(office: Office) -> None:
    office.connect()
    office.qualify()
    says(office, "sharing", "refused")
    assert office.sync().counts["created"] == 1


def test_who_refuses_sharing_is_not_sent_for_advertising(office: Office) -> None:
    office.connect()
    sell_to(office)
    office.qualify()
    says(office, "sharing", "refused")
    assert office.sync().counts["created"] == 0
    assert not office.crm.records


def test_what_stands_there_for_advertising_is_emptied_and_comes_back_with_consent(office: Office) -> None:
    office.connect()
    sell_to(office)
    office.qualify()
    with office.at(office.now + hours(1)):
        office.place.receive(office.now, identify(user("ada"), office.now, **PHONE))
    office.sync()
    before = office.record()
    says(office, "sharing", "refused")
    assert office.sync().counts["updated"] == 1
    record = office.crm.records[before.remote_id]
    assert set(record.values.values()) <= {None, "Erased"}, record.values
    assert office.sync().counts["updated"] == 0
    says(office, "sharing", "given")
    office.sync()
    assert office.crm.records[before.remote_id].values == before.values
    assert len(office.crm.records) == 1


def test_a_connection_that_becomes_one_for_advertising_is_emptied_of_who_refused(office: Office) -> None:
    office.connect()
    office.qualify()
    says(office, "sharing", "refused")
    office.sync()
    sell_to(office)
    assert office.sync().counts["updated"] == 1
    assert not Link.objects.get().sent or set(Link.objects.get().sent.values()) == {"Erased"}


def test_a_dry_run_says_why_somebody_is_left_out(office: Office) -> None:
    office.connect()
    office.qualify()
    office.sync()
    says(office, "profiling", "refused")
    (told,) = crm_diff(office.place.engine, "memory", leads=["user-ada"])["differences"]
    assert (told["action"], told["why"]) == (
        "left_out",
        "The person refused profiling: scores that stand there are emptied.",
    )


def test_unsubscribing_reaches_the_field_that_the_mapping_has_for_it(office: Office) -> None:
    office.connect(mapping=WITH_REJECTION.replace("  name: name\n", "  name: name\n  opted_out: unsubscribed\n"))
    office.qualify()
    office.sync()
    assert office.record().values.get("opted_out") is None
    with office.at(office.now + hours(1)):
        office.place.receive(office.now, identify(user("ada"), office.now, unsubscribed=True))
    office.sync()
    assert office.record().values["opted_out"] is True


def test_a_wish_not_to_be_written_to_is_told_of_who_refuses_profiling_too(office: Office) -> None:
    office.connect(mapping=WITH_REJECTION.replace("  name: name\n", "  name: name\n  opted_out: unsubscribed\n"))
    office.qualify()
    office.sync()
    says(office, "profiling", "refused")
    says(office, "marketing", "refused")
    office.sync()
    assert (office.record().values["opted_out"], office.record().values["x_score"]) == (True, None)


def test_sending_one_lead_by_hand_sends_nobody_who_refused(office: Office) -> None:
    office.connect()
    office.qualify()
    says(office, "profiling", "refused")
    crm_sync_lead(office.place.engine, "user-ada")
    assert not office.crm.records


def test_whether_a_connection_is_for_advertising_is_yes_or_no(office: Office) -> None:
    office.connect()
    with pytest.raises(TerminalError, match="advertising"):
        crm_change(office.place.engine, "memory", settings={"advertising": "perhaps"})
    assert not Connection.objects.get().for_advertising
