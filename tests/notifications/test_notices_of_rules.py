"""From what happened to the message that arrives, over a real mail server and a real web server on loopback."""

from datetime import timedelta

import pytest
from mail_cast import Inbox
from notify_cast import DAY, HOUR, NOON, Receiver, channel, enters, person, rule, states
from pipeline_cast import Installation

from leadline.accounts.models import User
from leadline.analytics.models import Alert, AlertFiring
from leadline.crm.models import Connection, Link
from leadline.notifications.deliveries import let_go
from leadline.notifications.models import Channel, Notice
from leadline.pipeline.notifying.courier import deliver
from leadline.pipeline.notifying.looking import look
from leadline.qualification import feed
from leadline.qualification.models import Standing


def test_a_stage_that_is_entered_is_mailed_with_the_reason_and_a_link(place: Installation, inbox: Inbox) -> None:
    rule(channel())
    row = person()
    enters(row, NOON)
    assert look(place.engine, NOON) == 1
    assert deliver(NOON) == 1
    (mail,) = inbox.mails
    assert mail["Subject"] == "Amelia Hart is Qualified"
    text = str(mail.get_body(("plain",)))
    assert "Requested a quote for 4 bookkeepers" in text
    assert f"http://localhost:8000/leads/{row.pk}" in text
    assert states() == ["sent"]


def test_looking_again_tells_nothing_twice(place: Installation) -> None:
    made = rule(channel())
    enters(person(), NOON)
    assert look(place.engine, NOON) == 1
    made.refresh_from_db()
    assert look(place.engine, NOON) == 0
    made.since = 0
    made.quiet_hours = 0
    made.save()
    assert look(place.engine, NOON) == 0, "the key makes it once, also when the mark is put back"


def test_the_same_about_the_same_lead_is_quiet_for_the_hours_that_the_rule_says(place: Installation) -> None:
    rule(channel(), quiet_hours=24)
    row, other = person(), person("Owen Price")
    enters(row, NOON)
    enters(row, NOON + 23 * HOUR)
    enters(other, NOON + 23 * HOUR)
    enters(row, NOON + 24 * HOUR)
    assert look(place.engine, NOON + DAY) == 3
    assert Notice.objects.filter(lead=row.pk).count() == 2


def test_conditions_leave_out_other_stages_and_grades(place: Installation) -> None:
    rule(channel(), conditions={"stages": ["qualified"], "grades": ["A"]})
    row = person()
    enters(row, NOON, grade="B")
    enters(row, NOON + HOUR, stage="customer", grade="A")
    enters(row, NOON + 2 * HOUR, grade="A")
    assert look(place.engine, NOON + DAY) == 1


def test_what_is_older_than_a_week_when_it_is_noticed_is_not_told(place: Installation) -> None:
    rule(channel())
    enters(person(), NOON - timedelta(days=8))
    assert look(place.engine, NOON) == 0


def test_the_owner_of_a_lead_is_told_by_their_own_channels_only(place: Installation, sam: User) -> None:
    other = User.objects.create_user("mara@leadline.test", name="Mara")
    own, _ = channel(owner=sam), channel("mara@leadline.test", owner=other)
    rule(to_owner=True)
    enters(person(owner_user=sam, owner="Sam Sales"), NOON)
    enters(person("Nobody's"), NOON)
    assert look(place.engine, NOON) == 1
    assert Notice.objects.get().channel == own


def test_a_personal_rule_is_about_leads_that_the_person_owns(place: Installation, sam: User) -> None:
    channel(owner=sam)
    rule(person=sam)
    enters(person(owner_user=sam, owner="Sam Sales"), NOON)
    enters(person("Of somebody else"), NOON)
    assert look(place.engine, NOON) == 1


def test_a_follower_gets_what_a_shared_rule_tells_once(place: Installation, sam: User) -> None:
    own = channel(owner=sam)
    rule(own).followers.add(sam)
    enters(person(), NOON)
    assert look(place.engine, NOON) == 1


def test_who_left_and_what_is_off_get_nothing(place: Installation, sam: User) -> None:
    rule(channel(enabled=False), channel(owner=sam))
    Channel.objects.filter(owner=None).update(enabled=False)
    User.objects.update(is_active=False)
    enters(person(), NOON)
    assert look(place.engine, NOON) == 0


def test_a_lead_that_was_given_on_is_told_to_its_last_owner(place: Installation) -> None:
    rule(channel(), trigger="assigned", conditions={})
    row = person(owner="Mara")
    for owner in ("Sam", "Mara"):
        feed.tell("assigned", row.pk, NOON, owner, owner=owner, before="", by="rules", via="rules", why="Nordics")
    assert look(place.engine, NOON) == 1
    assert Notice.objects.get().subject == "Amelia Hart belongs to Mara now"


def test_a_late_first_contact_is_told(place: Installation) -> None:
    rule(channel(), trigger="breach", conditions={})
    row = person(owner="Mara")
    feed.tell_breach(row.pk, NOON, NOON - HOUR, "Mara")
    assert look(place.engine, NOON + HOUR) == 1
    notice = Notice.objects.get()
    assert (notice.subject, notice.at) == ("Amelia Hart waits for a first contact", NOON)
    assert "It was due Wed 20 May 12:00 UTC." in notice.body


def test_a_firing_of_an_alert_is_told_once(place: Installation) -> None:
    rule(channel(), trigger="alert", conditions={})
    alert = Alert.objects.create(name="Visits", metric="sessions", rule="anomaly", value=0.01)
    AlertFiring.objects.create(alert=alert, bucket=NOON.date(), at=NOON, value=3, sentence="Visits fell to 3.")
    assert look(place.engine, NOON) == 1
    assert look(place.engine, NOON) == 0
    assert Notice.objects.get().subject == "Visits fell to 3."


