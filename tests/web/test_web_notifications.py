"""The pages and calls of notifications, used as an administrator, marketing and sales use them."""

from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.notifications.channels import make_channel
from leadline.notifications.models import Channel, Notice, Rule
from leadline.pipeline.engine import Engine
from leadline.qualification import feed

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#sales"
TOKEN = "TIiajkdnlazkcOXrIdevi7FQ"
RULE = {"trigger": "stage", "stages": ["qualified"], "quiet_hours": "24", "to_owner": "on"}


@pytest.fixture
def admin(engine: Engine, admin_browser: Client) -> Client:  # noqa: ARG001  # the pages ask it
    return admin_browser


@pytest.fixture
def seller(engine: Engine) -> Client:  # noqa: ARG001  # the pages ask it
    client = Client()
    client.force_login(cast.user(User.Role.SALES, name="Jose Reyes", email="jose@leadline.test"))
    return client


def shared(name: str = "Sales", address: str = SLACK) -> Channel:
    return make_channel(name, address, administrator=True)


def own() -> Channel:
    owner = User.objects.get(email="jose@leadline.test")
    return make_channel("Mine", owner.email, owner, administrator=False)


def notice(channel: Channel, **fields: Any) -> Notice:
    values = {"subject": "Amelia Hart is Qualified", "body": "Requested a quote", "at": utc_now(), "due_at": utc_now()}
    return Notice.objects.create(channel=channel, **{"key": f"k{Notice.objects.count()}", **values, **fields})


def happened(count: int) -> None:
    """So many leads qualified in the last days."""
    for number in range(count):
        row = cast.standing(cast.lead(f"Person {number}"))
        at = utc_now() - timedelta(days=number + 1)
        feed.tell("stage_changed", row.pk, at, to="qualified", grade="B", reasons=[{"sentence": "Asked for a quote"}])


def test_a_rule_is_made_with_its_sentence_and_how_often_it_would_have_told(admin: Client) -> None:
    happened(3)
    assert "A lead enters a stage" in text_of(admin.get("/notifications/rules/new"))
    form = admin.get("/notifications/rules/new?trigger=stage")
    assert "Would have told 3 times in the last 30 days." in text_of(form)
    made = admin.post("/notifications/rules/new", RULE)
    rule = Rule.objects.get()
    assert made["Location"] == f"/notifications/rules/{rule.pk}"
    page = text_of(admin.get("/notifications"))
    assert "A lead enters Qualified. To the lead's owner." in page
    assert "Person 0 is Qualified" in text_of(admin.get(f"/notifications/rules/{rule.pk}"))


def test_a_rule_is_changed_switched_off_and_removed(admin: Client) -> None:
    channel = shared()
    admin.post("/notifications/rules/new", RULE)
    rule = Rule.objects.get()
    admin.post(f"/notifications/rules/{rule.pk}", {**RULE, "name": "Best", "grades": ["A"], "channels": [channel.pk]})
    admin.post(f"/notifications/rules/{rule.pk}/set", {"act": "off"})
    rule.refresh_from_db()
    assert (rule.name, rule.conditions["grades"], rule.enabled) == ("Best", ["A"], False)
    assert list(rule.channels.all()) == [channel]
    admin.post(f"/notifications/rules/{rule.pk}/set", {"act": "remove"})
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("field", "given", "says"),
    [
        ("template", "{name.__class__}", "not known"),
        ("template", "{secret}", "not known"),
        ("template", "lone { brace", "lone"),
        ("quiet_hours", "-1", "no quiet hours"),
        ("stages", ["moon"], "'moon' is not known"),
        ("stages", [], "Which stages?"),
    ],
)
def test_what_makes_no_sense_is_said_and_the_form_keeps_it(admin: Client, field: str, given: Any, says: str) -> None:
    posted = {**RULE, "name": "Kept", field: given}
    answer = admin.post("/notifications/rules/new", posted)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert 'value="Kept"' in answer.content.decode()
    assert not Rule.objects.exists()
    if field != "template":
        assert says in text_of(admin.get("/notifications/rules/preview", posted))


