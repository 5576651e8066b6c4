"""People of whom every kind of data is held: erasing one must not touch another."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from pipeline_cast import MONDAY, Installation, Message, days, hours, identify, page, track, user, visitor

from leadline.accounts.audit import What, Who, record
from leadline.accounts.models import APIToken, User
from leadline.analytics.models import Board, SavedView
from leadline.crm.models import Connection, Link, SandboxRecord, ToldConversion
from leadline.notifications.models import Channel, Notice, Rule
from leadline.pipeline.crm.record import external_id
from leadline.pipeline.models import ReportedDeal
from leadline.pipeline.privacy.subjects import subject_of, subject_of_user
from leadline.pipeline.projections import bring_up_to_date
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.kinds import Subject
from leadline.privacy.models import SubjectRequest
from leadline.qualification.models import AccountStanding, QualificationEvent, SalesAction, Seller, Standing, Transition
from leadline.tracking.models import ConsentStatement, ConsentTimes, Conversion, Identity, Lead

NOW = MONDAY + days(2)


def live(place: Installation, *names: str) -> None:
    """Everybody visits, says who they are, asks for a quote, and sends something that can't be read as an event."""
    for name in names:
        place.receive(MONDAY, page(visitor(name), MONDAY), page(visitor(name), MONDAY + hours(0.1), "/quote"))
        known = [_introduced(name), track(user(name), "Quote Requested", MONDAY + hours(2), quote_id=f"q-{name}")]
        place.receive(MONDAY + hours(3), *known, _broken(name))
    place.tick(NOW)
    for name in names:
        _hold_everything(place, name)
    bring_up_to_date(place.engine)
    for name in names:
        place.send(NOW, track(user(name), "Calculator Used", NOW))


def person(place: Installation, name: str) -> Subject:
    """Who somebody is."""
    return subject_of(place.lead(f"user-{name}").pk)


def colleague(name: str) -> Subject:
    """Somebody who signs in, sells, is told of leads, and keeps views of their own."""
    user = User.objects.create_user(f"{name}@us.example", "a long enough password", name=name.capitalize())
    APIToken.objects.create(user=user, name="script", digest=name * 16, ending="abcd")
    EmailAddress.objects.create(user=user, email=user.email)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "secret"})
    UserSession.objects.create(user=user, ip="10.0.0.1", session_key=name * 10, user_agent="Firefox")
    Session.objects.create(session_key=name * 10, session_data="secret", expire_date=NOW)
    Seller.objects.create(user=user)
    channel = Channel.objects.create(owner=user, name=name, address=f"mailto:{name}@us.example", service="E-mail")
    Rule.objects.create(person=user, name="mine", trigger="stage").channels.add(channel)
    Board.objects.create(owner=user, name="mine", shared=False)
    record(Who(user.pk), "audit.seen", What(), {}, NOW)
    return subject_of_user(user.email)


def _introduced(name: str) -> Message:
    traits = {"email": f"{name}@{name}-works.example", "name": f"{name} Canary", "company": f"{name} Works"}
    return identify(user(name, name), MONDAY + hours(1), **traits, phone="+4930123")


def _broken(name: str) -> Message:
    return {"type": "trakc", **user(name), "messageId": f"broken-{name}", "properties": {"note": "canary"}}


def _hold_everything(place: Installation, name: str) -> None:
    lead = place.lead(f"user-{name}")
    _hold_at_the_crm(lead, name)
    _hold_at_sales(lead, name)
    SubjectRequest.objects.create(
        kind="access",
        asked={"email": f"{name}@x.example"},
        status_digest=f"{lead.pk:064x}",
        lead=lead.pk,
        received_at=NOW,
        due_at=NOW + days(30),
    )
    identity = Identity.objects.get(kind="user_id", lead=lead)
    ConsentTimes.objects.create(identity=identity, purpose="profiling", given_at=NOW)
    ConsentStatement.objects.create(
        identity=identity, purpose="profiling", given=True, said_at=NOW, received_at=NOW, how="banner", key=b"k"
    )
    SavedView.objects.create(name="theirs", query=f"q={name}%40{name}-works.example&stage=qualified")


def _hold_at_the_crm(lead: Lead, name: str) -> None:
    crm = Connection.objects.get_or_create(name="crm", defaults={"kind": "sandbox", "mapping": ""})[0]
    digest = lookup_hasher().digest("anonymous_id", f"browser-{name}")
    Link.objects.create(connection=crm, lead=lead, external_id=external_id(digest), sent={"Name": f"{name} Canary"})
    SandboxRecord.objects.create(
        connection=crm, external_id=external_id(digest), values={"Name": f"{name} Canary"}, updated_at=NOW
    )
    conversion = Conversion.objects.filter(identity__lead=lead)[0]
    ToldConversion.objects.create(connection=crm, conversion=conversion, key=f"{lead.pk:032x}")
    ReportedDeal.objects.create(
        connection=crm, remote_id=name, lead=lead, state="open", opened_at=NOW, told_at=NOW, lost_reason=""
    )


def _hold_at_sales(lead: Lead, name: str) -> None:
    SalesAction.objects.create(lead=lead, kind="contact", at=NOW, note=f"{name} is kind")
    QualificationEvent.objects.create(key=f"contact:{lead.pk}", lead=lead, kind="contact", at=NOW)
    Transition.objects.get_or_create(lead=lead, at=NOW, from_stage="a", to_stage="b", reasons=[], total=1, ruleset=1)
    account = Standing.objects.get(lead=lead).counted_in
    if account is not None:
        AccountStanding.objects.get_or_create(
            account=account, defaults={"total": 1, "grade": "D", "people": 1, "ruleset": 1, "scored_at": NOW}
        )
    channel = Channel.objects.get_or_create(
        name="mail", defaults={"address": "mailto:s@x.example", "service": "E-mail"}
    )[0]
    Notice.objects.create(
        key=f"n{lead.pk}", channel=channel, lead=lead, subject="Call", body=f"{name} Canary", at=NOW, due_at=NOW
    )
