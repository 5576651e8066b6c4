"""What tracking holds about people: names, traits, leads, conversions, companies of one person, kept messages."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from leadline.privacy.among import Among
from leadline.privacy.kinds import Record, Subject, not_personal
from leadline.privacy.rows import Rows, deleted, exporter, of_leads, plain, register_rows, shown
from leadline.tracking import kept_messages
from leadline.tracking.leads import renew_cards
from leadline.tracking.models import (
    Account,
    ConsentStatement,
    ConsentTimes,
    Conversion,
    Identity,
    IdentityClaim,
    IdentityEdge,
    Lead,
    MergeWarning,
    NameWord,
    Profile,
    QuarantinedMessage,
    ViolationTally,
)

INTEREST = "legitimate interest (GDPR art. 6(1)(f)); consent where the platform asks for it"


def _identities(subject: Subject) -> "QuerySet[Identity]":
    return Identity.objects.filter(pk__in=Among(subject.identities))


def _about_identities(model: Any, *fields: str) -> Any:
    def rows(subject: Subject) -> "QuerySet[Any]":
        wanted = Q()
        for field in fields:
            wanted |= Q(**{f"{field}__in": Among(subject.identities)})
        found: QuerySet[Any] = model.objects.filter(wanted)
        return found

    return rows


def _leads(subject: Subject) -> "QuerySet[Lead]":
    return Lead.objects.filter(pk__in=Among(subject.leads))


def _erase_leads(subject: Subject) -> int:
    """A lead in which somebody else's identity began stays as theirs, without anything of this person."""
    others = Identity.objects.filter(Q(home=OuterRef("pk")) | Q(lead=OuterRef("pk")))
    shared = list(_leads(subject).filter(Exists(others)).values_list("pk", flat=True))
    renew_cards(shared)
    return deleted(_leads(subject).exclude(pk__in=shared))


def _remaining_leads(subject: Subject) -> int:
    """Leads that are nobody else's, and cards of those that are."""
    others = Identity.objects.exclude(pk__in=Among(subject.identities))
    shared = others.filter(Q(home=OuterRef("pk")) | Q(lead=OuterRef("pk")))
    return _leads(subject).exclude(Exists(shared)).count()


def _remaining_words(subject: Subject) -> int:
    """The words of a lead that is somebody else's too are theirs: of a card that was made anew."""
    others = Identity.objects.exclude(pk__in=Among(subject.identities))
    shared = others.filter(Q(home=OuterRef("lead")) | Q(lead=OuterRef("lead")))
    return NameWord.objects.filter(lead__in=Among(subject.leads)).exclude(Exists(shared)).count()


def _companies(subject: Subject) -> "QuerySet[Account]":
    """Companies of whose people only this one is known: such a company may be one person."""
    theirs = Q(profile__identity__in=Among(subject.identities)) | Q(leads__in=Among(subject.leads))
    others = Profile.objects.filter(account=OuterRef("pk")).exclude(identity__in=Among(subject.identities))
    colleagues = Lead.objects.filter(account=OuterRef("pk")).exclude(pk__in=Among(subject.leads))
    numbers = Account.objects.filter(theirs).exclude(Exists(others)).exclude(Exists(colleagues)).values("pk")
    return Account.objects.filter(pk__in=list(numbers.values_list("pk", flat=True)))


def _profiles(subject: Subject) -> Iterator[Record]:
    """The traits by name, each with when it was said."""
    for profile in Profile.objects.filter(identity__in=Among(subject.identities)).order_by("pk"):
        for name, (value, micros, _) in sorted(profile.traits.items()):
            yield {"what": "trait", "name": name, "value": plain(value), "said_at": kept_messages.moment(micros)}
        if profile.account is not None:
            company = shown(profile.account, ("digest", "stamps"))
            yield {"what": "company", **company, "known_from": profile.account_basis}


register_rows(
    "tracking.accounts",
    Rows(Account, _companies, "company", ("digest", "stamps")),
    title="Company of one person",
    holds="Name, domain, country, industry and size of a company of which no other person is known.",
    purpose="To know which company a lead works for; a sole trader's company is personal data.",
    basis=INTEREST,
)
register_rows(
    "tracking.consents",
    Rows(ConsentTimes, _about_identities(ConsentTimes, "identity"), "consent as it is"),
    Rows(ConsentStatement, _about_identities(ConsentStatement, "identity"), "consent given or refused", ("key", "by")),
    title="Consent",
    holds="What a person agreed to and what they refused: purpose, when, how, where, and which text they were shown.",
    purpose="To do only what was agreed to, and to be able to show it.",
    basis="legal obligation (GDPR art. 6(1)(c), art. 7(1))",
    retention="known",
    given=True,
)
register_rows(
    "tracking.conversions",
    Rows(Conversion, _about_identities(Conversion, "identity"), "conversion", ("digest",)),
    title="Conversions",
    holds="Quotes asked for, calls booked, upgrades and deals: what, when, and the amount.",
    purpose="To tell who wants to buy, and what brings buyers.",
    basis=INTEREST,
    retention="known",
)
register_rows(
    "tracking.identities",
    Rows(IdentityClaim, _about_identities(IdentityClaim, "identity", "owner"), "claim", ("tie",)),
    Rows(MergeWarning, _about_identities(MergeWarning, "identity", "owner"), "refused merge"),
    Rows(IdentityEdge, _about_identities(IdentityEdge, "identity"), "belongs to a lead since"),
    Rows(Identity, _identities, "name", ("digest",)),
    title="Names",
    holds="User ids, e-mail addresses and ids of browsers, which of them belong to one person, and since when.",
    purpose="To know that several visits are one person's.",
    basis=INTEREST,
    retention="visitors",
    given=True,
)
register_rows(
    "tracking.leads",
    Rows(Lead, _leads, "lead"),
    Rows(NameWord, of_leads(NameWord), "digest of a beginning of a name", ("digest",)),
    title="Lead",
    holds="The card that lists show (name, e-mail, telephone, title), when they were first and last seen, whether "
    "they may be profiled; keyed digests of the words of their name and of the beginnings of these.",
    purpose="To show sales and marketing who somebody is.",
    basis=INTEREST,
    retention="known",
    export=exporter((Rows(Lead, _leads, "lead"),)),
    erase=_erase_leads,
    remains=lambda subject: _remaining_leads(subject) + _remaining_words(subject),
)
register_rows(
    "tracking.profiles",
    Rows(Profile, _about_identities(Profile, "identity"), "profile"),
    title="Profile",
    holds="What they or the platform said about them: name, e-mail, telephone, role, company and other traits.",
    purpose="To reach them, and to know whether the offer fits.",
    basis=INTEREST,
    retention="known",
    given=True,
    export=_profiles,
)
register_rows(
    "tracking.quarantine",
    Rows(QuarantinedMessage, lambda subject: kept_messages.messages_of(QuarantinedMessage, subject), "message"),
    Rows(ViolationTally, lambda subject: kept_messages.messages_of(ViolationTally, subject), "example of a fault"),
    title="Messages that were put aside",
    holds="Whole messages that could not become events, and the last example of each fault of the tracking plan.",
    purpose="To repair what was sent wrongly, so that nothing is lost.",
    basis=INTEREST,
    retention="quarantine",
    erase=kept_messages.erase,
)
not_personal("where events come from and what lets them in", "tracking.EventSource", "tracking.WriteKey")
not_personal("counts by hour of what came in", "tracking.SourceHour")
not_personal("names of files that are being loaded", "tracking.TakenSegment")
not_personal("rules about networks and hosts of the installation's own people", "tracking.InternalRule")