def test_an_address_is_never_shown_again(admin: Client) -> None:
    admin.post("/notifications/channels/new", {"name": "Sales", "address": SLACK, "zone": "Asia/Manila"})
    channel = Channel.objects.get()
    notice(channel, state="failed", message="The service refused it (HTTP 404).")
    pages = [
        admin.get(path).content.decode()
        for path in (
            "/notifications",
            f"/notifications/channels/{channel.pk}",
            "/notifications/log",
            "/notifications/mine",
            "/notifications/rules/new?trigger=breach",
            "/api/v1/notifications/channels",
            "/api/v1/notifications/log",
        )
    ]
    assert all("Sales" in page for page in pages if "What I am told" not in page)
    assert [page for page in pages if TOKEN in page or "T1JJ3T3L2" in page] == []
    refused = admin.post("/notifications/channels/new", {"name": "Sales", "address": SLACK})
    assert refused.status_code == 422
    assert TOKEN not in refused.content.decode()


def test_a_channel_keeps_its_address_until_another_is_given(admin: Client) -> None:
    channel = shared()
    admin.post(
        f"/notifications/channels/{channel.pk}",
        {"name": "Team", "quiet_from": "22", "quiet_until": "7", "digest_hours": "8, 17", "zone": "Europe/Oslo"},
    )
    channel.refresh_from_db()
    assert (channel.name, channel.address, channel.quiet_from, channel.digest_hours) == ("Team", SLACK, 22, [8, 17])
    assert "quiet 22:00 to 07:00" in text_of(admin.get("/notifications"))


def test_a_test_says_what_came_of_it(admin: Client, settings: Any) -> None:
    settings.MAIL = ""
    channel = make_channel("Mail", "team@leadline.test", administrator=True)
    assert "Waits for a mail server" in text_of(admin.get("/notifications"))
    answer = admin.post(f"/notifications/channels/{channel.pk}/set", {"act": "test"}, follow=True)
    assert "No mail server is set up" in text_of(answer)
    assert Notice.objects.get().state == "failed"


def test_somebody_from_sales_chooses_what_they_are_told_and_where(seller: Client) -> None:
    assert "You have no channel yet" in text_of(seller.get("/notifications/mine"))
    seller.post(
        "/notifications/mine",
        {"act": "channel", "name": "", "address": "jose@leadline.test", "quiet_from": "20", "quiet_until": "8"},
    )
    channel = Channel.objects.get()
    assert (channel.owner.email, channel.private_allowed, channel.shown) == (
        "jose@leadline.test",
        False,
        "jo…@leadline.test",
    )
    rule = Rule.objects.create(name="Shared", trigger="breach", conditions={})
    seller.post("/notifications/mine", {"act": "choose", "choices": ["assigned", "jump"], "follow": [rule.pk]})
    assert {each.trigger for each in Rule.objects.filter(person=channel.owner)} == {"assigned", "jump"}
    assert list(rule.followers.all()) == [channel.owner]
    seller.post("/notifications/mine", {"act": "choose", "choices": ["assigned"]})
    assert [each.trigger for each in Rule.objects.filter(person=channel.owner)] == ["assigned"]
    assert not rule.followers.exists()
    assert "Shared" in text_of(seller.get("/notifications"))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("stranger@example.org", "not your own"),
        ("mailto://u:p@example.org", "plain e-mail address"),
        ("syslog://", "nobody but the server"),
        ("fcm://p@k/t?keyfile=/etc/passwd", "reads a file"),
        ("ifttt://abcdefgh12345678@event", "takes an administrator"),
    ],
)
def test_somebody_from_sales_may_not_enter_any_address(seller: Client, address: str, says: str) -> None:
    answer = seller.post("/notifications/mine", {"act": "channel", "address": address})
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not Channel.objects.exists()


def test_sales_neither_changes_rules_nor_channels_of_others(seller: Client) -> None:
    channel, rule = shared(), Rule.objects.create(name="Shared", trigger="breach", conditions={})
    row = notice(channel, state="failed")
    for path in (
        f"/notifications/rules/{rule.pk}",
        "/notifications/rules/new",
        f"/notifications/channels/{channel.pk}",
    ):
        assert seller.get(path).status_code == 403
    for path in (
        f"/notifications/log/{row.pk}/resend",
        f"/notifications/channels/{channel.pk}/set",
        f"/notifications/rules/{rule.pk}/set",
    ):
        assert seller.post(path, {"act": "remove"}).status_code == 403
    assert Channel.objects.exists()


