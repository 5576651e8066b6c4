"""Who a person is in the stores: all their leads, also those that were merged, all their identities, their names."""

from collections.abc import Iterable
from contextlib import suppress

from django.db.models import Q

from leadline.accounts.models import User
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.finding import find_lead, survivor
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.kinds import Subject
from leadline.tracking.models import Identity, IdentityClaim, Lead


def subject_of(lead: int) -> Subject:
    """The person behind a lead's number; that of a merged lead gives the one it was merged into.

    A lead that was merged, but in which an identity began that is somebody else's now, is that person's again.

    Raises:
        NotFoundError: there is no such lead.
    """
    row = Lead.objects.filter(pk=lead).first()
    if row is None:
        raise NotFoundError(f"There is no lead {lead}.", advice="See `leadline leads`, or search by e-mail address.")
    first = survivor(row).pk
    leads = _merged_into(first)
    identities = list(Identity.objects.filter(lead__in=leads).order_by("pk"))
    others = Identity.objects.filter(home__in=leads).exclude(pk__in=[each.pk for each in identities])
    leads -= set(others.values_list("home", flat=True)) - {first}
    return Subject((first, *sorted(leads - {first})), tuple(i.pk for i in identities), _names(identities))


def find_subjects(email: str) -> list[Subject]:
    """Everybody who is known by an e-mail address: whose it is, and others who said that it is theirs.

    An address that nobody claims any more is a person of its own, without a lead.
    """
    value = email.strip().lower()
    hasher = lookup_hasher()
    named = Q(kind=Identity.Kind.EMAIL, digest=hasher.digest(Identity.Kind.EMAIL, value))
    named |= Q(kind=Identity.Kind.USER_ID, digest__in=_digests_of_user_id(email))
    identities = list(Identity.objects.filter(named))
    by_whom = IdentityClaim.objects.filter(identity__in=identities).values_list("owner__lead", flat=True)
    by_it = IdentityClaim.objects.filter(owner__in=identities).values_list("identity__lead", flat=True)
    leads = {each.lead_id for each in identities} | set(by_whom) | set(by_it)
    people = {subject.leads[0]: subject for subject in map(subject_of, _known(leads))}
    nobodys = [each for each in identities if each.lead_id is None]
    return [*(people[lead] for lead in sorted(people)), *(Subject((), (i.pk,), _names([i])) for i in nobodys)]


def people_meant(text: str) -> list[Subject]:
    """Everybody whom a lead's number, a user id or an e-mail address may mean; a number may be one's user id and the
    number of another's lead."""
    if "@" in text and (people := find_subjects(text)):
        return people
    found: dict[int, Subject] = {}
    for lead in (text, number_in(text)):
        with suppress(NotFoundError):
            subject = subject_of(find_lead(lead).pk) if lead else None
            found |= {subject.leads[0]: subject} if subject else {}
    return list(found.values())


def the_subject(whom: str) -> Subject:
    """Who is meant by a lead's number, a user id or an e-mail address.

    Raises:
        NotFoundError: nobody fits.
        TerminalError: it may mean several people: one's archive must not go to another, nor one be erased for another.
    """
    people = people_meant(whom)
    if len(people) > 1:
        numbers = ", ".join(str(each.leads[0]) if each.leads else "a name without a lead" for each in people)
        advice = "Give what is only theirs, or answer it on the page Privacy, which shows each."
        raise TerminalError(f"Several people use {whom}: {numbers}.", advice=advice)
    return people[0] if people else subject_of(find_lead(whom).pk)


def number_in(text: str) -> int | None:
    """The lead's number that a text is; None when it is none."""
    return number_of(text.strip())


def subject_of_user(email: str) -> Subject:
    """Somebody who works with Leadline, by the e-mail address they sign in with.

    Raises:
        NotFoundError: nobody does.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise NotFoundError(f"Nobody signs in as {email!r}.", advice="See `leadline users list`.")
    return Subject((), (), ((Identity.Kind.EMAIL.value, user.email),), (user.pk,))


def _merged_into(lead: int) -> set[int]:
    """A lead and all that were merged into it, also by way of others."""
    found: set[int] = set()
    fresh = {lead}
    while fresh:
        found |= fresh
        fresh = set(Lead.objects.filter(merged_into__in=fresh).values_list("pk", flat=True)) - found
    return found


def _names(identities: Iterable[Identity]) -> tuple[tuple[str, str], ...]:
    return tuple((str(each.kind), str(each.value)) for each in identities)


def _digests_of_user_id(text: str) -> list[bytes]:
    """Many platforms' user ids are e-mail addresses, written as people write them."""
    kind = Identity.Kind.USER_ID
    return [lookup_hasher().digest(kind, value) for value in {text.strip(), text.strip().lower()}]


def _known(leads: Iterable[int | None]) -> list[int]:
    return sorted(lead for lead in leads if lead is not None)
