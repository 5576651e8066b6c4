"""Subject requests from the form to the proof: each kind with what it does."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from mail_cast import Inbox, mail_server
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user

from leadline.accounts.audit import Via, Who
from leadline.accounts.models import AuditEntry, User
from leadline.crm.models import Connection, Link
from leadline.eventstore import scores
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline import checkup, jobs
from leadline.pipeline.crm.running import crm_sync
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import erasing, handing_over, request_letters, request_reminders, requests
from leadline.pipeline.privacy.request_work import CORRECTED, KEPT, Wish, carry_out
from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import WrongStateError
from leadline.tracking.models import Lead

pytestmark = pytest.mark.usefixtures("lead")
NOW = MONDAY + days(2)
ADA = user("ada", browser="ada")
EMAIL = "ada@works.example"
COLLEAGUE = Who(7, Via.PAGE)
PERSONAL = ("ada", "works.example", "Lovelace")


@pytest.fixture(autouse=True)
def inside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The record store's files are not made anew; the acceptance test of erasures does it."""
    monkeypatch.setattr(erasing, "sweep", lambda *_: None)


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    """Emptying the spool loads it now: each midnight since then would be evaluated."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def lead(place: Installation) -> int:
    traits = {"email": EMAIL, "name": "Ada Lovelace", "phone": "1", "company": "Works"}
    place.receive(MONDAY, page(ADA, MONDAY), identify(ADA, MONDAY, **traits))
    place.receive(MONDAY + hours(1), track(ADA, "Quote Requested", MONDAY + hours(1), quote_id="q", seats=2))
    place.tick(NOW)
    return place.lead("user-ada").pk


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    with mail_server(settings) as found:
        yield found


def asked(kind: str, email: str = EMAIL, way: str = requests.FORM, now: datetime = NOW) -> SubjectRequest:
    """A request that came in."""
    return requests.receive(requests.Asked(kind, email, "Ada Lovelace", "as I said"), now, Who(via=Via.PAGE), way)[0]


def checked(kind: str, email: str = EMAIL) -> SubjectRequest:
    """One whose identity check is over."""
    row = asked(kind, email, requests.HAND)
    if row.state == "received":
        requests.verify(row, "called back", NOW, COLLEAGUE)
    return row


def done(place: Installation, kind: str, **wish: Any) -> SubjectRequest:
    """One that was carried out: an archive is ready then, everything else done."""
    row = checked(kind)
    carry_out(place.engine, row, Wish(**wish), NOW, COLLEAGUE)
    row.refresh_from_db()
    return row


def letters(place: Installation, inbox: Inbox) -> list[str]:
    """The texts of the mails, after those that wait were sent."""
    while jobs.run_next(place.engine):
        pass
    return [mail.get_body(("plain",)).get_content() for mail in inbox.mails]  # type: ignore[union-attr]  # each has a text


def has_score(place: Installation, lead: int) -> bool:
    with place.engine.store.cursor() as cursor:
        row = scores.current_of(cursor, lead)
    return bool(row and row["total"])


def test_a_request_is_mailed_confirmed_carried_out_and_the_archive_fetched(
    place: Installation, lead: int, inbox: Inbox
) -> None:
    row = asked("access")
    assert (row.state, row.lead) == ("received", lead)
    [text] = letters(place, inbox)
    assert inbox.mails[0]["To"] == EMAIL
    found = re.search(r"/privacy-request/mine/(\S+)", text)
    assert found is not None
    mine = requests.by_token(found[1])
    assert mine == row
    requests.confirm(row, NOW)
    assert (row.state, row.verified_at) == ("verified", NOW)
    assert not handing_over.may_fetch(row, NOW)
    carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    assert (row.state, row.finished_at) == ("ready", None)
    assert row.proof["records"] == sum(row.proof["kinds"].values()) > 10
    assert found[0] in letters(place, inbox)[1]
    row.refresh_from_db()
    assert (row.state, row.proof["handed_over"]["how"]) == ("done", "mailed")
    assert row.finished_at is not None
    entry = AuditEntry.objects.get(verb="request.changed")
    assert (entry.about_number, entry.via) == (row.pk, "server")
    assert entry.numbers == {"kind": "access", "act": "mailed", "state": "done"}
    assert handing_over.may_fetch(row, NOW + days(13.9))
    assert not handing_over.may_fetch(row, NOW + days(14.1))
    assert handing_over.is_unfetched(row)
    packed, told = handing_over.fetched(place.engine, row, NOW)
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert EMAIL.encode() in file.read("index.html")
    assert told["lead"] == lead
    row.refresh_from_db()
    assert not handing_over.is_unfetched(row)
    assert [step["what"] for step in row.steps] == "received mailed verified working ready mailed done fetched".split()


def test_an_archive_that_nobody_has_is_open_overdue_and_told_by_doctor_and_reminder(
    place: Installation, inbox: Inbox, settings: Any
) -> None:
    User.objects.create_user("admin@us.example", "a long enough password", role=User.Role.ADMINISTRATOR)
    server, settings.MAIL = settings.MAIL, ""
    row = done(place, "access")
    assert (row.state, row.finished_at) == ("ready", None)
    assert not requests.overdue(row.due_at)
    [late] = requests.overdue(row.due_at + hours(1))
    assert late == row
    finding = next(each for each in checkup.examine(place.data) if each.check == "subject requests")
    assert finding.ok
    assert "1 made and still to be handed over" in finding.text
    settings.MAIL = server
    with time_machine.travel(row.due_at + hours(1)):
        request_reminders.RequestKeeper().keep_up(row.due_at + hours(1))
        [text] = letters(place, inbox)
    assert "Access: what do you hold about me, due 2026-06-06, made and still to be handed over" in text
    requests.keep_up(row.due_at + days(60))
    row.refresh_from_db()
    assert row.asked["email"] == EMAIL


def test_who_takes_an_archive_to_look_through_it_has_not_handed_it_over(place: Installation) -> None:
    row = done(place, "access")
    handing_over.taken(place.engine, row, NOW, COLLEAGUE)
    row.refresh_from_db()
    assert row.state == "ready"
    handing_over.say_handed_over(row, " at our desk, Ada Lovelace showed her passport ", NOW + hours(1), COLLEAGUE)
    row.refresh_from_db()
    handed = {"how": "by_hand", "at": (NOW + hours(1)).isoformat(), "user": 7, "via": "page"}
    assert (row.state, row.finished_at, row.proof["handed_over"]) == ("done", NOW + hours(1), handed)
    assert row.asked["handed_over"] == "at our desk, Ada Lovelace showed her passport"
    assert "Lovelace" not in json.dumps([row.steps, row.proof])
    with pytest.raises(WrongStateError, match="no answer that waits"):
        handing_over.say_handed_over(row, "again", NOW, COLLEAGUE)


def test_how_an_answer_was_handed_over_has_to_be_said(place: Installation) -> None:
    row = done(place, "access")
    with pytest.raises(TerminalError, match="is missing"):
        handing_over.say_handed_over(row, " ", NOW, COLLEAGUE)
    row.refresh_from_db()
    assert row.state == "ready"


def test_who_fetches_what_is_ready_has_their_answer(place: Installation) -> None:
    row = done(place, "access")
    assert handing_over.may_fetch(row, NOW + days(20))
    handing_over.fetched(place.engine, row, NOW)
    row.refresh_from_db()
    assert (row.state, row.finished_at, row.proof["handed_over"]["how"]) == ("done", NOW, "fetched")
    assert not handing_over.may_fetch(row, NOW + days(20))


def test_a_mail_that_does_not_leave_hands_nothing_over(place: Installation, inbox: Inbox) -> None:
    inbox.answer = "550 no"
    row = done(place, "access")
    assert handing_over.waits_for_mail(row)
    letters(place, inbox)
    row.refresh_from_db()
    assert row.state == "ready"
    assert not handing_over.waits_for_mail(row)


def test_that_nothing_is_held_is_done_when_the_mail_that_says_so_left(place: Installation, inbox: Inbox) -> None:
    row = checked("portability", "nobody@else.example")
    carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    assert row.state == "ready"
    assert len(letters(place, inbox)) == 1
    row.refresh_from_db()
    assert (row.state, row.proof["found"], row.proof["handed_over"]["how"]) == ("done", 0, "mailed")


def test_a_mail_about_something_else_hands_nothing_over(place: Installation, inbox: Inbox) -> None:
    row = asked("access")
    requests.confirm(row, NOW)
    carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    handing_over.note_mailed(row, request_letters.CONFIRM, NOW)
    assert row.state == "ready"
    assert len(letters(place, inbox)) == 2
    row.refresh_from_db()
    assert row.state == "done"


def test_an_answer_about_somebody_else_is_made_anew_before_anybody_gets_it(place: Installation, inbox: Inbox) -> None:
    place.receive(NOW, identify(user("eve", browser="eve"), NOW, email="eve@else.example", name="Eve"))
    place.tick(NOW)
    row, eve = done(place, "access"), place.lead("user-eve").pk
    requests.match(row, eve, NOW, COLLEAGUE)
    assert (row.state, row.proof, row.lead) == ("working", {}, eve)
    assert not handing_over.may_fetch(row, NOW)
    letters(place, inbox)
    row.refresh_from_db()
    assert row.state == "working"
    carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    assert (row.state, row.proof["lead"]) == ("ready", eve)


def test_an_answer_that_is_ready_may_be_refused_and_not_put_off(place: Installation) -> None:
    row = done(place, "access")
    with pytest.raises(WrongStateError, match="ready"):
        requests.extend(row, "so many records", NOW, COLLEAGUE)
    requests.refuse(row, "It was somebody else who asked.", NOW, COLLEAGUE)
    assert row.state == "refused"
    assert not handing_over.may_fetch(row, NOW)
    with pytest.raises(TerminalError, match="no archive"):
        handing_over.taken(place.engine, row, NOW, COLLEAGUE)


def test_mails_tell_nothing_about_anybody(place: Installation, inbox: Inbox) -> None:
    done(place, "access")
    requests.refuse(asked("erasure"), "We know no Ada Lovelace of works.example.", NOW, COLLEAGUE)
    requests.extend(asked("portability"), "Ada Lovelace has many records.", NOW, COLLEAGUE)
    done(place, "erasure")
    texts = letters(place, inbox)
    assert len(texts) == 6
    for text in texts:
        words = re.sub(r"http\S+", "", text)
        assert not [each for each in PERSONAL if each in words]
        assert "lead" not in words.lower()


def test_portability_hands_out_only_what_they_gave(place: Installation) -> None:
    row = done(place, "portability")
    packed, _ = handing_over.taken(place.engine, row, NOW, COLLEAGUE)
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert "data/tracking.profiles.csv" in file.namelist()
        assert "data/qualification.standings.json" not in file.namelist()
    assert "sent_to" not in row.proof


def test_a_rectification_corrects_the_profile(place: Installation) -> None:
    row = done(place, "rectification", changes={"name": "Ada Byron", "phone": ""})
    assert place.lead("user-ada").card == {"name": "Ada Byron", "email": EMAIL, "user_id": "user-ada"}
    assert row.proof == {"corrected": ["name", "phone"]}
    assert "Byron" not in json.dumps([row.steps, row.proof])


def test_a_rectification_without_a_correction_stays_open(place: Installation) -> None:
    row = checked("rectification")
    with pytest.raises(TerminalError, match="Nothing is to be corrected"):
        carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    row.refresh_from_db()
    assert row.state == "verified"
    carry_out(place.engine, row, Wish(changes={"name": "Ada Byron"}), NOW, COLLEAGUE)
    assert row.state == "done"


def test_a_correction_with_a_slip_of_the_pen_is_refused_before_anything_begins(place: Installation) -> None:
    objection = Wish(changes={"emploees": "9"}, outcome=CORRECTED, because="The company is another.")
    for kind, wish in (("rectification", Wish(changes={"fist_name": "Ada"})), ("objection", objection)):
        row = checked(kind)
        with pytest.raises(TerminalError, match=r"No trait .* is known of them") as refused:
            carry_out(place.engine, row, wish, NOW, COLLEAGUE)
        assert "first_name" in refused.value.advice
        row.refresh_from_db()
        assert row.state == "verified"


def test_an_objection_takes_the_score_away(place: Installation, lead: int) -> None:
    assert has_score(place, lead)
    row = done(place, "objection", because="No need of it.")
    assert not has_score(place, lead)
    assert place.standing("user-ada").stage == ""
    assert row.proof == {"outcome": "stopped"}
    assert row.asked["answer"] == "No need of it."


def test_a_person_may_look_at_a_score_and_keep_it(place: Installation, lead: int) -> None:
    row = done(place, "objection", outcome=KEPT, because="Three quotes were asked for.")
    assert has_score(place, lead)
    assert row.proof == {"outcome": "kept"}


def test_a_score_that_was_wrong_is_corrected(place: Installation) -> None:
    row = done(place, "objection", outcome=CORRECTED, because="The company is another.", changes={"employees": "9"})
    assert row.proof == {"outcome": "corrected", "corrected": ["employees"]}


def test_a_look_at_a_score_has_an_outcome_with_a_reason(place: Installation, lead: int) -> None:
    row = checked("objection")
    for wish in (Wish(), Wish(because=" "), Wish(because="x", outcome="forgotten")):
        with pytest.raises(TerminalError):
            carry_out(place.engine, row, wish, NOW, COLLEAGUE)
    assert has_score(place, lead)


def test_an_opt_out_needs_no_check_and_ends_sharing(place: Installation, lead: int) -> None:
    row = asked("opt_out")
    assert (row.state, row.steps[-1]["how"]) == ("verified", "not_needed")
    carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    found = Lead.objects.get(pk=lead)
    assert (found.sharing_allowed, found.profiling_allowed) == (False, True)
    assert has_score(place, lead)


def test_a_restriction_keeps_everything_and_uses_nothing(place: Installation, lead: int) -> None:
    Connection.objects.create(name="crm", kind="sandbox", mapping="")
    row = done(place, "restriction")
    found = Lead.objects.get(pk=lead)
    assert [found.sharing_allowed, found.profiling_allowed, found.marketing_allowed] == [False] * 3
    assert not has_score(place, lead)
    assert found.card["name"] == "Ada Lovelace"
    crm_sync(place.engine)
    assert not Link.objects.exclude(sent_at=None).filter(lead=lead).exists()
    assert row.proof == {"refused": ["profiling", "marketing", "sharing"]}


def test_an_erasure_is_done_when_nothing_is_left(place: Installation, lead: int) -> None:
    row = checked("erasure")
    carry_out(place.engine, row, Wish(crm="keep"), NOW, COLLEAGUE)
    row.refresh_from_db()
    assert (row.state, row.finished_at) == ("working", None)
    assert row.asked is not None
    while jobs.run_next(place.engine):
        pass
    row.refresh_from_db()
    assert (row.state, row.asked) == ("done", None)
    assert row.finished_at is not None
    assert row.proof["left"]
    assert not any(row.proof["left"].values())
    assert row.proof["erased"]["tracking.profiles"] == 1
    with pytest.raises(NotFoundError):
        requests.match(asked("access"), lead, NOW, COLLEAGUE)


def test_an_erasure_that_is_under_way_ends_both_requests_for_it(place: Installation) -> None:
    rows = [checked("erasure"), checked("erasure")]
    for row in rows:
        carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    while jobs.run_next(place.engine):
        pass
    assert set(SubjectRequest.objects.values_list("state", flat=True)) == {"done"}


def test_nothing_is_carried_out_before_the_identity_check(place: Installation, lead: int) -> None:
    for row in (asked(kind) for kind in requests.KINDS if kind != "opt_out"):
        with pytest.raises(WrongStateError, match="not checked"):
            carry_out(place.engine, row, Wish(because="x", changes={"name": "Eve"}), NOW, COLLEAGUE)
        row.refresh_from_db()
        assert row.state == "received"
    assert not Job.objects.filter(kind="erasure").exists()
    assert Lead.objects.get(pk=lead).card["name"] == "Ada Lovelace"


def test_of_whom_nothing_is_held_that_is_the_answer(place: Installation) -> None:
    for row in (checked(kind, "nobody@else.example") for kind in requests.KINDS):
        assert row.lead is None
        carry_out(place.engine, row, Wish(because="x"), NOW, COLLEAGUE)
        state = "ready" if row.kind in handing_over.ARCHIVES else "done"
        assert (row.state, row.proof) == (state, {"found": 0})
        assert not handing_over.may_fetch(row, NOW)


def test_of_several_people_one_is_chosen_first(place: Installation) -> None:
    eve = user("eve", browser="eve")
    place.receive(NOW, identify(eve, NOW, email=EMAIL, name="Eve"))
    row = checked("access")
    assert row.lead is None
    with pytest.raises(TerminalError, match="Several people"):
        carry_out(place.engine, row, Wish(), NOW, COLLEAGUE)
    assert row.state == "verified"
    carry_out(place.engine, row, Wish(lead=place.lead("user-eve").pk), NOW, COLLEAGUE)
    assert row.proof["lead"] == place.lead("user-eve").pk


def test_an_archive_goes_only_to_an_address_that_we_know_to_be_theirs(place: Installation, lead: int) -> None:
    row = checked("access", "eve@else.example")
    carry_out(place.engine, row, Wish(lead=lead), NOW, COLLEAGUE)
    assert row.state == "ready"
    assert not handing_over.may_fetch(row, NOW)
    assert not Job.objects.filter(arguments__letter="ready").exists()


def test_an_address_that_was_mailed_opens_only_its_own_request() -> None:
    row, other = asked("access"), asked("access")
    token = request_letters.token_of(row)
    assert requests.by_token(token) == row
    assert requests.by_token(token.replace(f"{row.pk}-", f"{other.pk}-")) is None
    assert requests.by_token(token[:-1]) is None
    for wrong in ("", "-", "x", "\u0661-a", f"{10**30}-{token}"):
        assert requests.by_token(wrong) is None


def test_the_secret_of_a_status_page_is_not_kept() -> None:
    row, secret = requests.receive(requests.Asked("access", EMAIL), NOW, Who())
    assert requests.by_secret(secret) == row
    assert requests.by_secret(secret + "x") is None
    stored = json.dumps(list(SubjectRequest.objects.values()), default=str)
    assert secret not in stored
    assert secret not in json.dumps(list(Job.objects.values("arguments")))


def test_without_mail_or_by_hand_the_check_is_ours(settings: Any) -> None:
    settings.MAIL = ""
    assert requests.is_our_turn(asked("access"))
    settings.MAIL = "smtp://127.0.0.1:1"
    assert not requests.is_our_turn(asked("access"))
    assert requests.is_our_turn(asked("access", way=requests.HAND))


def test_what_is_late_is_told_by_doctor_and_mailed_once_to_those_who_answer(place: Installation, inbox: Inbox) -> None:
    for name, role in (("admin", User.Role.ADMINISTRATOR), ("ann", User.Role.ANALYST)):
        User.objects.create_user(f"{name}@us.example", "a long enough password", role=role)
    old = datetime.now(MONDAY.tzinfo) - days(40)
    row = asked("access", way=requests.HAND, now=old)
    finding = next(each for each in checkup.examine(place.data) if each.check == "subject requests")
    assert not finding.ok
    assert "1 overdue" in finding.text
    keeper = request_reminders.RequestKeeper()
    keeper.keep_up(old + days(40))
    texts = letters(place, inbox)
    assert [mail["To"] for mail in inbox.mails] == ["admin@us.example"]
    assert f"/privacy/requests/{row.pk}" in texts[0]
    assert "ada" not in texts[0].lower()
    request_reminders.RequestKeeper().keep_up(old + days(41))
    assert len(letters(place, inbox)) == 1


def test_what_nobody_confirms_lapses_and_what_was_asked_is_emptied(settings: Any) -> None:
    settings.MAIL = "smtp://127.0.0.1:1"
    unconfirmed, by_hand = asked("access"), asked("access", way=requests.HAND)
    requests.keep_up(NOW + days(30))
    unconfirmed.refresh_from_db()
    assert unconfirmed.state == "received"
    requests.keep_up(NOW + days(32))
    for row in (unconfirmed, by_hand):
        row.refresh_from_db()
    assert (unconfirmed.state, unconfirmed.asked) == ("refused", None)
    assert by_hand.state == "received"
    requests.refuse(by_hand, "no", NOW, COLLEAGUE)
    requests.keep_up(NOW + days(29))
    by_hand.refresh_from_db()
    assert by_hand.asked["answer"] == "no"
    requests.keep_up(NOW + days(31))
    by_hand.refresh_from_db()
    assert by_hand.asked is None


def test_steps_and_proof_hold_nothing_personal(place: Installation) -> None:
    for kind in ("access", "portability", "objection", "opt_out"):
        done(place, kind, because="Ada Lovelace said so")
    kept = json.dumps(list(SubjectRequest.objects.values_list("steps", "proof")))
    assert not [each for each in ("ada@", "Lovelace", "user-ada") if each in kept]


def test_a_mail_that_does_not_leave_is_seen(place: Installation, inbox: Inbox) -> None:
    inbox.answer = "550 no"
    row = asked("access")
    assert letters(place, inbox) == []
    row.refresh_from_db()
    assert row.steps[-1]["what"] == "mail_failed"


def test_what_is_no_request_is_refused() -> None:
    for kind, email in (("forget", EMAIL), ("access", "nobody"), ("access", "")):
        with pytest.raises(TerminalError):
            asked(kind, email)
    assert not SubjectRequest.objects.exists()
