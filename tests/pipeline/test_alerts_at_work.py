"""Alerts and scheduled reports from events to the mail that arrives, over a real SMTP server on loopback."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
from mail_cast import Inbox, mail_server
from pipeline_cast import Installation, track, user

from leadline.accounts.models import User
from leadline.analytics.models import Alert, AlertFiring, Annotation, Board, Pin, ReportRun, ScheduledReport
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ConfigurationError, TerminalError
from leadline.pipeline import alert_mail, alerts, jobs, mail, schedules
from leadline.pipeline.alert_preview import preview
from leadline.pipeline.appointments import AppointmentKeeper
from leadline.pipeline.commands import dispatch
from leadline.pipeline.models import Job
from leadline.project.mail import mail_settings

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    with mail_server(settings) as found:
        yield found


def visits(place: Installation, day: datetime, count: int) -> None:
    messages = [track(user(f"u{n}"), "Tool Used", day, tool="roi", completed=True) for n in range(count)]
    place.receive(day, *messages)


def filled(place: Installation, usual: int = 6, last: int = 0, days: int = 10) -> None:
    """Tool uses each noon until yesterday, and fewer or more yesterday."""
    for back in range(days, 1, -1):
        visits(place, NOON - back * DAY, usual)
    if last:
        visits(place, NOON - DAY, last)


def alert(**fields: Any) -> Alert:
    values = {"metric": "tool-uses", "rule": "threshold", "side": "below", "value": 4, "name": "Too little use"}
    return Alert.objects.create(**{**values, **fields})


def test_an_alert_fires_once_for_a_day_and_says_why(place: Installation) -> None:
    filled(place, last=2)
    alert()
    fired = alerts.check(place.engine, NOON)
    assert [each.sentence for each in fired] == ["Tool uses fell to 2 on Tue 19 May; the limit is 4."]
    assert alerts.check(place.engine, NOON) == []
    assert alerts.check(place.engine, NOON + timedelta(hours=5)) == []
    assert AlertFiring.objects.count() == 1


def test_today_is_not_judged_before_it_is_over_and_late_events_have_come(place: Installation) -> None:
    filled(place, last=6)
    visits(place, NOON, 1)
    alert(checked_at=NOON)
    midnight = datetime(2026, 5, 21, tzinfo=UTC)
    assert alerts.check(place.engine, midnight + timedelta(hours=1)) == []
    assert len(alerts.check(place.engine, midnight + timedelta(hours=2))) == 1


def test_days_that_passed_without_checks_are_judged_each(place: Installation) -> None:
    filled(place, usual=2, last=2)
    alert(checked_at=NOON - 4 * DAY, quiet_hours=0)
    assert [each.bucket.day for each in alerts.check(place.engine, NOON)] == [16, 17, 18, 19]


def test_one_alert_that_fails_does_not_keep_another_from_firing(place: Installation) -> None:
    filled(place, last=2)
    alert(metric="no-such-metric")
    alert()
    with pytest.raises(TerminalError):
        alerts.check(place.engine, NOON)
    assert AlertFiring.objects.count() == 1


def test_two_alerts_at_once_send_two_mails(place: Installation, inbox: Inbox) -> None:
    filled(place, last=2)
    alert(recipients=["ada@example.com"])
    alert(recipients=["ada@example.com", "bo@example.com"], value=3, name="Hardly any use")
    alerts.check(place.engine, NOON)
    assert alert_mail.mail_waiting(place.engine, NOON) == 2
    assert alert_mail.mail_waiting(place.engine, NOON) == 0
    assert {str(each["To"]) for each in inbox.mails} == {"ada@example.com", "ada@example.com, bo@example.com"}
    assert "Tool uses fell to 2 on Tue 19 May" in str(inbox.mails[0]["Subject"])


def test_mail_that_the_server_wants_later_is_tried_again(place: Installation, inbox: Inbox) -> None:
    filled(place, last=2)
    alert(recipients=["ada@example.com"])
    alerts.check(place.engine, NOON)
    inbox.answer = "451 Come again"
    assert alert_mail.mail_waiting(place.engine, NOON) == 0
    assert "451" in AlertFiring.objects.get().mail_trouble
    inbox.answer = ""
    assert alert_mail.mail_waiting(place.engine, NOON + timedelta(seconds=30)) == 0
    assert alert_mail.mail_waiting(place.engine, NOON + timedelta(seconds=61)) == 1


def test_mail_that_is_refused_for_good_is_given_up_with_the_reason(place: Installation, inbox: Inbox) -> None:
    filled(place, last=2)
    alert(recipients=["ada@example.com"])
    alerts.check(place.engine, NOON)
    inbox.answer = "550 Nobody here"
    alert_mail.mail_waiting(place.engine, NOON)
    inbox.answer = ""
    assert alert_mail.mail_waiting(place.engine, NOON + DAY) == 0
    assert "550 Nobody here" in AlertFiring.objects.get().mail_trouble


def test_a_preview_is_what_checks_would_have_done(place: Installation) -> None:
    filled(place, usual=6, last=2)
    visits(place, NOON - 5 * DAY + timedelta(hours=1), 9)
    wanted = alert(side="above", value=10, checked_at=NOON - 9 * DAY)
    told = preview(place.engine, wanted, NOON).table("firings").column("sentence")
    fired = alerts.check(place.engine, NOON)
    assert told == [each.sentence for each in fired[::-1]]
    assert len(told) == 1


def test_the_keeper_starts_one_job_and_the_job_fires(place: Installation) -> None:
    filled(place, last=2)
    alert()
    keeper = AppointmentKeeper()
    assert [keeper.keep_up(NOON + timedelta(seconds=second)) for second in (0, 1, 61)] == [1, 0, 0]
    job = jobs.run(place.engine, Job.objects.get())
    assert (job.state, (job.result or {}).get("fired")) == ("done", AlertFiring.objects.count())


def board() -> Board:
    found = Board.objects.create(name="Weekly review")
    Pin.objects.create(board=found, position=0, report="tool-usage", wanted={"period": "30d"}, title="Tools *used* #1")
    Pin.objects.create(board=found, position=1, report="no-such-report", title="Gone")
    return found


def scheduled(**fields: Any) -> ScheduledReport:
    values = {"name": "For the board", "board": board(), "recipients": ["ada@example.com"], "weekday": 0, "hour": 8}
    return ScheduledReport.objects.create(**{**values, **fields})


def sent(place: Installation, schedule: ScheduledReport) -> ReportRun:
    run = schedules.send_now(schedule, utc_now())
    jobs.run(place.engine, jobs.start("scheduled_report", {"run": run.pk}))
    return ReportRun.objects.get(pk=run.pk)


def test_a_scheduled_report_arrives_with_charts_words_and_pdf(place: Installation, inbox: Inbox) -> None:
    visits(place, utc_now() - DAY, 5)
    Annotation.objects.create(day=utc_now().date(), text="New website")
    assert sent(place, scheduled()).state == "sent"
    (found,) = inbox.mails
    kinds = [part.get_content_type() for part in found.walk() if not part.is_multipart()]
    assert kinds[:2] == ["text/plain", "text/html"]
    assert "application/pdf" in kinds
    html = next(part for part in found.walk() if part.get_content_type() == "text/html").get_content()
    pictures = [part for part in found.walk() if part.get_content_type() == "image/png"]
    assert pictures
    assert all(f"cid:{part['Content-ID'].strip('<>')}" in html for part in pictures)
    report = next(part for part in found.walk() if part.get_content_type() == "application/pdf")
    document = pypdf.PdfReader(io.BytesIO(report.get_payload(decode=True)))
    text = "\n".join(page.extract_text() for page in document.pages)
    for words in ("Weekly review", "Tools *used* #1", "A use is a Tool Used event", "New website", "could not be made"):
        assert words in text.replace("\n", " ")
    assert f"Page 1 of {len(document.pages)}" in text


def test_a_run_that_was_sent_is_not_sent_again(place: Installation, inbox: Inbox) -> None:
    run = sent(place, scheduled())
    jobs.run(place.engine, jobs.start("scheduled_report", {"run": run.pk}))
    assert len(inbox.mails) == 1


def test_a_report_waits_for_a_server_that_is_busy_and_gives_up_on_one_that_refuses(
    place: Installation, inbox: Inbox
) -> None:
    inbox.answer = "421 Busy"
    busy = sent(place, scheduled())
    assert (busy.state, busy.attempts) == ("due", 1)
    assert "421 Busy" in busy.message
    assert schedules.waiting_runs(utc_now()) == []
    assert schedules.waiting_runs(utc_now() + timedelta(minutes=2)) == [busy]
    inbox.answer = "554 No"
    refused = sent(place, scheduled(name="Another"))
    assert (refused.state, "554 No" in refused.message) == ("failed", True)


@pytest.mark.django_db
def test_due_runs_are_made_once_and_what_was_missed_is_sent_once() -> None:
    schedule = scheduled(weekday=None, hour=8, zone="Europe/Berlin")
    ScheduledReport.objects.update(created_at=NOON - 30 * DAY)
    assert schedules.make_due_runs(NOON) == 1
    assert schedules.make_due_runs(NOON + timedelta(hours=3)) == 0
    assert schedules.make_due_runs(NOON + 3 * DAY) == 1
    assert [run.due_at.hour for run in schedule.runs.all()] == [6, 6]


def test_who_goes_on_after_a_pause_gets_nothing_belated(place: Installation) -> None:
    schedule = scheduled(weekday=None, enabled=False)
    ScheduledReport.objects.update(created_at=utc_now() - 30 * DAY)
    dispatch(place.engine, "schedule_enable", {"number": schedule.pk}, lambda *_: None)
    assert schedules.make_due_runs(utc_now()) == 0
    assert schedule.runs.get().state == "skipped"


@pytest.mark.django_db
def test_without_a_mail_server_nothing_pretends_to_be_sent(settings: Any) -> None:
    settings.MAIL = ""
    with pytest.raises(ConfigurationError, match="LEADLINE_MAIL"):
        mail.send(mail.test_letter("ada@example.com"))
    with pytest.raises(ConfigurationError):
        schedules.send_now(scheduled(), utc_now())


def test_marketing_mails_users_and_administrators_mail_anybody(place: Installation) -> None:
    User.objects.create_user("ada@example.com", "sound-the-depth-9")
    addresses = ["ADA@example.com", "guest@example.org"]
    wanted = {"metric": "tool-uses", "recipients": addresses, "value": 0.01, "rule": "anomaly"}
    with pytest.raises(TerminalError, match=r"guest@example\.org is no user"):
        dispatch(place.engine, "alert_add", {**wanted, "anybody": False}, lambda *_: None)
    assert dispatch(place.engine, "alert_add", wanted, lambda *_: None)["recipients"] == wanted["recipients"]


@pytest.mark.parametrize("url", ["http://x", "smtp://:25", "smtp://h?tls=maybe", "smtp://h:port", "smtp://h?x=1"])
def test_an_address_of_no_mail_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as found:
        mail_settings(url)
    assert url not in str(found.value.message)


def test_the_address_of_a_mail_server_says_how_it_is_reached() -> None:
    found = mail_settings("smtp://me%40x.test:pa%3Ass@mail.example?tls=starttls")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@x.test", "pa:ss")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (587, True, False)
