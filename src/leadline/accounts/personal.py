"""What accounts holds about people: those who sign in, and the trail of what they did."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet

from leadline.accounts.audit_verbs import VERBS
from leadline.accounts.models import APIToken, AuditEntry, User
from leadline.privacy.among import Among
from leadline.privacy.kinds import DataKind, Record, Store, Subject, Whose, not_personal, register
from leadline.privacy.rows import deleted, plain, shown

EMPLOYER = "legitimate interest of the employer (GDPR art. 6(1)(f), art. 88)"
OF_ALLAUTH = {
    "account.EmailAddress": ("address", ()),
    "mfa.Authenticator": ("second factor", ("data",)),
    "usersessions.UserSession": ("session", ("session_key", "data")),
    "socialaccount.SocialAccount": ("account of another service", ()),
}
"""By model: what a row is, and what is never shown: secrets."""
GONE = "erased-{}@erased.invalid"


def _sign_in_rows(subject: Subject) -> "Iterator[tuple[str, tuple[str, ...], QuerySet[Model]]]":
    """Everything that belongs to somebody's sign-in, by what it is; not the account itself."""
    yield "API token", ("digest",), APIToken.objects.filter(user__in=subject.users)
    for label, (what, hidden) in OF_ALLAUTH.items():
        if apps.is_installed(f"allauth.{label.split('.')[0]}"):
            rows: QuerySet[Model] = apps.get_model(label)._default_manager.filter(user__in=subject.users)
            yield what, hidden, rows


def _accounts(subject: Subject) -> "QuerySet[User]":
    """Those that still say who it is."""
    return User.objects.filter(pk__in=subject.users).exclude(email__endswith="@erased.invalid")


def _export(subject: Subject) -> Iterator[Record]:
    for user in User.objects.filter(pk__in=subject.users):
        yield {"what": "account", **shown(user, ("password",))}
    for what, hidden, rows in _sign_in_rows(subject):
        for row in rows.order_by("pk"):
            yield {"what": what, **shown(row, hidden)}


def _erase(subject: Subject) -> int:
    """Sign-in goes; the account stays without a name, so that the work that was done keeps its order."""
    _sessions(subject).delete()
    gone = sum(deleted(rows) for _, _, rows in _sign_in_rows(subject))
    for user in _accounts(subject):
        user.email, user.name, user.is_active, user.password = GONE.format(user.pk), "", False, make_password(None)
        user.save()
        gone += 1
    return gone


def _remains(subject: Subject) -> int:
    return _accounts(subject).count() + sum(rows.count() for _, _, rows in _sign_in_rows(subject))


def _sessions(subject: Subject) -> "QuerySet[Session]":
    keys = apps.get_model("usersessions.UserSession")._default_manager.filter(user__in=subject.users)
    return Session.objects.filter(pk__in=list(keys.values_list("session_key", flat=True)))


def _trail_about(subject: Subject) -> Iterator[Record]:
    """Who of the colleagues it was is theirs to know; that somebody did, when and how, is the person's."""
    rows = AuditEntry.objects.filter(about="lead", about_number__in=Among(subject.leads)).order_by("number")
    for row in rows.iterator():
        yield {
            "what": "looked at or changed",
            "at": plain(row.at),
            "by_way_of": row.via,
            "did": VERBS.get(row.verb, row.verb),
        }


def _trail_of(subject: Subject) -> Iterator[Record]:
    for row in AuditEntry.objects.filter(user__in=subject.users).order_by("number").iterator():
        yield {
            "what": "did",
            "at": plain(row.at),
            "by_way_of": row.via,
            "did": VERBS.get(row.verb, row.verb),
            "numbers": plain(row.numbers),
        }


def _kept(_: Subject) -> int:
    """Entries hold numbers, never names, and outlive an erasure: they are its proof. None is anybody's then."""
    return 0


register(
    DataKind(
        name="accounts.users",
        title="People who sign in",
        store=Store.RECORDS,
        covers=("accounts.User", "accounts.APIToken", *OF_ALLAUTH, "account.EmailConfirmation", "sessions.Session"),
        holds="E-mail address, name, role, second factors, API tokens, and the sessions with address and browser.",
        purpose="To let in who may come in, and nobody else.",
        basis=EMPLOYER,
        export=_export,
        erase=_erase,
        remains=_remains,
        whose=Whose.USERS,
    )
)
for name, title, export, whose in (
    ("accounts.trail", "Who looked at a person", _trail_about, Whose.LEADS),
    ("accounts.trail_of_users", "What users did", _trail_of, Whose.USERS),
):
    register(
        DataKind(
            name=name,
            title=title,
            store=Store.RECORDS,
            covers=("accounts.AuditEntry",),
            holds="Who did what, when and how: numbers of users and leads, never names.",
            purpose="To see who saw, changed, exported or erased what.",
            basis="legal obligation (GDPR art. 6(1)(c), art. 5(2), art. 32)",
            export=export,
            erase=_kept,
            remains=_kept,
            retention="audit",
            whose=whose,
        )
    )
not_personal("groups and permissions of the framework; nobody has any", "auth.Group", "auth.Permission")
not_personal("groups and permissions of the framework; nobody has any", "auth.Group_permissions")
not_personal("goes with the user", "accounts.User_groups", "accounts.User_user_permissions")
not_personal("names of models", "contenttypes.ContentType")
not_personal("another service that users may sign in by; tokens go with the account", "socialaccount.SocialApp")
not_personal("tokens of another service, which are never kept", "socialaccount.SocialToken")