@pytest.fixture
def connection(db: None) -> Connection:  # noqa: ARG001  # the row
    return Connection.objects.create(name="odoo", kind="odoo", mapping="", last_ok_at=NOON - DAY)


def test_a_connection_that_stopped_is_told_once_until_it_worked_again(
    place: Installation, connection: Connection
) -> None:
    rule(channel(), trigger="sync", conditions={}, quiet_hours=0)
    assert look(place.engine, NOON) == 0
    Connection.objects.update(stopped="The key was refused. Make a new one.")
    assert look(place.engine, NOON) == 1
    assert look(place.engine, NOON + 3 * DAY) == 0
    Connection.objects.update(stopped="", last_ok_at=NOON + 4 * DAY)
    assert look(place.engine, NOON + 4 * DAY) == 0
    Connection.objects.update(stopped="The key was refused. Make a new one.")
    assert look(place.engine, NOON + 5 * DAY) == 1
    assert "The key was refused" in Notice.objects.latest("pk").body
    assert connection.name in Notice.objects.latest("pk").subject


def test_runs_that_fail_are_trouble_after_so_many_in_a_row(place: Installation, connection: Connection) -> None:
    rule(channel(), trigger="sync", conditions={"connections": ["odoo"], "failures": 3})
    Connection.objects.filter(pk=connection.pk).update(failures=2, trouble="It does not answer.")
    assert look(place.engine, NOON) == 0
    Connection.objects.update(failures=3)
    assert look(place.engine, NOON) == 1
    Connection.objects.update(failures=4)
    assert look(place.engine, NOON + HOUR) == 0


def test_leads_that_a_crm_refuses_are_told_together(place: Installation, connection: Connection) -> None:
    rule(channel(), trigger="sync", conditions={}, watched_at=NOON - HOUR)
    for name in ("Amelia", "Owen"):
        row = person(name)
        Link.objects.create(
            connection=connection, lead=row.lead, external_id=name, parked=True, failed_at=NOON, error_code="bad_email"
        )
    assert look(place.engine, NOON) == 1
    assert "2 leads could not be sent" in Notice.objects.get().body
    assert look(place.engine, NOON) == 0


def test_one_rule_that_fails_keeps_no_other_from_looking(place: Installation) -> None:
    rule(channel(), trigger="moon")
    rule(channel())
    enters(person(), NOON)
    with pytest.raises(ValueError, match="moon"):
        look(place.engine, NOON)
    assert states() == ["due"]


def test_a_merged_lead_or_a_robot_is_not_told_of(place: Installation) -> None:
    rule(channel())
    row = person()
    enters(row, NOON)
    Standing.objects.update(stage="")
    assert look(place.engine, NOON) == 0


def test_a_webhook_gets_the_key_of_its_message(place: Installation, receiver: Receiver) -> None:
    rule(channel(receiver.address))
    enters(person(), NOON)
    look(place.engine, NOON)
    assert deliver(NOON) == 1
    (body,) = receiver.bodies
    assert body["id"] == Notice.objects.get().parcel
    assert body["title"] == "Amelia Hart is Qualified"


def test_many_that_wait_at_once_go_as_one_message(place: Installation, inbox: Inbox) -> None:
    rule(channel())
    for number in range(7):
        enters(person(f"Person {number}"), NOON)
    assert look(place.engine, NOON) == 7
    assert deliver(NOON) == 1
    assert inbox.mails[0]["Subject"].startswith("7 messages from Leadline: ")
    assert "Person 6 is Qualified" in str(inbox.mails[0].get_body(("plain",)))
    assert set(states()) == {"sent"}


def test_quiet_hours_hold_a_message_until_they_are_over_where_the_channel_is(place: Installation, inbox: Inbox) -> None:
    rule(channel(zone="Asia/Manila", quiet_from=20, quiet_until=7))  # noon in UTC is 20:00 there
    enters(person(), NOON)
    look(place.engine, NOON)
    assert deliver(NOON) == 0
    assert deliver(NOON + 10 * HOUR) == 0
    assert deliver(NOON + 11 * HOUR) == 1
    assert len(inbox.mails) == 1


def test_a_digest_gathers_until_its_hour(place: Installation, inbox: Inbox) -> None:
    rule(channel(digest_hours=[8, 17]))
    for number in range(2):
        enters(person(f"Person {number}"), NOON)
    look(place.engine, NOON)
    assert deliver(NOON + 4 * HOUR) == 0
    assert deliver(NOON + 5 * HOUR) == 1
    assert inbox.mails[0]["Subject"].startswith("2 messages from Leadline")


def test_mail_waits_without_a_mail_server_and_is_let_go_after_a_week(place: Installation) -> None:
    rule(channel())
    enters(person(), NOON)
    look(place.engine, NOON)
    assert deliver(NOON) == 0
    assert states() == ["due"]
    let_go(NOON + 8 * DAY)
    assert states() == ["skipped"]


def test_the_log_keeps_ninety_days(place: Installation) -> None:
    rule(channel("log"))
    enters(person(), NOON)
    look(place.engine, NOON)
    deliver(NOON)
    Notice.objects.update(created_at=NOON)
    let_go(NOON + 89 * DAY)
    assert states() == ["sent"]
    let_go(NOON + 91 * DAY)
    assert states() == []