def test_what_others_are_told_themselves_is_theirs_and_the_administrators(
    engine: Engine, seller: Client, admin_browser: Client
) -> None:
    del engine
    notice(own(), subject="Only for Jose")
    other = Client()
    other.force_login(cast.user(User.Role.MARKETING))
    assert "Only for Jose" in text_of(seller.get("/notifications/log"))
    assert "Only for Jose" in text_of(admin_browser.get("/notifications/log"))
    assert "Only for Jose" not in text_of(other.get("/notifications/log"))
    assert other.get("/api/v1/notifications/log").json() == []
    assert other.get("/api/v1/notifications/channels").json() == []


def test_the_log_is_narrowed_paged_and_sends_again(admin: Client) -> None:
    channel = shared()
    rows = [notice(channel, subject=f"Message {number}", state="sent") for number in range(60)]
    failed = notice(channel, subject="The one that failed", state="failed", message="Given up.")
    page = admin.get("/notifications/log")
    assert "Message 59" in text_of(page)
    assert "Message 3 " not in text_of(page)
    assert "Message 3 " in text_of(admin.get(f"/notifications/log?before={rows[11].pk}"))
    only = text_of(admin.get("/notifications/log?state=failed"))
    assert "The one that failed" in only
    assert "Message 59" not in only
    admin.post(f"/notifications/log/{failed.pk}/resend")
    failed.refresh_from_db()
    assert (failed.state, failed.resends) == ("due", 1)


def test_programs_make_rules_and_channels_and_read_the_log(admin: Client) -> None:
    def call(method: str, path: str, body: Any = None) -> Any:
        answer = getattr(admin, method)(f"/api/v1/notifications{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    _, channel = call("post", "/channels", {"name": "Sales", "address": SLACK, "quiet_from": 22, "quiet_until": 7})
    assert (channel["service"], channel["quiet_from"]) == ("Slack", 22)
    body = {"trigger": "stage", "conditions": {"stages": ["qualified"]}, "channels": ["Sales"]}
    assert call("post", "/rules/preview", body)[1]["count"] == 0
    _, rule = call("post", "/rules", body)
    assert rule["sentence"] == "A lead enters Qualified"
    assert rule["channels"] == ["Sales"]
    status, refused = call("post", "/rules", {**body, "template": "{moon}"})
    assert (status, refused["code"]) == (422, "invalid_document")
    assert call("patch", f"/rules/{rule['number']}", {"enabled": False})[1]["enabled"] is False
    assert call("patch", f"/channels/{channel['number']}", {"digest_hours": [8]})[1]["digest_hours"] == [8]
    row = notice(Channel.objects.get(), state="unsure")
    assert admin.get("/api/v1/notifications/log?state=unsure").json()[0]["number"] == row.pk
    assert call("post", f"/log/{row.pk}/resend")[1]["state"] == "due"
    assert call("put", "/mine", {"choices": ["assigned"]})[1]["choices"][0]["chosen"] is True
    assert call("put", "/mine", {"choices": ["moon"]})[0] == 409
    assert call("delete", f"/rules/{rule['number']}")[0] == 200
    assert call("delete", f"/channels/{channel['number']}")[0] == 200
    assert admin.get("/api/v1/notifications/rules").json() == []


def test_a_seller_makes_a_channel_of_their_own_by_api_and_no_shared_one(seller: Client) -> None:
    body = {"name": "Mine", "address": "jose@leadline.test"}
    assert seller.post("/api/v1/notifications/channels", body, content_type="application/json").status_code == 403
    made = seller.post("/api/v1/notifications/channels", {**body, "mine": True}, content_type="application/json").json()
    assert made["owner"] == "jose@leadline.test"
    assert seller.get("/api/v1/notifications/mine").json()["channels"][0]["name"] == "Mine"
